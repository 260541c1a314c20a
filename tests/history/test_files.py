"""Histories on disk, as killed and broken writers leave them."""

from __future__ import annotations

from pathlib import Path

import pytest

from history import record
from history.events import Event
from history.files import Malformed, events_in
from history.judge import detect
from history.record import History
from tests.history.script import Script, good


def written(script: Script, folder: Path) -> None:
    for client in script.ops:
        lines = [event.line() + "\n" for event in script.events if event.client == client]
        (folder / f"{client}.jsonl").write_text("".join(lines), encoding="utf-8")


def test_a_folder_of_files_is_the_history_that_was_written(tmp_path: Path) -> None:
    script = good(5)
    script.poll("ünïcode", {4: "p:4", 5: None})
    written(script, tmp_path)
    history = History.read(tmp_path)
    assert history.events == [event if event.records is None else _listed(event) for event in script.events]
    assert detect(history).numbers == script.findings().numbers


def _listed(event: Event) -> Event:
    """JSON knows no tuples."""
    event.records = [list(row) for row in event.records or []]  # type: ignore[misc]
    return event


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_line_cut_short_by_a_kill_is_left_out(tmp_path: Path, cut: int) -> None:
    script = Script()
    script.send("p:0", at=0)
    script.send("p:é1", at=None, client="p")
    written(script, tmp_path)
    path = tmp_path / "p.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    numbers = detect(History.read(path)).numbers
    assert (numbers["attempted"], numbers["acknowledged"], numbers["unknown"]) == (2, 1, 1)


def test_a_cut_in_the_middle_of_a_letter_is_still_a_cut(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_bytes('{"t":1.0,"client":"p","op":0,"f":"send","phase":"invoke","topic":"é'.encode()[:-1])
    assert list(events_in(path)) == []


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "",
        "[1, 2]",
        '"word"',
        '{"t": 1.0}',
        '{"t":1,"client":"p","op":0,"f":"send","phase":"ok","ofset":1}',
        "\xff",
    ],
)
def test_a_complete_line_that_is_no_event_is_an_error_with_its_place(tmp_path: Path, line: str) -> None:
    path = tmp_path / "p.jsonl"
    good_line = good(1).events[0].line()
    path.write_bytes(good_line.encode() + b"\n" + line.encode("latin-1") + b"\n" + good_line.encode() + b"\n")
    with pytest.raises(Malformed, match=r"p\.jsonl:2: no event: "):
        History.read(tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        '{"t":1,"client":"p","op":0,"f":"send","phase":"invoke","value":"p:0"}',
        '{"t":1,"client":"p","op":0,"f":"send","phase":"okay","topic":"orders","value":"p:0"}',
        '{"t":1,"client":"p","op":0,"f":"final-read","phase":"ok","topic":"orders","partition":0}',
    ],
)
def test_an_event_that_cannot_be_is_an_error_with_its_place(tmp_path: Path, line: str) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(Malformed, match=r"p\.jsonl:1: "):
        History.read(tmp_path)


def test_the_order_of_the_files_does_not_matter(tmp_path: Path) -> None:
    script = good(5)
    script.poll("a-first", {5: "p:1", 6: "stranger:0"})
    script.send("p:5", at=None)
    written(script, tmp_path)
    paths = sorted(tmp_path.iterdir())
    told = [detect(History.read(*order)) for order in (paths, paths[::-1])]
    assert told[0].numbers == told[1].numbers
    assert told[0].kinds == {"duplicate", "unknown-read", "unseen"}
    assert [one.text for one in told[0].of("duplicate")] == [one.text for one in told[1].of("duplicate")]


def test_a_long_history_reads_its_events_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = good(20)
    written(script, tmp_path)
    monkeypatch.setattr(record, "KEPT", 10)
    assert [event.t for event in History.read(tmp_path).events] == [event.t for event in script.events]
    with pytest.raises(ValueError, match="only the events of histories up to 10 are kept"):
        History.of(script.events).events  # noqa: B018
