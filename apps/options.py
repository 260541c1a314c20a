"""What the programs' command lines have in common, and their exit codes."""

from __future__ import annotations

import argparse
from pathlib import Path

from apps.lane import Lane
from apps.records import LIBRARIES

#: Exit codes beside 0: a difference; a simulated error; a record that is no transaction (EX_DATAERR);
#: no database (EX_TEMPFAIL: try again later).
DIFFERENT, SIMULATED, WRONG_DATA, NO_DATABASE = 1, 3, 65, 75


def add_kafka(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bootstrap", required=True, metavar="HOST:PORT", help="brokers to begin with")
    parser.add_argument("--topic", default="transactions", help="default: %(default)s")
    parser.add_argument("--client", choices=LIBRARIES, default="confluent-kafka", help="default: %(default)s")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a client setting, as Kafka names it"
    )


def add_database(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--database",
        type=Path,
        required=True,
        metavar="FILE",
        help="a MySQL option file: host, port, user and password under [client], database under [mysql]",
    )


def add_lane(parser: argparse.ArgumentParser, name: str) -> None:
    parser.add_argument("--name", default=name, help="its client id, and its lane in a history: %(default)s")
    parser.add_argument("--history", type=Path, metavar="FILE", help="write down there what it does")


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
