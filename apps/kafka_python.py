"""A sink's and a producer's verbs by kafka-python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaConnectionError, KafkaError, NodeNotReadyError
from kafka.structs import OffsetAndMetadata

from apps.records import ANSWER_SECONDS, POLL_SECONDS, CommitRefused, Listener, Record, Report


def named(settings: Mapping[str, object]) -> dict[str, Any]:
    """Kafka's names for settings as kafka-python spells them."""
    return {name.replace(".", "_"): value for name, value in settings.items()}


class _Told(ConsumerRebalanceListener):  # type: ignore[misc]
    """Passes on what a member is told, and starts its partitions where it is told to."""

    def __init__(self, consumer: PythonConsumer, listener: Listener) -> None:
        self._consumer, self._listener = consumer, listener

    def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        starts = self._listener.assigned(sorted(one.partition for one in assigned))
        for partition, offset in starts.items():
            self._consumer.seek(partition, offset)

    def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        self._listener.revoked(sorted(one.partition for one in revoked))


class PythonConsumer:
    def __init__(self, topic: str, settings: Mapping[str, object]) -> None:
        self._topic = topic
        own = {"enable_auto_commit": False, "auto_offset_reset": "earliest"}
        self._consumer = KafkaConsumer(**{**own, **named(settings)})

    def ends(self) -> dict[int, int]:
        places = [self._place(number) for number in self._consumer.partitions_for_topic(self._topic) or ()]
        return {place.partition: end for place, end in self._consumer.end_offsets(places).items()}

    def subscribe(self, listener: Listener) -> None:
        self._consumer.subscribe([self._topic], listener=_Told(self, listener))

    def poll(self, at_most: int) -> list[Record]:
        try:
            polled = self._consumer.poll(timeout_ms=int(1000 * POLL_SECONDS), max_records=at_most)
        except (KafkaConnectionError, NodeNotReadyError):
            return []  # no broker was reached; confluent-kafka's poll waits instead
        return [_record(one) for records in polled.values() for one in records]

    def owned(self) -> list[int]:
        return sorted(place.partition for place in self._consumer.assignment())

    def reached(self, ends: Mapping[int, int]) -> bool:
        owned = self.owned()
        return bool(owned) and all(self._position(number) >= ends.get(number, 0) for number in owned)

    def _position(self, partition: int) -> int:
        found = self._consumer.position(self._place(partition), timeout_ms=int(1000 * ANSWER_SECONDS))
        return -1 if found is None else int(found)

    def seek(self, partition: int, offset: int) -> None:
        self._consumer.seek(self._place(partition), offset)

    def commit(self, offsets: Mapping[int, int]) -> None:
        told = {self._place(number): OffsetAndMetadata(next, "", -1) for number, next in offsets.items()}
        try:
            self._consumer.commit(told)
        except KafkaError as error:
            raise CommitRefused(type(error).__name__) from error

    def close(self) -> None:
        self._consumer.close()

    def _place(self, partition: int) -> TopicPartition:
        return TopicPartition(self._topic, partition)


class PythonProducer:
    def __init__(self, topic: str, settings: Mapping[str, object]) -> None:
        self._topic = topic
        self._producer = KafkaProducer(**named(settings))

    def partitions(self) -> int:
        return len(self._producer.partitions_for(self._topic))

    def send(self, partition: int, key: bytes, value: bytes, report: Report) -> None:
        future = self._producer.send(self._topic, value, key=key, partition=partition)
        future.add_callback(lambda told: report("", told.offset))
        future.add_errback(lambda error: report(str(error) or type(error).__name__, -1))

    def flush(self) -> None:
        self._producer.flush()


def read_all(topic: str, settings: Mapping[str, object]) -> list[Record]:
    """See :func:`apps.records.read_all`."""
    consumer = KafkaConsumer(**{**named(settings), "enable_auto_commit": False})
    try:
        places = [
            TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())
        ]
        ends = consumer.end_offsets(places)
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        found: list[Record] = []
        while any(consumer.position(place) < ends[place] for place in places):
            polled = consumer.poll(timeout_ms=int(1000 * POLL_SECONDS))
            found += [_record(one) for records in polled.values() for one in records]
        return found
    finally:
        consumer.close()


def _record(told: Any) -> Record:
    return Record(told.partition, told.offset, told.value)
