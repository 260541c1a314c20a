"""A history is in the file when it has to be, and a gate stops the client right after its event."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import Queue

import pytest

from clients.recorder import Recorder, gate_key
from clients.results import GateNews
from history.events import read

News = tuple[int, GateNews]


@pytest.fixture
def news() -> Queue[News]:
    return Queue()


@pytest.fixture
def recorder(tmp_path: Path, news: Queue[News]) -> Recorder:
    return Recorder(tmp_path / "p.jsonl", "p", lambda gate, told: news.put((gate, told)))


def phases(folder: Path) -> list[str]:
    with (folder / "p.jsonl").open() as lines:
        return [event.phase for event in read(lines)]


def test_an_invoke_is_in_the_file_before_the_call(tmp_path: Path, recorder: Recorder) -> None:
    op, _ = recorder.invoke("send", value="p:1")
    assert phases(tmp_path) == ["invoke"]
    recorder.complete(op, "send", "ok", value="p:1", offset=0)
    recorder.flush()
    assert phases(tmp_path) == ["invoke", "ok"]


def test_the_client_stands_still_right_after_the_counted_event(
    tmp_path: Path, recorder: Recorder, news: Queue[News]
) -> None:
    recorder.arm(7, "ack", 2)

    def send_three() -> None:
        for number in range(3):
            op, _ = recorder.invoke("send", value=f"p:{number}")
            recorder.complete(op, "send", "ok", value=f"p:{number}", partition=0, offset=number)
        recorder.flush()

    client = threading.Thread(target=send_three)
    client.start()
    gate, told = news.get(timeout=10)
    assert (gate, told.event, told.count, told.value, told.offset) == (7, "ack", 2, "p:1", 1)
    assert phases(tmp_path) == ["invoke", "ok"] * 2, "what the owner is told of is in the file"
    assert client.is_alive()
    recorder.open(7)
    client.join(10)
    assert phases(tmp_path) == ["invoke", "ok"] * 3


def test_a_gate_that_can_never_shut_is_refused(recorder: Recorder) -> None:
    recorder.invoke("send", value="p:1")
    with pytest.raises(ValueError, match="1 is past"):
        recorder.arm(1, "invoke", 1)


def test_a_gate_taken_away_does_not_shut(recorder: Recorder, news: Queue[News]) -> None:
    recorder.arm(1, "invoke", 1)
    recorder.open(1)
    recorder.invoke("send", value="p:1")
    assert news.empty()


def test_polls_that_brought_nothing_are_not_counted(recorder: Recorder, news: Queue[News]) -> None:
    recorder.arm(1, "poll", 2)
    recorder.complete(1, "poll", "ok", topic="t", records=[(0, 0, "p:1", 1)])
    recorder.complete(2, "poll", "ok", records=[])
    assert news.empty()


@pytest.mark.parametrize("event", ["acks", "send", "send:maybe", "cook:ok"])
def test_an_unknown_event_is_refused(event: str) -> None:
    with pytest.raises(ValueError, match="no event"):
        gate_key(event)
