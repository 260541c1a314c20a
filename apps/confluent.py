"""A sink's and a producer's verbs by confluent-kafka."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import confluent_kafka
from confluent_kafka import OFFSET_BEGINNING, KafkaError, KafkaException, TopicPartition

from apps.records import ANSWER_SECONDS, POLL_SECONDS, CommitRefused, Listener, Record, Report


class ConfluentConsumer:
    def __init__(self, topic: str, settings: Mapping[str, object]) -> None:
        self._topic = topic
        # The end of a partition is told, so that one without new records is known to be read.
        own = {"enable.auto.commit": False, "auto.offset.reset": "earliest", "enable.partition.eof": True}
        self._consumer = confluent_kafka.Consumer({**own, **settings})
        self._ends: dict[int, int] = {}  # the ends that were come to, by partition

    def ends(self) -> dict[int, int]:
        partitions = (
            self._consumer.list_topics(self._topic, timeout=ANSWER_SECONDS).topics[self._topic].partitions
        )
        return {number: self._end(number) for number in partitions}

    def _end(self, partition: int) -> int:
        place = TopicPartition(self._topic, partition)
        end: int = self._consumer.get_watermark_offsets(place, timeout=ANSWER_SECONDS)[1]
        return end

    def subscribe(self, listener: Listener) -> None:
        def assigned(consumer: Any, places: Sequence[TopicPartition]) -> None:
            self._ends.clear()
            starts = listener.assigned(sorted(place.partition for place in places))
            for place in places:
                place.offset = starts.get(place.partition, place.offset)
            consumer.assign(places)

        def revoked(consumer: Any, places: Sequence[TopicPartition]) -> None:
            listener.revoked(sorted(place.partition for place in places))

        self._consumer.subscribe([self._topic], on_assign=assigned, on_revoke=revoked, on_lost=revoked)

    def poll(self, at_most: int) -> list[Record]:
        first = self._consumer.poll(POLL_SECONDS)
        more = self._consumer.consume(at_most - 1, 0) if first is not None and at_most > 1 else []
        messages = [message for message in [first, *more] if message is not None]
        return [record for message in messages if (record := self._taken(message)) is not None]

    def _taken(self, message: Any) -> Record | None:
        error = message.error()
        if error is None:
            return Record(message.partition(), message.offset(), message.value())
        if error.code() != KafkaError._PARTITION_EOF:
            raise KafkaException(error)
        self._ends[message.partition()] = message.offset()
        return None

    def owned(self) -> list[int]:
        return sorted(place.partition for place in self._consumer.assignment())

    def reached(self, ends: Mapping[int, int]) -> bool:
        owned = self.owned()
        return bool(owned) and all(self._ends.get(number, -1) >= ends.get(number, 0) for number in owned)

    def seek(self, partition: int, offset: int) -> None:
        self._ends.pop(partition, None)
        self._consumer.seek(TopicPartition(self._topic, partition, offset))

    def commit(self, offsets: Mapping[int, int]) -> None:
        told = [TopicPartition(self._topic, number, next) for number, next in offsets.items()]
        try:
            done = self._consumer.commit(offsets=told, asynchronous=False)
        except KafkaException as error:
            raise CommitRefused(error.args[0].name()) from error
        for one in done or ():
            if one.error is not None:
                raise CommitRefused(one.error.name())

    def close(self) -> None:
        self._consumer.close()


class ConfluentProducer:
    def __init__(self, topic: str, settings: Mapping[str, object]) -> None:
        self._topic = topic
        self._producer = confluent_kafka.Producer(dict(settings))

    def partitions(self) -> int:
        return len(
            self._producer.list_topics(self._topic, timeout=ANSWER_SECONDS).topics[self._topic].partitions
        )

    def send(self, partition: int, key: bytes, value: bytes, report: Report) -> None:
        def reported(error: KafkaError | None, message: Any) -> None:
            report("" if error is None else error.str(), message.offset() if error is None else -1)

        self._producer.produce(self._topic, value, key, partition=partition, on_delivery=reported)
        self._producer.poll(0)

    def flush(self) -> None:
        self._producer.flush()


def read_all(topic: str, settings: Mapping[str, object]) -> list[Record]:
    """See :func:`apps.records.read_all`."""
    # librdkafka wants the name of a group also from one that joins none and commits nothing.
    consumer = ConfluentConsumer(topic, {**settings, "group.id": "apps.check"})
    try:
        ends = consumer.ends()
        consumer._consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in ends])
        found: list[Record] = []
        while not consumer.reached(ends):
            found += consumer.poll(1000)
        return found
    finally:
        consumer.close()
