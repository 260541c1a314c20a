"""Other forms of the two patterns that hold as well, each with what it is good for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apps.database import Sql
from apps.stores import ByOffset, BySequence, Input
from apps.transactions import NotATransaction


class LockedSequence(BySequence):
    """Reads the last sequence with FOR UPDATE, so that nobody else gets past until the COMMIT."""

    LOCK = """
        SELECT sequence FROM applied_sequences
        WHERE topic = %s AND partition_number = %s FOR UPDATE"""
    STORE = "UPDATE applied_sequences SET sequence = %s WHERE topic = %s AND partition_number = %s"

    def claim(self, sql: Sql, one: Input) -> bool:
        place = [self.topic, self.scope(one.partition)]
        rows = sql.rows(self.LOCK, place)
        self.at("after-database-read")
        if rows and one.sequence <= rows[0][0]:
            return False
        sql.change(self.STORE, [one.sequence, *place])
        return True


class ById(BySequence):
    """Keeps the ids of all transactions: needs no order, and a table that grows until somebody clears it."""

    REMEMBER = "INSERT INTO applied_ids (id) VALUES (%s)"

    def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        return {}

    def claim(self, sql: Sql, one: Input) -> bool:
        if one.transaction.id is None:
            raise NotATransaction("it has no id")
        return sql.new(self.REMEMBER, [one.transaction.id])


class ByGeneration(ByOffset):
    """Takes the next generation of a partition when it is assigned it: whoever has an older one is refused.

    Unlike an expected offset it also stops a sink whose row happens to be where it left it.
    """

    TAKE = """
        UPDATE applied_offsets SET generation = generation + 1
        WHERE topic = %s AND partition_number = %s"""
    ASK_GENERATION = "SELECT generation FROM applied_offsets WHERE topic = %s AND partition_number = %s"
    CLAIM = """
        UPDATE applied_offsets SET next_offset = %s
        WHERE topic = %s AND partition_number = %s AND generation = %s"""

    generations: Mapping[int, int] = {}

    def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        super().assigned(partitions)
        taken = {}
        with self.database.transaction() as sql:
            for partition in partitions:
                sql.change(self.TAKE, [self.topic, partition])
                taken[partition] = sql.rows(self.ASK_GENERATION, [self.topic, partition])[0][0]
        self.generations = taken
        return self.stored(partitions)

    def store(self, sql: Sql, one: Input, next: int) -> bool:
        values = [next, self.topic, one.partition, self.generations.get(one.partition)]
        return sql.change(self.CLAIM, values) == 1
