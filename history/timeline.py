"""A history as a picture would show it: lanes, marks, bands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from history.events import INFO, INVOKE, UNKNOWN, Event

#: How many marks a picture can hold; more are merged.
MARKS = 400

#: While events stream in, no more than this many marks are kept before they are merged for the first time.
CROWD = 20_000

#: What begins a fault, and what ends it. An armed fault is in force from the moment it fires.
BEGINS = {
    "kill": "start",
    "stop": "start",
    "pause": "resume",
    "fired": "released",
    "armed": "released",
    "outage": "over",
}
ENDS = {
    "start": ("kill", "stop"),
    "resume": ("pause",),
    "released": ("fired", "armed"),
    "over": ("outage",),
}


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


def timeline(
    events: Iterable[Event],
    chosen: Collection[Event] = (),
    notes: Mapping[str, str] | None = None,
    marks: int = MARKS,
) -> Timeline:
    """The picture of a history: each client's events in their order, the clients in any.

    ``chosen`` are the events of a counterexample; their operations are marked and never merged.
    ``notes`` say more about a lane by its name, such as the client library. ``marks`` is about how
    many marks are drawn; beyond that, like neighbours are merged into one with a count.
    """
    drawing = Drawing({(event.client, event.op, event.f) for event in chosen}, marks)
    for event in events:
        drawing.add(event)
    return drawing.finished(notes or {})


def lane_kind(name: str) -> str:
    """client, broker, controller, network or database, by the name of who wrote an event."""
    head = name.partition("-")[0]
    return head if head in ("broker", "controller", "network", "database") else "client"


class Drawing:
    """A timeline in the making, in absolute seconds until it is finished."""

    def __init__(self, chosen: set[tuple[str, int, str]], limit: int) -> None:
        self.chosen, self.limit = chosen, limit
        self.marks: list[Mark] = []
        self.bands: list[Band] = []
        self.lanes: dict[str, float] = {}  # when each was first heard of
        self.begun: dict[tuple[str, int], Event] = {}
        self.faults: dict[str, list[Event]] = {}
        self.start, self.end = float("inf"), float("-inf")

    def add(self, event: Event) -> None:
        self.start, self.end = min(self.start, event.t), max(self.end, event.t)
        if event.t < self.lanes.get(event.client, float("inf")):
            self.lanes[event.client] = event.t
        if event.phase == INFO:
            self._moment(event)
        elif event.phase == INVOKE:
            self.begun[event.client, event.op] = event
        else:
            invoke = self.begun.pop((event.client, event.op), None)
            self._operation(invoke or event, event.t, event.phase, event)
        if len(self.marks) > CROWD:
            self.marks = thinned(self.marks, 10 * self.limit)

    def _operation(self, invoke: Event, end: float, outcome: str, told: Event) -> None:
        start = min(invoke.t, end)
        chosen = (told.client, told.op, told.f) in self.chosen
        self.marks.append(
            Mark(told.client, start, end, told.f, outcome, label(invoke, told, outcome), chosen=chosen)
        )

    def _moment(self, event: Event) -> None:
        chosen = (event.client, event.op, event.f) in self.chosen
        text = event.text or event.f
        self.marks.append(Mark(event.client, event.t, None, event.f, INFO, text, chosen=chosen))
        open_faults = self.faults.setdefault(event.client, [])
        if event.f == "fired":
            self._drop(open_faults, ("armed",), event)
        if event.f in BEGINS:
            if all((fault.f, fault.op) != (event.f, event.op) for fault in open_faults):
                open_faults.append(event)  # a fault that fires again is still the same fault
        elif event.f in ENDS:
            begun = self._drop(open_faults, ENDS[event.f], event)
            if begun is not None:
                self._band(begun, event.t)

    @staticmethod
    def _drop(open_faults: list[Event], verbs: tuple[str, ...], event: Event) -> Event | None:
        """Take out the fault that an event ends: the one with its number, else the latest."""
        fitting = [fault for fault in open_faults if fault.f in verbs]
        if not fitting:
            return None
        numbered = [fault for fault in fitting if fault.op == event.op]
        found = (numbered or fitting)[-1]
        open_faults.remove(found)
        return found

    def _band(self, begun: Event, end: float) -> None:
        text = begun.text or begun.f
        if begun.f == "armed":
            text += " (armed, did not fire)"
        self.bands.append(Band(begun.t, end, text, [begun.client]))

    def finished(self, notes: Mapping[str, str]) -> Timeline:
        """The picture, counted from the first event; what never ended lasts to the last one."""
        if not self.lanes:
            return Timeline(0.0, [], [], [])
        for invoke in self.begun.values():
            self._operation(invoke, self.end, UNKNOWN, invoke)
        for faults in self.faults.values():
            for fault in faults:
                self._band(fault, self.end)
        marks = thinned(self.marks, self.limit)
        for mark in marks:
            mark.start = round(mark.start - self.start, 6)
            mark.end = None if mark.end is None else round(mark.end - self.start, 6)
        for band in self.bands:
            band.start, band.end = round(band.start - self.start, 6), round(band.end - self.start, 6)
        order = ("client", "database", "network", "broker", "controller")
        names = sorted(self.lanes, key=lambda name: (order.index(lane_kind(name)), self.lanes[name], name))
        lanes = [Lane(name, lane_kind(name), notes.get(name, "")) for name in names]
        marks.sort(key=lambda mark: (mark.start, names.index(mark.lane)))
        self.bands.sort(key=lambda band: (band.start, band.label))
        return Timeline(round(self.end - self.start, 6), lanes, marks, self.bands)


def label(invoke: Event, told: Event, outcome: str) -> str:
    """ "send 17 to orders-0 → offset 16", "poll → 500 records from offset 0", "commit 7 → unknown".

    A sink's database transaction is "store account-7:4 → 1 known already".
    """
    verb, value = told.f, told.value or invoke.value
    where = (
        ""
        if told.topic is None
        else told.topic
        if told.partition is None
        else f"{told.topic}-{told.partition}"
    )
    if verb == "send":
        number = (value or "").removeprefix(told.client + ":")
        text = f"send {number} to {where}"
        result = "" if told.offset is None else f"offset {told.offset}"
    elif verb == "store":
        text, result = f"store {value or 'records'}", told.text or ""
    elif verb == "poll":
        rows = told.records or []
        text, result = "poll", "nothing"
        if rows:
            result = f"{len(rows):,} record{'s' * (len(rows) > 1)} of {told.topic} from offset {rows[0][1]}"
    else:
        text = " ".join(
            part for part in (verb, where, "" if told.offset is None else str(told.offset)) if part
        )
        result = ""
    if outcome != "ok":
        result = told.error_name or (told.text if told is not invoke else None) or outcome
    return f"{text} → {result}" if result else text


def thinned(marks: list[Mark], limit: int) -> list[Mark]:
    """At most ``limit`` marks if at all possible: like neighbours of a lane are merged, the closest first.

    Merged marks have lane, kind and outcome in common and no other outcome of their kind between
    them, unless nothing else helps. Chosen marks stay as they are.
    """
    if len(marks) <= limit:
        return marks
    marks = sorted(marks, key=lambda mark: mark.start)
    span = max(_until(mark) for mark in marks) - marks[0].start
    gap = span / 4096
    while len(marks) > limit and gap <= 2 * span:
        marks = _merged(marks, gap, strict=True)
        gap = gap * 2 or 1.0
    gap = span / 64
    while len(marks) > limit and gap <= 2 * span:
        marks = _merged(marks, gap, strict=False)
        gap = gap * 2 or 1.0
    return marks


def _until(mark: Mark) -> float:
    return mark.start if mark.end is None else mark.end


def _merged(marks: list[Mark], gap: float, strict: bool) -> list[Mark]:
    """One pass over marks in the order of their starts: merge what is at most ``gap`` seconds apart.

    ``strict``: only with the mark just before of the same lane and kind, else with the last one
    of the same outcome, whatever lies between.
    """
    kept: list[Mark] = []
    last: dict[tuple[str, str, str], Mark] = {}
    for mark in marks:
        key = mark.lane, mark.kind, "" if strict else mark.outcome
        before = last.get(key)
        alike = before is not None and before.outcome == mark.outcome and not (before.chosen or mark.chosen)
        if before is None or not alike or mark.start - _until(before) > gap:
            kept.append(mark)
            last[key] = mark
            continue
        if mark.end is not None:
            before.end = max(_until(before), mark.end)
        elif mark.start > before.start:
            before.end = mark.start
        before.count += mark.count
        before.label = f"{before.count:,} × {mark.kind}" + (
            "" if mark.outcome in ("ok", INFO) else f" → {mark.outcome}"
        )
    return kept
