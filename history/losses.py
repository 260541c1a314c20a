"""Records that are missing, and records that nobody should have seen."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import partial
from itertools import accumulate

from history.anomalies import Anomaly, Case, finds
from history.partition import DAMAGED, End, Witness
from history.record import History
from history.rows import ACKNOWLEDGED, FAILED, READ, UNSENT
from history.topic import Place, Topic


class Coverage:
    """Which part of a topic must have been read, and by whom: what turns "not seen" into "lost"."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        spans: dict[int, list[tuple[int, int]]] = {}
        for reader in topic.readers.values():
            spans.setdefault(reader.partition, []).extend(reader.spans())
        #: By partition: where reading began, ascending, and how far any reading from there or before went.
        self.read = {partition: _reaching(sorted(each)) for partition, each in spans.items()}

    def proof(self, id: int) -> End | Place | None:
        """What proves that a record without a reader is gone, or None.

        Either a final read that went past its offset or began after its acknowledgement, or one
        client that read on from before it to behind it.
        """
        partition, offset = self.topic.told_at(id)
        if partition < 0:
            ends = [self._final(other, id, -1) for other in self.topic.logs]
            return ends[0] if ends and all(ends) else None
        return self._final(partition, id, offset) or self._passed(partition, offset)

    def _final(self, partition: int, id: int, offset: int) -> End | None:
        for end in self.topic.log(partition).ends:
            if 0 <= offset < end.offset or self.topic.done[id] <= end.since:
                return end
        return None

    def _passed(self, partition: int, offset: int) -> Place | None:
        if offset < 0 or partition not in self.read:
            return None
        firsts, reached = self.read[partition]
        at = bisect_right(firsts, offset) - 1
        return (partition, reached[at]) if at >= 0 and reached[at] >= offset else None


def _reaching(spans: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [first for first, _ in spans], list(accumulate((last for _, last in spans), max))


def missing(topic: Topic) -> Iterator[int]:
    """Acknowledged records that no ok poll showed, without those at whose offset a damaged one lay."""
    for id in topic.find(ACKNOWLEDGED, read=False):
        partition, offset = topic.told_at(id)
        if partition not in topic.logs or offset not in topic.logs[partition].damaged:
            yield id


@finds("lost")
def lost(history: History) -> Iterator[Case]:
    """An acknowledged record that must have been read was read by nobody (Jepsen: lost-write).

    "Must" is a proof: one client read from before its offset to behind it, or a final read began
    after the acknowledgement or went past the offset. Everything else is *unseen*.
    """
    for topic in history.topics.values():
        coverage = Coverage(topic)
        for id in missing(topic):
            if proof := coverage.proof(id):
                yield topic.told_at(id)[1], partial(_lost, topic, id, proof)


def _lost(topic: Topic, id: int, proof: End | Place) -> Anomaly:
    value, (partition, offset) = topic.value(id), topic.told_at(id)
    told = f"record {value} was reported as delivered"
    told += (
        f" at offset {offset} of {topic.named(partition)}" if offset >= 0 else f" to {topic.named(partition)}"
    )
    held = topic.log(partition).ids.get(offset) if offset >= 0 else -1
    told += ", and is not in the log"
    if held >= 0 and held != id:
        told += f": offset {offset} holds {topic.value(held)}"
    elif isinstance(proof, End):
        told += f", which {topic.clients[proof.client]} read to its end at {proof.offset}"
    else:
        told += f": a client read on past it to offset {proof[1]}"
    events = topic.send(id)
    if not isinstance(proof, End):
        events += [topic.polled(reader, at) for reader, at in list(topic.polls(*proof))[:1]]
    return Anomaly(
        "lost", topic.name, partition if partition >= 0 else None, (value,), (offset,), events, told
    )


@finds("unseen")
def unseen(history: History) -> Iterator[Case]:
    """An acknowledged record that no poll has shown so far, without proof that it is gone (Jepsen)."""
    for topic in history.topics.values():
        coverage = Coverage(topic)
        for id in missing(topic):
            if not coverage.proof(id):
                yield topic.told_at(id)[1], partial(_unseen, topic, id)


def _unseen(topic: Topic, id: int) -> Anomaly:
    value, (partition, offset) = topic.value(id), topic.told_at(id)
    told = f"record {value} was acknowledged in {topic.named(partition)}, and nobody has read so far"
    return Anomaly(
        "unseen", topic.name, partition if partition >= 0 else None, (value,), (offset,), topic.send(id), told
    )


@finds("unknown-read")
def unknown_read(history: History) -> Iterator[Case]:
    """A read record that nobody sent, or that was sent to another partition (chaos; Jepsen: no writer)."""
    for topic in history.topics.values():
        for id in topic.find(UNSENT, read=True):
            why = f"which nobody sent to {topic.name}"
            yield topic.offset[id], partial(_read, topic, "unknown-read", id, why, None)
        for id, (partition, place) in topic.astray.items():
            why = f"but it was sent to {topic.named(partition)}"
            yield place[1], partial(_read, topic, "unknown-read", id, why, place)


@finds("aborted-read")
def aborted_read(history: History) -> Iterator[Case]:
    """A read record whose send failed for certain or whose transaction was aborted (Jepsen: G1a).

    A final reader sees what was aborted, too, so of aborted records only other readers count.
    """
    for topic in history.topics.values():
        for id in topic.find(FAILED, read=True):
            if topic.aborted(id) and not topic.state[id] & READ:
                continue
            error = topic.errors.get(id, (None, None))[1] or "failed"
            yield (
                topic.offset[id],
                partial(_read, topic, "aborted-read", id, f"but its send ended in {error}", None),
            )


def _read(topic: Topic, kind: str, id: int, why: str, place: Place | None) -> Anomaly:
    partition, offset = place or (topic.partition[id], topic.offset[id])
    value = topic.value(id)
    polls = [topic.polled(reader, at) for reader, at in topic.polls(partition, offset)][:1]
    told = f"record {value} was read at offset {offset} of {topic.named(partition)}, {why}"
    return Anomaly(kind, topic.name, partition, (value,), (offset,), topic.send(id) + polls, told)


@finds("wrong-content")
def wrong_content(history: History) -> Iterator[Case]:
    """A record read that is not what was written there (kgo-verifier).

    Its content is not what any client of ours sends for any record, or two reads of one offset
    differ in key, value, headers or timestamp. Records whose content is a scenario's own are exempt,
    at any offset as long as it is not known where they lie.
    """
    for topic in history.topics.values():
        unplaced = sum(topic.offset[id] < 0 and topic.state[id] & 3 != FAILED for id in topic.nameless)
        provable = sum(len(log.damaged) for log in topic.logs.values()) > unplaced
        for partition, log in topic.logs.items():
            for offset, seen in log.damaged.items() if provable else ():
                yield offset, partial(_damaged, topic, partition, offset, seen[0])
            for offset, seen in log.altered.items():
                yield offset, partial(_altered, topic, partition, offset, seen[0])


def _damaged(topic: Topic, partition: int, offset: int, witness: Witness) -> Anomaly:
    told = f"at offset {offset} of {topic.named(partition)} {topic.clients[witness.client]} read what nobody sent"
    held = topic.log(partition).ids.get(offset)
    values: tuple[str, ...] = ()
    events = [topic.witnessed(partition, offset, witness._replace(id=DAMAGED))]
    if held >= 0:
        values = (topic.value(held),)
        told += f" in place of {values[0]}"
        events = topic.send(held) + events
    return Anomaly("wrong-content", topic.name, partition, values, (offset,), events, told)


def _altered(topic: Topic, partition: int, offset: int, witness: Witness) -> Anomaly:
    value = topic.value(topic.log(partition).ids.get(offset))
    others = [topic.polled(reader, at) for reader, at in topic.polls(partition, offset)]
    mine = topic.witnessed(partition, offset, witness._replace(id=topic.id(value)))
    other = next((poll for poll in others if (poll.client, poll.op) != (mine.client, mine.op)), None)
    told = (
        f"record {value} at offset {offset} of {topic.named(partition)} was read by {mine.client} with"
        " another key, content, header or timestamp than before"
    )
    events = ([other] if other else []) + [mine]
    return Anomaly("wrong-content", topic.name, partition, (value,), (offset,), events, told)
