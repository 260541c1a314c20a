"""A history as a picture would show it: lanes, marks, bands."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Mark:
    """An operation (``end`` set) or a moment on a lane, in seconds from the timeline's start."""

    lane: str
    start: float
    end: float | None
    kind: str  # the event's verb: send, poll, commit, kill, leader, …
    outcome: str  # ok | fail | unknown | info
    label: str  # "send 17 to 0 → offset 16": a tooltip, and the text where there is room
    count: int = 1  # how many like operations this mark stands for, where there were too many to draw
    chosen: bool = False  # part of the counterexample


@dataclass
class Band:
    """A fault in force, over some lanes (none named: over all)."""

    start: float
    end: float
    label: str
    lanes: list[str] = field(default_factory=list)


@dataclass
class Lane:
    name: str  # "producer-1"
    kind: str  # client | broker | controller | network
    note: str = ""  # "confluent-kafka"


@dataclass
class Timeline:
    seconds: float
    lanes: list[Lane]
    marks: list[Mark]
    bands: list[Band]

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def from_plain(data: dict[str, Any]) -> Timeline:
    return Timeline(
        seconds=data["seconds"],
        lanes=[Lane(**item) for item in data["lanes"]],
        marks=[Mark(**item) for item in data["marks"]],
        bands=[Band(**item) for item in data["bands"]],
    )
