"""Compares the table with the log: ``python -m apps.check --help``."""

from __future__ import annotations

import argparse
import sys

from apps.database import Database, DatabaseFailed, NoDatabase
from apps.fold import compare
from apps.options import DIFFERENT, NO_DATABASE, add_database, add_kafka, settings
from apps.records import Record, read_all
from apps.tables import balances
from apps.transactions import NotATransaction, Transaction, parse


def transactions(records: list[Record]) -> list[Transaction]:
    """The transactions of a log; what is none is left out, and told."""
    found = []
    for record in records:
        try:
            found.append(parse(record.value))
        except NotATransaction as why:
            print(f"partition {record.partition}, offset {record.offset}: no transaction: {why}")
    return found


def parser() -> argparse.ArgumentParser:
    told = argparse.ArgumentParser(prog="python -m apps.check", description=__doc__)
    add_kafka(told)
    add_database(told)
    return told


def main() -> int:
    """0 if the balances are what the log adds up to, 1 if not, 75 without a database."""
    options = parser().parse_args()
    try:
        database = Database(options.database)
        with database.reading() as sql:
            held = balances(sql)
        database.close()
    except (NoDatabase, DatabaseFailed) as trouble:
        print(f"no database: {trouble}", file=sys.stderr)
        return NO_DATABASE
    verdict = compare(transactions(read_all(options.client, options.topic, settings(options))), held)
    for difference in verdict.differences:
        print(difference)
    print(verdict.line())
    return DIFFERENT if verdict.differences else 0


if __name__ == "__main__":
    sys.exit(main())
