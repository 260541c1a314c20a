"""The tables of producer, sinks and checker: ``python -m apps.tables --help``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from apps.database import Database, NoDatabase, Sql
from apps.options import NO_DATABASE, add_database

#: Each names its engine: a table of another one would take the same statements and undo none of them.
TABLES = {
    # what the log adds up to
    "accounts": """
        CREATE TABLE IF NOT EXISTS accounts (
            account BIGINT NOT NULL PRIMARY KEY,
            balance BIGINT NOT NULL
        ) ENGINE = InnoDB""",
    # the last sequence that is in the balances, by partition (one sequence over all: partition -1)
    "applied_sequences": """
        CREATE TABLE IF NOT EXISTS applied_sequences (
            topic VARCHAR(249) NOT NULL,
            partition_number INT NOT NULL,
            sequence BIGINT NOT NULL,
            PRIMARY KEY (topic, partition_number)
        ) ENGINE = InnoDB""",
    # the offset behind the last record that is in the balances, and whose turn it is
    "applied_offsets": """
        CREATE TABLE IF NOT EXISTS applied_offsets (
            topic VARCHAR(249) NOT NULL,
            partition_number INT NOT NULL,
            next_offset BIGINT NOT NULL,
            generation BIGINT NOT NULL DEFAULT 0,
            PRIMARY KEY (topic, partition_number)
        ) ENGINE = InnoDB""",
    # the ids of all transactions that are in the balances
    "applied_ids": """
        CREATE TABLE IF NOT EXISTS applied_ids (
            id VARCHAR(64) NOT NULL PRIMARY KEY
        ) ENGINE = InnoDB""",
    # the last sequence that a producer has taken, by partition (one sequence over all: partition -1)
    "taken_sequences": """
        CREATE TABLE IF NOT EXISTS taken_sequences (
            topic VARCHAR(249) NOT NULL,
            partition_number INT NOT NULL,
            sequence BIGINT NOT NULL,
            PRIMARY KEY (topic, partition_number)
        ) ENGINE = InnoDB""",
}

#: The tables that a sink fills.
OF_SINKS = ("accounts", "applied_sequences", "applied_offsets", "applied_ids")


def create(database: Database) -> None:
    """Make the tables that are not there yet."""
    with database.transaction() as sql:
        for statement in TABLES.values():
            sql.change(statement, ())


def empty(database: Database, names: Iterable[str] = OF_SINKS) -> None:
    """Forget what sinks have written; the producer's sequences go on."""
    with database.transaction() as sql:
        for name in names:
            sql.change(f"DELETE FROM {name}", ())


def balances(sql: Sql) -> dict[int, int]:
    """The balance of each account."""
    return dict(sql.rows("SELECT account, balance FROM accounts"))


def show(database: Database) -> None:
    """Print what the sinks' tables hold."""
    with database.reading() as sql:
        for name in OF_SINKS:
            print(name)
            for row in sorted(sql.rows(f"SELECT * FROM {name}")):
                print("  " + "  ".join(map(str, row)))


def parser() -> argparse.ArgumentParser:
    told = argparse.ArgumentParser(prog="python -m apps.tables", description="Make the tables.")
    told.add_argument("--empty", action="store_true", help="forget what sinks have written")
    told.add_argument("--show", action="store_true", help="print what they have written")
    add_database(told)
    return told


def main() -> int:
    """0 if all tables are there, 75 without a database."""
    options = parser().parse_args()
    try:
        database = Database(options.database)
        create(database)
    except NoDatabase as trouble:
        print(f"no database: {trouble}", file=sys.stderr)
        return NO_DATABASE
    if options.empty:
        empty(database)
    if options.show:
        show(database)
    database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
