"""What the programs' command lines have in common, and their exit codes."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from apps.lane import Lane
from apps.records import LIBRARIES

#: Exit codes beside 0: a simulated error; a record that is no transaction (EX_DATAERR); the sink's own
#: listener failed (EX_SOFTWARE); no database (EX_TEMPFAIL: try again later).
SIMULATED, WRONG_DATA, WRONG_CODE, NO_DATABASE = 1, 65, 70, 75

#: Where the database is named unless on the command line, which everybody on the machine can read.
DATABASE_URL = "APPS_DATABASE_URL"


def add_kafka(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bootstrap", required=True, metavar="HOST:PORT", help="brokers to begin with")
    parser.add_argument("--topic", default="transactions", help="default: %(default)s")
    parser.add_argument("--client", choices=LIBRARIES, default="confluent-kafka", help="default: %(default)s")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a client setting, as Kafka names it"
    )


def add_database(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--database-url",
        metavar="URL",
        help=f"mysql://user:password@host:port/schema; better in the environment, as {DATABASE_URL}",
    )


def add_lane(parser: argparse.ArgumentParser, name: str) -> None:
    parser.add_argument("--name", default=name, help="its client id, and its lane in a history: %(default)s")
    parser.add_argument("--history", type=Path, metavar="FILE", help="write down there what it does")


def database_url(options: argparse.Namespace) -> str:
    """The database as it was named; "" if it was not."""
    return options.database_url or os.environ.get(DATABASE_URL, "")


def lane(options: argparse.Namespace) -> Lane:
    return Lane(options.name, options.history)


def settings(options: argparse.Namespace) -> dict[str, object]:
    """The settings of its Kafka client, named as Kafka names them; later ones win."""
    found: dict[str, object] = {"bootstrap.servers": options.bootstrap}
    if "name" in options:
        found["client.id"] = options.name
    for told in options.set:
        name, equals, text = told.partition("=")
        if not equals:
            raise SystemExit(f"--set {told}: a setting is NAME=VALUE")
        found[name] = value(text)
    return found


def value(text: str) -> object:
    """A setting's value: a number or a truth where it looks like one."""
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.lstrip("-").isdigit() else text
