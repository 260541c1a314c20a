"""One connection to a MySQL database, with its transactions and their isolation level stated."""

from __future__ import annotations

import configparser
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import mysql.connector
from mysql.connector import errorcode

#: InnoDB's default, stated all the same.  What the sinks promise rests on row locks and on counted
#: rows, and would hold with READ COMMITTED as well.
ISOLATION = "REPEATABLE READ"

#: The longest wait, in seconds, for a connection; and between two tries to get one.
CONNECT_SECONDS = 5
AGAIN_SECONDS = 0.1

#: Errors by which a database, or the way to it, is gone; or by which it asks for the transaction again.
_GONE = (mysql.connector.errors.InterfaceError, mysql.connector.errors.OperationalError)
_AGAIN = {errorcode.ER_LOCK_DEADLOCK, errorcode.ER_LOCK_WAIT_TIMEOUT, errorcode.ER_SERVER_SHUTDOWN}


class DatabaseFailed(Exception):
    """A database transaction did not end well.

    If its COMMIT was sent and not answered, nobody but the database knows whether it is committed.
    """


class NoDatabase(Exception):
    """The database cannot be used; the message says why, and holds no password."""


def server(options: Path) -> dict[str, Any]:
    """What a MySQL option file says under [client] and [mysql]. NoDatabase if it does not say enough."""
    parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    try:
        with options.open(encoding="utf-8") as lines:
            parser.read_file(lines)
        told = {
            name: _unquoted(text or "")
            for section in ("client", "mysql")
            if parser.has_section(section)
            for name, text in parser[section].items()
        }
        found: dict[str, Any] = {name: told[name] for name in ("host", "user", "password", "database")}
        found["port"] = int(told.get("port", "3306"))
    except OSError as error:
        raise NoDatabase(f"{options}: {error.strerror}") from None
    except (configparser.Error, UnicodeDecodeError, ValueError):
        raise NoDatabase(f"{options} is no MySQL option file") from None
    except KeyError as error:
        raise NoDatabase(f"{options} names no {error.args[0]}") from None
    return found


def _unquoted(text: str) -> str:
    """A value of an option file without its quotation marks and escapes."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return text


class Sql:
    """What can be done within a transaction; values are parameters, never part of a statement."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def change(self, statement: str, values: Sequence[object]) -> int:
        """The number of rows that a statement has changed."""
        with self._cursor() as cursor:
            cursor.execute(statement, tuple(values))
            count: int = cursor.rowcount
            return count

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._cursor() as cursor:
            cursor.execute(statement, tuple(values))
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def new(self, statement: str, values: Sequence[object]) -> bool:
        """Insert a row: whether it was new; there is no such row already."""
        try:
            self.change(statement, values)
        except mysql.connector.errors.IntegrityError as error:
            if error.errno != errorcode.ER_DUP_ENTRY:
                raise
            return False  # the transaction goes on: only this statement was undone
        return True

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            with suppress(mysql.connector.Error):
                cursor.close()


class Database:
    """A connection that is opened anew when it is gone.

    ``autocommit``: each statement is a transaction of its own, and those of :meth:`transaction` have
    nothing in common.
    """

    def __init__(self, options: Path, *, autocommit: bool = False) -> None:
        self._server, self._autocommit = server(options), autocommit
        self._connection: Any = self._connected()

    def _connected(self) -> Any:
        told: Mapping[str, Any] = self._server
        where = f"{told['host']}:{told['port']}"
        try:
            return mysql.connector.connect(
                **told,
                use_pure=True,
                # On one machine there is nobody to listen; everywhere else it is encrypted.
                ssl_disabled=told["host"] in ("127.0.0.1", "localhost"),
                autocommit=self._autocommit,
                connection_timeout=CONNECT_SECONDS,
            )
        except mysql.connector.Error as error:
            raise NoDatabase(f"{where}: {error.msg}") from None

    @contextmanager
    def transaction(self) -> Iterator[Sql]:
        """What is done within it is done all together, or not at all.

        DatabaseFailed if the database, or the way to it, failed; any other error undoes it, too.
        """
        try:
            connection = self._standing()
            if not self._autocommit:
                connection.start_transaction(isolation_level=ISOLATION)
            yield Sql(connection)
            connection.commit()
        except _GONE as error:
            self._forget()
            raise DatabaseFailed(error.msg) from error
        except mysql.connector.Error as error:
            self._undo()
            if error.errno in _AGAIN:
                raise DatabaseFailed(error.msg) from error
            raise
        except BaseException:
            self._undo()
            raise

    @contextmanager
    def reading(self) -> Iterator[Sql]:
        """One view of the database, in which nothing is changed. DatabaseFailed as with a transaction."""
        try:
            connection = self._standing()
            connection.start_transaction(isolation_level=ISOLATION, readonly=True)
            yield Sql(connection)
            connection.rollback()
        except _GONE as error:
            self._forget()
            raise DatabaseFailed(error.msg) from error

    def _undo(self) -> None:
        if self._connection is not None:
            with suppress(mysql.connector.Error):
                self._connection.rollback()

    def _forget(self) -> None:
        """A connection on which something went wrong is not used again: what became of it is unknown."""
        broken, self._connection = self._connection, None
        with suppress(mysql.connector.Error, OSError):
            if broken is not None:
                broken.shutdown()

    def _standing(self) -> Any:
        if self._connection is None:
            raise DatabaseFailed("the connection is gone")
        return self._connection

    def reconnect(self, within: float, stopping: threading.Event) -> None:
        """A new connection, tried for up to ``within`` seconds. NoDatabase if there is none by then.

        With the old one gone the server rolls back what it had not committed.
        """
        self._forget()
        deadline = time.monotonic() + within
        while True:
            try:
                self._connection = self._connected()
                return
            except NoDatabase:
                if time.monotonic() > deadline or stopping.wait(AGAIN_SECONDS):
                    raise

    def require_innodb(self, tables: Sequence[str]) -> None:
        """NoDatabase unless these tables are there and know transactions; other engines pass over them in silence."""
        asked = "SELECT table_name, engine FROM information_schema.tables WHERE table_schema = %s"
        with self.reading() as sql:
            engines = {str(name): str(engine) for name, engine in sql.rows(asked, [self._server["database"]])}
        for table in tables:
            if table not in engines:
                raise NoDatabase(f"there is no table {table}; python -m apps.tables makes them")
            if engines[table] != "InnoDB":
                raise NoDatabase(
                    f"the table {table} is of engine {engines[table]}, which knows no transactions"
                )

    def close(self) -> None:
        if self._connection is not None:
            with suppress(mysql.connector.Error):
                self._connection.close()
