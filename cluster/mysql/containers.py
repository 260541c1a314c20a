"""What is asked of a container that MySQL runs in. What has gone is said to have gone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from cluster.errors import ClusterError
from cluster.mysql import checks, engine
from cluster.mysql.access import Access
from cluster.waiting import TimedOut, eventually

if TYPE_CHECKING:
    from docker.models.containers import Container

#: Longest wait, in seconds, for an answer of a server that has been started; the first start makes its data.
START_PATIENCE = 90.0
#: A login that takes longer than this, in seconds, is tried again.
LOGIN_PATIENCE = 5
LOG_LINES = 12


def found(container_id: str) -> Container:
    """Raises ClusterError if the container is gone."""
    from docker.errors import NotFound

    with engine.asked("find the database's container"):
        try:
            return engine.connect().containers.get(container_id)
        except NotFound:
            raise ClusterError(f"the database's container {container_id[:12]} has been removed") from None


def state_of(container: Container) -> str:
    from docker.errors import NotFound

    with engine.asked("look at the database's container"):
        try:
            container.reload()
        except NotFound:
            return "gone"
    return str(container.status)


def log_of(container: Container, lines: int) -> str:
    from docker.errors import NotFound

    with engine.asked("read the database's log"):
        try:
            return container.logs(tail=lines).decode(errors="replace").strip()
        except NotFound:
            return "(the container is gone)"


def answer(access: Access, container: Container) -> float:
    """Wait until a query is answered, and return the moment. Raises ClusterError if mysqld ends instead.

    The login goes over TLS and thereby puts the account into the server's cache of passwords. Only then
    do logins without TLS succeed, such as those through the fault proxy: with caching_sha2_password the
    server needs the password itself once after each of its starts, and the client's Python code, which
    knows no RSA, gives it over TLS alone.
    """
    from mysql.connector import Error

    def asked() -> float | None:
        state = state_of(container)
        if state not in ("running", "created"):
            raise ClusterError(
                f"the database's container is {state} before it answered; its last words:\n"
                + log_of(container, LOG_LINES)
            )
        with access.connect(connection_timeout=LOGIN_PATIENCE) as connection:
            checks.row(connection, "SELECT 1")
        return time.monotonic()

    try:
        return eventually(asked, START_PATIENCE, "an answer of the database", retry_on=(Error,))
    except TimedOut as trouble:
        raise ClusterError(f"{trouble}\nIts last words:\n{log_of(container, LOG_LINES)}") from None
