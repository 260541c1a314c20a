"""What each variant says to its database, in which order, and in which transactions."""

from __future__ import annotations

import inspect
import re

import pytest

from apps import broken, mended, stores, tables
from apps.stores import ByOffset, BySequence, Store, Superseded
from apps.transactions import NotATransaction
from apps.variants import BROKEN, SOUND, VARIANTS, commits_offsets, meaning
from tests.apps.scripted import Scripted, first, made

ADD = "INSERT INTO accounts (account, balance) VALUES (1, 1) AS new ON DUPLICATE KEY UPDATE balance = accounts.balance + new.balance"
AT = "WHERE topic = transactions AND partition_number = 0"


def applied(kind: type[Store], database: Scripted) -> list[str]:
    """What it says to apply one record."""
    made(kind, database).apply(first())
    return database.said


def test_pattern_1_stores_sequence_and_balance_in_one_transaction() -> None:
    assert applied(BySequence, Scripted()) == [
        "BEGIN",
        f"UPDATE applied_sequences SET sequence = 1 {AT} AND sequence < 1",
        "<before-balance>",
        ADD,
        "<before-database-commit>",
        "COMMIT",
        "<after-database-commit>",
    ]


def test_pattern_1_passes_over_a_sequence_that_changes_no_row() -> None:
    database = Scripted(changed=[0])
    assert made(BySequence, database).apply(first()) == 0
    assert not any("accounts" in said for said in database.said)


def test_pattern_2_moves_the_offset_on_from_where_it_left_it() -> None:
    store = made(ByOffset, database := Scripted(rows=[[(7,)], [(7,)]]))
    assert store.assigned([0]) == {0: 7}
    database.said.clear()
    store.apply(first())
    assert database.said[1] == f"UPDATE applied_offsets SET next_offset = 1 {AT} AND next_offset = 7"


def test_pattern_2_gives_up_when_no_row_is_there_to_change_and_forgets_what_it_thought() -> None:
    store = made(ByOffset, database := Scripted(changed=[1, 1, 0], rows=[[(0,)], [(0,)]]))
    store.assigned([0])
    with pytest.raises(Superseded, match="partition 0 is not at offset 1 any more"):
        store.apply(first(1, 2))
    assert database.said[-1] == "ROLLBACK"
    assert store.left == {0: 0}


def test_rows_that_are_missing_are_made_and_others_left_alone() -> None:
    store = made(ByOffset, database := Scripted(rows=[[(3,)], [], [(3,)], [(0,)]]))
    assert store.assigned([0, 1]) == {0: 3, 1: 0}
    assert [said for said in database.said if said.startswith("INSERT")] == [
        "INSERT INTO applied_offsets (topic, partition_number, next_offset) VALUES (transactions, 1, 0)"
        " ON DUPLICATE KEY UPDATE next_offset = applied_offsets.next_offset"
    ]


def test_after_a_failure_pattern_1_reads_again_and_pattern_2_asks() -> None:
    inputs = first(1, 2, 3)[1:]
    assert made(BySequence, Scripted()).resume(inputs, [0, 1]) == {0: 1}
    assert made(ByOffset, Scripted(rows=[[(2,)], [(5,)]])).resume(inputs, [0, 1]) == {0: 2, 1: 5}


def test_a_generation_is_taken_with_the_partition_and_asked_for_with_each_offset() -> None:
    store = made(mended.ByGeneration, database := Scripted(rows=[[(4,)], [(4,)], [(9,)], [(4,)]]))
    store.assigned([0])
    assert any("SET generation = generation + 1" in said for said in database.said)
    database.said.clear()
    store.apply(first())
    assert database.said[1] == f"UPDATE applied_offsets SET next_offset = 1 {AT} AND generation = 9"


def test_locking_asks_for_update() -> None:
    said = applied(mended.LockedSequence, Scripted(rows=[[(0,)]]))
    assert said[1].endswith("FOR UPDATE")


def test_ids_are_inserted_and_a_second_one_is_known() -> None:
    assert applied(mended.ById, Scripted())[1] == "INSERT INTO applied_ids (id) VALUES (id-1)"
    assert made(mended.ById, Scripted(changed=[0])).apply(first()) == 0


def test_one_sequence_is_kept_for_all_partitions() -> None:
    assert "partition_number = -1" in applied(broken.OneSequence, Scripted())[1]


@pytest.mark.parametrize(
    ("kind", "order"),
    [
        (broken.BalanceThenSequence, ["accounts", "applied"]),
        (broken.SequenceThenBalance, ["applied", "accounts"]),
        (broken.OffsetThenBalance, ["applied", "accounts"]),
        (broken.BalanceThenOffset, ["accounts", "applied"]),
    ],
)
def test_in_two_transactions_one_is_committed_before_the_other_begins(
    kind: type[Store], order: list[str]
) -> None:
    said = applied(kind, Scripted())
    middle = said.index("<between-transactions>")
    around = ["COMMIT", "<after-database-commit>", "<between-transactions>", "BEGIN"]
    assert said[middle - 2 : middle + 2] == around
    changes = [word for one in said if (word := re.match(r"(?:UPDATE|INSERT INTO) (applied|accounts)", one))]
    assert [change[1] for change in changes] == order


@pytest.mark.parametrize("kind", [broken.SetsBalance, broken.SetsBalanceByOffset])
def test_read_then_set_writes_a_sum_of_its_own(kind: type[Store]) -> None:
    said = applied(kind, Scripted(rows=[[(41,)]]))
    at = said.index("<before-balance>")
    assert said[at - 1].startswith("SELECT balance")
    assert "VALUES (1, 42)" in said[at + 1]
    assert said[at + 1].endswith("balance = new.balance")


@pytest.mark.parametrize(
    "kind",
    [
        broken.PlainOffset,
        broken.AutoCommit,
        broken.NoListener,
        broken.WithoutRows,
        broken.RepeatsBlindly,
        broken.SeedListener,
    ],
)
def test_plain_offsets_are_written_whatever_is_there(kind: type[Store]) -> None:
    assert applied(kind, Scripted(changed=[0]))[1] == f"UPDATE applied_offsets SET next_offset = 1 {AT}"


def test_the_listener_of_the_seed_names_what_it_does_not_have() -> None:
    with pytest.raises(AttributeError, match="store_offsets"):
        made(broken.SeedListener, Scripted()).revoked([0])


def test_without_rows_none_is_made() -> None:
    database = Scripted()
    assert made(broken.WithoutRows, database).assigned([0]) == {}
    assert not any(said.startswith("INSERT") for said in database.said)


@pytest.mark.parametrize(("kind", "lacks"), [(BySequence, "sequence"), (mended.ById, "id")])
def test_what_a_store_needs_of_a_record_it_asks_for(kind: type[Store], lacks: str) -> None:
    from dataclasses import replace

    (one,) = first()
    bare = replace(one, transaction=replace(one.transaction, sequence=None, id=None))
    with pytest.raises(NotATransaction, match=f"it has no {lacks}"):
        made(kind, Scripted()).apply([bare])


def test_every_variant_has_a_name_and_a_meaning() -> None:
    kinds = {
        kind for module in (stores, mended, broken) for _, kind in inspect.getmembers(module, inspect.isclass)
    }
    named = set(VARIANTS.values())
    assert {kind for kind in kinds if issubclass(kind, Store)} - {Store} == named
    assert not SOUND.keys() & BROKEN.keys()
    assert all(meaning(name) for name in VARIANTS)
    assert {name for name in VARIANTS if commits_offsets(name)} >= {"sequences", "ids", "one-sequence"}
    assert not commits_offsets("offsets")


def test_each_table_says_its_engine() -> None:
    assert all(statement.rstrip().endswith(") ENGINE = InnoDB") for statement in tables.TABLES.values())
    assert set(tables.OF_SINKS) < set(tables.TABLES)
