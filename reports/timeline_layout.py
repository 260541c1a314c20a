"""Where the marks of a timeline go on the picture: scale, ticks, rows, room for text. Numbers only.

All lengths are in units of the picture, which are CSS pixels when it is shown at its full width.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from history.timeline import Band, Lane, Mark, Timeline

WIDTH, GUTTER, RIGHT = 1080, 148, 22
ROW, BAR = 17, 11  # distance of the rows of a lane, height of a bar
STRIP = 17  # height of a line of text above or below the lanes
MOST_ROWS = 8  # of a lane; what does not fit is drawn over the rest
CHAR = 6.4  # mean width of a letter at 11 px


@dataclass(frozen=True)
class Scale:
    """Seconds to units."""

    seconds: float

    def x(self, at: float) -> float:
        share = min(max(at / self.seconds, 0.0), 1.0)
        return round(GUTTER + share * (WIDTH - RIGHT - GUTTER), 1)


@dataclass
class Placed:
    """A mark with its place. ``room`` is how far text may run to the right of it."""

    mark: Mark
    left: float
    right: float
    row: int = 0
    room: float = 0.0
    number: int = 0  # of the counterexample, from 1; 0: not part of it
    crowded: bool = False  # another mark lies over it or under it


@dataclass
class LanePlace:
    lane: Lane
    top: float
    height: float
    placed: list[Placed] = field(default_factory=list)
    badges: bool = False  # whether room for numbers is kept above the bars

    def y(self, row: int) -> float:
        """The middle of a row."""
        return self.top + (STRIP if self.badges else 4) + row * ROW + ROW / 2


@dataclass
class BandPlace:
    band: Band
    left: float
    right: float
    row: int
    text_left: float


@dataclass
class Layout:
    scale: Scale
    lanes: list[LanePlace]
    bands: list[BandPlace]
    top: float  # of the lanes
    bottom: float  # of the lanes; the axis is below

    @property
    def chosen(self) -> list[tuple[LanePlace, Placed]]:
        """The marks of the counterexample, in the order of time."""
        found = [(lane, item) for lane in self.lanes for item in lane.placed if item.number]
        return sorted(found, key=lambda pair: pair[1].number)


def layout(timeline: Timeline) -> Layout:
    """Places for everything; a mark on a lane that nobody named gets a lane of its own."""
    scale = Scale(_length(timeline))
    bands = _bands(timeline.bands, scale)
    top = 6 + STRIP * (1 + max((place.row for place in bands), default=-1))
    numbers = _numbers(timeline.marks)
    lanes, y = [], top
    for lane in _lanes(timeline):
        marks = [(n, mark) for n, mark in enumerate(timeline.marks) if mark.lane == lane.name]
        placed = _pack([_place(mark, scale, numbers.get(n, 0)) for n, mark in marks])
        badges = any(item.number for item in placed)
        rows = 1 + max((item.row for item in placed), default=0)
        height = rows * ROW + 8 + (STRIP - 4 if badges else 0)
        lanes.append(LanePlace(lane, y, height, placed, badges))
        y += height
    return Layout(scale, lanes, bands, top, y)


def _length(timeline: Timeline) -> float:
    """The seconds to show: at least to the end of the last mark, never 0."""
    ends = [mark.start if mark.end is None else mark.end for mark in timeline.marks]
    return max([timeline.seconds, *ends, *(band.end for band in timeline.bands)], default=0.0) or 0.001


def _lanes(timeline: Timeline) -> list[Lane]:
    known = {lane.name for lane in timeline.lanes}
    missing = dict.fromkeys(mark.lane for mark in timeline.marks if mark.lane not in known)
    return [*timeline.lanes, *(Lane(name, "client") for name in missing)]


def _numbers(marks: list[Mark]) -> dict[int, int]:
    chosen = [n for n, mark in enumerate(marks) if mark.chosen]
    return {n: at for at, n in enumerate(sorted(chosen, key=lambda n: marks[n].start), 1)}


def _place(mark: Mark, scale: Scale, number: int) -> Placed:
    left = scale.x(mark.start)
    if mark.end is None:
        return Placed(mark, left - 6, left + 6, number=number)
    least = 2.5 if mark.outcome == "ok" else 6.0
    return Placed(mark, left, max(scale.x(mark.end), left + least), number=number)


def _pack(items: list[Placed]) -> list[Placed]:
    """Gives each mark the first row that is free at its place, and tells how much room is beside it."""
    ends: list[float] = []
    last: dict[int, Placed] = {}
    for item in sorted(items, key=lambda item: item.left):
        free = next((row for row, end in enumerate(ends) if end <= item.left), None)
        if free is None and len(ends) < MOST_ROWS:
            free = len(ends)
            ends.append(0.0)
        item.row = ends.index(min(ends)) if free is None else free
        if item.row in last:
            before = last[item.row]
            before.room = item.left - before.right
            if before.room < 0:
                before.crowded = item.crowded = True
        ends[item.row] = max(ends[item.row], item.right + 0.8)
        last[item.row] = item
    for item in last.values():
        item.room = WIDTH - 4 - item.right
    return items


def _bands(bands: list[Band], scale: Scale) -> list[BandPlace]:
    """Bands with their texts in as few rows above the lanes as keep the texts apart."""
    ends: list[float] = []
    placed = []
    for band in sorted(bands, key=lambda band: band.start):
        left = scale.x(band.start)
        right = max(scale.x(band.end), left + 2)
        text_left = max(GUTTER, min(left, WIDTH - 6 - CHAR * len(band.label)))
        row = next((row for row, end in enumerate(ends) if end + 8 <= text_left), len(ends))
        ends[row:row + 1] = [text_left + CHAR * min(len(band.label), 130)]
        placed.append(BandPlace(band, left, right, row, text_left))
    return placed


def unit(span: float) -> tuple[str, int]:
    """The unit in which a span of seconds is best told, and how many of it make a second."""
    return ("seconds", 1) if span >= 0.02 else ("milliseconds", 1000)


def ticks(span: float, about: int = 8) -> list[tuple[float, str]]:
    """Round numbers from 0 to ``span`` and how they are written: (0.5, "0.5")."""
    rough = span / about
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough * 0.999)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return [(n * step, f"{n * step:,.{decimals}f}") for n in range(int(span / step + 1e-9) + 1)]


def cut(text: str, room: float, tail: int = 0) -> str:
    """As much of a text as fits into ``room`` units, with … where it was cut; "" if nearly nothing fits.

    The last ``tail`` letters are kept, for names that differ at their end.
    """
    letters = int(room / CHAR)
    if len(text) <= letters:
        return text
    if letters < 9:
        return ""
    return text[: letters - 1 - tail].rstrip() + "…" + (text[-tail:] if tail else "")
