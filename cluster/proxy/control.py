"""The control socket: JSON lines in, JSON lines out, many callers at once.

Each line asks for one thing and has an ``id``; its answer has the same ``id`` and either ``value`` or
``error``.  Calls that wait are answered when what they wait for is true.  The rules of a caller end
with its connection or its process, whichever is first.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from cluster.proxy import verbs
from cluster.proxy.aside import ask
from cluster.proxy.faults import action_from, fault_from
from cluster.proxy.relay import Relay
from cluster.proxy.rules import Rule

LINE_BYTES = 16 * 1024 * 1024


class Session:
    """One caller."""

    def __init__(self, relay: Relay, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.relay, self.reader, self.writer = relay, reader, writer
        self.rules: dict[int, Rule] = {}

    async def serve(self) -> None:
        """Answers until the caller is gone, then ends its rules."""
        stop_watching = watch_process(self.writer.get_extra_info("socket"), self.writer.close)
        try:
            while line := await self.reader.readline():
                self.relay.spawn(self._answer(json.loads(line)))
        except (OSError, ValueError):
            pass  # a caller that is gone, or speaks something else
        finally:
            stop_watching()
            for rule in self.rules.values():
                self.relay.rules.end(rule)
            self.writer.close()

    async def _answer(self, asked: dict[str, Any]) -> None:
        number, call = asked.pop("id"), asked.pop("call")
        try:
            answer = {"id": number, "value": await CALLS[call](self, **asked)}
        except Exception as error:  # whatever was asked, the caller hears why it cannot be
            answer = {"id": number, "error": f"{type(error).__name__}: {error}"}
        if not self.writer.is_closing():
            self.writer.write(json.dumps(answer).encode() + b"\n")

    async def arm(self, fault: dict[str, Any], owner: str) -> int:
        rule = self.relay.rules.arm(fault_from(fault), owner)
        self.rules[rule.number] = rule
        return rule.number

    async def report(self, rule: int) -> dict[str, Any]:
        return self.rules[rule].report()

    async def wait(self, rule: int, what: str, times: int, within: float) -> dict[str, Any]:
        one = self.rules[rule]
        reached = await one.reached(lambda: (len(one.firings) if what == "fired" else one.queued) >= times, within)
        return {"reached": reached, **one.report()}

    async def release(self, rule: int, first: dict[str, Any] | None, only: int | None) -> None:
        one = self.rules[rule]
        if first is not None:
            self._check_first(one, first)
        if only is None:
            one.fault_over()
        if first is not None:
            self._act_on_first(one, first)
        if only is None:
            one.open()
        else:
            one.open_some(only - (first is not None))

    def _check_first(self, one: Rule, first: dict[str, Any]) -> None:
        if not one.gates:
            raise ValueError(f"{one.fault.words}: nothing is held that could be released with {first['action']}")
        if first["action"] in ("Hold", "Delay"):
            raise ValueError(f"{first['action']} is no way to release")
        replace(one.fault, action=action_from(first))  # says when the action does not fit the direction

    def _act_on_first(self, one: Rule, first: dict[str, Any]) -> None:
        """Another action befalls the frame that was held first, instead of its passing."""
        action = action_from(first)
        lane = one.gates.pop(0)
        frame = lane.first()
        lane.gate = None
        one.taken += 1  # the action may give its claim back
        if not verbs.act(lane, one, frame, action):
            lane.forward(frame)
        if not lane.connection.closed and not lane.swallows:
            lane.go_on()
        one.notice()

    async def disarm(self, rule: int) -> None:
        self.relay.rules.end(self.rules[rule])

    async def disarm_all(self, owner: str | None) -> int:
        rules = self.relay.rules.owned(owner)
        for rule in rules:
            self.relay.rules.end(rule)
        return len(rules)

    async def replay(self, rule: int, index: int, within: float) -> dict[str, Any]:
        saved = self.rules[rule].saved
        if index >= len(saved):
            raise ValueError(f"{self.rules[rule].fault.words}: {len(saved)} requests are saved, none has index {index}")
        return await ask(saved[index].route.target, saved[index].frame, within)

    async def close_connections(self, client_id: str, destination: int | None) -> int:
        return self.relay.close_connections(client_id, destination)

    async def name_topic(self, topic: str, topic_id: str) -> None:
        self.relay.topics.learn(topic, UUID(topic_id))


CALLS: dict[str, Callable[..., Awaitable[Any]]] = {
    name: getattr(Session, name)
    for name in ("arm", "report", "wait", "release", "disarm", "disarm_all", "replay", "close_connections",
                 "name_topic")
}


def watch_process(connection: Any, gone: Callable[[], None]) -> Callable[[], None]:
    """Calls ``gone`` when the process at the other end ends, even if a child of it keeps the socket open.

    Linux only; elsewhere the closed socket alone tells.  Returns what stops the watching.
    """
    if not hasattr(os, "pidfd_open") or not hasattr(socket, "SO_PEERCRED"):
        return lambda: None
    peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    try:
        watched = os.pidfd_open(struct.unpack("3i", peer)[0])
    except OSError:
        return lambda: None
    loop = asyncio.get_running_loop()

    def stop() -> None:
        nonlocal watched
        if watched >= 0:
            loop.remove_reader(watched)
            os.close(watched)
            watched = -1

    def ended() -> None:
        stop()
        gone()

    loop.add_reader(watched, ended)
    return stop


async def serve(relay: Relay, control: str) -> asyncio.AbstractServer:
    """Opens the control socket."""

    def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        relay.spawn(Session(relay, reader, writer).serve())

    return await asyncio.start_unix_server(session, control, limit=LINE_BYTES)
