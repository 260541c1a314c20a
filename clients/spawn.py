"""The owner's side of the fork server: one server a Python process, started when first needed."""

from __future__ import annotations

import atexit
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clients import wire

_ROOT = Path(__file__).resolve().parent.parent
_ENDING_SECONDS = 5.0


class Forked:
    """A program that the server has forked."""

    def __init__(self, server: ForkServer, pid: int, sock: socket.socket) -> None:
        self.pid = pid
        self._server, self._sock = server, sock
        self._code: int | None = None

    def poll(self) -> int | None:
        """How it ended: its exit code, or minus the signal; None while it runs."""
        return self.wait(0)

    def wait(self, within: float) -> int | None:
        """The same, after a wait of so many seconds at most."""
        # Its end of the socket is closed by nothing but its end.
        if self._code is None and select.select([self._sock], [], [], within)[0]:
            status = self._server.status(self.pid)
            self._sock.close()
            assert status is not None, "the server has waited for it, or does so now"
            self._code = os.waitstatus_to_exitcode(status)
        return self._code

    def signal(self, number: int) -> None:
        """Signal it, where it still runs. Returns after SIGKILL and SIGSTOP have worked."""
        if self.poll() is None:
            self._server.signal(self.pid, number)


class ForkServer:
    """A running fork server. Its process leads a session of its own, so Ctrl-C does not reach clients."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.owner = os.getpid()
        ours, theirs = socket.socketpair()
        self._sock = ours
        path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the server
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "clients.forkserver", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self._errors,
                stderr=self._errors,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": path},
            )
        self._receive()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def usable(self) -> bool:
        """Whether it runs, and belongs to this process (not to the one that this was forked from)."""
        return self.owner == os.getpid() and self._process.poll() is None

    def fork(self, spec: object) -> tuple[int, socket.socket]:
        """A new client: its pid, and our end of its socket."""
        ours, theirs = socket.socketpair()
        with theirs:
            pid: int = self._ask(("fork", spec), [theirs.fileno()])
        return pid, ours

    def run(self, module: str, arguments: Sequence[str], needed: Sequence[str], output: int) -> Forked:
        """Run a module's ``main()`` in a process of its own, as ``python -m module`` would.

        ``needed`` are modules that it is going to import, which are loaded once for all; ``output`` is
        the descriptor of the file that takes what it says.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            request = ("run", module, list(arguments), list(needed))
            pid: int = self._ask(request, [theirs.fileno(), output])
        return Forked(self, pid, ours)

    def signal(self, pid: int, number: int) -> bool:
        """Signal a client: whether it still runs. Returns after SIGKILL and SIGSTOP have worked."""
        return bool(self._ask(("signal", pid, number)))

    def status(self, pid: int) -> int | None:
        """The exit status of an ending client as waitpid tells it, None if there is no such client."""
        status: int | None = self._ask(("status", pid))
        return status

    def close(self) -> None:
        """End the server and with it all clients."""
        self._sock.close()
        try:
            self._process.wait(_ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def _ask(self, request: object, fds: list[int] | None = None) -> Any:
        with self._lock:
            try:
                socket.send_fds(self._sock, [b"r"], fds or [])
                wire.send(self._sock, request)
            except OSError as error:
                raise self._trouble() from error
            return self._receive()

    def _receive(self) -> Any:
        try:
            return wire.receive(self._sock)
        except EOFError as error:
            raise self._trouble() from error

    def _trouble(self) -> RuntimeError:
        self._errors.seek(0)
        told = self._errors.read().decode(errors="replace").strip()
        return RuntimeError(f"the fork server of the clients ended: {told or 'it said nothing'}")


_server: ForkServer | None = None
_starting = threading.Lock()


def fork_server() -> ForkServer:
    """This process's fork server, started at the first call and ended with the process."""
    global _server
    with _starting:
        if _server is None or not _server.usable:
            _server = ForkServer()
            atexit.register(_server.close)
        return _server
