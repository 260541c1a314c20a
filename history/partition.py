"""What is known of one partition: its log, and how each client read it."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import NamedTuple

from history.flat import Column

#: What a log's slot holds where a record was read that nobody could have sent, whole, in that form.
DAMAGED = -2

#: Why a stretch of reading does not follow from the one before it.
NEXT, SOUGHT, ASSIGNED = 0, 1, 2


class Fresh(NamedTuple):
    """How and when a client's position was last set."""

    why: int
    t: float
    op: int = -1

    def after(self, before: Fresh) -> Fresh:
        """This one, with the time of the invoke if ``before`` is the invoke of the same operation."""
        same = self.why == before.why and self.op == before.op
        return before if same else self


FOLLOWS = Fresh(NEXT, 0.0)


class Witness(NamedTuple):
    """Who saw something odd: a poll (its client, operation and time), and what lay there."""

    client: int
    op: int
    t: float
    id: int  # number of the record, or DAMAGED


class Epoch(NamedTuple):
    """From which offset on a reader saw a leader epoch, and in which poll."""

    offset: int
    epoch: int
    op: int
    t: float


@dataclass(slots=True)
class End:
    """A final read: everything below ``offset``, the end of the log as ``client`` found it, was read.

    ``since`` is a time before the end was asked for: what was acknowledged by then lies below it.
    """

    offset: int
    client: int
    t: float
    since: float


class Log:
    """One partition, offset by offset, as inferred from acknowledgements and reads."""

    def __init__(self) -> None:
        self.ids = Column("i", -1)
        self.digests = Column("I", 0)
        self.conflicts: dict[int, list[Witness]] = {}
        self.altered: dict[int, list[Witness]] = {}
        self.damaged: dict[int, list[Witness]] = {}
        self.ends: list[End] = []


class Reader:
    """One client reading one partition: stretches of neighbouring offsets, one or more a poll."""

    def __init__(self, client: int, partition: int, fresh: Fresh) -> None:
        self.client = client
        self.partition = partition
        self.first, self.last = array("q"), array("q")
        self.began, self.t = array("d"), array("d")
        self.op = array("q")
        self.why = bytearray()
        self.done = bytearray()  # 1: the poll ended well, 0: it failed or nobody knows
        self.told: dict[int, int] = {}  # stretch → the position that a seek or an assignment named
        self.since: dict[int, float] = {}  # stretch → when the partition was assigned
        self.epochs: list[Epoch] = []  # as they were read; one that only goes on is left out
        self._fresh = fresh
        self._told = -1

    def reset(self, fresh: Fresh, offset: int | None) -> None:
        """The position is set anew, so the next stretch is not judged by the one before it."""
        self._fresh = fresh.after(self._fresh)
        self._told = -1 if offset is None else offset

    def tell(self, offset: int | None) -> None:
        """The position was asked for: if nothing was read since it was set, reading starts there."""
        if self._fresh.why != NEXT and offset is not None:
            self._told = offset

    def read(self, first: int, last: int, op: int, began: float, t: float, done: bool) -> None:
        at = len(self.first)
        self.first.append(first)
        self.last.append(last)
        self.op.append(op)
        self.began.append(began)
        self.t.append(t)
        self.done.append(done)
        self.why.append(self._fresh.why)
        if self._fresh.why == ASSIGNED:
            self.since[at] = self._fresh.t
        if self._told >= 0:
            self.told[at] = self._told
        if done:  # after a failed poll the position is still the one before it
            self._fresh, self._told = FOLLOWS, -1

    def led(self, offset: int, epoch: int, op: int, t: float) -> None:
        """The record at ``offset`` was written under this leader epoch."""
        last = self.epochs[-1] if self.epochs else None
        if last is None or last.epoch != epoch or last.offset > offset:
            self.epochs.append(Epoch(offset, epoch, op, t))

    def spans(self) -> list[tuple[int, int]]:
        """From where to where (inclusive) this client read without its position being set anew."""
        spans: list[tuple[int, int]] = []
        for at, (first, last, done) in enumerate(zip(self.first, self.last, self.done, strict=True)):
            if not done:
                continue
            start = self.told.get(at, first)
            if spans and self.why[at] == NEXT and first > spans[-1][1]:
                spans[-1] = spans[-1][0], last
            else:
                spans.append((min(start, first), last))
        return spans
