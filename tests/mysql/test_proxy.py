"""The fault proxy on MySQL's port, between a real server and its real client."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from mysql.connector import Error, errorcode

from cluster.mysql import checks
from cluster.mysql.access import Access
from cluster.mysql.faults import CUT_BEFORE, HOLD_ANSWER, HOLD_REQUEST, LOSE_ANSWER, WATCH, SqlFault
from cluster.mysql.proxy import SqlProxy
from cluster.mysql.server import Server
from cluster.waiting import eventually
from tests.mysql.test_server import numbers

LOST = 2013  # the client's own number for a connection that breaks


def commit(access: Access, number: int) -> int:
    """Insert and commit over a connection of its own; the number of the error, 0 if there was none."""
    try:
        with closing(access.connect(ssl_disabled=True)) as connection:
            checks.rows(connection, "INSERT INTO numbers (n) VALUES (%s)", number)
            connection.commit()
    except Error as trouble:
        return trouble.errno
    return 0


@contextmanager
def beside(access: Access, number: int) -> Iterator[list[int]]:
    """The same in a thread, which has ended when this does; what it came to."""
    came: list[int] = []
    thread = threading.Thread(target=lambda: came.append(commit(access, number)))
    thread.start()
    yield came
    thread.join(10)
    assert not thread.is_alive()


def test_an_answer_that_is_lost_follows_a_commit_that_was_done(
    proxy: SqlProxy, proxied: Access, schema: Access
) -> None:
    lost = proxy.arm(SqlFault(LOSE_ANSWER, "the answer is lost"))
    assert commit(proxied, 1) == LOST
    (firing,) = lost.wait_fired()
    assert (firing.statement, firing.answer, firing.pid) == ("COMMIT", "OK", os.getpid())
    assert numbers(schema) == [1]
    assert commit(proxied, 2) == 0  # it happens once
    assert numbers(schema) == [1, 2]


def test_a_commit_that_is_cut_off_is_not_done(proxy: SqlProxy, proxied: Access, schema: Access) -> None:
    cut = proxy.arm(SqlFault(CUT_BEFORE))
    assert commit(proxied, 1) == LOST
    assert len(cut.fired) == 1
    assert numbers(schema) == []
    assert commit(proxied, 1) == 0  # its locks are gone with the session


def test_a_commit_that_is_held_is_done_when_it_is_released(
    proxy: SqlProxy, proxied: Access, schema: Access
) -> None:
    held = proxy.arm(SqlFault(HOLD_REQUEST))
    with beside(proxied, 1) as came:
        held.wait_fired()
        assert numbers(schema) == [] and not came
        held.release()
    assert came == [0]
    assert numbers(schema) == [1]


def test_an_answer_that_is_held_follows_a_commit_that_was_done(
    proxy: SqlProxy, proxied: Access, schema: Access
) -> None:
    held = proxy.arm(SqlFault(HOLD_ANSWER))
    with beside(proxied, 1) as came:
        held.wait_fired()
        assert numbers(schema) == [1] and not came
        held.release()
    assert came == [0]


def test_a_commit_that_is_held_outlives_its_client(proxy: SqlProxy, proxied: Access, schema: Access) -> None:
    held = proxy.arm(SqlFault(HOLD_REQUEST))
    connection = proxied.connect(ssl_disabled=True)
    checks.rows(connection, "INSERT INTO numbers (n) VALUES (1)")
    packet = b"\x07\x00\x00\x00\x03COMMIT"
    connection._socket.sock.sendall(
        packet if not attributes(connection) else b"\x09\x00\x00\x00\x03\x00\x01COMMIT"
    )
    held.wait_fired()
    connection._socket.sock.close()
    assert numbers(schema) == []
    held.release()
    eventually(lambda: numbers(schema) == [1], 5, "the late commit")


def attributes(connection: object) -> bool:
    """Whether the connection has agreed on query attributes, which stand in front of a statement."""
    return bool(connection._client_flags & 1 << 27)  # type: ignore[attr-defined]


def test_without_a_fault_a_client_that_ends_ends_its_session(
    proxy: SqlProxy, proxied: Access, schema: Access
) -> None:
    connection = proxied.connect(ssl_disabled=True)
    checks.rows(connection, "INSERT INTO numbers (n) VALUES (1)")
    connection._socket.sock.close()
    assert commit(schema, 1) == 0  # it waits no longer than it takes to end the session
    assert numbers(schema) == [1]


def test_the_nth_is_taken_and_so_many(proxy: SqlProxy, proxied: Access, schema: Access) -> None:
    lost = proxy.arm(SqlFault(CUT_BEFORE, nth=2, count=2))
    assert [commit(proxied, number) for number in range(1, 5)] == [0, LOST, LOST, 0]
    assert len(lost.fired) == 2
    assert numbers(schema) == [1, 4]


def test_only_statements_that_fit_are_taken_and_of_that_process(
    proxy: SqlProxy, proxied: Access, schema: Access
) -> None:
    others = proxy.arm(SqlFault(CUT_BEFORE, pid=os.getpid() + 1))
    watched = proxy.arm(SqlFault(WATCH, statement=r"INSERT INTO numbers\b", count=None))
    assert [commit(proxied, 1), commit(proxied, 2)] == [0, 0]
    assert not others.fired
    assert [firing.statement[-3:] for firing in watched.fired] == ["(1)", "(2)"]


def test_a_refused_statement_is_answered_and_the_next_one_taken(
    proxy: SqlProxy, proxied: Access, schema: Access
) -> None:
    assert commit(proxied, 1) == 0
    lost = proxy.arm(SqlFault(LOSE_ANSWER, statement="insert"))
    assert commit(proxied, 1) == errorcode.ER_DUP_ENTRY
    assert not lost.fired
    assert commit(proxied, 2) == LOST
    assert "1 refused by the server" in lost.told()


def test_a_fault_that_does_not_fire_says_what_went_by(proxy: SqlProxy, proxied: Access) -> None:
    armed = proxy.arm(SqlFault(LOSE_ANSWER, "the answer is lost", statement="DELETE"))
    assert commit(proxied, 1) == 0
    with pytest.raises(TimeoutError, match=r"'the answer is lost' to fire .* 0 fitting, of .*COMMIT 1"):
        armed.wait_fired(within=0.1)


def test_what_is_disarmed_does_nothing_and_holds_nothing(
    proxy: SqlProxy, proxied: Access, schema: Access
) -> None:
    held = proxy.arm(SqlFault(HOLD_REQUEST, count=None))
    with beside(proxied, 1) as came:
        held.wait_fired()
        proxy.disarm_all()
    assert came == [0]
    assert commit(proxied, 2) == 0
    assert numbers(schema) == [1, 2]


@pytest.mark.parametrize("action", [HOLD_REQUEST, HOLD_ANSWER])
def test_the_database_dies_with_a_commit_on_its_way(
    server: Server, proxy: SqlProxy, proxied: Access, schema: Access, action: str
) -> None:
    held = proxy.arm(SqlFault(action))
    with beside(proxied, 1) as came:
        held.wait_fired()
        proxy.shut()
        server.kill()
        assert commit(proxied, 2) == LOST  # the address is there, and nobody behind it
        held.release()
    server.start()
    proxy.open(server.access.host, server.access.port)
    done = action == HOLD_ANSWER
    assert came == [0 if done else LOST]
    assert numbers(proxied) == ([1] if done else [])


def test_tls_is_not_offered(proxy: SqlProxy, proxied: Access) -> None:
    with closing(proxied.connect()) as connection:
        assert checks.row(connection, "SHOW STATUS LIKE 'Ssl_cipher'") == ("Ssl_cipher", "")


def test_large_values_pass(proxy: SqlProxy, proxied: Access) -> None:
    text = "x" * (17 * 1024 * 1024)  # more than one frame holds
    with closing(proxied.connect()) as connection:
        checks.rows(connection, "INSERT INTO numbers VALUES (1, %s)", text)
        connection.commit()
        assert checks.row(connection, "SELECT text FROM numbers") == (text,)
    assert proxy.statements["COMMIT"] == 1


def test_connections_are_broken_at_once(proxy: SqlProxy, proxied: Access) -> None:
    with closing(proxied.connect()) as connection:
        assert proxy.close_connections() == 1
        with pytest.raises(Error):
            checks.rows(connection, "SELECT 1")


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no 'burn'"):
        SqlFault("burn")
    with pytest.raises(ValueError, match="begin with 1"):
        SqlFault(CUT_BEFORE, nth=0)


def test_closed_it_still_can_be_disarmed(server: Server) -> None:
    proxy = SqlProxy(server.access.host, server.access.port)
    armed = proxy.arm(SqlFault(CUT_BEFORE))
    proxy.close()
    proxy.close()
    armed.disarm()
    assert armed.fired == []
