"""How a server is named, and where its password does not stand. Needs no server."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from cluster.errors import ClusterError
from cluster.mysql.access import PORT, Access, Malformed, parse

SECRET = 'p "@#:\\ü%'


def test_a_url_names_a_server() -> None:
    assert parse("mysql://me:word@db.example:3307") == Access("db.example", 3307, "me", "word")
    assert parse("mysql://me@db.example") == Access("db.example", PORT, "me", "")
    assert parse("mysql://m%40e:p%3A%2Fw@[::1]:3306/") == Access("::1", 3306, "m@e", "p:/w")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "db.example",
        "postgres://me:secretword@db",
        "mysql://db.example",
        "mysql://me:secretword@db:port",
        "mysql://me:secretword@db:99999",
        "mysql://me:secretword@db/schema",
        "mysql://me:secretword@db?ssl=1",
    ],
)
def test_a_url_that_names_none_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(Malformed, match="write it like mysql://") as refused:
        parse(url)
    assert "secretword" not in str(refused.value)


def test_the_password_is_not_shown() -> None:
    access = Access("::1", 3306, "m@e", "secretword", "kg_x")
    assert access.url == str(access) == "mysql://m%40e@[::1]:3306/kg_x"
    assert "secretword" not in repr(access) + repr({"a": [access.at("127.0.0.1", 1)]})


def test_a_file_keeps_it_from_others(tmp_path: Path) -> None:
    access = Access("127.0.0.1", 3306, "me", SECRET, "kg_x")
    file = tmp_path / "client.cnf"
    file.touch(0o644)
    assert Access.read(access.write(file)) == access
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_is_none_is_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / "client.cnf"
    file.write_text("[client]\nhost = 127.0.0.1\npassword secretword\n")
    with pytest.raises(ClusterError, match="says no way to a database") as refused:
        Access.read(file)
    assert "secretword" not in str(refused.value)
    assert refused.value.__cause__ is None
