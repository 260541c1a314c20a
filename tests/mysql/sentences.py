"""Sentences about a database for runs that tests make: ``-p tests.mysql.sentences``."""

from __future__ import annotations

import threading
import time
from contextlib import closing

from mysql.connector import Error
from pytest_bdd import given, then, when

from cluster.mysql.faults import HOLD_REQUEST, LOSE_ANSWER, SqlFault
from fixtures.database import Database
from fixtures.faults import Faults
from history.verdicts import Violated


@given("a table of numbers")
def table(database: Database) -> None:
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE numbers (n INT PRIMARY KEY)")


@given("a table without transactions")
def table_without(database: Database) -> None:
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE numbers (n INT PRIMARY KEY) ENGINE=MyISAM")


@given("a network that loses the first answer to a COMMIT")
def loses(database: Database) -> None:
    database.arm(SqlFault(LOSE_ANSWER, "the answer to the first COMMIT is lost"))


@when("a program writes 1")
def writes(database: Database) -> None:
    write(database)


def write(database: Database) -> None:
    """As the programs under test do: through the proxy, without TLS."""
    try:
        with closing(database.proxied.connect(ssl_disabled=True)) as connection:
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO numbers VALUES (1)")
            connection.commit()
    except Error:
        pass


@when("the database is killed while it commits 1")
def killed(database: Database, faults: Faults) -> None:
    held = database.arm(SqlFault(HOLD_REQUEST, "a COMMIT is held until the database blocks it"))
    program = threading.Thread(target=write, args=(database,))
    program.start()
    held.wait_fired()
    with database.blocked_commits() as await_blocked:
        faults.release(held)
        await_blocked()
        database.kill()
    program.join()
    database.start()


@when("somebody removes its container")
def removed(database: Database) -> None:
    database.container.remove()


@then("the table has 1")
def has(database: Database) -> None:
    if database.rows("SELECT n FROM numbers") != [(1,)]:
        raise Violated("the table has not 1")


@then("the table has nothing")
def has_nothing(database: Database) -> None:
    if database.rows("SELECT n FROM numbers"):
        raise Violated("the table has something")


@then("all was well")
def well() -> None: ...


@then("a promise is broken")
def broken() -> None:
    raise Violated("a promise is broken")


@when("somebody thinks for long")
def thinks(faults: Faults) -> None:
    """Until the run is killed."""
    faults.remark(time.monotonic(), "database", "remark", "somebody thinks")
    threading.Event().wait()
