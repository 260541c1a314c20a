"""Stretches in which nothing went on."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import partial
from math import inf

from history.anomalies import Anomaly, Case, finds
from history.events import Event
from history.record import History
from history.rows import ACKNOWLEDGED

#: As many acknowledgements are progress; kafkatest asks for more than 5 after a fault.
PROGRESS = 6


@finds("no-progress")
def no_progress(history: History) -> Iterator[Case]:
    """Fewer than 6 records were acknowledged during an outage (kafkatest; chaos asks for 100 a minute).

    An outage is marked by whoever makes it: from "outage" to the "over" with its number, or to the end
    of the history. Whether records have to go on meanwhile is a scenario's to say.
    """
    marked = outages(history)
    acknowledged = sorted(acknowledgements(history)) if marked else []
    for number, (outage, over) in enumerate(marked):
        until = over.t if over else inf
        count = bisect_left(acknowledged, until) - bisect_left(acknowledged, outage.t)
        if count < PROGRESS:
            yield number, partial(_stalled, outage, over, count, min(until, history.end) - outage.t)


def outages(history: History) -> list[tuple[Event, Event | None]]:
    """What begins each outage, and what ends it, if anything does."""
    ends = {(event.client, event.op): event for event in history.remarks if event.f == "over"}
    begins = [event for event in history.remarks if event.f == "outage"]
    return [(event, ends.get((event.client, event.op))) for event in begins]


def acknowledgements(history: History) -> Iterator[float]:
    """The moments at which records were acknowledged."""
    for topic in history.topics.values():
        for read in (False, True):
            yield from (topic.done[id] for id in topic.find(ACKNOWLEDGED, read))


def _stalled(outage: Event, over: Event | None, count: int, seconds: float) -> Anomaly:
    records = "1 record was" if count == 1 else f"{count} records were"
    text = f"{records} acknowledged in {seconds:.1f} s, at least {PROGRESS} had to be: {outage.text}"
    return Anomaly("no-progress", None, None, (), (), [outage, over] if over else [outage], text)
