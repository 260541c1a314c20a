"""The sinks' tables and transactions on a real MySQL, without any Kafka."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from apps import tables
from apps.broken import AutoCommit, UnlockedSequence
from apps.database import Database, DatabaseFailed, NoDatabase
from apps.mended import ByGeneration, ById
from apps.stores import ByOffset, BySequence, Input, Store, Superseded
from apps.transactions import nth
from cluster.mysql import checks
from cluster.mysql.access import Access
from cluster.mysql.faults import CUT_BEFORE, LOSE_ANSWER, SqlFault
from cluster.mysql.proxy import SqlProxy

TOPIC = "transactions"


@pytest.fixture
def file(schema: Access, proxied: Access, tmp_path: Path) -> Path:
    """An option file that leads through the fault proxy, with the sinks' tables in the schema."""
    found = proxied.write(tmp_path / "client.cnf")
    with closing(Database(found)) as database:
        tables.create(database)
    return found


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    with closing(Database(file)) as found:
        yield found


def store(kind: type[Store], database: Database) -> Store:
    made = kind(database, TOPIC, lambda point: None)
    made.assigned([0])
    return made


def inputs(*numbers: int) -> list[Input]:
    """Transactions of two accounts, in partition 0, each at the offset before its number."""
    return [
        Input(0, number - 1, replace(nth(number, 2), sequence=number, id=f"id-{number}"))
        for number in numbers
    ]


def balances(database: Database) -> dict[int, int]:
    with database.reading() as sql:
        return tables.balances(sql)


@pytest.mark.parametrize("kind", [BySequence, ById])
def test_what_is_known_already_is_not_applied_again(database: Database, kind: type[Store]) -> None:
    made = store(kind, database)
    assert made.apply(inputs(1, 2, 3)) == 3
    assert made.apply(inputs(2, 3, 4)) == 1
    assert balances(database) == {1: 1 + 3, 2: 1 + 3}


def test_an_offset_that_another_one_has_moved_is_refused_and_nothing_is_applied(
    file: Path, database: Database
) -> None:
    late = store(ByOffset, database)
    with closing(Database(file)) as other:
        assert store(ByOffset, other).apply(inputs(1, 2)) == 2
    with pytest.raises(Superseded, match="not at offset 0 any more"):
        late.apply(inputs(1))
    assert balances(database) == {1: 1, 2: 1}
    assert late.resume([], [0]) == {0: 2}


def test_a_generation_is_fenced_even_where_the_offset_is_as_it_was(file: Path, database: Database) -> None:
    late = store(ByGeneration, database)
    with closing(Database(file)) as other:
        store(ByGeneration, other)
    with pytest.raises(Superseded):
        late.apply(inputs(1))
    assert balances(database) == {}


@pytest.mark.parametrize(("action", "done"), [(LOSE_ANSWER, 1), (CUT_BEFORE, 0)])
def test_a_commit_without_an_answer_is_asked_for(
    database: Database, proxy: SqlProxy, action: str, done: int
) -> None:
    made = store(ByOffset, database)
    lost = proxy.arm(SqlFault(action))
    with pytest.raises(DatabaseFailed):
        made.apply(inputs(1))
    lost.wait_fired()
    with pytest.raises(DatabaseFailed, match="the connection is gone"):
        made.resume([], [0])
    database.reconnect(5, threading.Event())
    assert made.resume([], [0]) == {0: done}
    assert balances(database) == ({1: 1} if done else {})


def test_two_that_read_before_they_write_both_find_a_sequence_new(file: Path, database: Database) -> None:
    """What UnlockedSequence is there to show, in one thread: the second one reads before the first commits."""
    first, (one,) = store(UnlockedSequence, database), inputs(1)
    assert isinstance(first, UnlockedSequence)
    with closing(Database(file)) as other:
        second = store(UnlockedSequence, other)
        assert isinstance(second, UnlockedSequence)
        with other.transaction() as late:
            assert second.is_new(late, one)
            assert first.apply([one]) == 1
            second.remember(late, one)
            second.add(late, one.transaction)
    assert balances(database) == {1: 2}


def test_with_auto_commit_nothing_is_undone(file: Path) -> None:
    with closing(Database(file, autocommit=True)) as database:
        made = store(AutoCommit, database)
        with pytest.raises(RuntimeError), database.transaction() as sql:
            made.claim(sql, inputs(1)[0])
            raise RuntimeError("it dies here")
        assert made.resume([], [0]) == {0: 1}
        assert balances(database) == {}


def test_without_it_all_is_undone(database: Database) -> None:
    made = store(ByOffset, database)
    with pytest.raises(RuntimeError), database.transaction() as sql:
        made.apply_one(sql, inputs(1)[0])
        raise RuntimeError("it dies here")
    assert made.resume([], [0]) == {0: 0}
    assert balances(database) == {}


def test_a_database_that_comes_back_too_late_is_given_up(database: Database, proxy: SqlProxy) -> None:
    proxy.shut()
    proxy.close_connections()
    with pytest.raises(DatabaseFailed):
        balances(database)
    with pytest.raises(NoDatabase):
        database.reconnect(0.3, threading.Event())


def test_tables_without_transactions_are_refused(schema: Access, database: Database) -> None:
    database.require_innodb(tables.OF_SINKS)
    with closing(schema.connect()) as connection:
        checks.rows(connection, "ALTER TABLE accounts ENGINE = MyISAM")
    with pytest.raises(
        NoDatabase, match="the table accounts is of engine MyISAM, which knows no transactions"
    ):
        database.require_innodb(tables.OF_SINKS)
    with closing(schema.connect()) as connection:
        checks.rows(connection, "DROP TABLE accounts")
    with pytest.raises(NoDatabase, match="there is no table accounts; python"):
        database.require_innodb(tables.OF_SINKS)


def test_emptied_tables_keep_the_producers_sequences(database: Database) -> None:
    from apps.producer import take_sequence

    assert [take_sequence(database, TOPIC, 0) for _ in range(3)] == [1, 2, 3]
    assert take_sequence(database, TOPIC, 1) == 1
    store(BySequence, database).apply(inputs(1))
    tables.empty(database)
    assert balances(database) == {}
    assert take_sequence(database, TOPIC, 0) == 4
