"""The proxy itself: its listeners, connections and rules."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Coroutine
from fnmatch import fnmatchcase
from typing import Any

from cluster.proxy.connection import Connection
from cluster.proxy.rules import Route, Rules
from cluster.proxy.topics import Topics

BACKLOG = 512


class CannotListen(Exception):
    """A port or the control socket cannot be had; the message names it."""


class Relay:
    """Listens on every route and carries connections to their brokers."""

    def __init__(self, routes: list[Route]) -> None:
        self.routes = routes
        self.topics = Topics()
        self.rules = Rules(self.topics)
        self.connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._servers: list[asyncio.AbstractServer] = []

    async def listen(self) -> None:
        """Returns once every listener accepts. Raises CannotListen."""
        loop = asyncio.get_running_loop()
        for route in self.routes:
            try:
                server = await loop.create_server(
                    lambda route=route: Connection(self, route).client,  # type: ignore[misc]
                    "127.0.0.1",
                    route.listen,
                    backlog=BACKLOG,
                )
            except OSError as error:
                taken = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error})"
                raise CannotListen(f"port {route.listen} ({route.link} link to {route.destination}) {taken}") from None
            self._servers.append(server)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Runs something beside, and keeps it from being collected."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close_connections(self, client_id: str, destination: int | None) -> int:
        """Closes connections by their client id (a glob). How many there were."""
        found = [
            connection
            for connection in self.connections
            if fnmatchcase(connection.client_id, client_id) and destination in (None, connection.route.destination)
        ]
        for connection in found:
            connection.close()
        return len(found)
