"""The same patterns with one thing left out each, as they are often written; and what that costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apps.database import Sql
from apps.stores import ByOffset, BySequence, Input, Store
from apps.transactions import Transaction

ASK_BALANCE = "SELECT balance FROM accounts WHERE account = %s"
SET_BALANCE = """
    INSERT INTO accounts (account, balance) VALUES (%s, %s) AS new
    ON DUPLICATE KEY UPDATE balance = new.balance"""


class OneSequence(BySequence):
    """One last sequence for all partitions.

    Between partitions there is no order: what comes late with a lower sequence is taken for a duplicate.
    """

    def scope(self, partition: int) -> int:
        return -1


class UnlockedSequence(BySequence):
    """Reads the last sequence, compares, and writes: what others write in between is not seen."""

    STORE = "UPDATE applied_sequences SET sequence = %s WHERE topic = %s AND partition_number = %s"

    def claim(self, sql: Sql, one: Input) -> bool:
        new = self.is_new(sql, one)
        if new:
            self.remember(sql, one)
        return new

    def is_new(self, sql: Sql, one: Input) -> bool:
        rows = sql.rows(self.ASK, [self.topic, self.scope(one.partition)])
        self.at("after-database-read")
        return not rows or one.sequence > rows[0][0]

    def remember(self, sql: Sql, one: Input) -> None:
        sql.change(self.STORE, [one.sequence, self.topic, self.scope(one.partition)])


class BalanceThenSequence(UnlockedSequence):
    """Balance and sequence in two transactions: one that dies between them counts the record again."""

    def apply(self, inputs: Sequence[Input]) -> int:
        return sum(map(self.apply_apart, inputs))

    def apply_apart(self, one: Input) -> bool:
        with self.storing() as sql:
            if not self.is_new(sql, one):
                return False
            self.add(sql, one.transaction)
        self.at("between-transactions")
        with self.storing() as sql:
            self.remember(sql, one)
        return True


class SequenceThenBalance(BalanceThenSequence):
    """The other way round: one that dies between them never counts the record."""

    def apply_apart(self, one: Input) -> bool:
        with self.storing() as sql:
            if not self.claim(sql, one):
                return False
        self.at("between-transactions")
        with self.storing() as sql:
            self.add(sql, one.transaction)
        return True


def set_balance(store: Store, sql: Sql, transaction: Transaction) -> None:
    """Read the balance, add, and write the sum."""
    rows = sql.rows(ASK_BALANCE, [transaction.account])
    balance = (rows[0][0] if rows else 0) + transaction.amount
    store.at("before-balance")
    sql.change(SET_BALANCE, [transaction.account, balance])


class SetsBalance(BySequence):
    """Reads a balance and sets it: what another sink has added in between is lost."""

    def add(self, sql: Sql, transaction: Transaction) -> None:
        set_balance(self, sql, transaction)


class SetsBalanceByOffset(ByOffset):
    """The same with offsets in the database."""

    def add(self, sql: Sql, transaction: Transaction) -> None:
        set_balance(self, sql, transaction)


class PlainOffset(ByOffset):
    """Writes the offset whatever the row holds: a sink that is late counts again, and sets it back."""

    STORE = "UPDATE applied_offsets SET next_offset = %s WHERE topic = %s AND partition_number = %s"

    def store(self, sql: Sql, one: Input, next: int) -> bool:
        sql.change(self.STORE, [next, self.topic, one.partition])
        return True


class OffsetThenBalance(PlainOffset):
    """Offset and balance in two transactions: one that dies between them never counts the record."""

    def apply(self, inputs: Sequence[Input]) -> int:
        for one in inputs:
            with self.storing() as sql:
                self.claim(sql, one)
            self.at("between-transactions")
            with self.storing() as sql:
                self.add(sql, one.transaction)
        return len(inputs)


class BalanceThenOffset(PlainOffset):
    """The other way round: one that dies between them counts the record again."""

    def apply(self, inputs: Sequence[Input]) -> int:
        for one in inputs:
            with self.storing() as sql:
                self.add(sql, one.transaction)
            self.at("between-transactions")
            with self.storing() as sql:
                self.claim(sql, one)
        return len(inputs)


class AutoCommit(PlainOffset):
    """Auto commit is on, as many libraries have it by default: each statement is a transaction of its own."""

    autocommit = True


class NoListener(PlainOffset):
    """Is not told of its partitions, and so starts where Kafka says: at its committed offset, if there is one."""

    listens = False


class WithoutRows(PlainOffset):
    """Makes no row for a partition that has none, and counts no changed rows: its UPDATE changes nothing."""

    def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        return self.stored(partitions)


class RepeatsBlindly(PlainOffset):
    """Takes a COMMIT without an answer for one that failed, and does it all once more."""

    repeats_blindly = True


class SeedListener(PlainOffset):
    """Stores its offsets once more when partitions are revoked, by names that its listener does not have."""

    def revoked(self, partitions: Sequence[int]) -> None:
        self.store_offsets(partitions)  # type: ignore[attr-defined]
