"""kafka-python behind our verbs. Runs in a client's own process."""

from __future__ import annotations

import logging
import pickle
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from kafka import AsyncConsumerRebalanceListener, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from kafka.errors import KafkaTimeoutError
from kafka.structs import OffsetAndMetadata

from clients.kafka_python_text import Text
from clients.library import Committing, Listener, Rows, digested
from clients.results import GroupMetadata, Read
from clients.settings import KAFKA_PYTHON

_ASSIGNORS = {
    "range": RangePartitionAssignor,
    "roundrobin": RoundRobinPartitionAssignor,
    "sticky": StickyPartitionAssignor,
    "cooperative-sticky": CooperativeStickyAssignor,
}


def prepare_log() -> None:
    """Warnings, and what the producer says of its settings, to standard error: the client's log."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("kafka.producer.kafka").setLevel(logging.INFO)


class PythonProducer:
    def __init__(self, options: dict[str, Any], values: Mapping[str, Any]) -> None:
        options.pop("partitioner", None)  # murmur2 is its default and its only one
        if "value_serializer" in options:
            options["value_serializer"] = Text()
        self._producer = KafkaProducer(**options)
        self.only_attempt = self._producer.config["retries"] == 0

    def send(
        self,
        topic: str,
        content: Any,
        key: bytes | None,
        headers: list[tuple[str, bytes]] | None,
        partition: int | None,
        done: Callable[[BaseException | None, int | None, int | None], None],
    ) -> None:
        """``done(error, partition, offset)`` runs in the library's thread when the record's end is known."""
        future = self._producer.send(topic, content, key=key, headers=headers, partition=partition)
        future.add_callback(lambda told: done(None, told.partition, told.offset))
        future.add_errback(lambda error: done(error, None, None))

    @contextmanager
    def one_per_batch(self) -> Iterator[None]:
        """Records handed over meanwhile become batches of their own.

        The accumulator makes each new batch with its configured size, so with size 0 none takes a
        second record; no public call does it for some records only.
        """
        config = self._producer._accumulator.config
        before, config["batch_size"] = config["batch_size"], 0
        try:
            yield
        finally:
            config["batch_size"] = before

    def flush(self, within: float) -> None:
        self._producer.flush(timeout=within)

    def init_transactions(self, within: float) -> None:
        bounded(self._producer.init_transactions, within)

    def begin(self) -> None:
        self._producer.begin_transaction()

    def commit(self, within: float) -> None:
        bounded(self._producer.commit_transaction, within)

    def abort(self, within: float) -> None:
        bounded(self._producer.abort_transaction, within)

    def send_offsets(self, offsets: Rows, group: GroupMetadata | str, within: float) -> None:
        metadata = group if isinstance(group, str) else pickle.loads(group.pickled)
        told = {TopicPartition(t, p): OffsetAndMetadata(offset, "", -1) for t, p, offset in offsets}
        bounded(lambda: self._producer.send_offsets_to_transaction(told, metadata), within)

    def partitions_for(self, topic: str, within: float) -> list[int]:
        return sorted(self._producer.partitions_for(topic) or ())

    def close(self, within: float) -> None:
        self._producer.close(timeout=within)


def bounded(call: Callable[[], Any], within: float) -> None:
    """Run a call that has no timeout of its own; KafkaTimeoutError after ``within`` seconds.

    The call then goes on in its thread, as it would in an application that gave up waiting.
    """
    raised: list[BaseException] = []

    def run() -> None:
        try:
            call()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(within)
    if thread.is_alive():
        raise KafkaTimeoutError(f"no answer within {within:g} s")
    if raised:
        raise raised[0]


class _Told(AsyncConsumerRebalanceListener):  # type: ignore[misc]
    """Awaited, not called: a plain listener runs in the library's network thread and may not commit there."""

    def __init__(self, consumer: PythonConsumer, listener: Listener, committing: Committing | None) -> None:
        self._consumer, self._listener, self._committing = consumer, listener, committing

    async def on_partitions_revoked(self, revoked: Any) -> None:
        if self._committing is not None and revoked:
            ended = self._committing([(*where, at) for where, at in self._consumer.positions().items()])
            try:
                await self._consumer.commit_from_network_thread()
            except Exception as error:
                ended(error)  # the history has it; the rebalance goes on
            else:
                ended(None)
        self._listener("revoke", sorted(tuple(one) for one in revoked))

    async def on_partitions_assigned(self, assigned: Any) -> None:
        self._listener("assign", sorted(tuple(one) for one in assigned))

    async def on_partitions_lost(self, lost: Any) -> None:
        self._listener("lost", sorted(tuple(one) for one in lost))


class PythonConsumer:
    def __init__(self, options: dict[str, Any], values: Mapping[str, Any]) -> None:
        strategies = options.get("partition_assignment_strategy")
        if strategies is not None:
            options["partition_assignment_strategy"] = [_ASSIGNORS[word] for word in strategies.split(",")]
        if "value_deserializer" in options:
            options["value_deserializer"] = Text()
        self._consumer = KafkaConsumer(**options)
        self.group: str | None = options.get("group_id")

    def subscribe(self, topics: Sequence[str], listener: Listener, committing: Committing | None) -> None:
        self._consumer.subscribe(topics=list(topics), listener=_Told(self, listener, committing))
        for topic in topics:
            # A leader of a group that joins before it has heard of the topic's partitions assigns none,
            # and joins once more when it has: in a scenario's first second nobody could tell when.
            self._consumer.partitions_for_topic(topic)

    def subscribe_pattern(self, pattern: str, listener: Listener) -> None:
        self._consumer.subscribe(pattern=pattern, listener=_Told(self, listener, None))

    async def commit_from_network_thread(self) -> None:
        await self._consumer.commit_async()

    def unsubscribe(self) -> None:
        self._consumer.unsubscribe()

    def assign(self, rows: Sequence[tuple[str, int, int | str | None]], within: float) -> None:
        self._consumer.assign([TopicPartition(topic, partition) for topic, partition, _ in rows])
        for topic, partition, offset in rows:
            self.seek(topic, partition, offset, within)

    def seek(self, topic: str, partition: int, offset: int | str | None, within: float) -> None:
        where = TopicPartition(topic, partition)
        if offset == "beginning":
            self._consumer.seek_to_beginning(where)
        elif offset == "end":
            self._consumer.seek_to_end(where)
        elif offset is not None:
            self._consumer.seek(where, offset)

    def poll(self, seconds: float, at_most: int | None) -> list[Read]:
        got = self._consumer.poll(timeout_ms=int(seconds * 1000), max_records=at_most)
        return [_read(record) for records in got.values() for record in records]

    def reached(self, topic: str, partition: int, end: int) -> bool:
        position = self._consumer.position(TopicPartition(topic, partition), timeout_ms=100)
        return position is not None and position >= end

    def positions(self) -> dict[tuple[str, int], int]:
        told = self._consumer._subscription.all_consumed_offsets()
        return {tuple(where): at.offset for where, at in told.items()}

    def commit(self, offsets: Rows | None, within: float) -> None:
        told = None
        if offsets is not None:
            told = {TopicPartition(t, p): OffsetAndMetadata(offset, "", -1) for t, p, offset in offsets}
        self._consumer.commit(told, timeout_ms=within * 1000)

    def store(self, offsets: Rows) -> None:
        raise ValueError("kafka-python stores no offsets: it commits what earlier polls have handed out")

    def committed(self, topic: str, partition: int, within: float) -> int | None:
        where = TopicPartition(topic, partition)
        offset: int | None = self._consumer.committed(where, timeout_ms=within * 1000)
        return offset

    def position(self, topic: str, partition: int, within: float) -> int | None:
        where = TopicPartition(topic, partition)
        offset: int | None = self._consumer.position(where, timeout_ms=within * 1000)
        return offset

    def offset_for_time(self, topic: str, partition: int, at: int, within: float) -> int | None:
        where = TopicPartition(topic, partition)
        told = self._consumer.offsets_for_times({where: at}, timeout_ms=within * 1000)[where]
        return None if told is None else told.offset

    def pause(self, rows: Sequence[tuple[str, int]]) -> None:
        self._consumer.pause(*(TopicPartition(*row) for row in rows))

    def resume(self, rows: Sequence[tuple[str, int]]) -> None:
        self._consumer.resume(*(TopicPartition(*row) for row in rows))

    def offsets(
        self, rows: Sequence[tuple[str, int]], end: bool, within: float
    ) -> dict[tuple[str, int], int]:
        ask = self._consumer.end_offsets if end else self._consumer.beginning_offsets
        told = ask([TopicPartition(*row) for row in rows], timeout_ms=within * 1000)
        return {tuple(where): offset for where, offset in told.items()}

    def assignment(self) -> list[tuple[str, int]]:
        return sorted(tuple(where) for where in self._consumer.assignment())

    def group_metadata(self) -> GroupMetadata:
        told = self._consumer.group_metadata()
        return GroupMetadata(KAFKA_PYTHON, told.group_id, pickle.dumps(told))

    def close(self, within: float) -> None:
        self._consumer.close(timeout_ms=within * 1000)


def _read(record: Any) -> Read:
    return digested(
        record.topic,
        record.partition,
        record.offset,
        record.key,
        record.value,
        [(name, value) for name, value in record.headers],
        record.timestamp,
        getattr(record, "leader_epoch", None),
    )
