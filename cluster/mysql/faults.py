"""What can befall a statement on its way to the database or its answer on the way back."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Actions. The first two break the connection.
LOSE_ANSWER = "lose the answer"  # the server has done it; the client sees its connection break
CUT_BEFORE = "cut before"  # the server never gets it; the client sees the same
HOLD_REQUEST = "hold the request"  # the server does not get it until it is released
HOLD_ANSWER = "hold the answer"  # the server has done it; the client does not know until it is released
WATCH = "watch"  # nothing
ACTIONS = (LOSE_ANSWER, CUT_BEFORE, HOLD_REQUEST, HOLD_ANSWER, WATCH)
#: Actions that wait for the server's answer. One that is an error goes through: nothing was done.
ON_ANSWER = (LOSE_ANSWER, HOLD_ANSWER)

COMMIT = r"COMMIT"


@dataclass(frozen=True)
class SqlFault:
    """Which statements an action happens to, among all that go through one proxy."""

    action: str
    name: str = ""  # in words, for the report
    statement: str = COMMIT  # a regular expression that fits its beginning, case ignored
    nth: int = 1  # of those that fit, the first that it happens to; counted from the arming
    count: int | None = 1  # to how many of them; None: to all from there on
    pid: int | None = None  # only of this client process, as its driver tells it

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise ValueError(f"there is no {self.action!r}; there are {', '.join(ACTIONS)}")
        if self.nth < 1 or (self.count is not None and self.count < 1):
            raise ValueError("nth and count begin with 1")
        re.compile(self.statement)

    @property
    def words(self) -> str:
        return self.name or f"{self.action} of {self.statement}"

    def fits(self, statement: str, pid: int | None) -> bool:
        if self.pid is not None and pid != self.pid:
            return False
        return re.match(self.statement, statement, re.IGNORECASE) is not None


@dataclass(frozen=True)
class SqlFiring:
    """A statement that a fault has happened to."""

    t: float  # seconds of CLOCK_MONOTONIC
    statement: str
    connection: int  # the server's number of the connection
    pid: int | None  # the client's process, if its driver tells
    answer: str = ""  # "OK" where the fault waited for the server's answer
