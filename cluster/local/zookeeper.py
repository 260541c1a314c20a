"""ZooKeeper, which kept the metadata before Kafka's own controllers did: its settings and its state.

Its four-letter words answer over a plain socket: "srvr" tells what a server does, "dump" which
sessions hold what (ZooKeeper Administrator's Guide, "The Four Letter Words").
"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cluster.local.layout import Layout
from cluster.ports import HOST

MAIN = "org.apache.zookeeper.server.quorum.QuorumPeerMain"

#: Longest wait for an answer, in seconds.
ANSWER = 2.0

#: A tick, in milliseconds. Sessions end at a multiple of it, and none may be shorter than two.
TICK = 250


def properties(node: int, layout: Layout, data: Path) -> dict[str, str]:
    """The properties of ZooKeeper ``node``; all that it opens is on loopback."""
    servers = {one: f"{HOST}:{at.quorum}:{at.election}" for one, at in layout.zookeepers.items()}
    return one_of(servers, layout.zookeepers[node].client, data)


def one_of(servers: Mapping[int, str], port: int, data: Path) -> dict[str, str]:
    """The properties of one of ``servers``, which has clients on ``port``.

    The servers have 20 ticks (5 s) to find their leader, and may be 20 behind it.
    """
    return {
        **{f"server.{node}": where for node, where in servers.items()},
        "initLimit": "20",
        "syncLimit": "20",
        "standaloneEnabled": "false",
        "tickTime": str(TICK),
        "dataDir": str(data),
        "clientPort": str(port),
        "clientPortAddress": HOST,
        "maxClientCnxns": "0",
        "admin.enableServer": "false",  # a page over HTTP, on every address
        "4lw.commands.whitelist": "srvr, dump",
    }


@dataclass(frozen=True)
class Ensemble:
    """What each ZooKeeper does ("leader", "follower"), and the brokers that have a session."""

    modes: Mapping[int, str | None]  # None: it does not answer, or has no leader
    brokers: frozenset[int]

    def what_is_missing(self) -> str | None:
        """What keeps the ensemble from being whole, in words; None if nothing."""
        for node, mode in self.modes.items():
            if mode is None:
                return f"ZooKeeper {node} does not answer, or knows of no leader"
        if "leader" not in self.modes.values():
            return "no ZooKeeper leads"
        return None


def ensemble_of(layout: Layout) -> Ensemble:
    """Ask each ZooKeeper; only the one that leads knows the sessions."""
    modes: dict[int, str | None] = {}
    brokers: set[int] = set()
    for node, at in layout.zookeepers.items():
        told = re.search(r"^Mode: (\w+)", ask(at.client, "srvr"), re.MULTILINE)
        modes[node] = told[1] if told else None
        if told and told[1] == "leader":
            brokers |= {int(broker) for broker in re.findall(r"/brokers/ids/(\d+)", ask(at.client, "dump"))}
    return Ensemble(modes, frozenset(brokers))


def ask(port: int, word: str, host: str = HOST) -> str:
    """The answer to a four-letter word; "" from a server that is not there."""
    told = b""
    try:
        with socket.create_connection((host, port), ANSWER) as connection:
            connection.sendall(word.encode())
            while part := connection.recv(65536):
                told += part
    except OSError:
        return ""
    return told.decode(errors="replace")
