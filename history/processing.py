"""What a group made of its records: committed before they were processed, passed over, processed again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from math import inf

from history.anomalies import Anomaly, Case, finds
from history.events import OK, Event
from history.partition import SOUGHT, Reader
from history.reading import commits, known
from history.record import History
from history.topic import Topic

Key = tuple[str, str, int]  # group, topic, partition


@dataclass
class Share:
    """One partition as one group had it: what its members were handed, processed, and found committed."""

    group: str
    topic: Topic
    partition: int
    readers: list[Reader] = field(default_factory=list)
    processed: dict[int, list[Event]] = field(default_factory=dict)  # offset → completions, by time
    claims: list[tuple[float, Event]] = field(default_factory=list)  # see _claims

    @property
    def first(self) -> float:
        """The lowest offset that was handed out to the group; inf if none was."""
        return min((first for reader in self.readers for first in reader.first), default=inf)

    def exist(self, first: int, end: int) -> Iterator[int]:
        """The offsets from ``first`` to before ``end`` at which a record is known to exist."""
        return known(self.topic, self.partition, first, end)

    def found(self, kind: str, offset: int, events: list[Event], text: str) -> Anomaly:
        id = self.topic.log(self.partition).ids.get(offset)
        values = (self.topic.value(id),) if id >= 0 else ()
        told = f"group {self.group} {text.format(record=values[0] if values else 'a record', offset=offset)}"
        return Anomaly(kind, self.topic.name, self.partition, values, (offset,), events, told)


def shares(history: History) -> list[Share]:
    """Each partition as each group had it that committed or processed anything of it."""
    found: dict[Key, Share] = {}

    def share(key: Key) -> Share:
        return found.setdefault(key, Share(key[0], history.topic(key[1]), key[2]))

    for key, made in _claims(history).items():
        if key[1] in history.topics:
            share(key).claims = sorted(made, key=lambda claim: claim[0])
    for event in sorted(history.remarks, key=lambda event: event.t):
        if event.f == "process" and event.phase == OK and event.offset is not None and (where := _key(event)):
            share(where).processed.setdefault(event.offset, []).append(event)
    for one in found.values():
        for reader in one.topic.readers.values():
            if reader.partition == one.partition and history.groups.get(reader.client) == one.group:
                one.readers.append(reader)
    return list(found.values())


def _key(event: Event) -> Key | None:
    if event.group is None or event.topic is None or event.partition is None:
        return None
    return event.group, event.topic, event.partition


def _claims(history: History) -> dict[Key, list[tuple[float, Event]]]:
    """Offsets that were committed for certain: a time before which what they stand on had happened, and the proof.

    The proof is an acknowledged commit, or somebody who asked for the committed offset: what a library
    commits by itself is in no history.
    """
    found = {
        key: [(one.began, one.event) for one in made if one.done < inf]
        for key, made in commits(history).items()
    }
    for event in history.remarks:
        if event.f == "committed" and event.phase == OK and event.offset is not None and (key := _key(event)):
            found.setdefault(key, []).append((event.t, event))
    return found


@finds("commit-ahead")
def commit_ahead(history: History) -> Iterator[Case]:
    """An offset is committed above every record that the group had been handed, with records between.

    From kafkatest ("committed offset above the position"). Not judged before the group was handed
    anything, nor where a member sought a position of its own.
    """
    for share in shares(history):
        if any(SOUGHT in reader.why for reader in share.readers):
            continue
        polls = sorted(
            (began, last)
            for reader in share.readers
            for began, last in zip(reader.began, reader.last, strict=True)
        )
        at, handed = 0, -1
        for t, event in share.claims:
            while at < len(polls) and polls[at][0] <= t:
                handed = max(handed, polls[at][1])
                at += 1
            assert event.offset is not None
            if handed >= 0 and (skipped := next(share.exist(handed + 1, event.offset), None)) is not None:
                text = f"has offset {event.offset} of {share.topic.named(share.partition)} committed, and"
                text += (
                    f" was handed nothing above offset {handed}: {{record}} at offset {{offset}} is skipped"
                )
                yield skipped, partial(share.found, "commit-ahead", skipped, [event], text)


@finds("early-commit")
def early_commit(history: History) -> Iterator[Case]:
    """A committed offset lies above a record that the group was handed and had not processed by then.

    From Jepsen's auto_commit.clj. Each record is told once, with the first commit above it. Only in
    groups that write down what they process.
    """
    telling = {event.group for event in history.remarks if event.f == "process"}
    for share in shares(history):
        if share.group not in telling:
            continue
        below = share.first
        for t, event in share.claims:
            assert event.offset is not None
            for offset in share.exist(int(below), event.offset) if below < event.offset else ():
                done = share.processed.get(offset)
                if done is None or done[0].t > t:
                    text = (
                        f"had offset {event.offset} of {share.topic.named(share.partition)} committed before"
                    )
                    text += " {record} at offset {offset} was processed"
                    events = [event, *(done or [])[:1]]
                    yield offset, partial(share.found, "early-commit", offset, events, text)
            below = max(below, event.offset)


@finds("passed-over")
def passed_over(history: History) -> Iterator[Case]:
    """A record that no member of a group processed, though one was handed before and one processed behind it."""
    for share in shares(history):
        last = max(share.processed, default=-1)
        if last < share.first:
            continue
        for offset in share.exist(int(share.first), last):
            if offset not in share.processed:
                yield offset, partial(_passed_over, share, offset, last)


def _passed_over(share: Share, offset: int, last: int) -> Anomaly:
    handed = [
        share.topic.polled(reader, at)
        for reader, at in share.topic.polls(share.partition, offset)
        if reader in share.readers
    ]
    above = [event for _, event in share.claims if event.offset is not None and event.offset > offset]
    events = [*handed[:1], *above[:1], share.processed[last][0]]
    text = f"never processed {{record}} at offset {{offset}} of {share.topic.named(share.partition)},"
    text += f" and has processed the record at offset {last}"
    return share.found("passed-over", offset, events, text)


@finds("processed-again")
def processed_again(history: History) -> Iterator[Case]:
    """A record that the members of a group have processed more than once."""
    for share in shares(history):
        for offset, done in share.processed.items():
            if len(done) > 1:
                text = f"processed {{record}} at offset {{offset}} of {share.topic.named(share.partition)}"
                text += f" {len(done)} times"
                yield offset, partial(share.found, "processed-again", offset, done[:2], text)
