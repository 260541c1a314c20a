"""kafka-python's own serializer of text, with errors that can be told from others."""

from __future__ import annotations

from typing import Any

from kafka.serializer import DefaultSerializer

from clients.problems import ClientError, local


class Text(DefaultSerializer):  # type: ignore[misc]
    """Text as UTF-8, in both directions.

    kafka-python lets whatever a serializer raises pass to the application, so only the serializer
    can say that it was the one. The names are those that librdkafka has for it.
    """

    def serialize(self, topic: str, headers: Any, data: Any) -> Any:
        try:
            return super().serialize(topic, headers, data)
        except Exception as error:
            raise ClientError(local("_VALUE_SERIALIZATION", str(error))) from error

    def deserialize(self, topic: str, headers: Any, data: Any) -> Any:
        try:
            return super().deserialize(topic, headers, data)
        except Exception as error:
            raise ClientError(local("_VALUE_DESERIALIZATION", str(error))) from error
