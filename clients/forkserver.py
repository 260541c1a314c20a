"""A process that has both libraries loaded and forks clients: ``python -m clients.forkserver <fd>``.

It takes requests over the socket ``fd``, one at a time, and answers each:

* ("fork", spec) with the client's end of its socket beside it: the client's pid
* ("run", module, arguments, needed) with a socket that tells the end and a file for what is said beside
  it: the pid of a program, which is a module's ``main()``; ``needed`` are modules that it will import
* ("signal", pid, number): whether the client still runs; for SIGKILL and SIGSTOP the answer comes when
  the client is dead, or has stopped
* ("status", pid): None while it runs, else what waitpid told (waits for a client that is ending)

Only the server signals clients: it is their parent, so a pid it has not waited for is theirs for certain.
When the other end of the socket is gone, every client is killed and the server ends.  On Linux clients
also die with the server, however it dies, even while they are stopped.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from clients import wire

_PR_SET_PDEATHSIG = 1
_LOOK_SECONDS = 1.0  # how often the server looks whether its parent is still there


class _Server:
    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.parent = os.getppid()
        self.ended: dict[int, int] = {}
        self.running: set[int] = set()
        self.stopped: set[int] = set()

    def serve(self) -> None:
        while True:
            ready, _, _ = select.select([self.sock], [], [], _LOOK_SECONDS)
            self.reap()
            if not ready:
                if os.getppid() != self.parent:
                    return
                continue
            fds, request = _with_fds(self.sock)
            if request is None:
                return
            try:
                answer = self.answer(request, fds)
            finally:
                for fd in fds:
                    os.close(fd)
            wire.send(self.sock, answer)

    def answer(self, request: tuple[Any, ...], fds: list[int]) -> object:
        verb = request[0]
        if verb == "fork":
            return self.fork(lambda: _become_client(request[1], fds[0]))
        if verb == "run":
            module, arguments, needed = request[1:]
            load([module, *needed])
            return self.fork(lambda: _become_program(module, arguments, fds[1]))
        if verb == "signal":
            return self.signal(request[1], request[2])
        if verb == "status":
            return self.status(request[1])
        raise ValueError(f"no request {verb!r}")

    def fork(self, become: Callable[[], NoReturn]) -> int:
        """A child that has nothing of the server but its modules, and ends with it."""
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            try:
                die_with_parent(server)
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                self.sock.close()
                become()
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(70)
        self.running.add(pid)
        return pid

    def signal(self, pid: int, number: int) -> bool:
        self.reap()
        if pid not in self.running:
            return False
        os.kill(pid, number)
        if number == signal.SIGKILL:
            self.waited(*os.waitpid(pid, 0))
        elif number == signal.SIGSTOP and pid not in self.stopped:
            self.waited(*os.waitpid(pid, os.WUNTRACED))
        elif number == signal.SIGCONT:
            self.stopped.discard(pid)
        return pid in self.running

    def status(self, pid: int) -> int | None:
        """Waits for the client: it is asked for when its socket has closed, so it is ending."""
        if pid in self.running:
            self.waited(*os.waitpid(pid, 0))
        return self.ended.get(pid)

    def reap(self) -> None:
        while self.running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            self.waited(pid, status)

    def waited(self, pid: int, status: int) -> None:
        if os.WIFSTOPPED(status):
            self.stopped.add(pid)
            return
        self.running.discard(pid)
        self.stopped.discard(pid)
        self.ended[pid] = status

    def kill_all(self) -> None:
        for pid in self.running:
            os.kill(pid, signal.SIGKILL)
        for pid in self.running:
            os.waitpid(pid, 0)


def _with_fds(sock: socket.socket) -> tuple[list[int], Any]:
    """The next request with the descriptors beside it; the request is None at the end."""
    try:
        mark, fds, _, _ = socket.recv_fds(sock, 1, 2)
        return fds, wire.receive(sock) if mark else None
    except (EOFError, ConnectionError):
        return [], None


def _become_client(spec: Any, fd: int) -> NoReturn:
    from clients.process import run

    run(spec, socket.socket(fileno=fd))


def _become_program(module: str, arguments: list[str], output: int) -> NoReturn:
    """As ``python -m module arguments`` would; its end of the socket closes with it."""
    code = 1
    try:
        os.dup2(output, sys.stdout.fileno())
        os.dup2(output, sys.stderr.fileno())
        sys.argv = [module, *arguments]
        code = _exit_code(sys.modules[module].main)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _exit_code(main: Callable[[], int | None]) -> int:
    """What Python ends with after it."""
    try:
        return main() or 0
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    return 1


def load(modules: Iterable[str]) -> None:
    """Import them, so that forks find them there and neither load nor copy them."""
    missing = [module for module in modules if module not in sys.modules]
    for module in missing:
        importlib.import_module(module)
    if missing:
        gc.collect()
        gc.freeze()


def die_with_parent(parent: int) -> None:
    """On Linux: SIGKILL for this process when its parent ends. Elsewhere the closed socket has to do."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(70)  # it ended before the call


#: What every client needs.
_NEEDED = (
    *("confluent_kafka", "confluent_kafka.admin", "kafka"),
    *("clients.confluent_client", "clients.kafka_python_client", "clients.process"),
)


def main() -> None:
    load(_NEEDED)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = _Server(socket.socket(fileno=int(sys.argv[1])))
    wire.send(server.sock, "ready")
    try:
        server.serve()
    except BrokenPipeError:
        pass  # the owner went away between a request and its answer
    finally:
        server.kill_all()


if __name__ == "__main__":
    main()
