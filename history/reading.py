"""Clients that read backwards, jump over records, or go on in the wrong place; and runs too thin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import inf

from history.anomalies import Anomaly, Case, finds
from history.events import FAIL, INFO, INVOKE, OK, Event
from history.partition import ASSIGNED, NEXT, Epoch, Reader, Witness
from history.record import History
from history.rows import ACKNOWLEDGED
from history.topic import Topic


def _steps(topic: Topic) -> Iterator[tuple[Reader, int, int]]:
    """(reader, stretch before, stretch): readings that must follow from one another.

    The one before is the last of a poll that ended well, since a poll that failed does not move
    the position; none spans a seek or a change of the assignment.
    """
    for reader in topic.readers.values():
        before = -1
        for at, why in enumerate(reader.why):
            if why == NEXT and before >= 0:
                inside = at > 0 and reader.op[at - 1] == reader.op[at]
                yield reader, at - 1 if inside else before, at
            if reader.done[at]:
                before = at
            elif why != NEXT:
                before = -1


@finds("nonmonotonic-poll")
def nonmonotonic_poll(history: History) -> Iterator[Case]:
    """A poll starts at or before the offset where the client's poll before it ended (Jepsen).

    Also inside one poll. Never across a seek, an assignment or a revocation, nor after a poll that failed.
    """
    for topic in history.topics.values():
        for reader, before, at in _steps(topic):
            if reader.first[at] <= reader.last[before]:
                yield reader.first[at], partial(_back, topic, reader, before, at)


def _back(topic: Topic, reader: Reader, before: int, at: int) -> Anomaly:
    events = [topic.polled(reader, before), topic.polled(reader, at)]
    offsets = reader.first[at], reader.last[before]
    text = (
        f"{events[1].client} read offset {offsets[0]} of {topic.named(reader.partition)}"
        f" after it had read offset {offsets[1]}"
    )
    values = _values(topic, reader, offsets)
    return Anomaly("nonmonotonic-poll", topic.name, reader.partition, values, offsets, events, text)


def _values(topic: Topic, reader: Reader, offsets: tuple[int, ...]) -> tuple[str, ...]:
    ids = (topic.log(reader.partition).ids.get(offset) for offset in offsets)
    return tuple(topic.value(id) for id in ids if id >= 0)


def known(topic: Topic, partition: int, first: int, end: int) -> Iterator[int]:
    """Offsets at which a record is known to exist; what was never seen there may be a marker or a hole."""
    log = topic.log(partition)
    for offset, id in log.ids.between(first, end):
        if topic.exists(id) or any(topic.exists(rival.id) for rival in log.conflicts.get(offset, ())):
            yield offset


@finds("poll-skip")
def poll_skip(history: History) -> Iterator[Case]:
    """Two successive polls of one client jump over a record that is known to exist (Jepsen).

    Known from an acknowledgement or anyone's poll: mere gaps in the offsets are normal.
    """
    for topic in history.topics.values():
        for reader, before, at in _steps(topic):
            first, end = reader.last[before] + 1, reader.first[at]
            skipped = next(known(topic, reader.partition, first, end), None) if end > first else None
            if skipped is not None:
                yield skipped, partial(_skip, topic, reader, before, at)


def _skip(topic: Topic, reader: Reader, before: int, at: int) -> Anomaly:
    first, end = reader.last[before] + 1, reader.first[at]
    offsets = tuple(known(topic, reader.partition, first, end))
    values = _values(topic, reader, offsets[:3])
    more = f" and {len(offsets) - 1:,} more" if len(offsets) > 1 else ""
    events = [topic.polled(reader, before), topic.polled(reader, at)]
    text = (
        f"{events[1].client} read offset {end} of {topic.named(reader.partition)} right after offset {first - 1},"
        f" and skipped {values[0] if values else 'a record'} at offset {offsets[0]}{more}"
    )
    return Anomaly("poll-skip", topic.name, reader.partition, values, offsets[:3], events, text)


@finds("epoch-regress")
def epoch_regress(history: History) -> Iterator[Case]:
    """A client reads a record under a lower leader epoch than one at a lower offset (kgo-verifier).

    Judged along one client's reading: what it read before the log was cut may lie above what it reads
    there now.  Clients that are not told the epoch are not judged.
    """
    for topic in history.topics.values():
        for reader in topic.readers.values():
            for before, after in pairwise(reader.epochs):
                if after.offset > before.offset and after.epoch < before.epoch:
                    yield after.offset, partial(_regress, topic, reader, before, after)


def _regress(topic: Topic, reader: Reader, before: Epoch, after: Epoch) -> Anomaly:
    offsets = after.offset, before.offset
    ids = topic.log(reader.partition).ids
    events = [
        topic.witnessed(
            reader.partition, one.offset, Witness(reader.client, one.op, one.t, ids.get(one.offset))
        )
        for one in (before, after)
    ]
    text = (
        f"{events[1].client} read offset {after.offset} of {topic.named(reader.partition)} in leader epoch"
        f" {after.epoch}, behind offset {before.offset} in leader epoch {before.epoch}"
    )
    values = _values(topic, reader, offsets)
    return Anomaly("epoch-regress", topic.name, reader.partition, values, offsets, events, text)


@dataclass(slots=True)
class Commit:
    """A commit of one offset of one partition for a group, from call to answer (inf: never)."""

    offset: int
    began: float
    done: float
    event: Event


def commits(history: History) -> dict[tuple[str, str, int], list[Commit]]:
    """The commits that may have taken effect, by group, topic and partition, in the order of the calls."""
    found: dict[tuple[str, str, int], list[Commit]] = {}
    open_: dict[tuple[str, int, str, int], Commit] = {}
    for event in history.remarks:
        if event.f != "commit" or event.phase == INFO or None in (event.group, event.topic, event.partition):
            continue
        assert event.group is not None and event.topic is not None and event.partition is not None
        if event.offset is None:
            continue
        key = event.client, event.op, event.topic, event.partition
        commit = open_.pop(key, None)
        if commit is None:
            commit = Commit(event.offset, event.t, inf, event)
            found.setdefault((event.group, event.topic, event.partition), []).append(commit)
        if event.phase == INVOKE:
            open_[key] = commit
        elif event.phase == OK:
            commit.done, commit.event = event.t, event
        elif event.phase == FAIL:
            found[event.group, event.topic, event.partition].remove(commit)
    return {key: sorted(each, key=lambda commit: commit.began) for key, each in found.items()}


def _current(made: list[Commit], since: float, until: float) -> list[Commit]:
    """The commits that can have been the last one for someone who asked between two times.

    A commit is out of the question once another one began after it was done and was itself done
    before the asking.
    """
    asked = [commit for commit in made if commit.began <= until]
    settled = max((commit.began for commit in asked if commit.done < since), default=None)
    if settled is None:
        return []  # perhaps nothing was committed yet, and the reset policy decides
    return [commit for commit in asked if commit.done >= settled]


def _resumes(history: History) -> Iterator[tuple[Topic, Reader, int, list[Commit]]]:
    """(topic, reader, stretch, possible commits) for each first reading after an assignment in a group."""
    made = commits(history)
    if not made:
        return
    for topic in history.topics.values():
        for reader in topic.readers.values():
            group = history.groups.get(reader.client)
            if group is None or (group, topic.name, reader.partition) not in made:
                continue
            for at, why in enumerate(reader.why):
                if why == ASSIGNED and reader.done[at]:
                    own = made[group, topic.name, reader.partition]
                    if possible := _current(own, reader.since[at], reader.t[at]):
                        yield topic, reader, at, possible


@finds("stale-resume")
def stale_resume(history: History) -> Iterator[Case]:
    """After an assignment a member starts below an offset that its group had committed before.

    From chaos rw_subscribe and kafkatest ("position behind the committed offset"). Commits whose
    outcome is unknown and those on their way count as possible, so the lowest possible one decides.
    Not judged after a seek.
    """
    for topic, reader, at, possible in _resumes(history):
        commit = min(possible, key=lambda commit: commit.offset)
        if reader.first[at] < commit.offset:
            yield reader.first[at], partial(_resume, "stale-resume", topic, reader, at, commit, "below")


@finds("forward-resume")
def forward_resume(history: History) -> Iterator[Case]:
    """After an assignment a member starts above what its group had committed, with records between.

    Those that it had read itself do not count: a member that keeps a partition may go on where it was, as
    kafka-python does in every rebalance and the Java client in cooperative ones.
    """
    for topic, reader, at, possible in _resumes(history):
        commit = max(possible, key=lambda commit: commit.offset)
        own = reader.last[at - 1] + 1 if at and reader.done[at - 1] else 0
        if any(True for _ in known(topic, reader.partition, max(commit.offset, own), reader.first[at])):
            yield reader.first[at], partial(_resume, "forward-resume", topic, reader, at, commit, "above")


def _resume(kind: str, topic: Topic, reader: Reader, at: int, commit: Commit, where: str) -> Anomaly:
    poll, first = topic.polled(reader, at), reader.first[at]
    text = (
        f"{poll.client} went on at offset {first} of {topic.named(reader.partition)}, {where} the committed"
        f" offset {commit.offset} of group {commit.event.group}"
    )
    events = [commit.event, poll]
    return Anomaly(
        kind,
        topic.name,
        reader.partition,
        _values(topic, reader, (first,)),
        (first, commit.offset),
        events,
        text,
    )


@finds("weak-run")
def weak_run(history: History) -> Iterator[Case]:
    """A run too thin to prove anything: nothing acknowledged, nothing read, a fault that never fired.

    More traffic than that is demanded where it is judged, see ``floor`` of :func:`history.judge.judge`.
    """
    if not any(topic.count(ACKNOWLEDGED) for topic in history.topics.values()):
        yield 0, partial(_weak, "no record was acknowledged")
    if not any(topic.readers for topic in history.topics.values()):
        yield 0, partial(_weak, "no record was read")
    armed: dict[tuple[str, int], Event] = {}
    for event in history.remarks:
        if event.f == "armed":
            armed[event.client, event.op] = event
        elif event.f == "fired":
            armed.pop((event.client, event.op), None)
    for event in armed.values():
        yield 0, partial(_weak, f"the fault {event.text or event.client} never fired", event)


def _weak(text: str, *events: Event) -> Anomaly:
    return Anomaly("weak-run", None, None, (), (), list(events), text)
