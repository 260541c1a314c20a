"""The keeper: a process that owns the cluster's processes, its ports and its folder.

It is started with one line of JSON on standard input (:class:`Order`), starts the fault proxy and
six JVMs, and then carries out requests, one line of JSON each, from a Unix socket in the cluster's
folder.  Whatever happens, nothing outlives it: it ends everything and removes the folder when its
standard input closes (unless detached), on ``down`` and on SIGTERM; if it is killed itself, the
kernel kills its children, and the next start sweeps the folder.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import signal
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cluster import ports
from cluster.errors import ClusterError
from cluster.local import layout, nodes
from cluster.processes import die_with_parent

SOCKET, DESCRIPTION, LOCK = "keeper.sock", "cluster.json", "lock"

#: How often a start is tried again on other ports when one was taken meanwhile.
TRIES = 3


@dataclass
class Order:
    """What the keeper is asked to start."""

    folder: str  # exists, empty
    command: list[str]  # a node's command line, "{properties}" and "{megabytes}" still to be filled in
    formatted: str  # the formatted metadata folder to copy
    broker_overlay: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    detached: bool = False  # go on when standard input closes
    keep: bool = False  # leave the folder behind
    first_port: int = ports.FIRST
    last_port: int = ports.LAST


class Keeper:
    def __init__(self, order: Order) -> None:
        self.order = order
        self.folder = Path(order.folder)
        self.nodes: dict[str, nodes.Node] = {}
        self.proxy: asyncio.subprocess.Process | None = None
        self.block: ports.PortBlock | None = None
        self.done = asyncio.Event()

    async def start(self) -> None:
        """Start everything, on other ports again if one was taken between choosing and binding it."""
        first = self.order.first_port
        for attempt in range(TRIES):
            self.block = ports.take_block(first, self.order.last_port)
            first = self.block.first + ports.BLOCK
            try:
                await self.start_on(layout.lay_out(self.block.next))
                return
            except nodes.PortTaken:
                await self.end_processes()
                self.block.close()
                if attempt == TRIES - 1:
                    raise
                for leftover in ("data", "config"):
                    shutil.rmtree(self.folder / leftover, ignore_errors=True)

    async def start_on(self, plan: layout.Layout) -> None:
        routes = self.folder / "routes.json"
        routes.write_text(json.dumps(plan.routes()))
        self.proxy = await self.start_proxy(routes)
        self.nodes = nodes.make(
            self.folder, self.order.command, self.order.formatted, plan, self.order.broker_overlay
        )
        for node in self.nodes.values():
            await node.start()
        description: dict[str, Any] = {
            "layout": plan.plain(),
            "facts": self.order.facts,
            "overlay": self.order.broker_overlay,
        }
        description |= {"started": time.time(), "detached": self.order.detached}
        (self.folder / DESCRIPTION).write_text(json.dumps(description))

    async def start_proxy(self, routes: Path) -> asyncio.subprocess.Process:
        control = self.folder / "proxy.sock"
        command = [sys.executable, "-m", "cluster.proxy", "--control", str(control), "--routes", str(routes)]
        log = (self.folder / "logs" / "proxy.log").open("ab")
        with log:
            proxy = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                preexec_fn=die_with_parent(),
            )
        assert proxy.stdout is not None
        if not await proxy.stdout.readline():
            raise nodes.PortTaken(
                "the fault proxy did not start: " + nodes.tail(self.folder / "logs" / "proxy.log")
            )
        return proxy

    async def end_processes(self) -> None:
        """End all at once: nothing of the cluster is needed any more.

        An orderly stop would take seconds, and hang where controllers go before brokers.
        """
        for node in self.nodes.values():
            await node.kill()
        if self.proxy is not None and self.proxy.returncode is None:
            self.proxy.kill()
            await self.proxy.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry out the requests of one connection, one after the other."""
        while line := await reader.readline():
            try:
                answer = await self.carry_out(json.loads(line))
            except ClusterError as error:
                answer = {"error": str(error)}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def carry_out(self, request: dict[str, Any]) -> dict[str, Any]:
        do = request["do"]
        if do == "down":
            self.done.set()
            return {}
        if do == "status":
            return {"nodes": {name: node.status() for name, node in self.nodes.items()}}
        node = self.nodes.get(request["node"])
        if node is None:
            raise ClusterError(f"there is no {request['node']}; there are {', '.join(self.nodes)}")
        moment = await node.do(do, request)
        return {"t": moment, **node.status()}


async def keep(order: Order) -> None:
    """Start, tell that it is started, serve, and end everything."""
    keeper = Keeper(order)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, keeper.done.set)
    loop.add_signal_handler(signal.SIGINT, lambda: None)  # Ctrl-C is for whoever asked; it closes our input
    if not order.detached:
        loop.add_reader(sys.stdin.fileno(), lambda: os.read(sys.stdin.fileno(), 4096) or keeper.done.set())
    lock = (keeper.folder / LOCK).open("w")  # held as long as this process lives; see sweep()
    fcntl.flock(lock, fcntl.LOCK_EX)
    server = None
    try:
        await keeper.start()
        server = await asyncio.start_unix_server(keeper.serve, keeper.folder / SOCKET)
        tell({"started": True})
        await keeper.done.wait()
    except ClusterError as error:
        tell({"error": str(error)})
    finally:
        if server is not None:
            server.close()
        await keeper.end_processes()
        if not order.keep:
            shutil.rmtree(keeper.folder, ignore_errors=True)


def tell(message: dict[str, Any]) -> None:
    try:
        print(json.dumps(message), flush=True)
    except BrokenPipeError:  # whoever asked has gone; its closed pipe ends us as well
        pass


def sweep(parent: Path, prefix: str) -> list[Path]:
    """Remove the folders of keepers that were killed: those whose lock nobody holds."""
    removed = []
    for folder in parent.glob(f"{prefix}*"):
        try:
            with (folder / LOCK).open("r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
                removed.append(folder)
        except OSError:  # held, not ours, or just being made
            continue
    return removed


def order_line(order: Order) -> bytes:
    return json.dumps(asdict(order)).encode() + b"\n"


def main() -> None:
    line = b""
    while not line.endswith(b"\n"):  # unbuffered, since later input belongs to the event loop
        if not (byte := os.read(sys.stdin.fileno(), 1)):
            return
        line += byte
    asyncio.run(keep(Order(**json.loads(line))))


if __name__ == "__main__":
    main()
