"""Which nodes there are, where they listen, and how the proxy stands between them.

Controllers are processes apart from brokers: were they combined, stopping two nodes would take
the metadata majority too, and half of what the suite shows could not happen.  Before Kafka had
controllers of its own, three ZooKeepers stand in their place, and one of the brokers is controller.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from cluster.ports import HOST

BROKERS = (1, 2, 3)
CONTROLLERS = (101, 102, 103)
ZOOKEEPERS = (1, 2, 3)


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
class ZooKeeperPorts:
    """Where a ZooKeeper listens; each broker has a way of its own to it, so that one can be cut off."""

    client: int
    quorum: int
    election: int
    by_proxy: dict[int, int]  # broker → port


@dataclass(frozen=True)
class Layout:
    brokers: dict[int, BrokerPorts]
    controllers: dict[int, ControllerPorts]
    zookeepers: dict[int, ZooKeeperPorts]

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
        for node, zookeeper in self.zookeepers.items():
            for broker, listen in zookeeper.by_proxy.items():
                found.append(route("zookeeper", node, listen, zookeeper.client, str(broker)))
        return found

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def route(link: str, destination: int, listen: int, target: int, source: str = "") -> dict[str, Any]:
    """A way through the proxy; ``source`` names who uses it where its messages do not."""
    way = {"link": link, "destination": destination, "listen": listen, "target": target}
    return {**way, "source": source} if source else way


def lay_out(next_port: Callable[[], int], zookeeper: bool) -> Layout:
    """Ports for every listener, taken one by one from ``next_port``; with ZooKeepers or with controllers."""
    return Layout(
        brokers={node: BrokerPorts(*(next_port() for _ in range(6))) for node in BROKERS},
        controllers={
            node: ControllerPorts(next_port(), next_port()) for node in CONTROLLERS if not zookeeper
        },
        zookeepers={
            node: ZooKeeperPorts(
                next_port(), next_port(), next_port(), {broker: next_port() for broker in BROKERS}
            )
            for node in ZOOKEEPERS
            if zookeeper
        },
    )


def from_plain(data: dict[str, Any]) -> Layout:
    return Layout(
        brokers={int(node): BrokerPorts(**ports) for node, ports in data["brokers"].items()},
        controllers={int(node): ControllerPorts(**ports) for node, ports in data["controllers"].items()},
        zookeepers={int(node): zookeeper_ports(ports) for node, ports in data["zookeepers"].items()},
    )


def zookeeper_ports(data: dict[str, Any]) -> ZooKeeperPorts:
    by_proxy = {int(broker): port for broker, port in data["by_proxy"].items()}
    return ZooKeeperPorts(**{**data, "by_proxy": by_proxy})
