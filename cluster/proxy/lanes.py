"""One direction of a connection: bytes are cut into frames, which pass, stop and go on in order.

A frame that no rule can want streams through as its bytes come; only its head is looked at.  A frame
that a rule may want is collected first.  While a frame is held, all later ones queue behind it.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol

from cluster.proxy import verbs
from cluster.proxy.frames import Frame
from cluster.proxy.messages import complain
from cluster.proxy.wire import HEAD_BYTES, LARGEST, LENGTH, Head

if TYPE_CHECKING:
    from cluster.proxy.connection import Connection
    from cluster.proxy.rules import Rule

#: So many bytes queue behind a held frame before the sender is made to wait.
QUEUE_BYTES = 64 * 1024 * 1024
MORE, PASS, TAKE = range(3)
#: Stands for a header that cannot be known; no rule wants such a frame.
NO_HEAD = Head(-1, -1, -1, "", 0)


class Gate(Protocol):
    """What holds a lane; it hears when frames come to wait, and when the lane is gone."""

    def notice(self) -> None: ...

    def left(self, lane: Lane) -> None: ...


class Lane:
    """The shared half of both directions. ``gate`` is what holds the lane, or None."""

    direction = ""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.queue: deque[Frame] = deque()
        self.queued_bytes = 0
        self.gate: Gate | None = None
        self.lingers = False
        self.ended = False
        self.swallows = False
        self.opaque = False
        self.made_waits = False
        self._part = bytearray()
        self._need = 0
        self._passing = 0
        self._taken: Frame | None = None
        self._rules: list[Rule] = []
        self._epoch = -1

    # bytes to frames

    def feed(self, data: bytes) -> None:
        """Takes bytes as they come, however they are cut."""
        if self.swallows:
            return
        if self.opaque:
            self.write(data)
            return
        if self._part:
            self._part += data
            if len(self._part) < self._need:
                return
            data = bytes(self._part)
            self._part.clear()
        start, at = self._cut(data, len(data))
        if self.swallows or self.connection.closed:
            return
        if start < at:
            self.write(data if at - start == len(data) else data[start:at])
        if at < len(data):
            self._part += data[at:] if at else data

    def _cut(self, data: bytes, end: int) -> tuple[int, int]:
        """Deals with the frames in ``data``. Those from the first place to the second still have to pass,
        what follows the second is the beginning of a frame of which more is needed."""
        start = at = 0
        while at < end:
            if self._passing:
                at += self._pass(end - at)
                if self.made_waits and not self._passing:
                    self.write(data[start:at])
                    start = at
                    self.between_frames()
            elif self._taken is None and self._look(data, at, end) == PASS:
                if self.opaque:
                    return start, end
            elif self._taken is None or end - at < self._need:
                break
            else:
                if start < at:
                    self.write(data[start:at])
                start = at + self._need
                self._arrive(data[at:start])
                at = start
                if self.swallows or self.connection.closed:
                    break
        return start, at

    def _pass(self, available: int) -> int:
        step = min(self._passing, available)
        self._passing -= step
        return step

    def _look(self, data: bytes, at: int, end: int) -> int:
        """Looks at the frame that begins at ``at``: it passes, is taken whole, or more is needed to tell."""
        self._need = 4
        if end - at < 4:
            return MORE
        total = LENGTH.unpack_from(data, at)[0] + 4
        if not 4 <= total <= LARGEST:
            return self._give_up(total)
        self._need = min(total, HEAD_BYTES)
        if end - at < self._need:
            return MORE
        verdict = self.look(data, at, min(end, at + total), total)
        if verdict == PASS:
            self._passing = total
        else:
            self._need = total
        return verdict

    def look(self, data: bytes, at: int, known: int, total: int) -> int:
        """Judges a frame by its first bytes; sets ``_taken`` for TAKE. Called until it is not MORE."""
        raise NotImplementedError

    def look_at_foreign(self, head: Head) -> int:
        """Judges a frame of another protocol, of which only the length is known."""
        if self.wanted(head) or self.gate is not None or self.queue:
            self._taken = Frame(head, self.direction, answered=False)
            return TAKE
        return PASS

    def _give_up(self, total: int) -> int:
        """Not Kafka: all that follows passes as it is, both ways, unless that would overtake what is held."""
        if self.connection.requests.queue or self.connection.answers.queue:
            complain(f"{self.connection.words}: a frame of {total - 4} bytes is not Kafka's, closed")
            self.connection.close()
            return MORE
        complain(f"{self.connection.words}: a frame of {total - 4} bytes is not Kafka's, the rest passes unread")
        self.connection.pass_unread()
        return PASS

    def pass_unread(self) -> None:
        """From here on this direction passes as it comes."""
        self.opaque = True
        self.write(bytes(self._part))
        self._part.clear()

    def _arrive(self, data: bytes) -> None:
        frame, self._taken = self._taken, None
        assert frame is not None
        frame.data = data
        self.put(frame)
        if self.made_waits:
            self.between_frames()

    # frames in order

    def put(self, frame: Frame) -> None:
        """A whole frame comes: it is dealt with now, or waits behind a held one."""
        if self.gate is None and not self.queue:
            self.handle(frame)
            return
        self.queue.append(frame)
        self._weigh(len(frame.data))
        if self.gate is not None:
            self.gate.notice()

    def stop(self, frame: Frame, gate: Gate, lingers: bool) -> None:
        """Holds this frame, and all that come after it, until :meth:`go_on`."""
        self.queue.appendleft(frame)
        self._weigh(len(frame.data))
        self.gate, self.lingers = gate, lingers

    def first(self) -> Frame:
        """Takes the held frame out."""
        frame = self.queue.popleft()
        self._weigh(-len(frame.data))
        return frame

    def go_on(self) -> None:
        """Opens the gate; what queues is dealt with until something holds again."""
        self.gate = None
        while self.queue and self.gate is None:
            self.handle(self.first())
        if self.ended and not self.queue:
            self.connection.drained(self)

    def handle(self, frame: Frame) -> None:
        """Deals with one whole frame: the rules see it, then it passes unless one of them kept it."""
        rules = self.connection.relay.rules.of(self.connection.route, self.direction)
        for rule in rules if frame.head is not NO_HEAD else ():
            if rule.number not in frame.done and self._ruled(rule, frame):
                return
        self.forward(frame)

    def _ruled(self, rule: Rule, frame: Frame) -> bool:
        """Lets a rule see a frame. Whether the frame is dealt with; a failure of ours lets it pass."""
        frame.done.add(rule.number)
        try:
            return rule.wants(frame) and rule.claim() and verbs.act(self, rule, frame, rule.fault.action)
        except Exception as error:
            complain(f"{rule.fault.words}: {error!r} at a frame of {self.connection.words}")
            return False

    def forward(self, frame: Frame) -> None:
        """Passes a frame on."""
        self.write(frame.data)

    def write(self, data: bytes) -> None:
        """Sends bytes to the other side."""
        raise NotImplementedError

    def between_frames(self) -> None:
        """The moment when an answer of our own may be sent."""

    def clear(self) -> None:
        """The connection ends: nothing more is held."""
        self.queue.clear()
        self._part.clear()
        self.queued_bytes = 0
        self.gate = None

    def wanted(self, head: Head) -> bool:
        """Whether a rule may want this frame; every rule of this path learns that it went by."""
        if head is NO_HEAD:
            return False
        rules = self.connection.relay.rules
        if self._epoch != rules.epoch:
            self._epoch, self._rules = rules.epoch, rules.of(self.connection.route, self.direction)
        found = False
        for rule in self._rules:
            rule.saw(head)
            found = found or rule.may_want(head)
        return found

    def _weigh(self, size: int) -> None:
        self.queued_bytes += size
        self.connection.slow_down(self, self.queued_bytes > QUEUE_BYTES)
