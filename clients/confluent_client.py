"""confluent-kafka behind our verbs. Runs in a client's own process."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    OFFSET_END,
    OFFSET_INVALID,
    KafkaError,
    KafkaException,
    TopicPartition,
)

from clients import confluent_state
from clients.confluent_text import make_consumer, make_producer
from clients.library import Committing, Listener, Rows, digested
from clients.results import GroupMetadata, Read
from clients.settings import CONFLUENT

_POLL_SECONDS = 0.1
_AT_ONCE = 500  # records of one poll, as Kafka's max.poll.records has it by default
_AGAIN_SECONDS = 0.005


class ConfluentProducer:
    def __init__(self, options: dict[str, Any], values: Mapping[str, Any]) -> None:
        self._producer = make_producer(options)
        self._one_per_batch = options.get("batch.num.messages") == 1
        self.only_attempt = values.get("retries") == 0
        self._stop = threading.Event()
        self._poller = threading.Thread(target=self._poll, daemon=True)
        self._poller.start()

    def _poll(self) -> None:
        """Delivery reports come when someone polls, and they must come while a verb waits elsewhere."""
        while not self._stop.is_set():
            try:
                self._producer.poll(_POLL_SECONDS)
            except KafkaException:
                # A fatal error (fenced) is raised here; the next verb raises it to its caller.
                self._stop.wait(_POLL_SECONDS)

    def send(
        self,
        topic: str,
        content: Any,
        key: bytes | None,
        headers: list[tuple[str, bytes]] | None,
        partition: int | None,
        done: Callable[[Any, int | None, int | None], None],
    ) -> None:
        """``done(error, partition, offset)`` runs in the polling thread when the record's end is known."""
        where: dict[str, Any] = {} if partition is None else {"partition": partition}

        def report(error: KafkaError | None, message: Any) -> None:
            if error is not None:
                done(KafkaException(error), None, None)
            else:
                done(None, message.partition(), message.offset())

        # By name: the class that serializes has them in another order.
        about = {"value": content, "key": key, "headers": list(headers or ())}
        self._producer.produce(topic, **about, on_delivery=report, **where)

    @contextmanager
    def one_per_batch(self) -> Iterator[None]:
        """Nothing to do when the producer was made so; librdkafka knows no other way."""
        if not self._one_per_batch:
            raise ValueError("one record a batch: give this confluent-kafka producer batch.size=1")
        yield

    def flush(self, within: float) -> None:
        if self._producer.flush(within):
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT, f"not flushed within {within:g} s"))

    def init_transactions(self, within: float) -> None:
        self._producer.init_transactions(within)

    def begin(self) -> None:
        self._producer.begin_transaction()

    def commit(self, within: float) -> None:
        self._producer.commit_transaction(within)

    def abort(self, within: float) -> None:
        self._producer.abort_transaction(within)

    def send_offsets(self, offsets: Rows, group: GroupMetadata | str, within: float) -> None:
        if isinstance(group, str):
            raise ValueError("confluent-kafka takes a consumer's group metadata only, no bare group id")
        told = [TopicPartition(*row) for row in offsets]
        self._producer.send_offsets_to_transaction(told, pickle.loads(group.pickled), within)

    def partitions_for(self, topic: str, within: float) -> list[int]:
        told = self._producer.list_topics(topic, timeout=within).topics[topic]
        if told.error is not None:
            raise KafkaException(told.error)
        return sorted(told.partitions)

    def close(self, within: float) -> None:
        left = self._producer.flush(within)
        self._stop.set()
        if left:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT, f"{left} records had no end yet"))


class ConfluentConsumer:
    def __init__(self, options: dict[str, Any], values: Mapping[str, Any]) -> None:
        self.group: str | None = options.get("group.id")
        if self.group is None:
            # librdkafka wants a group; a consumer without one commits nothing in Kafka's own client.
            options = {**options, "group.id": options["client.id"], "enable.auto.commit": False}
        # The end of a partition is told, so that a reader can pass transaction markers. It is no record.
        # A member that does not come into its group says in its log what it waits for.
        self._client_id, self._subscribed = options["client.id"], False
        state = {"statistics.interval.ms": confluent_state.EVERY_MS, "stats_cb": self._tell_state}
        self._consumer = make_consumer({**options, **state, "enable.partition.eof": True})
        self._most = values.get("max.poll.records", _AT_ONCE)
        self._stores_itself = bool(values.get("enable.auto.offset.store", True))
        self._ends: dict[tuple[str, int], int] = {}
        self._trouble: KafkaError | None = None

    def _tell_state(self, statistics: str) -> None:
        line = confluent_state.told(self._client_id, statistics) if self._subscribed else None
        if line is not None:
            print(line, flush=True)

    def subscribe(self, topics: Sequence[str], listener: Listener, committing: Committing | None) -> None:
        def told(what: str) -> Callable[[Any, Any], None]:
            return lambda consumer, rows: listener(what, sorted((row.topic, row.partition) for row in rows))

        def revoked(consumer: Any, rows: Any) -> None:
            if committing is not None and rows:
                ended = committing([(*where, at) for where, at in self.positions().items()])
                try:
                    self.commit(None, 0)
                except Exception as error:
                    ended(error)  # the history has it; the rebalance goes on
                else:
                    ended(None)
            told("revoke")(consumer, rows)

        self._subscribed = True
        self._consumer.subscribe(
            list(topics), on_assign=told("assign"), on_revoke=revoked, on_lost=told("lost")
        )

    def subscribe_pattern(self, pattern: str, listener: Listener) -> None:
        """For librdkafka a topic that begins with "^" is a pattern."""
        self.subscribe([pattern], listener, None)

    def unsubscribe(self) -> None:
        self._subscribed = False
        self._consumer.unsubscribe()

    def assign(self, rows: Sequence[tuple[str, int, int | str | None]], within: float) -> None:
        self._ends.clear()
        for topic in {topic for topic, _, offset in rows if not isinstance(offset, int)}:
            # A partition whose leader is not known yet is asked for its first or last offset after a
            # fixed 500 ms only.
            self._consumer.list_topics(topic, timeout=within)
        self._consumer.assign([_place(*row) for row in rows])

    def seek(self, topic: str, partition: int, offset: int | str | None, within: float) -> None:
        self._ends.pop((topic, partition), None)
        deadline = time.monotonic() + within
        while True:
            try:
                return self._consumer.seek(_place(topic, partition, offset))
            except KafkaException as error:
                # Fetching of a partition just assigned has not begun yet.
                if error.args[0].code() != KafkaError._STATE or time.monotonic() > deadline:
                    raise
            time.sleep(_AGAIN_SECONDS)

    def poll(self, seconds: float, at_most: int | None) -> list[Read]:
        if self._trouble is not None:
            trouble, self._trouble = self._trouble, None
            raise KafkaException(trouble)
        first = self._consumer.poll(seconds)
        if first is None:
            return []
        most = min(at_most or self._most, self._most)
        messages = [first]
        if most > 1:
            messages += self._consumer.consume(most - 1, 0)
        reads = [read for message in messages if (read := self._taken(message)) is not None]
        if self._trouble is not None and not reads:
            trouble, self._trouble = self._trouble, None
            raise KafkaException(trouble)
        return reads

    def _taken(self, message: Any) -> Read | None:
        error = message.error()
        where = (message.topic(), message.partition())
        if error is None:
            self._ends.pop(where, None)
            return _read(message)
        if error.code() == KafkaError._PARTITION_EOF:
            self._ends[where] = message.offset()
        else:
            self._trouble = error  # kept for the next poll if this one has records to hand out
        return None

    def reached(self, topic: str, partition: int, end: int) -> bool:
        position = self.position(topic, partition, 0) or 0
        return max(position, self._ends.get((topic, partition), 0)) >= end

    def positions(self) -> dict[tuple[str, int], int]:
        told = self._consumer.position(self._consumer.assignment())
        return {(one.topic, one.partition): one.offset for one in told if one.offset >= 0}

    def commit(self, offsets: Rows | None, within: float) -> None:
        """Waits for the coordinator; librdkafka's call has no time limit, the owner's has."""
        try:
            if offsets is None:
                done = self._consumer.commit(asynchronous=False)
            else:
                done = self._consumer.commit(
                    offsets=[TopicPartition(*row) for row in offsets], asynchronous=False
                )
        except KafkaException as error:
            if offsets is None and error.args[0].code() == KafkaError._NO_OFFSET:
                return  # nothing new to commit, which is no error in Kafka's own client
            raise
        for one in done:
            if one.error is not None:
                raise KafkaException(one.error)

    def store(self, offsets: Rows) -> None:
        if not self._stores_itself:
            self._consumer.store_offsets(offsets=[TopicPartition(*row) for row in offsets])

    def committed(self, topic: str, partition: int, within: float) -> int | None:
        (told,) = self._consumer.committed([TopicPartition(topic, partition)], timeout=within)
        if told.error is not None:
            raise KafkaException(told.error)
        return told.offset if told.offset >= 0 else None

    def position(self, topic: str, partition: int, within: float) -> int | None:
        (told,) = self._consumer.position([TopicPartition(topic, partition)])
        return told.offset if told.offset >= 0 else None

    def offset_for_time(self, topic: str, partition: int, at: int, within: float) -> int | None:
        (told,) = self._consumer.offsets_for_times([TopicPartition(topic, partition, at)], timeout=within)
        if told.error is not None:
            raise KafkaException(told.error)
        return told.offset if told.offset >= 0 else None

    def pause(self, rows: Sequence[tuple[str, int]]) -> None:
        self._consumer.pause([TopicPartition(*row) for row in rows])

    def resume(self, rows: Sequence[tuple[str, int]]) -> None:
        self._consumer.resume([TopicPartition(*row) for row in rows])

    def offsets(
        self, rows: Sequence[tuple[str, int]], end: bool, within: float
    ) -> dict[tuple[str, int], int]:
        found = {}
        for row in rows:
            low, high = self._consumer.get_watermark_offsets(TopicPartition(*row), timeout=within)
            found[row] = high if end else low
        return found

    def assignment(self) -> list[tuple[str, int]]:
        return sorted((one.topic, one.partition) for one in self._consumer.assignment())

    def group_metadata(self) -> GroupMetadata:
        told = self._consumer.consumer_group_metadata()
        return GroupMetadata(CONFLUENT, self.group or "", pickle.dumps(told))

    def close(self, within: float) -> None:
        self._consumer.close()


def _place(topic: str, partition: int, offset: int | str | None) -> TopicPartition:
    words = {"beginning": OFFSET_BEGINNING, "end": OFFSET_END, None: OFFSET_INVALID}
    return TopicPartition(topic, partition, words.get(offset, offset))  # type: ignore[arg-type]


def _read(message: Any) -> Read:
    kind, timestamp = message.timestamp()
    return digested(
        message.topic(),
        message.partition(),
        message.offset(),
        message.key(),
        message.value(),
        list(message.headers() or ()),
        timestamp if kind else None,
        message.leader_epoch(),
    )
