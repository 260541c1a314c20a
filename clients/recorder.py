"""How a client writes its history, and where it can be made to stand still.

Invokes reach the file before the call that they announce, assignments at once; other completions are
buffered and reach it at the end of each verb and before a gate tells its owner.  One lock orders the lines, so a gate that is shut
stops every thread of the client that wants to write the next line.  The library's own network threads
go on; who wants the whole process to stand still pauses it.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clients.results import GateNews
from history.events import FAIL, INFO, INVOKE, OK, UNKNOWN, Event

#: Names for what a gate can wait for; "verb:phase" ("send:fail") works for all others.
GATES = {
    "invoke": "send:invoke",
    "ack": "send:ok",
    "failure": "send:fail",
    "poll": "poll:ok",
    "processing": "process:invoke",
    "processed": "process:ok",
    "committing": "commit:invoke",
    "commit": "commit:ok",
    "assigned": "assign:ok",
    "revoked": "revoke:ok",
    "ending": "commit-transaction:invoke",
}
_VERBS = frozenset(
    {"send", "poll", "commit", "seek", "assign", "revoke", "position", "begin", "final-read"}
    | {"process", "committed", "commit-transaction", "abort-transaction"}
)
#: Who owns what is of interest to others while a poll goes on, and costs nothing to write at once.
_RARE = frozenset({"assign", "revoke"})
_BUFFERED = 64 * 1024  # bytes
_LOOK_SECONDS = 0.01


def gate_key(event: str) -> str:
    """ "verb:phase" for the name of a gate's event, ValueError if there is none of that name."""
    key = GATES.get(event, event)
    verb, colon, phase = key.partition(":")
    if not colon or verb not in _VERBS or phase not in (INVOKE, OK, FAIL, UNKNOWN, INFO):
        raise ValueError(f"no event {event!r}; known: {', '.join(GATES)}, or verb:phase")
    return key


@dataclass
class _Gate:
    key: str
    event: str
    count: int
    opened: threading.Event = field(default_factory=threading.Event)


class Recorder:
    """The history file of one client. ``tell(gate id, news)`` reaches the owner when a gate shuts."""

    def __init__(self, path: Path, client: str, tell: Callable[[int, GateNews], None]) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._fd = os.open(path, flags, 0o644)
        self.client = client
        self._tell = tell
        self._lock = threading.RLock()
        self._arming = threading.Lock()
        self._buffer = bytearray()
        self._standing = False
        self._ops = itertools.count(1)
        self._counts: Counter[str] = Counter()
        self._gates: dict[int, _Gate] = {}

    def next_op(self) -> int:
        return next(self._ops)

    def invoke(self, f: str, **fields: Any) -> tuple[int, float]:
        """Write an invoke through to the file: (number of the operation, its time)."""
        op, now = next(self._ops), time.monotonic()
        self._write(Event(now, self.client, op, f, INVOKE, **fields), through=True)
        return op, now

    def complete(self, op: int, f: str, phase: str, **fields: Any) -> float:
        """Write a completion: its time."""
        now = time.monotonic()
        self._write(Event(now, self.client, op, f, phase, **fields), through=False)
        return now

    def flush(self) -> None:
        """Bring all lines into the file. Where the client stands still they are there already."""
        while not self._lock.acquire(timeout=_LOOK_SECONDS):
            if self._standing:
                return
        try:
            self._flush()
        finally:
            self._lock.release()

    def arm(self, gate: int, event: str, count: int) -> None:
        """Shut the gate when the ``count``-th such event of this client has been written.

        ValueError if that many have been written already, for it would never shut.
        """
        key = gate_key(event)
        with self._arming:
            seen = self._counts[key]
            if seen >= count:
                raise ValueError(f"{self.client} has written {seen} {event} events already, {count} is past")
            self._gates[gate] = _Gate(key, event, count)

    def open(self, gate: int) -> None:
        """Let the client go on, or disarm a gate that has not shut yet."""
        with self._arming:
            found = self._gates.pop(gate, None)
        if found is not None:
            found.opened.set()

    def _write(self, event: Event, through: bool) -> None:
        line = event.line().encode() + b"\n"
        with self._lock:
            self._buffer += line
            if through or event.f in _RARE or len(self._buffer) > _BUFFERED:
                self._flush()
            if event.f == "poll" and event.phase == OK and not event.records:
                return  # a poll that brought nothing is not counted
            for number, gate in self._counted(f"{event.f}:{event.phase}"):
                self._stand_still(number, gate, event)

    def _counted(self, key: str) -> list[tuple[int, _Gate]]:
        with self._arming:
            self._counts[key] += 1
            if not self._gates:
                return []
            count = self._counts[key]
            return [(n, gate) for n, gate in self._gates.items() if (gate.key, gate.count) == (key, count)]

    def _stand_still(self, number: int, gate: _Gate, event: Event) -> None:
        self._flush()
        news = GateNews(gate.event, gate.count, event.t, event.value, event.partition, event.offset)
        self._tell(number, news)
        self._standing = True
        gate.opened.wait()
        self._standing = False

    def _flush(self) -> None:
        while self._buffer:
            done = os.write(self._fd, self._buffer)
            del self._buffer[:done]
