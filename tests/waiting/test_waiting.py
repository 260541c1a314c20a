"""A wait returns what it waited for, or says what it saw instead."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator

import pytest

from cluster import waiting
from cluster.waiting import TimedOut, eventually


@pytest.fixture(autouse=True)
def settings_restored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(waiting, "slowness", 1.0)
    monkeypatch.setattr(waiting, "ticker", None)
    yield


def test_what_is_there_is_returned_at_once() -> None:
    answers = iter(["leader 2"])
    assert eventually(lambda: next(answers), within=5, what="a leader") == "leader 2"


def test_it_asks_again_until_it_is_there() -> None:
    answers = iter([None, None, 3])
    assert eventually(lambda: next(answers), within=5, what="a leader") == 3


def test_a_failed_wait_tells_what_was_seen_and_hints() -> None:
    answers = itertools.chain(["leader 1"], itertools.repeat(None))
    with pytest.raises(TimedOut) as caught:
        eventually(
            lambda: next(answers), within=0.1, what="a new leader", until=lambda seen: seen == "leader 2",
            hint="is the controller up?",
        )  # fmt: skip
    assert re.fullmatch(
        r"A new leader did not appear within 0\.1 s: after 0\.0 s leader 1, after 0\.\d s nothing\. "
        r"Hint: is the controller up\?",
        str(caught.value),
    )


def test_what_is_awaited_may_have_a_verb() -> None:
    with pytest.raises(
        TimedOut, match=r"^Waited in vain for the leader to move for 0.05 s: after 0.0 s not yet$"
    ):
        eventually(lambda: False, within=0.05, what="the leader to move")


def test_a_long_story_is_cut_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LONGEST_PAUSE", 0.01)
    numbers = itertools.count(1)
    with pytest.raises(TimedOut) as caught:
        eventually(lambda: next(numbers), within=2, what="minus one", until=lambda seen: seen < 0)
    text = str(caught.value)
    assert "after 0.0 s 1," in text and "changes left out" in text
    assert text.count("after") == 8


def test_trouble_goes_through_unless_it_is_expected() -> None:
    with pytest.raises(ZeroDivisionError):
        eventually(lambda: 1 / 0, within=5, what="a number")
    with pytest.raises(TimedOut, match=r"after 0\.0 s ZeroDivisionError: division by zero"):
        eventually(lambda: 1 / 0, within=0.05, what="a number", retry_on=(ZeroDivisionError,))


def test_the_error_is_the_callers_choice() -> None:
    with pytest.raises(ValueError, match="A leader did not appear"):
        eventually(lambda: None, within=0.02, what="a leader", error=ValueError)


def test_slowness_multiplies_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "slowness", 5.0)
    began = time.monotonic()
    with pytest.raises(TimedOut, match=r"within 0\.25 s"):
        eventually(lambda: None, within=0.05, what="a leader")
    assert time.monotonic() - began >= 0.25


def test_a_slow_question_still_gets_its_last_look() -> None:
    began = time.monotonic()

    def slow() -> bool:
        time.sleep(0.1)  # stands for a call to a broker that takes longer than the deadline
        return time.monotonic() - began > 0.15

    assert eventually(slow, within=0.105, what="an answer")


def test_the_ticker_hears_what_is_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, float]] = []
    monkeypatch.setattr(waiting, "ticker", lambda what, seconds: heard.append((what, seconds)))
    answers = iter([None, None, 1])
    eventually(lambda: next(answers), within=5, what="a leader")
    assert [what for what, _ in heard] == ["a leader", "a leader"]
    assert heard[0][1] <= heard[1][1]


def test_only_what_is_seen_anew_is_told() -> None:
    with pytest.raises(TimedOut) as caught:
        eventually(
            lambda: {"isr": [1]},
            within=0.1,
            what="a full ISR",
            until=lambda _: False,
            seen=lambda got: got["isr"],
        )
    assert str(caught.value) == "A full ISR did not appear within 0.1 s: after 0.0 s [1]"
