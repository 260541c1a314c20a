"""A client that comes just as the proxy stops listening for a dead broker is not left without an answer."""

from __future__ import annotations

import asyncio
import gc
import socket

from cluster.proxy.relay import Relay
from cluster.proxy.rules import Route
from tests.proxy.conftest import free_ports

PATIENCE = 2.0  # seconds


async def comes_as_the_listener_closes() -> bytes:
    """What the client gets; the broker behind is dead."""
    listen, target = free_ports(2)
    route = Route(link="client", destination=1, listen=listen, target=target)
    relay = Relay([route])
    await relay.listen()
    with socket.create_connection(("127.0.0.1", listen)) as client:
        client.setblocking(False)
        await asyncio.sleep(0)  # from here on the loop accepts and closes in one turn
        closing = asyncio.create_task(relay._stop_listening_on(route))
        got = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(client, 1), PATIENCE)
        await closing
    for task in relay._tasks:
        task.cancel()
    return got


def test_who_comes_as_the_listener_closes_is_told() -> None:
    gc.disable()  # it would close what nobody holds any more, sooner or later
    try:
        assert asyncio.run(comes_as_the_listener_closes()) == b""
    finally:
        gc.enable()
