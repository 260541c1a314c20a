"""How many transactions a second the sinks apply, beside a consumer that reads the same and writes nothing."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from confluent_kafka.admin import AdminClient, NewTopic

from apps import tables
from apps.database import Database
from apps.lane import Lane
from apps.points import Points
from apps.records import LIBRARIES, Record, open_consumer, open_producer
from apps.sinking import Sink
from apps.stores import ByOffset, BySequence, Input, Store
from apps.transactions import Transaction
from cluster.local.embedded import EmbeddedCluster
from cluster.mysql import engine, images, starting
from tests.bench.figures import Figure

TOPIC, SCHEMA, ACCOUNTS = "transactions", "kg_bench", 100
#: Transactions to apply, by the size of a batch, which is also the size of a database transaction.
SIZES = {1: 1_000, 100: 20_000}

#: What a machine of two cores should do, by the size of a batch.
AIMS = {1: 100.0, 100: 1_000.0}


class Nothing(Store):
    """Reads and writes nothing."""

    def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        return {}

    def apply(self, inputs: Sequence[Input]) -> int:
        return len(inputs)


class Timed(Sink):
    """A sink that tells when it had its first records, and ends when it has had enough."""

    began = 0.0
    left = 0

    def take(self, records: Sequence[Record]) -> None:
        self.began = self.began or time.monotonic()
        super().take(records)
        self.left -= len(records)
        if self.left <= 0:
            self.stopping.set()


def write(cluster: EmbeddedCluster) -> None:
    """As many transactions as the largest figure needs, in one partition."""
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap()})
    admin.create_topics([NewTopic(TOPIC, 1, 3)])[TOPIC].result(20)
    cluster.await_whole()
    producer = open_producer("confluent-kafka", TOPIC, {"bootstrap.servers": cluster.bootstrap()})
    for number in range(1, max(SIZES.values()) + 1):
        one = Transaction(number % ACCOUNTS, 1, number)
        producer.send(0, one.key, one.value, lambda error, offset: None)
    producer.flush()


def rate(cluster: EmbeddedCluster, file: Path, library: str, kind: type[Store], size: int) -> float:
    """Transactions a second, from the first batch on, with empty tables."""
    with closing(Database(file)) as database:
        tables.empty(database)
        group = f"{library}-{kind.__name__}-{size}"
        chosen = {"bootstrap.servers": cluster.bootstrap(), "group.id": group}
        consumer = open_consumer(library, TOPIC, chosen)
        points, lane = Points(), Lane("bench")
        commits = kind is not ByOffset
        store = kind(database, TOPIC, points.reach)
        sink = Timed(consumer, store, TOPIC, lane, points, size, size, commits, patience=10)
        count = SIZES[size]
        sink.left = count
        sink.work(until_end=True)
        seconds = time.monotonic() - sink.began
        consumer.close()
    return (count - sink.left) / seconds


def figures(cluster: EmbeddedCluster) -> Iterator[Figure]:
    """Both patterns by both libraries; each batch size beside a consumer that writes nothing, in one run."""
    write(cluster)
    begun = starting.start(images.ensure(engine.connect(), None, print))
    try:
        access = begun.ready().access
        with closing(access.connect()) as connection:
            connection.cursor().execute(f"CREATE SCHEMA {SCHEMA}")
        with tempfile.TemporaryDirectory() as folder:
            file = access.within(SCHEMA).write(Path(folder) / "client.cnf")
            with closing(Database(file)) as database:
                tables.create(database)
            for library in LIBRARIES:
                for size in SIZES:
                    yield from beside_nothing(cluster, file, library, size)
    finally:
        begun.end()


def beside_nothing(cluster: EmbeddedCluster, file: Path, library: str, size: int) -> Iterator[Figure]:
    nothing = rate(cluster, file, library, Nothing, size)
    for name, kind in {"sequence": BySequence, "offset": ByOffset}.items():
        found = rate(cluster, file, library, kind, size)
        yield Figure(
            f"sink by {name}, {library}, batches of {size}", found, "transactions/s", AIMS[size], at_least=True,
            beside=f"nothing written but offsets to Kafka: {nothing:,.0f}", ratio=found / nothing,
        )  # fmt: skip
