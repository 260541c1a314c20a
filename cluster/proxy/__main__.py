"""``python -m cluster.proxy --control SOCKET --routes FILE``: runs until stdin ends or SIGTERM comes."""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import json
import os
import resource
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

from cluster.proxy.connection import trouble
from cluster.proxy.control import serve
from cluster.proxy.relay import CannotListen, Relay
from cluster.proxy.rules import Route

PR_SET_PDEATHSIG = 1


def main() -> int:
    """Runs the proxy; the exit code is 1 when a port is taken."""
    options = argparse.ArgumentParser(prog="python -m cluster.proxy", description="The Kafka-aware fault proxy")
    options.add_argument("--control", required=True, help="path of the Unix socket to control it")
    options.add_argument("--routes", required=True, help="JSON file: a list of link, destination, listen, target")
    given = options.parse_args()
    routes = [Route(**route) for route in json.loads(Path(given.routes).read_text())]
    _die_with_parent()
    _many_connections()
    try:
        asyncio.run(_run(routes, given.control))
    except CannotListen as taken:
        print(f"proxy: {taken}", file=sys.stderr)
        return 1
    finally:
        with suppress(OSError):
            os.unlink(given.control)
    return 0


async def _run(routes: list[Route], control: str) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(trouble)
    over = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    relay = Relay(routes)
    await relay.listen()
    try:
        server = await serve(relay, control)
    except OSError as error:  # most often: the path is longer than a Unix socket's may be
        raise CannotListen(f"control socket {control} cannot be opened: {error}") from None
    threading.Thread(target=_until_stdin_ends, args=(loop, over), daemon=True).start()
    print(json.dumps({"ready": True}), flush=True)
    await over.wait()
    server.close()


def _until_stdin_ends(loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
    """The parent holds the other end of stdin, so it ends with the parent."""
    with suppress(OSError):
        while os.read(0, 4096):
            pass
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(over.set)


def _many_connections() -> None:
    """Each connection needs two sockets, and shells often allow 1024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):  # where the hard limit is no limit, as on macOS, the soft one stays
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _die_with_parent() -> None:
    """Linux kills us when the thread that started us ends, whatever became of stdin."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
