"""confluent-kafka's own clients for text, used like those for bytes."""

from __future__ import annotations

from typing import Any

from confluent_kafka import Consumer, DeserializingConsumer, Producer, SerializingProducer
from confluent_kafka.error import ConsumeError
from confluent_kafka.serialization import StringDeserializer, StringSerializer


class TextConsumer(DeserializingConsumer):
    """Text as UTF-8. Where the library raises what it gives others as a message, it gives the message."""

    def poll(self, timeout: float = -1) -> Any:
        try:
            return super().poll(timeout)
        except ConsumeError as error:
            if error.exception is not None:
                raise  # the deserializer's own
            return error.kafka_message

    def consume(self, num_messages: int = 1, timeout: float = -1) -> list[Any]:
        """Nothing more: the library's class gives one record a poll and has no consume."""
        return []


def make_producer(options: dict[str, Any]) -> Producer:
    """A producer for bytes, or for text if the option ``value.serializer`` says so."""
    if "value.serializer" not in options:
        return Producer(options)
    return SerializingProducer({**options, "value.serializer": StringSerializer()})


def make_consumer(options: dict[str, Any]) -> Consumer:
    """A consumer for bytes, or for text if the option ``value.deserializer`` says so."""
    if "value.deserializer" not in options:
        return Consumer(options)
    return TextConsumer({**options, "value.deserializer": StringDeserializer()})
