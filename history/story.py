"""The smallest counterexample in words: the operations, by time, and the log around the culprit."""

from __future__ import annotations

from collections.abc import Iterator

from history.anomalies import Anomaly
from history.events import INVOKE, OK, Event
from history.partition import DAMAGED
from history.record import History
from history.rows import SHOWN
from history.topic import Topic

#: How many offsets to either side of a culprit are shown.
AROUND = 3


def story(history: History, anomaly: Anomaly) -> str:
    """Several lines: the finding, its two or three operations, the log around it with the culprit marked."""
    lines = [anomaly.text]
    events = sorted(anomaly.events, key=lambda event: event.t)
    told = [(event.client, _did(event), _outcome(event, anomaly)) for event in events]
    widths = [max((len(row[at]) for row in told), default=0) for at in range(2)]
    for event, (client, did, outcome) in zip(events, told, strict=True):
        seconds = event.t - history.start
        lines.append(f"  {seconds:9.3f} s  {client:<{widths[0]}}  {did:<{widths[1]}}  {outcome}".rstrip())
    if anomaly.topic is not None and anomaly.partition is not None:
        lines += _logs(history.topics[anomaly.topic], anomaly)
    return "\n".join(lines)


def _did(event: Event) -> str:
    if event.f == "revoke":
        return (event.text or event.f).removeprefix("rebalance: ")
    if event.f in ("send", "process"):
        return f"{event.f} {(event.value or '').removeprefix(event.client + ':')}"
    if event.f in ("commit", "committed"):
        return f"{event.f} {event.offset}"
    return event.f


def _outcome(event: Event, anomaly: Anomaly) -> str:
    if event.f == "poll":
        return f"read {_rows(event, anomaly)}" + ("" if event.phase == OK else " (the poll did not end well)")
    if event.phase == INVOKE:
        return "invoked"
    if event.f == "send" and event.phase == OK:
        place = "" if event.partition == anomaly.partition else f" of {event.topic}-{event.partition}"
        return "acknowledged" + ("" if event.offset is None else f" at offset {event.offset}{place}")
    if event.phase == OK:
        return "done"
    word = {"fail": "failed", "unknown": "outcome unknown"}.get(event.phase, event.phase)
    return f"{word}: {event.error_name}" if event.error_name else event.text or word


def _rows(event: Event, anomaly: Anomaly) -> str:
    """What a poll read: all if it is little, else its ends and what the finding is about."""
    rows = event.records or []
    last = len(rows) - 1
    chosen = [
        at
        for at, (_, offset, value, _) in enumerate(rows)
        if last < 4 or at in (0, last) or offset in anomaly.offsets[:2] or value in anomaly.values[:2]
    ]
    parts = []
    for before, at in zip([-1, *chosen], chosen, strict=False):
        parts += ["…"] * (at > before + 1)
        parts.append(f"{rows[at][1]} {_name(rows[at][2])}")
    return " · ".join(parts) or "nothing"


def _name(value: str | None) -> str:
    return "(damaged)" if value is None else value


def _logs(topic: Topic, anomaly: Anomaly) -> Iterator[str]:
    """The logs concerned: of the finding's partition, and of others where its record also lies."""
    marked = {(anomaly.partition or 0, offset) for offset in anomaly.offsets[:1] if offset >= 0}
    shown = {(anomaly.partition or 0, offset) for offset in anomaly.offsets[:4] if offset >= 0}
    if anomaly.kind == "duplicate":
        marked = shown = topic.repeats[topic.id(anomaly.values[0])]
    for partition in sorted({partition for partition, _ in shown}):
        offsets = sorted(offset for where, offset in shown if where == partition)
        if line := _log(topic, partition, offsets, {at for where, at in marked if where == partition}):
            yield f"  log of {topic.named(partition)}:  {line}"


def _log(topic: Topic, partition: int, offsets: list[int], marked: set[int]) -> str:
    ids = topic.log(partition).ids
    near = {
        offset: id
        for middle in offsets[:4]
        for offset, id in ids.between(middle - AROUND, middle + AROUND + 1)
    }
    for offset in offsets[:4]:
        near.setdefault(offset, -1)
    parts: list[str] = []
    last = None
    for offset in sorted(near):
        if last is not None and any(True for _ in ids.between(last + 1, offset)):
            parts.append("…")
        last, id = offset, near[offset]
        name = topic.value(id) if id >= 0 else "(damaged)" if id == DAMAGED else "nothing"
        others = "".join(
            f" and {topic.value(other.id)}" for other in topic.logs[partition].conflicts.get(offset, [])
        )
        if offset in marked:
            others += " ←" if id < 0 or topic.state[id] & SHOWN else " (never read) ←"
        parts.append(f"{offset} {name}{others}")
    return " · ".join(parts)
