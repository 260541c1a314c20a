"""Records that lie twice in a log, or in another order than they were sent."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from functools import partial
from math import inf

from history.anomalies import Anomaly, Case, finds
from history.events import Event
from history.partition import Log
from history.record import History
from history.rows import ACKNOWLEDGED, NOWHERE
from history.topic import Place, Topic


@finds("duplicate")
def duplicate(history: History) -> Iterator[Case]:
    """One record at two or more offsets, of one partition or of several (Jepsen: duplicate).

    Two clients reading the same offset are no duplicate.
    """
    for topic in history.topics.values():
        for id, places in topic.repeats.items():
            yield min(offset for _, offset in places), partial(_duplicate, topic, id, sorted(places))


def _duplicate(topic: Topic, id: int, places: list[Place]) -> Anomaly:
    value = topic.value(id)
    partitions = sorted({partition for partition, _ in places})
    told = " and in ".join(
        f"{topic.named(partition)} at {_listed([offset for other, offset in places if other == partition])}"
        for partition in partitions
    )
    text = f"record {value} is in {told}"
    if len(partitions) == 1:
        text = f"record {value} is at {_listed([offset for _, offset in places])} of {topic.named(partitions[0])}"
    if id in topic.again:
        text += " (it was sent more than once)"
    polls = [topic.polled(*next(topic.polls(*place))) for place in places[:2] if any(topic.polls(*place))]
    events = topic.send(id) + _distinct(polls)
    offsets = tuple(offset for _, offset in places)
    return Anomaly("duplicate", topic.name, partitions[-1], (value,), offsets, events, text)


def _distinct(polls: list[Event]) -> list[Event]:
    return polls[:1] if len(polls) == 2 and polls[0] == polls[1] else polls


def _listed(offsets: list[int]) -> str:
    if len(offsets) == 1:
        return f"offset {offsets[0]}"
    if len(offsets) > 4:
        return f"{len(offsets)} offsets from {offsets[0]} to {offsets[-1]}"
    return f"offsets {', '.join(map(str, offsets[:-1]))} and {offsets[-1]}"


@finds("inconsistent-offset")
def inconsistent_offset(history: History) -> Iterator[Case]:
    """One offset of a partition held two different records (Jepsen: inconsistent-offsets)."""
    for topic in history.topics.values():
        for partition, log in topic.logs.items():
            for offset in log.conflicts:
                yield offset, partial(_inconsistent, topic, partition, log, offset)


def _inconsistent(topic: Topic, partition: int, log: Log, offset: int) -> Anomaly:
    first, others = log.ids.get(offset), log.conflicts[offset]
    values = (topic.value(first), *(topic.value(other.id) for other in others))
    told = " and ".join(values)
    text = f"offset {offset} of {topic.named(partition)} held {'both ' if len(values) == 2 else ''}{told}"
    events = topic.send(first)[-1:] if topic.acknowledged(first) == (partition, offset) else []
    polls = [topic.polled(reader, at) for reader, at in topic.polls(partition, offset)]
    known = {(topic.clients[other.client], other.op) for other in others}
    if not events:
        events = [poll for poll in polls if (poll.client, poll.op) not in known][:1]
    events += [topic.witnessed(partition, offset, other) for other in others[:3]]
    return Anomaly("inconsistent-offset", topic.name, partition, values, (offset,), events, text)


def first_in_log(topic: Topic, id: int, partition: int, offset: int) -> bool:
    """Whether a record lies here for the first time, and was sent once, so that its order means something."""
    if id in topic.again:
        return False
    places = topic.repeats.get(id)
    return places is None or min(at for where, at in places if where == partition) == offset


@finds("reordered")
def reordered(history: History) -> Iterator[Case]:
    """A record lies in a partition behind one that its producer sent after it.

    Judged by the log, whatever was acknowledged: so are records read whose send has an unknown
    outcome. Of a repeated record the first place counts. "Before" is the order of the calls.
    """
    for topic in history.topics.values():
        for partition, log in topic.logs.items():
            yield from _inversions(topic, partition, log)


def _inversions(topic: Topic, partition: int, log: Log) -> Iterator[Case]:
    op, client = topic.op, topic.client
    highest = [-1] * (len(topic.clients) + 1)  # the last place is for records that nobody sent
    for start, ids in log.ids.pieces():
        offset = start - 1
        for id in ids:
            offset += 1
            if id < 0:
                continue
            who = client[id]
            if op[id] >= highest[who]:
                highest[who] = op[id]
            elif first_in_log(topic, id, partition, offset):
                yield offset, partial(_reordered, topic, partition, id, offset)


def _reordered(topic: Topic, partition: int, id: int, offset: int) -> Anomaly:
    log = topic.log(partition)
    before = _overtaker(topic, log, id, offset - 10_000, offset) or _overtaker(topic, log, id, 0, offset)
    assert before is not None, "an inversion has two sides"
    value, later = topic.value(id), topic.value(before[1])
    text = f"record {value} was sent before {later}, but lies behind it in {topic.named(partition)}"
    events = sorted(topic.send(id) + topic.send(before[1]), key=lambda event: event.t)
    return Anomaly("reordered", topic.name, partition, (value, later), (offset, before[0]), events, text)


def _overtaker(topic: Topic, log: Log, id: int, start: int, offset: int) -> tuple[int, int] | None:
    """(offset, id) of the record sent next after this one among those that lie before it."""
    op, client = topic.op, topic.client
    later = (
        (op[other], at, other)
        for at, other in log.ids.between(max(0, start), offset)
        if other >= 0 and client[other] == client[id] and op[other] > op[id]
    )
    found = min(later, default=None)
    return found and found[1:]


@finds("nonmonotonic-send")
def nonmonotonic_send(history: History) -> Iterator[Case]:
    """A later send of one producer was acknowledged at an earlier offset (Jepsen: nonmonotonic-send).

    Judged by acknowledgements: each send against the producer's acknowledged one before it in the
    partition.
    """
    for topic in history.topics.values():
        if _suspect(topic):
            yield from _sends(topic)


def _suspect(topic: Topic) -> bool:
    """Without repeats, conflicts and inversions in the logs no acknowledgements can be out of order."""
    logs = topic.logs.items()
    if topic.repeats or any(log.conflicts for _, log in logs):
        return True
    return any(True for partition, log in logs for _ in _inversions(topic, partition, log))


def _sends(topic: Topic) -> Iterator[Case]:
    acknowledged = (id for id in range(len(topic.state)) if topic.state[id] & 3 == ACKNOWLEDGED)
    last: dict[tuple[int, int], tuple[int, int]] = {}
    for id in sorted(acknowledged, key=lambda id: topic.op[id]):
        place = topic.acknowledged(id)
        if place is None or id in topic.again:
            continue
        key = topic.client[id], place[0]
        if key in last and place[1] <= last[key][1]:
            yield place[1], partial(_nonmonotonic, topic, last[key][0], id, place)
        last[key] = id, place[1]


def _nonmonotonic(topic: Topic, earlier: int, later: int, place: Place) -> Anomaly:
    before = topic.acknowledged(earlier) or place
    first, second = topic.value(earlier), topic.value(later)
    text = (
        f"record {second} was sent after {first}, but acknowledged at offset {place[1]} of"
        f" {topic.named(place[0])}, not behind offset {before[1]}"
    )
    events = sorted(topic.send(earlier) + topic.send(later), key=lambda event: event.t)
    return Anomaly(
        "nonmonotonic-send", topic.name, place[0], (second, first), (place[1], before[1]), events, text
    )


@finds("late-offset")
def late_offset(history: History) -> Iterator[Case]:
    """A record got an offset that some client already knew, or one below it, when its send began.

    From redpanda-data/chaos, reads_writes. Offsets only grow, so a record sent after offset 9 was
    known must lie at 10 or above.
    """
    for topic in history.topics.values():
        for partition, log in topic.logs.items():
            yield from _late(topic, partition, log)


def _late(topic: Topic, partition: int, log: Log) -> Iterator[Case]:
    """Walk from the end: the earliest moment at which an offset from here on was known."""
    earliest = inf
    for offset, ids, polled in _backwards(topic, partition, log):
        earliest = min(earliest, polled)
        earliest = yield from _late_in(topic, partition, log, offset, ids, earliest)


def _late_in(
    topic: Topic, partition: int, log: Log, start: int, ids: Sequence[int], earliest: float
) -> Generator[Case, None, float]:
    """Walk one stretch of the log backwards; the earliest moment then."""
    began, done, repeats, state, conflicts = (
        topic.began,
        topic.done,
        topic.repeats,
        topic.state,
        log.conflicts,
    )
    for at in range(len(ids) - 1, -1, -1):
        id = ids[at]
        if id < 0:
            continue
        if conflicts and start + at in conflicts:
            earliest = yield from _late_rivals(topic, partition, log, start + at, earliest)
        elif began[id] > earliest:
            if topic.acknowledged(id) == (partition, start + at) and id not in topic.again:
                yield start + at, partial(_told_late, topic, partition, id, start + at)
        elif (
            done[id] < earliest
            and state[id] & (NOWHERE | 3) == ACKNOWLEDGED
            and (id not in repeats or topic.acknowledged(id) == (partition, start + at))
        ):
            earliest = done[id]
    return earliest


def _late_rivals(
    topic: Topic, partition: int, log: Log, offset: int, earliest: float
) -> Generator[Case, None, float]:
    """The same where an offset was given to several records."""
    rivals = [log.ids.get(offset), *(other.id for other in log.conflicts[offset])]
    rivals = [id for id in rivals if id >= 0 and topic.acknowledged(id) == (partition, offset)]
    earliest = min([earliest, *(topic.done[id] for id in rivals)])
    for id in rivals:
        if topic.began[id] > earliest and id not in topic.again:
            yield offset, partial(_told_late, topic, partition, id, offset)
    return earliest


def _backwards(topic: Topic, partition: int, log: Log) -> Iterator[tuple[int, Sequence[int], float]]:
    """The log in stretches from its end: (first offset, records, when a poll first showed its last offset).

    A poll shows that all offsets up to its last one are known, so a stretch ends where a poll ended.
    """
    known: dict[int, float] = {}
    for reader in topic.readers.values():
        if reader.partition == partition:
            for last, t in zip(reader.last, reader.t, strict=True):
                known[last] = min(t, known.get(last, inf))
    polled = sorted(known.items())
    for start, ids in reversed(list(log.ids.pieces())):
        upper = len(ids)
        while upper > 0:
            t = inf
            while polled and polled[-1][0] >= start + upper - 1:
                t = min(t, polled.pop()[1])
            lower = min(max(0, polled[-1][0] + 1 - start), upper - 1) if polled else 0
            yield start + lower, ids[lower:upper], t
            upper = lower


def _claims(log: Log, offset: int) -> Iterator[tuple[int, int]]:
    """(offset, id) of all that is said to lie at an offset or behind it, those in conflict too."""
    for at, id in log.ids.between(offset, log.ids.end):
        yield at, id
        for other in log.conflicts.get(at, ()):
            yield at, other.id


def _told_late(topic: Topic, partition: int, id: int, offset: int) -> Anomaly:
    value, began, log = topic.value(id), topic.began[id], topic.log(partition)
    acknowledged = (
        (at, topic.send(other)[-1])
        for at, other in _claims(log, offset)
        if other >= 0 and topic.done[other] < began and topic.acknowledged(other) == (partition, at)
    )
    polled = (
        (reader.last[at], topic.polled(reader, at))
        for reader in topic.readers.values()
        if reader.partition == partition
        for at, t in enumerate(reader.t)
        if t < began and reader.last[at] >= offset
    )
    known, witness = next(acknowledged, None) or next(polled)
    text = (
        f"record {value} was sent after offset {known} of {topic.named(partition)} was known,"
        f" but got offset {offset}"
    )
    return Anomaly(
        "late-offset", topic.name, partition, (value,), (offset, known), [witness, *topic.send(id)], text
    )
