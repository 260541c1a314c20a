"""The proxy itself: its listeners, connections and rules."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Coroutine
from fnmatch import fnmatchcase
from typing import Any

from cluster.proxy.connection import Connection
from cluster.proxy.messages import complain
from cluster.proxy.rules import Route, Rules
from cluster.proxy.topics import Topics

BACKLOG = 512
LOOK_SECONDS = 0.02  # between looks at a broker that is dead


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
        self._servers: dict[Route, asyncio.Server] = {}
        self._doubted: set[Route] = set()  # whose brokers are being asked whether they live

    async def listen(self) -> None:
        """Returns once every listener accepts. Raises CannotListen."""
        for route in self.routes:
            try:
                await self._listen_on(route)
            except OSError as error:
                taken = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error})"
                raise CannotListen(
                    f"port {route.listen} ({route.link} link to {route.destination}) {taken}"
                ) from None

    async def _listen_on(self, route: Route) -> None:
        loop = asyncio.get_running_loop()
        self._servers[route] = await loop.create_server(
            lambda: Connection(self, route).client, "127.0.0.1", route.listen, backlog=BACKLOG
        )

    async def _stop_listening_on(self, route: Route) -> None:
        """Refuse connections from now on.

        asyncio drops a connection that it has accepted but not set up when its server is closed, without
        closing it, and the client asks a socket where nobody is: so what is accepted is set up first.
        """
        server = self._servers.pop(route)
        for listener in server.sockets:
            asyncio.get_running_loop().remove_reader(listener.fileno())
        await asyncio.sleep(0)
        server.close()

    def doubt(self, route: Route) -> None:
        """A broker that closed a connection or refused one may be dead: then nobody is to connect in vain.

        A port that accepts and closes at once is not what a dead broker looks like; clients that wait
        after a refusal try that again and again.
        """
        if route not in self._doubted:
            self._doubted.add(route)
            self.spawn(self._follow(route))

    async def _follow(self, route: Route) -> None:
        """Refuse connections as long as the broker does."""
        try:
            while not await accepts(route.target):
                if route in self._servers:
                    await self._stop_listening_on(route)
                await asyncio.sleep(LOOK_SECONDS)
            while route not in self._servers:
                try:
                    await self._listen_on(route)
                except OSError as error:
                    complain(f"port {route.listen} is taken while its broker was down: {error}")
                    await asyncio.sleep(LOOK_SECONDS)
        finally:
            self._doubted.discard(route)

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
            if fnmatchcase(connection.client_id, client_id)
            and destination in (None, connection.route.destination)
        ]
        for connection in found:
            connection.close()
        return len(found)


async def accepts(port: int) -> bool:
    """Whether somebody accepts connections there."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
