"""A process that has both libraries loaded and forks clients: ``python -m clients.forkserver <fd>``.

It takes requests over the socket ``fd``, one at a time, and answers each:

* ("fork", spec) with the client's end of its socket beside it: the client's pid
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
import os
import select
import signal
import socket
import sys
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
            return self.fork(request[1], fds[0])
        if verb == "signal":
            return self.signal(request[1], request[2])
        if verb == "status":
            return self.status(request[1])
        raise ValueError(f"no request {verb!r}")

    def fork(self, spec: Any, fd: int) -> int:
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            _become_client(spec, fd, self.sock, server)
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
        mark, fds, _, _ = socket.recv_fds(sock, 1, 1)
        return fds, wire.receive(sock) if mark else None
    except (EOFError, ConnectionError):
        return [], None


def _become_client(spec: Any, fd: int, server_sock: socket.socket, server: int) -> NoReturn:
    try:
        die_with_parent(server)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        server_sock.close()
        from clients.process import run

        run(spec, socket.socket(fileno=fd))
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(70)


def die_with_parent(parent: int) -> None:
    """On Linux: SIGKILL for this process when its parent ends. Elsewhere the closed socket has to do."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(70)  # it ended before the call


def main() -> None:
    import confluent_kafka
    import confluent_kafka.admin  # noqa: F401
    import kafka  # noqa: F401

    import clients.confluent_client
    import clients.kafka_python_client
    import clients.process  # noqa: F401

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = _Server(socket.socket(fileno=int(sys.argv[1])))
    gc.collect()
    gc.freeze()  # forks do not touch, and so do not copy, what is there
    wire.send(server.sock, "ready")
    try:
        server.serve()
    except BrokenPipeError:
        pass  # the owner went away between a request and its answer
    finally:
        server.kill_all()


if __name__ == "__main__":
    main()
