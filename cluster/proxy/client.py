"""The fault proxy as a test sees it: arm a fault, wait until it fired, release what it holds."""

from __future__ import annotations

import itertools
import json
import os
import socket
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from cluster.proxy.faults import (
    Action,
    Answer,
    Fault,
    Firing,
    action_told,
    answer_from,
    fault_told,
    firing_from,
)

#: So many seconds the proxy has beyond what a call itself may take.
GRACE = 10.0
#: So many client ids are named when nothing fired.
SHOWN = 10


class ProxyGone(ConnectionError):
    """The proxy does not answer any more."""


class FaultProxy:
    """A connection to a running proxy. Thread-safe; several may be open, in several processes.

    What is armed through it ends when it is closed or its process ends.  ``owner`` is a word for whose
    faults these are; by default nobody else's.
    """

    def __init__(self, control: Path, owner: str | None = None) -> None:
        self.owner = owner or uuid4().hex
        self._process = os.getpid()
        self._numbers = itertools.count()
        self._calls: dict[int, Future[Any]] = {}
        self._lock = threading.Lock()
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.connect(str(control))
        except OSError as error:
            self._socket.close()
            raise ProxyGone(f"no fault proxy answers at {control}: {error}") from error
        self._gone = False
        threading.Thread(target=self._read, daemon=True, name="fault-proxy").start()

    def arm(self, fault: Fault, owner: str | None = None) -> Armed:
        """Puts a fault in force; it is when this returns. Raises ValueError for what cannot be."""
        number = self.call("arm", fault=fault_told(fault), owner=owner or self.owner)
        return Armed(self, fault, number)

    def disarm_all(self, owner: str | None = None) -> None:
        """Heals: releases what an owner's faults hold and takes them away. "*" is every owner."""
        owner = owner or self.owner
        self.call("disarm_all", owner=None if owner == "*" else owner)

    def close_connections(self, client_id: str, destination: int | None = None) -> int:
        """Closes the connections of a client id (a glob), to one node or to all. How many there were."""
        return int(self.call("close_connections", client_id=client_id, destination=destination))

    def name_topic(self, topic: str, topic_id: UUID) -> None:
        """Tells the proxy a topic's id, for faults on links where only the id is said (replication)."""
        self.call("name_topic", topic=topic, topic_id=str(topic_id))

    def close(self) -> None:
        """Ends the connection, and with it every fault armed through it."""
        self._gone = True
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the proxy was gone before us
        self._socket.close()

    def __enter__(self) -> FaultProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, verb: str, patience: float = 0.0, **values: Any) -> Any:
        """Asks the proxy for one thing, which may take ``patience`` seconds. Raises ValueError or ProxyGone."""
        if os.getpid() != self._process:
            raise RuntimeError("this FaultProxy belongs to another process; open one of your own")
        number, answer = next(self._numbers), Future[Any]()
        with self._lock:
            if self._gone:
                raise ProxyGone("the fault proxy is gone, or this connection to it was closed")
            self._calls[number] = answer
            try:
                self._socket.sendall(json.dumps({"id": number, "call": verb, **values}).encode() + b"\n")
            except OSError as error:  # it has ended, and its end has not been read yet
                self._calls.pop(number)
                raise ProxyGone("the fault proxy is gone") from error
        try:
            return answer.result(patience + GRACE)
        except FutureTimeout:
            raise ProxyGone(f"the fault proxy did not answer {verb!r} within {patience + GRACE:g} s") from None
        finally:
            self._calls.pop(number, None)

    def _read(self) -> None:
        try:
            with self._socket.makefile("rb") as lines:
                for line in lines:
                    self._answered(json.loads(line))
        except (OSError, ValueError):
            pass  # closed by us, or cut short by the proxy's end
        with self._lock:
            self._gone = True
            waiting = list(self._calls.values())
        for answer in waiting:
            if not answer.done():
                answer.set_exception(ProxyGone("the fault proxy is gone"))

    def _answered(self, told: dict[str, Any]) -> None:
        answer = self._calls.get(told["id"])
        if answer is None or answer.done():
            return
        if "error" in told:
            answer.set_exception(ValueError(told["error"]))
        else:
            answer.set_result(told["value"])


class Armed:
    """A fault in force."""

    def __init__(self, proxy: FaultProxy, fault: Fault, number: int) -> None:
        self.fault = fault
        self._proxy = proxy
        self._number = number

    @property
    def fired(self) -> list[Firing]:
        """Every frame that the fault acted on so far."""
        return [firing_from(firing) for firing in self.report()["fired"]]

    @property
    def queued(self) -> int:
        """Frames that wait because of this fault, the held ones included."""
        return int(self.report()["queued"])

    def report(self) -> dict[str, Any]:
        """All that the proxy tells about the rule: fired, queued, held (connections), saved, matched,
        notes (what it could not do), seen (frames by API), clients."""
        return dict(self._proxy.call("report", rule=self._number))

    def wait_fired(self, times: int = 1, within: float = 5.0) -> list[Firing]:
        """Waits until the fault fired so often. Raises TimeoutError, which says what went by instead."""
        told = self._wait("fired", times, within)
        if not told["reached"]:
            often = "" if times == 1 else f" {times} times"
            raise TimeoutError(f"fault '{self.fault.words}' did not fire{often} within {within:g} s: {seen(told)}")
        return [firing_from(firing) for firing in told["fired"]]

    def wait_queued(self, times: int, within: float = 5.0) -> int:
        """Waits until so many frames are held or queue behind held ones. Raises TimeoutError."""
        told = self._wait("queued", times, within)
        if not told["reached"]:
            queued = told["queued"]
            raise TimeoutError(
                f"fault '{self.fault.words}' held {queued} of {times} frames within {within:g} s: {seen(told)}"
            )
        return int(told["queued"])

    def release(self, first: Action | None = None, only: int | None = None) -> None:
        """Lets held frames go on, and ends the holding; with ``only``, just so many held frames.

        ``first``: what befalls the frame held first instead of its passing, as ``Error(19)``; it is
        recorded as one firing more.
        """
        self._proxy.call(
            "release", rule=self._number, first=None if first is None else action_told(first), only=only
        )

    def disarm(self) -> None:
        """Takes the rule away; what it holds goes on, connections that it silenced are closed."""
        self._proxy.call("disarm", rule=self._number)

    def replay(self, index: int = 0, within: float = 10.0) -> Answer:
        """Sends a saved request to its broker over a fresh connection. What the broker answers."""
        return answer_from(self._proxy.call("replay", within, rule=self._number, index=index, within=within))

    def _wait(self, what: str, times: int, within: float) -> dict[str, Any]:
        return dict(self._proxy.call("wait", within, rule=self._number, what=what, times=times, within=within))


def seen(told: dict[str, Any]) -> str:
    """What a rule saw, in words."""
    total = sum(told["seen"].values())
    if not total:
        return "no frame came its way"
    kinds = ", ".join(f"{api} {count}" for api, count in told["seen"].items())
    names, more = told["clients"][:SHOWN], len(told["clients"]) - SHOWN
    clients = ", ".join(names) + (f" and {more} more" if more > 0 else "")
    notes = "".join(f"; {note}" for note in told["notes"])
    return f"{told['matched']} of {total} frames matched; saw {kinds} of clients {clients}{notes}"
