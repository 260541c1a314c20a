"""Members of a group that own one partition at the same time, or read what they do not own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from math import inf

from history.anomalies import Anomaly, Case, finds
from history.events import INFO, OK, Event
from history.partition import Reader
from history.reading import Commit, commits
from history.record import History
from history.topic import Topic

#: How the history words an assignment by the group, and partitions that a member is told it has lost.
GIVEN, LOST = "rebalance: assign", "rebalance: lost"


@dataclass
class Holding:
    """A member's ownership of a partition by its own word, from its assignment to its revocation or death."""

    given: Event
    end: Event | None = None

    @property
    def client(self) -> str:
        return self.given.client

    @property
    def began(self) -> float:
        return self.given.t

    @property
    def ended(self) -> float:
        return self.end.t if self.end else inf

    def overlaps(self, began: float, ended: float) -> bool:
        return self.began <= ended and self.ended >= began


Key = tuple[str, str, int]  # group, topic, partition


def holdings(history: History) -> dict[Key, list[Holding]]:
    """Who owned each partition of each group, replayed from what the members were told, on one clock."""
    found: dict[Key, list[Holding]] = {}
    held: dict[str, dict[Key, Holding]] = {}  # client → what it owns now
    own: dict[str, int] = {}  # client → its latest assignment by itself, which replaces what it had
    for event in sorted(history.remarks, key=lambda event: event.t):
        mine = held.setdefault(event.client, {})
        if event.phase == INFO:
            if event.f == "kill":
                _end(mine, list(mine), event)
        elif event.f in ("assign", "revoke") and event.phase == OK and event.group is not None:
            assert event.topic is not None and event.partition is not None
            key = event.group, event.topic, event.partition
            if event.f == "revoke":
                _end(mine, [key], event)
                continue
            if event.text != GIVEN and own.get(event.client) != event.op:
                own[event.client] = event.op
                _end(mine, list(mine), event)
            if key not in mine:
                mine[key] = Holding(event)
                found.setdefault(key, []).append(mine[key])
    return found


def _end(mine: dict[Key, Holding], keys: list[Key], event: Event) -> None:
    for key in keys:
        if key in mine:
            mine.pop(key).end = event


def _pairs(history: History) -> Iterator[tuple[Key, Holding, Holding, bool]]:
    """(where, holding, later holding of another client that began before the first ended, zombie).

    A zombie is an owner that its group had thrown out and that was not told yet: it hears "lost", dies, or
    does nothing with the partition any more.
    """
    for key, each in holdings(history).items():
        for one, other in combinations(each, 2):
            if one.client != other.client and one.ended > other.began:
                told = one.end is not None and (one.end.f == "kill" or one.end.text == LOST)
                silent = one.end is None and not _active(history, key, one.client, other.began)
                yield key, one, other, told or silent


def _active(history: History, key: Key, client: str, since: float) -> bool:
    """Whether a client reads or commits a partition after some time."""
    _, topic, partition = key
    readers = history.topics[topic].readers.values()
    read = (
        done and t > since
        for reader in readers
        if reader.partition == partition and history.clients[reader.client] == client
        for t, done in zip(reader.t, reader.done, strict=True)
    )
    committed = (
        commit.event.client == client and commit.event.phase == OK and commit.done > since
        for commit in commits(history).get(key, ())
    )
    return any(read) or any(committed)


@finds("double-owner")
def double_owner(history: History) -> Iterator[Case]:
    """Two live members of a group own one partition at the same time (kafkatest, valid_assignment).

    Not while the first one is a zombie; see zombie-owner.
    """
    for key, one, other, zombie in _pairs(history):
        if not zombie:
            yield 0, partial(_both, key, one, other)


def _both(key: Key, one: Holding, other: Holding) -> Anomaly:
    group, topic, partition = key
    until = min(one.ended, other.ended)
    lasting = "" if until == inf else f" for {until - other.began:.3f} s"
    text = f"{one.client} and {other.client} of group {group} both owned {topic}-{partition}{lasting}"
    return _anomaly("double-owner", key, one, other, text)


@finds("zombie-owner")
def zombie_owner(history: History) -> Iterator[Case]:
    """A member takes a partition for its own that its group has given to another one, and has not heard of it.

    Kafka's documentation allows that to a member that was thrown out, until it hears from its coordinator;
    in a classic group for about the session timeout, unless it does not run.  It may read, and its commits are refused.
    """
    for key, one, other, zombie in _pairs(history):
        if zombie:
            yield 0, partial(_zombie, key, one, other)


def _zombie(key: Key, one: Holding, other: Holding) -> Anomaly:
    _, topic, partition = key
    until = "it never heard of it" if one.end is None else f"for {one.ended - other.began:.3f} s"
    text = (
        f"{one.client} took {topic}-{partition} for its own after {other.client} had been given it, {until}"
    )
    return _anomaly("zombie-owner", key, one, other, text)


def _anomaly(kind: str, key: Key, one: Holding, other: Holding, text: str) -> Anomaly:
    events = [one.given, other.given, *([one.end] if one.end else [])]
    return Anomaly(kind, key[1], key[2], (), (), events, text)


@finds("foreign-read")
def foreign_read(history: History) -> Iterator[Case]:
    """A member reads or commits a partition that it does not own by its own word (kafkatest's handlers).

    A poll or commit during which the partition was owned at some moment is innocent, and so is a commit
    that was refused.  Clients that were never given anything are no members.
    """
    owned = holdings(history)
    members = {holding.client for each in owned.values() for holding in each}

    def foreign(key: Key, client: str, began: float, ended: float) -> bool:
        own = (one for one in owned.get(key, ()) if one.client == client)
        return client in members and not any(one.overlaps(began, ended) for one in own)

    for topic in history.topics.values():
        for reader in topic.readers.values():
            client, group = history.clients[reader.client], history.groups.get(reader.client, "")
            key = group, topic.name, reader.partition
            for at, (began, t, done) in enumerate(zip(reader.began, reader.t, reader.done, strict=True)):
                if done and foreign(key, client, began, t):
                    yield reader.first[at], partial(_foreign_read, topic, reader, at)
    for key, made in commits(history).items():
        for commit in made:
            if commit.event.phase == OK and foreign(key, commit.event.client, commit.began, commit.done):
                yield commit.offset, partial(_foreign_commit, key, commit)


def _foreign_read(topic: Topic, reader: Reader, at: int) -> Anomaly:
    poll, first = topic.polled(reader, at), reader.first[at]
    value = (poll.records or [(0, 0, None, 0)])[0][2]
    text = f"{poll.client} read offset {first} of {topic.named(reader.partition)}, which it did not own"
    values = () if value is None else (value,)
    return Anomaly("foreign-read", topic.name, reader.partition, values, (first,), [poll], text)


def _foreign_commit(key: Key, commit: Commit) -> Anomaly:
    event, (_, topic, partition) = commit.event, key
    text = f"{event.client} committed offset {commit.offset} of {topic}-{partition}, which it did not own"
    return Anomaly("foreign-read", topic, partition, (), (commit.offset,), [event], text)
