"""One connection through the proxy: the client's socket, the broker's socket, a lane each way."""

from __future__ import annotations

import asyncio
import traceback
from collections import deque
from typing import TYPE_CHECKING, Any

from cluster.proxy.directions import AnswerLane, RequestLane
from cluster.proxy.frames import Pending
from cluster.proxy.lanes import Lane
from cluster.proxy.messages import complain
from cluster.proxy.rules import Route

if TYPE_CHECKING:
    from cluster.proxy.relay import Relay

#: So many seconds the broker has to answer late requests of a client that is gone.
LATE_SECONDS = 30.0


class Side(asyncio.Protocol):
    """One socket of a connection; what comes in goes to ``lane``."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.lane: Lane | None = None
        self.other: Side | None = None
        self.transport: asyncio.Transport | None = None
        self.early = b""
        self._reasons: set[str] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.connection.connected(self)

    def data_received(self, data: bytes) -> None:
        if self.connection.carries and self.lane is not None:
            self.lane.feed(data)
        elif not self.connection.closed:
            self.early += data  # asyncio before 3.11 reads once although told to wait

    def pause_writing(self) -> None:
        if self.other is not None:
            self.other.wait("the other side is slow", True)

    def resume_writing(self) -> None:
        if self.other is not None:
            self.other.wait("the other side is slow", False)

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        self.connection.lost(self)

    def wait(self, reason: str, begins: bool) -> None:
        """Reading stops while there is a reason to."""
        before = bool(self._reasons)
        (self._reasons.add if begins else self._reasons.discard)(reason)
        if self.transport is not None and bool(self._reasons) != before and not self.transport.is_closing():
            (self.transport.resume_reading if before else self.transport.pause_reading)()

    def write(self, data: bytes) -> None:
        """Sends, or drops what nobody will read any more."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def close(self) -> None:
        """Closes once everything written is sent."""
        if self.transport is not None:
            self.transport.close()


class Connection:
    """``pending`` holds the requests whose answers are still to come, in their order."""

    def __init__(self, relay: Relay, route: Route) -> None:
        self.relay = relay
        self.route = route
        self.client_id = ""
        self.closed = False
        self.carries = False
        self.pending: deque[Pending] = deque()
        self.client, self.server = Side(self), Side(self)
        self.client.other, self.server.other = self.server, self.client
        self.client.lane = self.requests = RequestLane(self)
        self.server.lane = self.answers = AnswerLane(self)

    @property
    def words(self) -> str:
        """The connection in words, for the log."""
        return f"{self.route.link} connection of {self.client_id!r} to {self.route.destination}"

    def connected(self, side: Side) -> None:
        """A socket is open: the client's first, then the broker's, which we open now."""
        if side is self.client:
            self.relay.connections.add(self)
            self.client.wait("the broker is not connected", True)
            self.relay.spawn(self._connect())
        elif self.closed:
            side.close()
        else:
            self.carries = True
            early, self.client.early = self.client.early, b""
            self.requests.feed(early)
            self.client.wait("the broker is not connected", False)

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: self.server, "127.0.0.1", self.route.target)
        except OSError:
            self.close()  # a dead broker: the client sees its connection closed
            self.relay.doubt(self.route)

    def lost(self, side: Side) -> None:
        """A socket was closed by its peer (or by us)."""
        lane = side.lane
        if side is self.server:
            self.relay.doubt(self.route)
        if self.closed or lane is None:
            return
        if lane.gate is not None and lane.lingers:
            lane.ended = True  # what is held will still be delivered
        elif side is self.client and lane.ended:
            self.settle()
        else:
            self.close()

    def drained(self, lane: Lane) -> None:
        """All that a gone sender had sent is delivered."""
        if lane is self.answers or not self.pending:
            self.close()
        else:
            asyncio.get_running_loop().call_later(LATE_SECONDS, self.close)

    def settle(self) -> None:
        """A client that is gone needs no connection once its last request is answered."""
        if self.requests.ended and not self.requests.queue and not self.pending:
            self.close()

    def pass_unread(self) -> None:
        """From here on both directions pass as they are."""
        for lane in (self.requests, self.answers):
            lane.pass_unread()

    def slow_down(self, lane: Lane, begins: bool) -> None:
        """The sender waits while too much is queued."""
        side = self.client if lane is self.requests else self.server
        side.wait("too much is queued", begins)

    def close(self) -> None:
        """Ends the connection on both sides; what was already written is still sent."""
        if self.closed:
            return
        self.closed, self.carries = True, False
        hooks = [hook for pending in self.pending for hook in pending.hooks]
        hooks += [hook for lane in (self.requests, self.answers) for frame in lane.queue for hook in frame.hooks]
        for hook in hooks:
            hook.lost()
        self.pending.clear()
        for lane in (self.requests, self.answers):
            gate = lane.gate
            lane.clear()
            if gate is not None:
                gate.left(lane)
        self.relay.connections.discard(self)
        self.client.close()
        self.server.close()


def trouble(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Anything unforeseen costs one connection, not the proxy."""
    error = context.get("exception")
    told = traceback.format_exception(type(error), error, error.__traceback__) if error else []
    complain(f"{context.get('message')}\n{''.join(told)}")
