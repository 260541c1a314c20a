"""What the record of each library shows: the names of its fields, as an application can see them."""

from __future__ import annotations

from confluent_kafka import Message
from kafka.consumer.fetcher import ConsumerRecord

from clients.settings import KAFKA_PYTHON, check_library


def fields_of_records(library: str) -> list[str]:
    """All public fields and readers of a consumed record, by name, sorted."""
    if check_library(library) == KAFKA_PYTHON:
        return sorted(ConsumerRecord._fields)
    return sorted(name for name in dir(Message) if not name.startswith(("_", "set_")))
