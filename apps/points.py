"""Where a sink can be made to die, to stand still, or to fail: at a point by name, the so-many-th time."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

#: The points in the order in which a sink comes to them, and what has just happened there.
POINTS = {
    "after-poll": "records were read, nothing is done with them yet",
    "after-database-read": "the last sequence was read, nothing is written yet",
    "before-balance": "the next statement writes a balance",
    "before-database-commit": "all statements of a transaction that applies something are done",
    "after-database-commit": "such a transaction is committed",
    "between-transactions": "the first of two transactions for a record is committed, the second not begun",
    "before-offset-commit": "a batch is done, its offsets are not committed to Kafka",
    "after-offset-commit": "its offsets are committed to Kafka",
}


class SimulatedError(Exception):
    """An error by chance, as the sink was asked for."""


@dataclass(frozen=True)
class Stop:
    """A point and the how-many-th time that a sink comes to it, from 1."""

    point: str
    time: int = 1

    def __str__(self) -> str:
        return f"{self.point}:{self.time}"


def stop(text: str) -> Stop:
    """ "after-database-commit:3"; without a number the first time. ValueError says what is wrong."""
    point, colon, time = text.partition(":")
    if point not in POINTS:
        raise ValueError(f"no point {point!r}; there are {', '.join(POINTS)}")
    if colon and (not time.isdigit() or int(time) < 1):
        raise ValueError(f"{text!r}: the time after the colon is a number from 1")
    return Stop(point, int(time) if colon else 1)


class Points:
    """Counts the points that a sink comes to, and does there what it was asked for.

    ``crash_at``: SIGKILL, which no process hears.  ``freeze_at``: SIGSTOP, until somebody sends
    SIGCONT.  ``error_probability``: a SimulatedError with this probability whenever a database
    transaction has been committed.  ``tell`` is told of each: "kill", "pause", "resume" or "error".
    """

    def __init__(
        self,
        crash_at: Stop | None = None,
        freeze_at: Stop | None = None,
        error_probability: float = 0.0,
        seed: int = 0,
        tell: Callable[[str, str], object] = lambda verb, words: None,
    ) -> None:
        self.crash_at, self.freeze_at, self.error_probability = crash_at, freeze_at, error_probability
        self.chance, self.tell = random.Random(seed), tell
        self.counts: Counter[str] = Counter()

    def reach(self, point: str) -> None:
        """Come to a point. KeyError if there is none of this name."""
        POINTS[point]
        self.counts[point] += 1
        here = Stop(point, self.counts[point])
        if here == self.crash_at:
            self.tell("kill", f"dies {told(here)}")
            os.kill(os.getpid(), signal.SIGKILL)
        if here == self.freeze_at:
            self.tell("pause", f"stands still {told(here)}")
            os.kill(os.getpid(), signal.SIGSTOP)
            self.tell("resume", "goes on")
        if point == "after-database-commit" and self.chance.random() < self.error_probability:
            self.tell("error", f"an error by chance {told(here)}")
            raise SimulatedError(f"simulated error {told(here)}")


def told(here: Stop) -> str:
    """ "after database commit 3", for messages and pictures."""
    return f"{here.point.replace('-', ' ')} {here.time}"
