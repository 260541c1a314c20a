"""One connection through the fault proxy: what the client says, what the server answers, and what befalls it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cluster.mysql import packets
from cluster.mysql.faults import CUT_BEFORE, HOLD_ANSWER, HOLD_REQUEST, LOSE_ANSWER, ON_ANSWER, SqlFault

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Seen:
    """A statement on its way."""

    statement: str
    connection: int
    pid: int | None


class Happening(Protocol):
    """A fault as the relay sees it."""

    fault: SqlFault
    gate: asyncio.Event

    def happen(self, seen: Seen, answer: str = "") -> None: ...

    def refuse(self) -> None: ...


class Broken(Exception):
    """The connection is to break here."""


class Relay:
    """Passes frames on in both directions until a side ends or a fault breaks the connection.

    A request that is held stays ours when its client dies: like one that the network still carries, it
    reaches the server once it is released.
    """

    def __init__(self, client: Streams, server: Streams, choose: Callable[[Seen], Happening | None]) -> None:
        self.client_reader, self.client = client
        self.server_reader, self.server = server
        self.choose = choose
        self.connection = 0
        self.pid: int | None = None
        self.attributes = False
        self.awaited: tuple[Happening, Seen] | None = None  # whose answer a fault is waiting for

    async def run(self) -> None:
        tasks: list[asyncio.Task[None]] = []
        try:
            if await self.greet():
                requests = asyncio.create_task(self.pass_requests())
                answers = asyncio.create_task(self.pass_answers())
                tasks = [requests, answers]
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                if not answers.done() and requests.exception() is None:
                    # The client has ended. The server is told so in its turn, behind what was asked before:
                    # it does that, and ends the session.
                    self.server.write_eof()
                    await answers
        except (OSError, Broken):
            pass
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.close()

    def close(self) -> None:
        for writer in (self.client, self.server):
            writer.close()

    async def greet(self) -> bool:
        """Pass on the greeting and the client's answer to it; False if one of them does not come."""
        hello = await packets.frame(self.server_reader)
        if not hello:
            return False
        greeting = packets.greeting(hello)
        self.connection = greeting.connection
        await self.give(self.client, greeting.passed_on)
        reply = await packets.frame(self.client_reader)
        if not reply:
            return False
        login = packets.login(reply)
        pid = login.attributes.get("_pid", "")
        self.pid = int(pid) if pid.isdecimal() else None
        self.attributes = bool(greeting.capabilities & login.capabilities & packets.QUERY_ATTRIBUTES)
        await self.give(self.server, reply)
        return True

    async def give(self, writer: asyncio.StreamWriter, frame: bytes) -> None:
        writer.write(frame)
        await writer.drain()

    async def pass_requests(self) -> None:
        """Returns when the client has ended."""
        while frame := await packets.frame(self.client_reader):
            await self.meet_request(frame)
            await self.give(self.server, frame)

    async def meet_request(self, frame: bytes) -> None:
        statement = packets.statement(frame, self.attributes)
        if statement is None:
            return
        seen = Seen(statement, self.connection, self.pid)
        happening = self.choose(seen)
        if happening is None:
            return
        action = happening.fault.action
        if action in ON_ANSWER:
            self.awaited = (happening, seen)
            return
        happening.happen(seen)
        if action == CUT_BEFORE:
            raise Broken
        if action == HOLD_REQUEST:
            await happening.gate.wait()

    async def pass_answers(self) -> None:
        """Returns when the server has ended, or its answer was to be lost."""
        while frame := await packets.frame(self.server_reader):
            if self.awaited is not None:
                happening, seen = self.awaited
                self.awaited = None
                await self.meet_answer(happening, seen, frame)
            await self.give(self.client, frame)

    async def meet_answer(self, happening: Happening, seen: Seen, frame: bytes) -> None:
        if packets.payload(frame)[:1] == bytes([packets.ERR]):
            happening.refuse()
            return
        happening.happen(seen, "OK")
        if happening.fault.action == LOSE_ANSWER:
            raise Broken
        if happening.fault.action == HOLD_ANSWER:
            await happening.gate.wait()
