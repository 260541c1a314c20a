"""What a sink's tables have in common, and the two patterns that keep them in step with a topic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from apps.database import Database, Sql
from apps.transactions import NotATransaction, Transaction

ADD = """
    INSERT INTO accounts (account, balance) VALUES (%s, %s) AS new
    ON DUPLICATE KEY UPDATE balance = accounts.balance + new.balance"""


@dataclass(frozen=True)
class Input:
    """A record that holds a transaction, and where it lies."""

    partition: int
    offset: int
    transaction: Transaction

    @property
    def sequence(self) -> int:
        """NotATransaction if the producer gave it none."""
        if self.transaction.sequence is None:
            raise NotATransaction("it has no sequence")
        return self.transaction.sequence


class Superseded(Exception):
    """The row that says how far the sink has come is not as it left it: another one has the partition."""


class Store:
    """Applies transactions to balances, and remembers how far it has come.

    ``at`` is told of the points that it comes to, see :mod:`apps.points`.
    """

    #: Asks for the row of a partition, and makes it unless another one has made it meanwhile.
    ASK = MAKE_ROW = ""
    #: Whether each statement is a transaction of its own.
    autocommit = False
    #: Whether it wants to be told of its partitions, and says where to start.
    listens = True
    #: Whether it does the same once more after a failure, and asks nobody what became of it.
    repeats_blindly = False

    def __init__(self, database: Database, topic: str, at: Callable[[str], object]) -> None:
        self.database, self.topic, self.at = database, topic, at

    def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        """Make ready for these partitions. Where to start with them, unless where Kafka says."""
        raise NotImplementedError

    def revoked(self, partitions: Sequence[int]) -> None:
        """Nothing to do: whatever is done is in the database."""

    def make_rows(self, partitions: Iterable[int]) -> None:
        """A row for each partition that has none, such as a new one: without a row there is none to change.

        Those that are there are left alone; the owner before may still hold one of them locked.
        """
        with self.database.reading() as sql:
            missing = [one for one in partitions if not sql.rows(self.ASK, [self.topic, one])]
        if missing:
            with self.database.transaction() as sql:
                for partition in missing:
                    sql.change(self.MAKE_ROW, [self.topic, partition])

    def apply(self, inputs: Sequence[Input]) -> int:
        """Apply records in one database transaction: how many of them were new."""
        with self.database.transaction() as sql:
            new = sum(self.apply_one(sql, one) for one in inputs)
            if new:
                self.at("before-database-commit")
        if new:
            self.at("after-database-commit")
        return new

    @contextmanager
    def storing(self) -> Iterator[Sql]:
        """A database transaction for those that need several for one record; each comes to both points."""
        with self.database.transaction() as sql:
            yield sql
            self.at("before-database-commit")
        self.at("after-database-commit")

    def apply_one(self, sql: Sql, one: Input) -> bool:
        """Within a transaction: remember the record, and apply it if it is new."""
        new = self.claim(sql, one)
        if new:
            self.add(sql, one.transaction)
        return new

    def claim(self, sql: Sql, one: Input) -> bool:
        """Remember that a record is applied; whether it is not yet. Superseded if it is not ours to apply."""
        raise NotImplementedError

    def add(self, sql: Sql, transaction: Transaction) -> None:
        """The database adds, so that two sinks at one account lose nothing."""
        self.at("before-balance")
        sql.change(ADD, [transaction.account, transaction.amount])

    def resume(self, inputs: Sequence[Input], owned: Iterable[int]) -> Mapping[int, int]:
        """Where to go on, by partition, when nobody knows how much of ``inputs`` is applied."""
        raise NotImplementedError


class BySequence(Store):
    """Pattern 1: the last sequence of each partition, stored with the balance in one transaction.

    Kafka keeps the offsets.  They may be behind the database, and then records come again; they are
    known by their sequences.  The sequence is stored and compared by one statement: the row is locked
    from then on, so a sink that is late changes nothing.
    """

    CLAIM = """
        UPDATE applied_sequences SET sequence = %s
        WHERE topic = %s AND partition_number = %s AND sequence < %s"""
    ASK = "SELECT sequence FROM applied_sequences WHERE topic = %s AND partition_number = %s"
    MAKE_ROW = """
        INSERT INTO applied_sequences (topic, partition_number, sequence) VALUES (%s, %s, 0)
        ON DUPLICATE KEY UPDATE sequence = applied_sequences.sequence"""

    def scope(self, partition: int) -> int:
        """The row that the sequences of a partition are kept in."""
        return partition

    def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        self.make_rows({self.scope(partition) for partition in partitions})
        return {}

    def claim(self, sql: Sql, one: Input) -> bool:
        values = [one.sequence, self.topic, self.scope(one.partition), one.sequence]
        return sql.change(self.CLAIM, values) == 1

    def resume(self, inputs: Sequence[Input], owned: Iterable[int]) -> Mapping[int, int]:
        """From the first of the records: what is applied already is known by its sequence."""
        first: dict[int, int] = {}
        for one in inputs:
            first.setdefault(one.partition, one.offset)
        return first


class ByOffset(Store):
    """Pattern 2: the next offset of each partition, stored with the balance in one transaction.

    Kafka's own committed offsets are not used: whoever is assigned a partition starts where the
    database says.  The offset is moved on only from where this sink has left it; if another one
    has moved it meanwhile, no row is changed, and nothing is applied.
    """

    CLAIM = """
        UPDATE applied_offsets SET next_offset = %s
        WHERE topic = %s AND partition_number = %s AND next_offset = %s"""
    MAKE_ROW = """
        INSERT INTO applied_offsets (topic, partition_number, next_offset) VALUES (%s, %s, 0)
        ON DUPLICATE KEY UPDATE next_offset = applied_offsets.next_offset"""
    ASK = "SELECT next_offset FROM applied_offsets WHERE topic = %s AND partition_number = %s"

    def __init__(self, database: Database, topic: str, at: Callable[[str], object]) -> None:
        super().__init__(database, topic, at)
        # Where this sink has left each of its partitions. Not the offset of the next record, for
        # offsets may have gaps.
        self.left: dict[int, int] = {}

    def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        self.make_rows(partitions)
        return self.stored(partitions)

    def stored(self, partitions: Iterable[int]) -> Mapping[int, int]:
        """The next offset by the word of the database, by partition."""
        with self.database.reading() as sql:
            found = {partition: sql.rows(self.ASK, [self.topic, partition]) for partition in partitions}
        self.left = {partition: rows[0][0] for partition, rows in found.items() if rows}
        return dict(self.left)

    def apply(self, inputs: Sequence[Input]) -> int:
        before = dict(self.left)
        try:
            return super().apply(inputs)
        except BaseException:
            self.left = before  # the transaction is undone, and so is this
            raise

    def claim(self, sql: Sql, one: Input) -> bool:
        next = one.offset + 1
        if not self.store(sql, one, next):
            raise Superseded(
                f"partition {one.partition} is not at offset {self.left.get(one.partition)} any more"
            )
        self.left[one.partition] = next
        return True

    def store(self, sql: Sql, one: Input, next: int) -> bool:
        """Store the next offset; whether the row was as expected."""
        values = [next, self.topic, one.partition, self.left.get(one.partition)]
        return sql.change(self.CLAIM, values) == 1

    def resume(self, inputs: Sequence[Input], owned: Iterable[int]) -> Mapping[int, int]:
        """From where the database says: it knows whether a transaction is committed."""
        return self.stored(owned)
