"""A fault proxy for MySQL's port: it can lose the answer to a COMMIT, or hold it, for certain.

    with SqlProxy("127.0.0.1", 3306) as proxy:
        lost = proxy.arm(SqlFault(LOSE_ANSWER, "the answer of the first COMMIT is lost"))
        ...                      # clients connect to proxy.host, proxy.port, without TLS
        lost.wait_fired()        # raises TimeoutError if it did not fire

It runs in a thread, and ends with its process.  A proxy serves one scenario, so what it sees is that
scenario's.  TLS and compression are not offered to clients, for then it could not read.  While the
server is down (:meth:`SqlProxy.shut`) connections are taken and closed, so the address stays.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from types import TracebackType
from typing import TypeVar

from cluster.mysql.faults import SqlFault, SqlFiring
from cluster.mysql.relay import Relay, Seen
from cluster.waiting import TimedOut, eventually

T = TypeVar("T")

HOST = "127.0.0.1"

#: Longest wait for the proxy's thread to begin or end, in seconds.
THREAD_PATIENCE = 10.0
#: Longest wait for a fault to fire unless told otherwise, in seconds.
FIRE_PATIENCE = 10.0


class ArmedSql:
    """A fault in force. All of it may be called from any thread."""

    def __init__(self, proxy: SqlProxy, fault: SqlFault) -> None:
        self.fault = fault
        self._proxy = proxy
        self._fired: list[SqlFiring] = []
        self.matched = 0
        self.refused = 0  # answers that were errors, and went through
        self._to_pass = fault.nth - 1
        self._left = fault.count
        self.gate = asyncio.Event()  # of the proxy's loop; open when what is held may go on

    @property
    def fired(self) -> list[SqlFiring]:
        """Every statement that it has happened to so far."""
        return list(self._fired)

    def wait_fired(self, times: int = 1, within: float = FIRE_PATIENCE) -> list[SqlFiring]:
        """Wait until it happened so often, ``within`` seconds. Raises TimeoutError, which says what went by."""
        what = f"the fault '{self.fault.words}' to fire" + (f" {times} times" if times > 1 else "")
        try:
            return eventually(
                lambda: self.fired,
                within,
                what,
                until=lambda fired: len(fired) >= times,
                seen=lambda _: self.told(),
            )
        except TimedOut as trouble:
            raise TimeoutError(str(trouble)) from None

    def told(self) -> str:
        """What came its way, in words."""
        kinds = ", ".join(f"{word} {count}" for word, count in self._proxy.statements.most_common(8))
        refused = f", {self.refused} refused by the server" if self.refused else ""
        return f"fired {len(self._fired)}, {self.matched} fitting{refused}, of {kinds or 'no statement'}"

    def release(self) -> None:
        """Let go on what it holds, and hold nothing more."""
        self._proxy.disarm(self)
        self._proxy.call(self.gate.set)

    def disarm(self) -> None:
        """Take it away; what it holds goes on."""
        self.release()

    # What the relay asks, all in the proxy's loop.

    def takes(self, seen: Seen) -> bool:
        """Whether it happens to this statement."""
        fault = self.fault
        if not fault.fits(seen.statement, seen.pid):
            return False
        self.matched += 1
        if self._to_pass:
            self._to_pass -= 1
            return False
        if self._left is not None:
            if self._left == 0:
                return False
            self._left -= 1
        return True

    def refuse(self) -> None:
        """The server has answered with an error, so nothing was done; the next one is taken instead."""
        self.refused += 1
        if self._left is not None:
            self._left += 1

    def happen(self, seen: Seen, answer: str = "") -> None:
        moment = time.monotonic()
        self._fired.append(SqlFiring(moment, seen.statement, seen.connection, seen.pid, answer))


class SqlProxy:
    """Stands between clients and one server, on a port of its own that stays while it lives."""

    def __init__(self, host: str, port: int) -> None:
        self.target: tuple[str, int] | None = (host, port)
        self.host, self.port = HOST, 0
        self.statements: Counter[str] = Counter()  # that went by, by their first words
        self._armed: list[ArmedSql] = []
        self._relays: set[Relay] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._trouble: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="mysql-proxy", daemon=True)
        self._thread.start()
        self._ready.wait(THREAD_PATIENCE)
        if self._trouble is not None:
            raise self._trouble

    def arm(self, fault: SqlFault) -> ArmedSql:
        """Put a fault in force; it is when this returns. Of several that fit, the one armed first is taken."""
        return self.call(lambda: self._arm(fault))

    def _arm(self, fault: SqlFault) -> ArmedSql:
        armed = ArmedSql(self, fault)
        self._armed.append(armed)
        return armed

    def disarm(self, armed: ArmedSql) -> None:
        def take_away() -> None:
            with suppress(ValueError):
                self._armed.remove(armed)

        self.call(take_away)

    def disarm_all(self) -> None:
        for armed in self.call(lambda: list(self._armed)):
            armed.disarm()

    def shut(self) -> None:
        """Let nobody through from now on; connections that stand are left alone."""
        self.target = None

    def open(self, host: str, port: int) -> None:
        """Let clients through to this server."""
        self.target = (host, port)

    def close_connections(self) -> int:
        """Break every connection that stands; how many there were."""
        return self.call(self._close_connections)

    def _close_connections(self) -> int:
        standing = list(self._relays)
        for relay in standing:
            relay.close()
        return len(standing)

    def close(self) -> None:
        """End it, and every connection through it."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(THREAD_PATIENCE)

    def call(self, what: Callable[[], T]) -> T:
        """Do something in the proxy's thread, and return what comes of it."""
        if not self._thread.is_alive():
            return what()  # it is closed, and nobody else is there
        done: Future[T] = Future()

        def carry_out() -> None:
            try:
                done.set_result(what())
            except BaseException as trouble:
                done.set_exception(trouble)

        self._loop.call_soon_threadsafe(carry_out)
        return done.result(THREAD_PATIENCE)

    def choose(self, seen: Seen) -> ArmedSql | None:
        """The fault that happens to a statement, if any. For the relays."""
        words = seen.statement.split(None, 1)
        self.statements[words[0].upper() if words else "(empty)"] += 1
        return next((armed for armed in self._armed if armed.takes(seen)), None)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            server = self._loop.run_until_complete(asyncio.start_server(self._serve, HOST, 0))
            self.port = server.sockets[0].getsockname()[1]
        except OSError as trouble:
            self._trouble = trouble
            return
        finally:
            self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            server.close()
            self._close_connections()
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = self.target
        if target is None:
            writer.close()
            return
        try:
            server = await asyncio.open_connection(*target)
        except OSError:
            writer.close()
            return
        relay = Relay((reader, writer), server, self.choose)
        self._relays.add(relay)
        try:
            await relay.run()
        except asyncio.CancelledError:  # at the end of all; asyncio would complain of it
            pass
        finally:
            self._relays.discard(relay)

    def __enter__(self) -> SqlProxy:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _trouble: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()
