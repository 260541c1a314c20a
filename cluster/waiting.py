"""Waiting for a condition: the only sleep of the suite outside its processes.

Whoever waits says for what, and a wait that fails tells what was seen on the way.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

T = TypeVar("T")

#: Multiplies the deadline of each :func:`eventually`; set from ``--slowness`` for slow machines.
slowness: float = 1.0
#: Called while something is awaited with what is awaited and the seconds so far (the console sets it).
ticker: Callable[[str, float], None] | None = None

FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.2  # seconds; the pause doubles in between
TOLD_AT_MOST = 8  # how many different things a story tells; the middle is left out


class TimedOut(Exception):
    """What was awaited did not come in time. The message tells what was seen instead."""


@dataclass
class Story:
    """What was seen while waiting, one entry for each change."""

    seen: list[tuple[float, str]] = field(default_factory=list)

    def add(self, seconds: float, what: str) -> None:
        if not self.seen or self.seen[-1][1] != what:
            self.seen.append((seconds, what))

    def told(self) -> str:
        """``after 0.0 s leader 1, after 0.2 s none``"""
        parts = [f"after {seconds:.1f} s {what}" for seconds, what in self.seen]
        if len(parts) > TOLD_AT_MOST:
            half = TOLD_AT_MOST // 2
            parts = [*parts[:half], f"({len(parts) - TOLD_AT_MOST} changes left out)", *parts[-half:]]
        return ", ".join(parts)


def shown(value: object) -> str:
    """A value as a story tells it."""
    return "nothing" if value is None else "not yet" if value is False else str(value)


def eventually(
    fn: Callable[[], T | None],
    within: float,
    what: str,
    *,
    hint: str = "",
    seen: Callable[[Any], object] | None = None,
    until: Callable[[Any], object] = bool,
    retry_on: tuple[type[BaseException], ...] = (),
    error: type[Exception] = TimedOut,
) -> T:
    """Calls ``fn`` until what it returns satisfies ``until`` (default: is true) and returns that.

    ``within`` is in seconds and is multiplied by :data:`slowness`. ``what`` is the subject of the
    message: "a new leader" gives "A new leader did not appear within 18 s: after 0.0 s none"; a
    ``what`` that has a verb already ("the leader to move") is given with "waiting for".
    ``seen`` says what of the value belongs in the story. Exceptions named in ``retry_on`` are told
    as seen; any other goes through at once. Raises ``error`` with the story when time is up.
    """
    began = time.monotonic()
    deadline = within * slowness
    story, pause = Story(), FIRST_PAUSE
    while True:
        # The clock is read before the call, so a call that takes long still gets its last look.
        passed = time.monotonic() - began
        try:
            value = fn()
        except retry_on as trouble:
            story.add(passed, f"{type(trouble).__name__}: {trouble}")
        else:
            if until(value):
                return cast(T, value)  # with the usual ``until`` it is not None
            story.add(passed, shown(seen(value) if seen else value))
        if passed >= deadline:
            raise error(message(what, deadline, story, hint))
        if ticker is not None:
            ticker(what, passed)
        time.sleep(max(0.0, min(pause, began + deadline - time.monotonic())))
        pause = min(pause * 2, LONGEST_PAUSE)


def message(what: str, deadline: float, story: Story, hint: str = "") -> str:
    """The sentence of a wait that failed."""
    if " to " in what:
        head = f"Waited in vain for {what} for {deadline:g} s"
    else:
        head = f"{what[:1].upper()}{what[1:]} did not appear within {deadline:g} s"
    return f"{head}: {story.told()}" + (f". Hint: {hint}" if hint else "")
