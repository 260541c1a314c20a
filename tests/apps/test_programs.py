"""The programs' command lines, and the option file that names a database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from apps import options
from apps.database import NoDatabase, server
from apps.records import Record
from apps.sinking import read, rows
from apps.transactions import nth


def written(folder: Path, text: str) -> Path:
    file = folder / "client.cnf"
    file.write_text(text)
    return file


def test_an_option_file_names_the_database(tmp_path: Path) -> None:
    text = '[client]\nprotocol = tcp\nhost = 127.0.0.1\nport = 33060\nuser = "us\\"er"\npassword = "a\\\\b%c"\n[mysql]\ndatabase = kg_x\n'
    assert server(written(tmp_path, text)) == {
        "host": "127.0.0.1",
        "port": 33060,
        "user": 'us"er',
        "password": "a\\b%c",
        "database": "kg_x",
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[client]\nhost = h\nuser = u\npassword = secret\n", "names no database"),
        ("[client]\nuser = u\npassword = secret\n[mysql]\ndatabase = d\n", "names no host"),
        ("password = secret\n", "is no MySQL option file"),
        (
            "[client]\nhost = h\nport = secret\nuser = u\npassword = secret\n[mysql]\ndatabase = d\n",
            "is no MySQL option file",
        ),
    ],
)
def test_one_that_does_not_is_refused_without_its_password(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(NoDatabase, match=why) as refused:
        server(written(tmp_path, text))
    assert "secret" not in str(refused.value)


def test_one_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase, match="No such file"):
        server(tmp_path / "nothing.cnf")


@pytest.mark.parametrize("program", ["tables", "producer", "sink", "check"])
def test_each_program_helps(program: str) -> None:
    done = subprocess.run([sys.executable, "-m", f"apps.{program}", "--help"], capture_output=True, text=True)
    assert done.returncode == 0
    assert f"python -m apps.{program}" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--crash-at", "nowhere"], "invalid stop value"),
        (["--variant", "none"], "invalid choice"),
        (["--client", "java"], "invalid choice"),
    ],
)
def test_a_sink_refuses_what_it_does_not_know(arguments: list[str], why: str) -> None:
    needed = ["--bootstrap", "127.0.0.1:1", "--database", "none.cnf"]
    done = subprocess.run(
        [sys.executable, "-m", "apps.sink", *needed, *arguments], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert why in done.stderr


@pytest.mark.parametrize("program", ["tables", "producer", "sink", "check"])
def test_without_a_database_each_ends_with_its_reason(tmp_path: Path, program: str) -> None:
    text = "[client]\nhost = 127.0.0.1\nport = 1\nuser = u\npassword = secret\n[mysql]\ndatabase = d\n"
    needed = ["--database", str(written(tmp_path, text))]
    needed += [] if program == "tables" else ["--bootstrap", "127.0.0.1:1", "--client", "confluent-kafka"]
    done = subprocess.run([sys.executable, "-m", f"apps.{program}", *needed], capture_output=True, text=True)
    assert done.returncode == options.NO_DATABASE
    assert "no database: 127.0.0.1:1: " in done.stderr
    assert "secret" not in done.stderr + done.stdout


def test_settings_are_named_as_kafka_names_them() -> None:
    assert [options.value(text) for text in ("true", "false", "-1", "500", "all")] == [
        True,
        False,
        -1,
        500,
        "all",
    ]


def test_a_batch_ends_before_the_first_record_that_is_no_transaction() -> None:
    records = [
        Record(0, 0, nth(1, 2).value),
        Record(0, 1, b"withdraw everything"),
        Record(0, 2, nth(2, 2).value),
    ]
    inputs, poison = read(records)
    assert [one.offset for one in inputs] == [0]
    assert poison == "0 at offset 1: its value is no JSON"
    assert [row[2] for row in rows(records)] == ["account-1:1", None, "account-2:1"]
