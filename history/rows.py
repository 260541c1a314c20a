"""The rows that a topic's records are kept in: flat arrays, 50 bytes a record and no object."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from math import inf

from history.flat import Column

#: A record's state: how its send ended, and what else is known, as bits:
#: READ once an ok poll showed it, FINAL once an ok poll of a final reader did (that one sees what
#: is not committed, too), NOWHERE if it was acknowledged without an offset.
UNSENT, OPEN, ACKNOWLEDGED, FAILED = 0, 1, 2, 3
READ, NOWHERE, FINAL = 4, 8, 16
SHOWN = READ | FINAL


def states(outcome: int, read: bool | None, by: int = SHOWN) -> list[int]:
    """All states with an outcome, of records that were read by ``by``, or were not, or either (None)."""
    bits = range(0, 32, 4)
    return [outcome | more for more in bits if read is None or bool(more & by) == read]


class Rows:
    """Rows are numbered by first sight; ``id`` means such a number.

    ``partition`` and ``offset`` are where a record was first seen, -1 if unknown; ``began`` and
    ``done`` when its send did, in seconds.
    """

    def __init__(self) -> None:
        self.writers: list[str] = []
        self.by_writer: dict[str, tuple[int, Column]] = {}
        self.odd: dict[str, int] = {}  # records whose names are not "client:number"
        self.writer, self.number = array("i"), array("q")
        self.state = bytearray()
        self.client, self.op = array("i"), array("i")
        self.began, self.done = array("d"), array("d")
        self.partition, self.offset = array("i"), array("q")

    def id(self, value: str) -> int:
        """The number of a record, given out at first sight."""
        name, colon, digits = value.rpartition(":")
        if not (colon and digits.isdecimal() and digits.isascii() and (digits[0] != "0" or digits == "0")):
            return self._odd(value)
        known = self.by_writer.get(name)
        if known is None:
            known = self.by_writer[name] = len(self.writers), Column("i", -1)
            self.writers.append(name)
        number = int(digits)
        if number >= 1 << 62:
            return self._odd(value)
        got = known[1].get(number)
        if got < 0:
            got = self._row(known[0], number)
            known[1].put(number, got)
        return got

    def _odd(self, value: str) -> int:
        if value not in self.odd:
            self.writers.append(value)
            self.odd[value] = self._row(len(self.writers) - 1, -1)
        return self.odd[value]

    def _row(self, writer: int, number: int) -> int:
        self.writer.append(writer)
        self.number.append(number)
        self.state.append(UNSENT)
        self.client.append(-1)
        self.op.append(-1)
        self.began.append(-inf)
        self.done.append(inf)
        self.partition.append(-1)
        self.offset.append(-1)
        return len(self.writer) - 1

    def value(self, id: int) -> str:
        """A record's name, "producer-1:17"."""
        name, number = self.writers[self.writer[id]], self.number[id]
        return name if number < 0 else f"{name}:{number}"

    def count(self, outcome: int, read: bool | None = None, by: int = SHOWN) -> int:
        """How many records have an outcome (and were read, or were not)."""
        return sum(self.state.count(state) for state in states(outcome, read, by))

    def find(self, outcome: int, read: bool, by: int = SHOWN) -> Iterator[int]:
        """The records with an outcome that were read, or were not."""
        for state in states(outcome, read, by):
            at = self.state.find(state)
            while at >= 0:
                yield at
                at = self.state.find(state, at + 1)
