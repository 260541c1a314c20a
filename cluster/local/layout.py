"""Which nodes there are, where they listen, and how the proxy stands between them.

Controllers are processes apart from brokers: were they combined, stopping two nodes would take
the metadata majority too, and half of what the suite shows could not happen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from cluster.ports import HOST

BROKERS = (1, 2, 3)
CONTROLLERS = (101, 102, 103)


@dataclass(frozen=True)
class BrokerPorts:
    """Where a broker listens; ``proxied`` and ``replication`` are advertised as the proxy's ports."""

    plain: int
    proxied: int
    proxied_by_proxy: int
    tls: int
    replication: int
    replication_by_proxy: int


@dataclass(frozen=True)
class ControllerPorts:
    controller: int
    controller_by_proxy: int


@dataclass(frozen=True)
class Layout:
    brokers: dict[int, BrokerPorts]
    controllers: dict[int, ControllerPorts]

    def bootstrap(self, listener: str = "plain") -> str:
        """The bootstrap servers of a listener: "plain", "proxied" or "tls"."""
        field = {"plain": "plain", "proxied": "proxied_by_proxy", "tls": "tls"}[listener]
        return ",".join(f"{HOST}:{getattr(ports, field)}" for ports in self.brokers.values())

    def voters(self) -> str:
        return ",".join(f"{node}@{HOST}:{at.controller_by_proxy}" for node, at in self.controllers.items())

    def routes(self) -> list[dict[str, Any]]:
        """The ways through the fault proxy."""
        found = []
        for node, at in self.brokers.items():
            found.append(route("client", node, at.proxied_by_proxy, at.proxied))
            found.append(route("replication", node, at.replication_by_proxy, at.replication))
        for node, ports in self.controllers.items():
            found.append(route("controller", node, ports.controller_by_proxy, ports.controller))
        return found

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def route(link: str, destination: int, listen: int, target: int) -> dict[str, Any]:
    return {"link": link, "destination": destination, "listen": listen, "target": target}


def lay_out(next_port: Callable[[], int]) -> Layout:
    """Ports for every listener, taken one by one from ``next_port``."""
    return Layout(
        brokers={node: BrokerPorts(*(next_port() for _ in range(6))) for node in BROKERS},
        controllers={node: ControllerPorts(next_port(), next_port()) for node in CONTROLLERS},
    )


def from_plain(data: dict[str, Any]) -> Layout:
    return Layout(
        brokers={int(node): BrokerPorts(**ports) for node, ports in data["brokers"].items()},
        controllers={int(node): ControllerPorts(**ports) for node, ports in data["controllers"].items()},
    )
