"""Numbers by number, kept flat: a million of them take four or eight megabytes, not a hundred."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

#: How far past its end an array may be filled up with "empty"; farther numbers go into a dict.
REACH = 65_536


class Column:
    """A map from whole numbers to whole numbers, such as offset → record.

    Dense stretches lie in an array that starts near the first key; what lies far off goes into a
    dict, so a topic that begins at offset 10⁹ or one absurd number costs nothing.
    """

    def __init__(self, typecode: str = "i", empty: int = -1) -> None:
        self.dense = array(typecode)
        self.base = 0
        self.empty = empty
        self.far: dict[int, int] = {}

    def get(self, key: int) -> int:
        """What is stored under ``key``, or ``empty``."""
        at = key - self.base
        if 0 <= at < len(self.dense):
            return self.dense[at]
        return self.far.get(key, self.empty) if self.far else self.empty

    def put(self, key: int, what: int) -> None:
        dense = self.dense
        if not dense and not self.far:
            self.base = max(0, key - 1024)
        at = key - self.base
        if at == len(dense) and not self.far:
            dense.append(what)
        elif 0 <= at < len(dense):
            dense[at] = what
        elif 0 <= at < len(dense) + REACH:
            self._grow(at, what)
        else:
            self.far[key] = what

    def _grow(self, at: int, what: int) -> None:
        gap = at - len(self.dense)
        self.dense.extend([self.empty] * gap)
        self.dense.append(what)
        if self.far:
            for key in [key for key in self.far if 0 <= key - self.base < len(self.dense)]:
                self.dense[key - self.base] = self.far.pop(key)

    def items(self) -> Iterator[tuple[int, int]]:
        """(key, number) in ascending order of keys, without the empty ones."""
        empty = self.empty
        after = sorted(key for key in self.far if key > self.base)
        for key in sorted(key for key in self.far if key < self.base):
            yield key, self.far[key]
        for at, what in enumerate(self.dense, self.base):
            if what != empty:
                yield at, what
        for key in after:
            yield key, self.far[key]

    def pieces(self) -> Iterator[tuple[int, array[int] | list[int]]]:
        """(first key, numbers of the keys from there on), ascending; quicker to walk than items."""
        for key in sorted(key for key in self.far if key < self.base):
            yield key, [self.far[key]]
        yield self.base, self.dense
        for key in sorted(key for key in self.far if key > self.base):
            yield key, [self.far[key]]

    def between(self, first: int, end: int) -> Iterator[tuple[int, int]]:
        """(key, number) for the keys from ``first`` up to but not including ``end``, ascending."""
        if end - first > len(self.dense) + len(self.far):
            yield from ((key, what) for key, what in self.items() if first <= key < end)
            return
        for key in range(first, end):
            if (what := self.get(key)) != self.empty:
                yield key, what

    @property
    def end(self) -> int:
        """One more than the highest key."""
        return max([self.base + len(self.dense), *(key + 1 for key in self.far)])
