"""The loop of a sink: read, apply, commit, and find the way back after a failure."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from apps.database import DatabaseFailed
from apps.lane import Lane, name_of
from apps.points import Points
from apps.records import CommitRefused, Consumer, Record
from apps.stores import Input, Store, Superseded
from apps.transactions import NotATransaction, parse
from history.events import FAIL, OK, UNKNOWN

T = TypeVar("T")


class Poison(Exception):
    """A record that is no transaction: somebody has to look at it before the sink goes on."""


@dataclass
class Sink:
    """Keeps balances in step with a topic.

    ``batch``: records of a poll, at most.  ``per_transaction``: records of a database transaction, at
    most.  ``commits``: whether offsets are committed to Kafka after each batch.  ``patience``: how
    long it tries to reach a database that is gone, in seconds.
    """

    consumer: Consumer
    store: Store
    topic: str
    lane: Lane
    points: Points
    batch: int
    per_transaction: int
    commits: bool
    patience: float
    stopping: threading.Event = field(default_factory=threading.Event)

    def work(self, *, until_end: bool) -> None:
        """Until it is told to stop, or has read what its partitions held when it began.

        Poison at a record that is no transaction: all before it is applied, nothing behind it, and its
        offset stays.  NoDatabase if that is gone for longer than the patience.
        """
        self.consumer.subscribe(self)
        # Asked for once it has subscribed: kafka-python's members compare the metadata that came since then with
        # what their leader assigned by, and it joins once more if none had come.
        ends = self.consumer.ends()
        if not self.store.listens:
            self.ask(lambda: self.store.assigned(sorted(ends)))
        while not self.stopping.is_set():
            records = self.consumer.poll(self.batch)
            if self.stopping.is_set():
                return  # what has come since is for whoever owns the partitions next
            if records:
                self.take(records)
            if until_end and self.consumer.reached(ends):
                return

    # What it is told of its partitions

    def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        starts = self.ask(lambda: self.store.assigned(partitions)) if self.store.listens else {}
        for partition in partitions:
            self.lane.done("assign", OK, topic=self.topic, partition=partition, offset=starts.get(partition))
        return starts

    def revoked(self, partitions: Sequence[int]) -> None:
        for partition in partitions:
            self.lane.done("revoke", OK, topic=self.topic, partition=partition)
        self.store.revoked(partitions)

    # What it does with records

    def take(self, records: Sequence[Record]) -> None:
        """Apply a batch and commit its offsets."""
        self.lane.done("poll", OK, topic=self.topic, records=rows(records))
        self.points.reach("after-poll")
        inputs, poison = read(records)
        for start in range(0, len(inputs), self.per_transaction):
            portion = inputs[start : start + self.per_transaction]
            try:
                self.apply(portion)
            except DatabaseFailed:
                self.reconnect()
                return self.go_back(inputs)
            except Superseded:
                return self.go_back(inputs)
        if self.commits and inputs:
            self.commit({one.partition: one.offset + 1 for one in inputs})
        if poison:
            raise Poison(f"{self.topic}-{poison}")

    def apply(self, inputs: Sequence[Input]) -> None:
        """One database transaction."""
        last = inputs[-1]
        about: dict[str, Any] = {"topic": self.topic, "partition": last.partition, "offset": last.offset}
        about["value"] = (
            name_of(last.transaction.account, last.transaction.number) if len(inputs) == 1 else None
        )
        op = self.lane.begin("store", **about)
        try:
            new = self.store.apply(inputs)
        except Superseded as refused:
            self.lane.end(op, "store", FAIL, text=f"refused: {refused}", **about)
            raise
        except NotATransaction as why:
            self.lane.end(op, "store", FAIL, text=str(why), **about)
            raise Poison(f"{self.topic}-{last.partition} at offset {last.offset}: {why}") from None
        except DatabaseFailed as trouble:
            self.lane.end(op, "store", UNKNOWN, text=str(trouble), **about)
            if not self.store.repeats_blindly:
                raise
            self.reconnect()
            return self.apply(inputs)
        known = len(inputs) - new
        self.lane.end(op, "store", OK, text=f"{known} known already" if known else None, **about)

    def commit(self, offsets: Mapping[int, int]) -> None:
        """Tell Kafka how far it has come. If that is refused, others have the partitions, or read again what is known."""
        self.points.reach("before-offset-commit")
        ops = {partition: self._committing(partition, offset) for partition, offset in offsets.items()}
        phase, told = OK, None
        try:
            self.consumer.commit(offsets)
        except CommitRefused as refused:
            phase, told = FAIL, str(refused)
        for partition, offset in offsets.items():
            about = {"topic": self.topic, "partition": partition, "offset": offset}
            self.lane.end(ops[partition], "commit", phase, text=told, **about)
        self.points.reach("after-offset-commit")

    def _committing(self, partition: int, offset: int) -> int:
        return self.lane.begin("commit", topic=self.topic, partition=partition, offset=offset)

    # The way back

    def go_back(self, inputs: Sequence[Input]) -> None:
        """Go on where the store says: whether a transaction that failed is committed, only the database knows."""
        owned = self.consumer.owned()
        starts = self.ask(lambda: self.store.resume(inputs, owned))
        for partition, offset in starts.items():
            self.consumer.seek(partition, offset)
            self.lane.done("seek", OK, topic=self.topic, partition=partition, offset=offset)

    def ask(self, question: Callable[[], T]) -> T:
        """Ask the database, over a new connection if the old one does not do."""
        while True:
            try:
                return question()
            except DatabaseFailed:
                self.reconnect()

    def reconnect(self) -> None:
        self.store.database.reconnect(self.patience, self.stopping)


def read(records: Iterable[Record]) -> tuple[list[Input], str]:
    """The transactions before the first record that is none; and where that lies, and why it is none, or ""."""
    inputs = []
    for record in records:
        try:
            inputs.append(Input(record.partition, record.offset, parse(record.value)))
        except NotATransaction as why:
            return inputs, f"{record.partition} at offset {record.offset}: {why}"
    return inputs, ""


def rows(records: Iterable[Record]) -> list[tuple[int, int, str | None, int]]:
    """What was read, as histories have it."""
    found = []
    for record in records:
        try:
            transaction = parse(record.value)
            name: str | None = name_of(transaction.account, transaction.number)
        except ValueError:
            name = None
        found.append((record.partition, record.offset, name, 0))
    return found
