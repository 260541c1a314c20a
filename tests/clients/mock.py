"""A client that needs no Kafka: librdkafka's own mock cluster, inside the client's process."""

from __future__ import annotations

from pathlib import Path

from clients import CONFLUENT, ClientPool, Producer
from history.events import Event, read

ALONE = {"test.mock.num.brokers": 1}
TOPIC = "mocked"


def mocked_producer(pool: ClientPool, **settings: object) -> Producer:
    named = {name.replace("_", "."): value for name, value in settings.items()}
    return pool.producer(CONFLUENT, {**ALONE, **named})


def events(folder: Path, client: str) -> list[Event]:
    with (folder / f"{client}.jsonl").open() as lines:
        return list(read(lines))
