"""One broker or controller as a child process of the keeper."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cluster import certificates
from cluster.errors import ClusterError
from cluster.local import layout, settings
from cluster.local.prepared import copy_formatted
from cluster.ports import HOST
from cluster.processes import die_with_parent

#: Heap of a node, in MiB. Brokers hold little here: three small logs, three clients.
BROKER_HEAP, CONTROLLER_HEAP = 320, 160

#: Longest wait for an orderly stop, in seconds, before the node is killed.
STOP_PATIENCE = 30.0


class Node:
    """A named node. ``paused`` and ``running`` say what this side did to it and saw of it."""

    def __init__(self, name: str, command: list[str], properties: Path, log: Path) -> None:
        self.name = name
        self.command = command
        self.properties = properties
        self.log = log
        self.process: asyncio.subprocess.Process | None = None
        self.paused = False

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.returncode is None

    def status(self) -> dict[str, Any]:
        pid = self.process.pid if self.process is not None and self.running else None
        code = None if self.process is None else self.process.returncode
        return {"running": self.running, "paused": self.paused, "pid": pid, "exit": code}

    async def do(self, verb: str, request: dict[str, Any]) -> float:
        """Carry out ``verb`` and return the moment of it, in seconds of CLOCK_MONOTONIC."""
        actions = {"start": self.start, "kill": self.kill, "stop": self.stop}
        if verb in actions:
            await actions[verb]()
        elif verb in ("pause", "resume"):
            self.pause(verb == "pause")
        elif verb == "set":
            self.change(request["settings"])
        else:
            raise ClusterError(f"a node cannot {verb}")
        return time.monotonic()

    async def start(self) -> None:
        if self.running:
            raise ClusterError(f"{self.name} is running already")
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.log.parent,
                preexec_fn=die_with_parent(),
            )
        self.paused = False

    async def kill(self) -> None:
        """SIGKILL, which works on a stopped process too, and wait until it is gone."""
        if self.process is not None and self.running:
            self.process.kill()
            await self.process.wait()
        self.paused = False

    async def stop(self) -> None:
        """An orderly stop (SIGTERM); killed after STOP_PATIENCE."""
        if self.process is None or not self.running:
            return
        self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), STOP_PATIENCE)
        except asyncio.TimeoutError:
            await self.kill()
            raise ClusterError(
                f"{self.name} did not stop within {STOP_PATIENCE:g} s and was killed"
            ) from None

    def pause(self, stopped: bool) -> None:
        if self.process is None or not self.running:
            raise ClusterError(f"{self.name} is not running")
        os.kill(self.process.pid, signal.SIGSTOP if stopped else signal.SIGCONT)
        self.paused = stopped

    def change(self, changes: dict[str, str | None]) -> None:
        """Change properties for the next start; None takes one away."""
        lines = self.properties.read_text().splitlines()
        kept = [line for line in lines if line.partition("=")[0] not in changes]
        added = [settings.line(key, value) for key, value in changes.items() if value is not None]
        self.properties.write_text("\n".join(kept + added) + "\n")


class Workshop:
    """Makes the nodes of a cluster below ``folder``: configured and formatted, not yet started."""

    def __init__(self, folder: Path, command: list[str], formatted: Path, plan: layout.Layout) -> None:
        self.folder, self.command, self.formatted, self.plan = folder, command, formatted, plan
        (folder / "config").mkdir()
        (folder / "data").mkdir()

    def controllers(self, overlay: Mapping[str, str]) -> dict[str, Node]:
        made = {}
        for node in layout.CONTROLLERS:
            name = f"controller-{node}"
            properties = settings.controller(node, self.plan, self._data(name))
            made[name] = self._node(node, name, {**properties, **overlay}, CONTROLLER_HEAP)
        return made

    def brokers(self, overlay: Mapping[str, str]) -> dict[str, Node]:
        """The brokers, and certificates for them and for clients."""
        authority = certificates.Authority(self.folder / "certificates")
        authority.issue("client")
        made = {}
        for node in layout.BROKERS:
            name = f"broker-{node}"
            tls = authority.issue(name, hosts=["localhost", HOST])
            properties = settings.broker(node, self.plan, self._data(name), tls, authority.certificate)
            made[name] = self._node(node, name, {**properties, **overlay}, BROKER_HEAP)
        return made

    def _data(self, name: str) -> Path:
        return self.folder / "data" / name

    def _node(self, node: int, name: str, properties: dict[str, str], megabytes: int) -> Node:
        file = self.folder / "config" / f"{name}.properties"
        settings.write(properties, file)
        copy_formatted(self.formatted, self._data(name), node)
        filled = {"{properties}": str(file), "-Xmx{megabytes}m": f"-Xmx{megabytes}m"}
        command = [filled.get(part, part) for part in self.command]
        return Node(name, command, file, self.folder / "logs" / f"{name}.log")


def tail(log: Path, most: int = 12) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-most:]) if log.exists() else ""
