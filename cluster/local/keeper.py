"""The keeper: a process that owns the cluster's processes, its ports and its folder.

It is started with one line of JSON on standard input (:class:`Order`), starts the fault proxy and
six JVMs, and then carries out requests, one line of JSON each, from a Unix socket in the cluster's
folder.  Whatever happens, nothing outlives it: it ends everything and removes the folder when its
standard input closes (unless it was told to stay), on ``down`` and on SIGTERM; if it is killed
itself, the kernel kills its children, and the next start sweeps the folder.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cluster import ports
from cluster.errors import ClusterError, PortTaken
from cluster.local import folders, layout, nodes
from cluster.local.folders import DESCRIPTION, PROXY, SOCKET
from cluster.processes import die_with_parent


@dataclass
class Order:
    """What the keeper is asked to start."""

    folder: str  # exists, empty
    materials: nodes.Materials
    zookeeper: bool = False  # ZooKeepers in place of controllers
    broker_overlay: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    detached: bool = False  # asked to "stay" once it is proven ready
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
        """Start the JVMs, and the proxy while they load. Raises PortTaken if the proxy finds a port taken.

        Controllers, or ZooKeepers, go first: brokers can do nothing without them, and need certificates made for them.
        """
        self.block = ports.take_block(self.order.first_port, self.order.last_port)
        plan = layout.lay_out(self.block.next, self.order.zookeeper)
        workshop = nodes.Workshop(self.folder, self.order.materials, plan)
        await self.launch(workshop.keepers_of_metadata(self.order.broker_overlay))
        routes = self.folder / "routes.json"
        routes.write_text(json.dumps(plan.routes()))
        proxy = await self.start_proxy(routes)
        await self.launch(workshop.brokers(self.order.broker_overlay))
        await self.await_proxy(proxy)
        description: dict[str, Any] = {
            "layout": plan.plain(),
            "facts": self.order.facts,
            "overlay": self.order.broker_overlay,
            "detached": self.order.detached,
            "block": self.block.first,
            "dump_tool": self.order.materials.dump_tool,
        }
        (self.folder / DESCRIPTION).write_text(json.dumps(description))

    async def launch(self, made: dict[str, nodes.Node]) -> None:
        self.nodes |= made
        for node in made.values():
            await node.start()

    async def start_proxy(self, routes: Path) -> asyncio.StreamReader:
        """Start the proxy, which loads meanwhile; what it prints when it is ready is read from the result."""
        control = str(self.folder / PROXY)
        with (self.folder / "logs" / "proxy.log").open("ab") as log:
            self.proxy = await asyncio.create_subprocess_exec(
                *[sys.executable, "-m", "cluster.proxy", "--control", control, "--routes", str(routes)],
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                preexec_fn=die_with_parent(),
            )
        assert self.proxy.stdout is not None
        return self.proxy.stdout

    async def await_proxy(self, output: asyncio.StreamReader) -> None:
        if not await output.readline():
            words = nodes.tail(self.folder / "logs" / "proxy.log")
            wrong = PortTaken if "is taken" in words else ClusterError
            raise wrong(f"the fault proxy did not start: {words}")

    async def end_processes(self) -> None:
        """End all at once: nothing of the cluster is needed any more.

        An orderly stop would take seconds, and hang where controllers go before brokers: brokers go first.
        """
        for node in reversed(self.nodes.values()):
            await node.kill()
        if self.proxy is not None and self.proxy.returncode is None:
            self.proxy.kill()
            await self.proxy.wait()

    def heed_input(self) -> None:
        """Nobody writes to our input any more; when it closes, whoever started us is gone."""
        if not os.read(sys.stdin.fileno(), 4096):
            self.done.set()

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
        if do == "stay":
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
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
    loop.add_reader(sys.stdin.fileno(), keeper.heed_input)
    server = None
    try:
        await keeper.start()
        server = await asyncio.start_unix_server(keeper.serve, keeper.folder / SOCKET)
        tell({"started": True})
        await keeper.done.wait()
    except ClusterError as error:
        block = keeper.block.first if keeper.block else 0
        tell({"error": str(error), "taken": isinstance(error, PortTaken), "block": block})
    except OSError as error:
        tell({"error": f"the cluster could not be set up in {keeper.folder}: {error}"})
    finally:
        if server is not None:
            server.close()
        await keeper.end_processes()
        folders.leave(keeper.folder, order.keep)


def tell(message: dict[str, Any]) -> None:
    try:
        print(json.dumps(message), flush=True)
    except BrokenPipeError:  # whoever asked has gone; its closed pipe ends us as well
        pass


def order_line(order: Order) -> bytes:
    return json.dumps(asdict(order)).encode() + b"\n"


def order_from(told: dict[str, Any]) -> Order:
    """The order that :func:`order_line` told."""
    return Order(**{**told, "materials": nodes.Materials(**told["materials"])})


def main() -> None:
    line = b""
    while not line.endswith(b"\n"):  # unbuffered, since later input belongs to the event loop
        if not (byte := os.read(sys.stdin.fileno(), 1)):
            return
        line += byte
    asyncio.run(keep(order_from(json.loads(line))))


if __name__ == "__main__":
    main()
