"""What a MySQL server must be before scenarios are run on it: reachable, new enough, InnoDB, open to us."""

from __future__ import annotations

import re
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

from cluster.errors import ClusterError
from cluster.mysql.access import Access

if TYPE_CHECKING:
    from mysql.connector.abstracts import MySQLConnectionAbstract
    from mysql.connector.connection import MySQLConnection

#: The oldest MySQL that scenarios were tried on.
OLDEST = (8, 4)
#: All schemas of the suite begin so, and an account needs rights on these only.
PREFIX = "kg_"
GRANT = "GRANT ALL ON `kg\\_%`.* TO {user}"

# Numbers of errors (MySQL 8.4 error reference; below 3000 the server's, from 2000 the client's).
ACCESS_DENIED = (1045, 1698)
LACKS_RIGHT = (1044, 1142, 1227, 1410)
UNREACHABLE = (2003, 2005, 2013, 2055)


def examine(access: Access) -> str:
    """The version of a server that will do. Raises ClusterError with what is wrong and what helps."""
    from mysql.connector import Error

    with closing(connected(access)) as connection:
        try:
            version, comment, engine = row(
                connection, "SELECT VERSION(), @@version_comment, @@default_storage_engine"
            )
            check_version(access, str(version), str(comment))
            check_engine(access, str(engine))
            check_rights(connection, access)
        except Error as trouble:
            raise ClusterError(f"the database at {access} failed a first query: {trouble}") from None
    check_without_tls(access)
    return str(version)


def connected(access: Access, **more: Any) -> MySQLConnection:
    """A connection, ``more`` as for :meth:`Access.connect`. Raises ClusterError with the reason."""
    from mysql.connector import Error

    try:
        return access.connect(**more)
    except Error as trouble:
        raise ClusterError(unreached(access, trouble)) from None


def drop_schema(access: Access, schema: str) -> None:
    """Drop a schema; sessions that use it are ended first, for one of them may hold a lock."""
    from mysql.connector import Error

    with closing(connected(access)) as connection:
        for session in rows(connection, "SHOW PROCESSLIST"):
            if session[3] == schema and session[0] != connection.connection_id:
                with suppress(Error):  # it ended by itself
                    rows(connection, f"KILL {int(session[0])}")
        rows(connection, f"DROP SCHEMA IF EXISTS `{schema}`")


def rows(connection: MySQLConnectionAbstract, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [tuple(found) for found in cursor.fetchall()]


def row(connection: MySQLConnectionAbstract, sql: str, *parameters: Any) -> tuple[Any, ...]:
    return next(iter(rows(connection, sql, *parameters)), ())


def unreached(access: Access, trouble: Any) -> str:
    """Why no connection was made. What the client library says has no password in it."""
    if trouble.errno in ACCESS_DENIED:
        return f"the database at {access} refuses the login: {trouble.msg}"
    if trouble.errno in UNREACHABLE or trouble.errno is None or trouble.errno < 0:
        return f"no database answers at {access}: {trouble.msg}"
    return f"the database at {access} takes no connection: {trouble}"


def check_version(access: Access, version: str, comment: str) -> None:
    said = f"{version} ({comment})"
    if "mariadb" in said.lower():
        raise ClusterError(
            f"the database at {access} is MariaDB, it says {said}; MySQL 8.4 or newer is needed"
        )
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < OLDEST:
        raise ClusterError(
            f"the database at {access} is too old, it says {said}; MySQL 8.4 or newer is needed"
        )


def check_engine(access: Access, engine: str) -> None:
    """Promises rest on transactions, so tables that name no engine must be InnoDB's."""
    if engine.lower() != "innodb":
        raise ClusterError(
            f"the database at {access} makes tables with {engine}, which has no transactions, unless told "
            "otherwise; set default_storage_engine=InnoDB"
        )


def check_without_tls(access: Access) -> None:
    """Programs connect through a fault proxy, which can read what goes by without TLS only."""
    from mysql.connector import Error

    try:
        access.connect(ssl_disabled=True).close()
    except Error as trouble:
        raise ClusterError(
            f"the database at {access} takes no login without TLS ({trouble.msg}), and programs reach it through "
            "a proxy that must read what goes by; set require_secure_transport=OFF, or name another server"
        ) from None


def check_rights(connection: MySQLConnectionAbstract, access: Access) -> None:
    """Make, fill and drop a schema as scenarios do."""
    from mysql.connector import Error

    name = f"{PREFIX}rights_{connection.connection_id}"
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {name}")
            try:
                cursor.execute(f"CREATE TABLE {name}.t (n INT PRIMARY KEY)")
                cursor.execute(f"INSERT INTO {name}.t VALUES (1)")
                cursor.execute(f"SELECT n FROM {name}.t FOR UPDATE")
                cursor.fetchall()
                connection.commit()
            finally:
                cursor.execute(f"DROP SCHEMA {name}")
    except Error as trouble:
        if trouble.errno not in LACKS_RIGHT:
            raise
        raise ClusterError(
            f"the account of {access} lacks rights: {trouble.msg}. Scenarios make and drop schemas of their own: "
            + GRANT.format(user=f"'{access.user}'@'%'")
        ) from None
