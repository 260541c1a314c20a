"""A client as its owner holds it: a process, its verbs' answers, and the gates where it stands still."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

from clients import wire
from clients.problems import ClientDied, NotInTime, local
from clients.process import MADE, Spec
from clients.recorder import gate_key
from clients.results import GateNews
from clients.spawn import ForkServer
from history.events import UNKNOWN

#: How much longer than its verb's own limit the owner waits for an answer before it gives up, in seconds.
GRACE_SECONDS = 2.0
_MAKING_SECONDS = 60.0  # kafka-python looks for its first broker for 30 s


class Gate:
    """A place where a client stands still: right after its n-th event of a kind is in the history."""

    def __init__(self, client: Client, number: int, event: str, count: int) -> None:
        self.client, self.event, self.count = client, event, count
        self._number = number
        self._shut: Future[GateNews] = Future()
        self._opened = False
        self._reached = False

    def wait(self, within: float = 30) -> GateNews:
        """Wait until the client stands here, or its action on the event is done; then the event.

        Raises NotInTime, ClientDied, or what the action raised.
        """
        try:
            return self._shut.result(within)
        except FutureTimeout:
            text = f"no {self.event} number {self.count} within {within:g} s"
            raise NotInTime(local("GATE", text, UNKNOWN), self.client.name) from None
        except BaseException as error:
            self.client._tell_once(error)
            raise

    @property
    def shut(self) -> bool:
        """Whether the client stands here now."""
        return self._shut.done() and self._shut.exception() is None and not self._opened

    def go(self) -> None:
        """Let the client go on, or take the gate away before it shuts. Twice does no harm."""
        if not self._opened and self.client.alive:
            self._opened = True
            self.client._ask("open", self._number)

    def _arrived(self, news: GateNews, action: Callable[[], object] | None) -> None:
        self._reached = True
        if action is None:
            self._settle(news)
            return
        threading.Thread(target=self._act, args=(news, action), daemon=True).start()

    def _act(self, news: GateNews, action: Callable[[], object]) -> None:
        try:
            action()
        except BaseException as error:
            self.client._keep(error)
            self._lost(error)
        else:
            self._settle(news)
        try:
            self.go()
        except ClientDied:
            pass  # the action may have killed it

    def _settle(self, news: GateNews) -> None:
        if not self._shut.done():
            self._shut.set_result(news)

    def _lost(self, error: BaseException) -> None:
        if not self._shut.done():
            self._shut.set_exception(error)


class Client:
    """A client process. Verbs may be called from several threads; the client runs them one by one."""

    kind = ""

    def __init__(self, server: ForkServer, spec: Spec, client_id: str) -> None:
        self.name, self.library, self.client_id = spec.name, spec.library, client_id
        self._spec, self._server = spec, server
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._number = MADE
        self._pending: dict[int, Future[Any]] = {MADE: Future()}
        self._gates: dict[int, tuple[Gate, Callable[[], object] | None]] = {}
        self._errors: list[BaseException] = []
        self._gone = False
        self._paused = False
        self._closed = False
        made = self._pending[MADE]
        self.pid, self._sock = server.fork(spec)
        self._reader = threading.Thread(target=self._read, name=f"answers of {spec.name}", daemon=True)
        self._reader.start()
        self._made(made)

    def _made(self, made: Future[Any]) -> None:
        try:
            made.result(_MAKING_SECONDS)
        except BaseException:
            self.kill()
            raise

    # Its process

    @property
    def alive(self) -> bool:
        return not self._gone

    @property
    def exited(self) -> int | None:
        """The exit code, negative for a signal (as subprocess has it); None while it runs."""
        if not self._gone:
            return None
        status = self._server.status(self.pid)
        return None if status is None else os.waitstatus_to_exitcode(status)

    def kill(self) -> None:
        """SIGKILL. Returns when it is dead; pending verbs end as ClientDied. Twice does no harm."""
        if not self._gone:
            try:
                self._server.signal(self.pid, signal.SIGKILL)
            except RuntimeError:
                # Without its server it is dying already (Linux).
                self._reader.join(GRACE_SECONDS)
                if not self._gone:
                    raise
        self._reader.join()

    def pause(self) -> None:
        """SIGSTOP. Returns when the process has stopped, the library's threads with it."""
        self._signal(signal.SIGSTOP)
        self._paused = True

    def resume(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)
        self._paused = False

    @property
    def standing(self) -> bool:
        """Whether it is paused or at a gate, so that verbs would wait."""
        return self._paused or any(gate.shut for gate, _ in self._gates.values())

    def _signal(self, number: int) -> None:
        if not self._server.signal(self.pid, number):
            raise self._died()

    def log_lines(self) -> list[str]:
        """What the library has logged so far (warnings and worse)."""
        return self._spec.log.read_text(errors="replace").splitlines() if self._spec.log.exists() else []

    # Where it stands still

    def stop_at(self, event: str, count: int = 1) -> Gate:
        """Make the client stand still when its ``count``-th such event is in the history.

        Events: invoke and ack of records, failure, poll (with records), processing and processed (of a
        record), committing and commit, assigned, revoked, ending (a transaction's commit begins), or any
        "verb:phase". ValueError if the client is past that already. What the library has in its own
        buffers may still go out; ``pause`` stops that.
        """
        return self._arm(event, count, None)

    def on(self, event: str, count: int, action: Callable[[], object]) -> Gate:
        """Call ``action`` in this process at that event; the client goes on when it has returned.

        An error of the action is raised by ``wait``, or else at the next verb or the pool's end.
        """
        return self._arm(event, count, action)

    def _arm(self, event: str, count: int, action: Callable[[], object] | None) -> Gate:
        gate_key(event)
        with self._lock:
            self._number += 1
            number = self._number
        gate = Gate(self, number, event, count)
        self._gates[number] = (gate, action)
        self._ask("arm", number, event, count)
        return gate

    def close(self, within: float = 10) -> None:
        """Ask the library to close: flush, leave the group. The process ends whatever it answers."""
        if self._closed or not self.alive:
            return
        self._closed = True
        try:
            self._ask("close", within, limit=within + GRACE_SECONDS)
        finally:
            self.kill()

    # Messages

    def _ask(self, verb: str, *args: Any, limit: float = 30 + GRACE_SECONDS) -> Any:
        """Run a verb and wait for its answer, ``limit`` seconds at most."""
        return self._answer(self._begin(verb, *args), verb, limit)

    def _answer(self, future: Future[Any], verb: str, limit: float) -> Any:
        try:
            return future.result(limit)
        except FutureTimeout:
            text = f"{verb} has not ended within {limit:g} s"
            raise NotInTime(local("NOT_IN_TIME", text, UNKNOWN), self.name) from None

    def _begin(self, verb: str, *args: Any, number: int | None = None) -> Future[Any]:
        if verb not in ("open", "arm", "close"):
            self._raise_kept()
        future: Future[Any] = Future()
        with self._lock:
            if self._gone:
                raise self._died()
            if number is None:
                self._number += 1
                number = self._number
            self._pending[number] = future
        try:
            with self._sending:
                wire.send(self._sock, (number, verb, args, {}))
        except OSError:
            self._reader.join()  # it ends every pending verb
        return future

    def _read(self) -> None:
        try:
            while True:
                word, number, value = wire.receive(self._sock)
                if word == "gate":
                    gate, action = self._gates[number]
                    gate._arrived(value, action)
                    continue
                future = self._pending.pop(number)
                if word == "ok":
                    future.set_result(value)
                else:
                    future.set_exception(value)
        except EOFError:
            self._ended()

    def _ended(self) -> None:
        with self._lock:
            self._gone = True
            pending, self._pending = list(self._pending.values()), {}
            gates = [gate for gate, _ in self._gates.values() if not gate._reached]
        self._sock.close()
        for future in pending:
            future.set_exception(self._died())
        for gate in gates:
            gate._lost(self._died())

    def _died(self) -> ClientDied:
        try:
            how = f" (exit code {self.exited})"
        except RuntimeError:
            how = ", and its fork server too"
        return ClientDied(local("CLIENT_DIED", f"its process has ended{how}", UNKNOWN), self.name)

    def _keep(self, error: BaseException) -> None:
        self._errors.append(error)

    def _tell_once(self, error: BaseException) -> None:
        if error in self._errors:
            self._errors.remove(error)

    def _raise_kept(self) -> None:
        if self._errors:
            raise self._errors.pop(0)
