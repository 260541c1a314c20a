"""One broker, controller or ZooKeeper as a child process of the keeper."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster import certificates
from cluster.errors import ClusterError
from cluster.local import known, layout, settings, zookeeper
from cluster.ports import HOST
from cluster.processes import die_with_parent
from cluster.release import Release

#: Heap of a node, in MiB. Brokers hold little here: three small logs, three clients.
BROKER_HEAP, CONTROLLER_HEAP, ZOOKEEPER_HEAP = 320, 160, 96

#: Longest wait for an orderly stop, in seconds, before the node is killed.
STOP_PATIENCE = 30.0

#: Before the name of each setting of the listener for mutual TLS.
TLS = "listener.name.tls."


@dataclass
class Materials:
    """What nodes are made of: command lines with "{properties}" and "{megabytes}" still to be filled in."""

    version: str  # of Kafka
    command: list[str]  # of a broker or controller
    zookeeper_command: list[str]  # empty where there is none
    formatted: str  # the formatted metadata folder to copy
    dump_tool: list[str]  # the command line of Kafka's tool that reads log segments


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

    def __init__(self, folder: Path, materials: Materials, plan: layout.Layout) -> None:
        self.folder, self.materials, self.plan = folder, materials, plan
        self.release = Release(materials.version, Path(), "", "")
        (folder / "config").mkdir()
        (folder / "data").mkdir()

    def keepers_of_metadata(self, overlay: Mapping[str, str]) -> dict[str, Node]:
        """The controllers, or the ZooKeepers in their place."""
        return self.zookeepers() if self.plan.zookeepers else self.controllers(overlay)

    def zookeepers(self) -> dict[str, Node]:
        made = {}
        for node in self.plan.zookeepers:
            name = f"zookeeper-{node}"
            self._data(name).mkdir()
            (self._data(name) / "myid").write_text(f"{node}\n")
            properties = zookeeper.properties(node, self.plan, self._data(name))
            made[name] = self._node(name, properties, ZOOKEEPER_HEAP, self.materials.zookeeper_command)
        return made

    def controllers(self, overlay: Mapping[str, str]) -> dict[str, Node]:
        made = {}
        for node in self.plan.controllers:
            name = f"controller-{node}"
            properties = settings.controller(node, self.plan, self._data(name))
            self._format(node, name)
            made[name] = self._node(name, {**self._known(properties), **overlay}, CONTROLLER_HEAP)
        return made

    def brokers(self, overlay: Mapping[str, str]) -> dict[str, Node]:
        """The brokers, and certificates for them and for clients."""
        authority = certificates.Authority(self.folder / "certificates")
        authority.issue("client")
        made = {}
        for node in layout.BROKERS:
            name = f"broker-{node}"
            tls = authority.issue(name, hosts=["localhost", HOST])
            properties = settings.broker(node, self.plan, self._data(name))
            if self.release.reads_pem:
                properties |= settings.mutual_tls(TLS, tls, authority.certificate)
            else:
                properties |= settings.mutual_tls_of_old(TLS, authority.stores(name, tls))
            self._format(node, name)
            made[name] = self._node(name, {**self._known(properties), **overlay}, BROKER_HEAP)
        return made

    def _known(self, properties: Mapping[str, str]) -> dict[str, str]:
        return known.known(properties, self.release.number)

    def _format(self, node: int, name: str) -> None:
        """Format a data folder; with ZooKeeper brokers do so themselves."""
        if not self.plan.zookeepers:
            copy_formatted(Path(self.materials.formatted), self._data(name), node)

    def _data(self, name: str) -> Path:
        return self.folder / "data" / name

    def _node(
        self, name: str, properties: dict[str, str], megabytes: int, command: list[str] | None = None
    ) -> Node:
        file = self.folder / "config" / f"{name}.properties"
        settings.write(properties, file)
        filled = {"{properties}": str(file), "-Xmx{megabytes}m": f"-Xmx{megabytes}m"}
        words = [filled.get(part, part) for part in command or self.materials.command]
        return Node(name, words, file, self.folder / "logs" / f"{name}.log")


def copy_formatted(formatted: Path, data: Path, node: int) -> None:
    """A formatted folder for ``node``: the same cluster, its own node and directory id."""
    shutil.copytree(formatted, data)
    properties = data / "meta.properties"
    text = re.sub(r"(?m)^node\.id=.*$", f"node.id={node}", properties.read_text())
    # 22 characters of URL-safe base 64 are the form of Kafka's ids (org.apache.kafka.common.Uuid).
    directory = f"kafka-guarantees-{node:04d}A"
    properties.write_text(re.sub(r"(?m)^directory\.id=.*$", f"directory.id={directory}", text))


def tail(log: Path, most: int = 12) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-most:]) if log.exists() else ""
