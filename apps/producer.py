"""The front end: writes deposits and withdrawals into a topic. ``python -m apps.producer --help``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from apps.database import Database, DatabaseFailed, NoDatabase
from apps.lane import Lane, name_of
from apps.options import NO_DATABASE, add_database, add_kafka, add_lane, lane, settings
from apps.records import Producer, Report, open_producer
from apps.transactions import Transaction, nth, partition_of
from history.events import FAIL, OK

MAKE_ROW = """
    INSERT INTO taken_sequences (topic, partition_number, sequence) VALUES (%s, %s, 0)
    ON DUPLICATE KEY UPDATE sequence = taken_sequences.sequence"""
READ = """
    SELECT sequence FROM taken_sequences
    WHERE topic = %s AND partition_number = %s FOR UPDATE"""
WRITE = "UPDATE taken_sequences SET sequence = %s WHERE topic = %s AND partition_number = %s"

#: The row of the one sequence over all partitions.
ALL = -1

#: How transactions can be numbered, and what that means.
NUMBERINGS = {
    "each-partition": "a sequence for each partition",
    "all": "one sequence for all partitions",
    "ids": "no sequence, but an id that no other transaction has",
    "none": "neither",
}

#: One record a batch, by both libraries' words for it; for trying out what becomes of single batches.
ALONE: dict[str, dict[str, object]] = {
    "kafka-python": {"batch.size": 0, "linger.ms": 0},
    "confluent-kafka": {"batch.num.messages": 1, "linger.ms": 0},
}


def take_sequence(database: Database, topic: str, partition: int) -> int:
    """The next number of a sequence that is kept in a table.

    FOR UPDATE keeps the row for this transaction: without it two producers could read one number.
    """
    with database.transaction() as sql:
        sql.change(MAKE_ROW, [topic, partition])
        sequence: int = sql.rows(READ, [topic, partition])[0][0] + 1
        sql.change(WRITE, [sequence, topic, partition])
    return sequence


@dataclass
class Front:
    """Numbers transactions and sends them, each account's to its partition."""

    producer: Producer
    topic: str
    number: Callable[[Transaction, int], Transaction]  # given the partition
    lane: Lane
    failures: list[str] = field(default_factory=list)

    def send(self, transaction: Transaction, partitions: int) -> None:
        partition = partition_of(transaction.account, partitions)
        numbered = self.number(transaction, partition)
        about = {"topic": self.topic, "partition": partition}
        name = name_of(transaction.account, transaction.number)
        op = self.lane.begin("send", value=name, key=str(transaction.account), **about)
        report = self._report(op, name, about)
        self.producer.send(partition, numbered.key, numbered.value, report)

    def _report(self, op: int, name: str, about: dict[str, object]) -> Report:
        def report(error: str, offset: int) -> None:
            phase, told = (FAIL, {"text": error}) if error else (OK, {"offset": offset})
            self.lane.end(op, "send", phase, value=name, **about, **told)
            if error:
                self.failures.append(f"{name}: {error}")

        return report


def numbering(kind: str, database: Database, topic: str) -> Callable[[Transaction, int], Transaction]:
    """How a transaction that goes to a partition is numbered."""

    def in_sequence(transaction: Transaction, partition: int) -> Transaction:
        row = partition if kind == "each-partition" else ALL
        return replace(transaction, sequence=take_sequence(database, topic, row))

    def with_id(transaction: Transaction, partition: int) -> Transaction:
        return replace(transaction, id=f"{transaction.account}-{transaction.number}")

    return {"ids": with_id, "none": lambda transaction, partition: transaction}.get(kind, in_sequence)


def parser() -> argparse.ArgumentParser:
    told = argparse.ArgumentParser(prog="python -m apps.producer", description=__doc__)
    told.add_argument("--accounts", type=int, default=4, help="in turn; default: %(default)s")
    told.add_argument("--count", type=int, default=10, help="transactions to write; default: %(default)s")
    told.add_argument("--first", type=int, default=1, help="the first of them, from 1; default: %(default)s")
    told.add_argument(
        "--numbering",
        choices=NUMBERINGS,
        default="each-partition",
        help="; ".join(f"{name}: {meaning}" for name, meaning in NUMBERINGS.items()),
    )
    told.add_argument("--alone", action="store_true", help="one record a batch")
    add_kafka(told)
    add_database(told)
    add_lane(told, "producer")
    return told


def main() -> int:
    """0 if every transaction is acknowledged, 1 if one is not, 75 without a database."""
    options = parser().parse_args()
    alone = ALONE[options.client] if options.alone else {}
    chosen = {"acks": "all", "enable.idempotence": True, **alone, **settings(options)}
    try:
        database = Database(options.database)
        producer = open_producer(options.client, options.topic, chosen)
        number = numbering(options.numbering, database, options.topic)
        front = Front(producer, options.topic, number, lane(options))
        partitions = producer.partitions()
        for place in range(options.first, options.first + options.count):
            front.send(nth(place, options.accounts), partitions)
        producer.flush()
    except (NoDatabase, DatabaseFailed) as trouble:
        print(f"no database: {trouble}", file=sys.stderr)
        return NO_DATABASE
    for failure in front.failures:
        print(f"not acknowledged: {failure}", file=sys.stderr)
    print(f"transactions {options.count:,} · acknowledged {options.count - len(front.failures):,}")
    return 1 if front.failures else 0


if __name__ == "__main__":
    sys.exit(main())
