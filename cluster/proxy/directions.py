"""The two directions of a connection: requests to the broker, answers to the client."""

from __future__ import annotations

from cluster.proxy.faults import REQUEST, RESPONSE
from cluster.proxy.frames import Frame, Pending
from cluster.proxy.lanes import MORE, NO_HEAD, PASS, TAKE, Lane
from cluster.proxy.topics import TELLING
from cluster.proxy.wire import LENGTH, head_of, is_answered


class RequestLane(Lane):
    """Client to broker."""

    direction = REQUEST

    def look(self, data: bytes, at: int, known: int, total: int) -> int:
        if (foreign := self.connection.route.foreign) is not None:
            self.connection.client_id = foreign.client_id
            return self.look_at_foreign(foreign)
        head = head_of(data, at, known)
        answered = is_answered(head, data, at, known) if head else None
        if (head is None or answered is None) and known - at < total:
            self._need = total
            return MORE
        head = head or NO_HEAD  # too short for a header; the broker may say what it thinks of it
        if self.wanted(head) or self.gate is not None or self.queue:
            self._taken = Frame(head, REQUEST, answered is not False and head is not NO_HEAD)
            return TAKE
        if head is not NO_HEAD:
            self.connection.client_id = head.client_id
            if answered is not False:
                self.connection.pending.append(Pending(head))
        return PASS

    def forward(self, frame: Frame) -> None:
        self.connection.client_id = frame.head.client_id
        if frame.answered:
            self.connection.pending.append(Pending(frame.head, frame.hooks))
        self.write(frame.data)

    def write(self, data: bytes) -> None:
        self.connection.server.write(data)


class AnswerLane(Lane):
    """Broker to client."""

    direction = RESPONSE

    def look(self, data: bytes, at: int, known: int, total: int) -> int:
        if (foreign := self.connection.route.foreign) is not None:
            return self.look_at_foreign(foreign)
        pending = self._pending(LENGTH.unpack_from(data, at + 4)[0]) if known - at >= 8 else None
        if pending is None:
            if self.gate is None and not self.queue and not self.connection.requests.ended:
                return PASS
            self._taken = Frame(NO_HEAD, RESPONSE)
            return TAKE
        head = pending.head
        tells = TELLING.get(head.api, 99) <= head.version
        special = tells or pending.hooks or self.gate is not None or self.queue or self.connection.requests.ended
        if self.wanted(head) or special:
            self._taken = Frame(head, RESPONSE, hooks=pending.hooks)
            return TAKE
        return PASS

    def _pending(self, correlation: int) -> Pending | None:
        """The request that this answers; it is the oldest one but for peers that break the order."""
        waiting = self.connection.pending
        if waiting and waiting[0].head.correlation == correlation and waiting[0].made is None:
            return waiting.popleft()
        for pending in waiting:
            if pending.head.correlation == correlation and pending.made is None:
                waiting.remove(pending)
                return pending
        return None

    def between_frames(self) -> None:
        """Sends the answers of our own whose turn has come."""
        if self._passing or self._taken is not None:
            return
        waiting = self.connection.pending
        while waiting and waiting[0].made is not None and not self.connection.closed:
            pending = waiting.popleft()
            self.put(Frame(pending.head, RESPONSE, data=pending.made or b""))
        self.made_waits = any(pending.made is not None for pending in waiting)

    def handle(self, frame: Frame) -> None:
        if TELLING.get(frame.head.api, 99) <= frame.head.version:
            self.connection.relay.topics.note(frame)
        while frame.hooks:
            if frame.hooks.pop(0).answered(self, frame):
                return
        super().handle(frame)
        self.connection.settle()

    def write(self, data: bytes) -> None:
        self.connection.client.write(data)
