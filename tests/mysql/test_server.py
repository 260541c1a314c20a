"""A server in a container: what can be done to it, what it keeps, and who can see its password."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from mysql.connector import Error

from cluster.errors import ClusterError
from cluster.mysql import checks, starting
from cluster.mysql.access import Access
from cluster.mysql.server import ACCESS, Server


def insert(access: Access, number: int) -> None:
    with closing(access.connect()) as connection:
        checks.rows(connection, "INSERT INTO numbers (n) VALUES (%s)", number)
        connection.commit()


def numbers(access: Access) -> list[int]:
    with closing(access.connect()) as connection:
        return [n for (n,) in checks.rows(connection, "SELECT n FROM numbers ORDER BY n")]


def test_what_was_committed_outlives_a_kill_at_the_same_address(server: Server, schema: Access) -> None:
    insert(schema, 1)
    with closing(schema.connect()) as open_connection:
        checks.rows(open_connection, "INSERT INTO numbers (n) VALUES (2)")
        begun = time.monotonic()
        killed = server.kill()
        assert begun <= killed <= time.monotonic()
        assert server.state() == "exited"
        with pytest.raises(Error):
            open_connection.commit()
    assert server.start() <= time.monotonic()
    assert numbers(schema) == [1]


def test_once_started_it_takes_logins_without_tls(server: Server, schema: Access) -> None:
    server.kill()
    server.start()
    with closing(schema.connect(ssl_disabled=True)) as connection:
        assert checks.row(connection, "SHOW STATUS LIKE 'Ssl_cipher'") == ("Ssl_cipher", "")


def test_it_is_stopped_in_good_order(server: Server, schema: Access) -> None:
    insert(schema, 1)
    server.stop()
    assert server.state() == "exited"
    assert "Shutdown complete" in server.log()
    assert server.make_whole()
    assert numbers(schema) == [1]


def test_while_it_is_paused_it_answers_nobody(server: Server, schema: Access) -> None:
    server.pause()
    assert server.state() == "paused"
    with pytest.raises(Error):
        schema.connect(connection_timeout=1)
    assert server.make_whole()
    assert numbers(schema) == []
    assert not server.make_whole()


def test_durability_is_mysqls_own_default(server: Server) -> None:
    with closing(server.access.connect()) as connection:
        assert checks.row(
            connection, "SELECT @@innodb_flush_log_at_trx_commit, @@default_storage_engine, @@autocommit"
        ) == (1, "InnoDB", 0)


def test_its_account_reaches_schemas_of_the_suite_alone(server: Server) -> None:
    with closing(server.access.connect()) as connection, pytest.raises(Error, match="Access denied"):
        checks.rows(connection, "CREATE SCHEMA another")


def test_the_password_is_seen_nowhere(server: Server) -> None:
    password = server.access.password
    assert len(password) >= 24
    assert oct((server.folder / ACCESS).stat().st_mode)[-3:] == "600"
    assert server.folder.stat().st_mode & 0o077 == 0
    shown = [
        repr(server),
        str(server.container.client.api.inspect_container(server.id)),
        server.log(10_000),
        subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout,
        *(environment for environment in environments()),
    ]
    assert not [text[:80] for text in shown if password in text]


def environments() -> Iterator[str]:
    """The environment of every process that we may look at."""
    for file in Path("/proc").glob("[0-9]*/environ"):
        try:
            yield file.read_text(errors="replace")
        except OSError:
            continue


def test_it_is_found_by_its_folder(server: Server) -> None:
    found = Server(server.folder)
    assert (found.id, found.access, found.version) == (server.id, server.access, server.version)
    assert found.facts == {"MySQL": f"{server.version} ({server.image})"}


def test_one_that_was_removed_is_said_to_be_gone(image: str) -> None:
    begun = starting.start(image)
    found = begun.ready()
    found.remove()
    assert found.state() == "gone"
    for verb in (found.kill, found.start, found.stop, found.pause, found.resume):
        with pytest.raises(ClusterError, match=f"container {found.id[:12]} has been removed"):
            verb()
    begun.end()
    assert not found.folder.exists()
    with pytest.raises(ClusterError):
        Server(found.folder)
