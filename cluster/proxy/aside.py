"""Requests that the proxy sends by itself, each over a fresh connection."""

from __future__ import annotations

import asyncio
from typing import Any

from cluster.proxy.faults import RESPONSE
from cluster.proxy.frames import Frame
from cluster.proxy.messages import answer_told
from cluster.proxy.wire import LENGTH

#: So many seconds a broker has for an answer (a Produce with acks=all may wait for followers).
WITHIN = 30.0


async def ask(port: int, request: Frame, within: float = WITHIN) -> dict[str, Any]:
    """Sends a request to a broker's port and tells its answer (see ``Answer``), empty where none is due.

    Raises OSError when the broker cannot be reached, EOFError when it closes instead of answering,
    asyncio.TimeoutError after ``within`` seconds.
    """
    return await asyncio.wait_for(_ask(port, request), within)


async def _ask(port: int, request: Frame) -> dict[str, Any]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request.data)
        await writer.drain()
        if not request.answered:
            return {"errors": [], "base_offset": None}
        length = await reader.readexactly(4)
        body = await reader.readexactly(LENGTH.unpack(length)[0])
        return answer_told(Frame(request.head, RESPONSE, data=length + body))
    finally:
        writer.close()
