"""What the suite asks of a cluster: small verbs on named things, and capabilities on their own.

A backend that lacks a capability does not name it in ``capabilities`` and lacks the verbs of its
protocol; a scenario that needs it is then *not checkable here*.  Moments are seconds of
CLOCK_MONOTONIC.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from cluster.certificates import Authority
from cluster.proxy import FaultProxy
from cluster.quorum import Quorum
from cluster.segments import Segment
from cluster.views import View

#: Longest wait, in seconds, until a cluster that was disturbed is whole: six JVMs that start, on a machine
#: that is busy with other things.
WHOLE_PATIENCE = 120.0


@runtime_checkable
class Cluster(Protocol):
    """Any cluster: its addresses, its brokers, and whether it is whole."""

    capabilities: frozenset[str]  # the features' tags, such as "kills-brokers"
    facts: dict[str, str]  # "Kafka": "4.4.0", …, for the report
    folder: Path  # logs and histories of the run

    @property
    def keeps_in_zookeeper(self) -> bool:
        """Whether ZooKeepers keep the metadata, not controllers of Kafka's own."""
        ...

    @property
    def client_listener(self) -> str:
        """The listener that the scenarios' clients use: "proxied", or "tls" where no proxy stands."""
        ...

    def bootstrap(self, listener: str = "plain") -> str:
        """Bootstrap servers of "plain", "proxied" or "tls"."""
        ...

    def address(self, broker: int, listener: str = "plain") -> str:
        """Where one broker is reached, as "host:port"."""
        ...

    @property
    def broker_ids(self) -> tuple[int, ...]: ...

    def view(self, broker: int) -> View:
        """How a broker sees the cluster. Raises OSError if it does not answer."""
        ...

    def await_whole(self, within: float = WHOLE_PATIENCE) -> float:
        """Wait, in seconds, until every broker sees every replica in sync. Raises ClusterError."""
        ...

    def detach(self) -> None:
        """Let go of the cluster without ending it."""
        ...


@runtime_checkable
class Node(Protocol):
    """A broker or controller that can be handled as a process; each verb returns its moment."""

    name: str

    def kill(self) -> float: ...

    def stop(self) -> float: ...

    def pause(self) -> float: ...

    def resume(self) -> float: ...

    def start(self) -> float: ...

    def change(self, changes: Mapping[str, str | None]) -> None:
        """Change properties for its next start; None takes one away."""
        ...

    def settings(self) -> dict[str, str]:
        """The properties of its next start."""
        ...


@runtime_checkable
class HandlesProcesses(Protocol):
    """Kill, stop, pause, resume and start brokers and controllers."""

    def broker(self, node: int) -> Node: ...

    def controller(self, node: int) -> Node: ...

    def node(self, name: str) -> Node:
        """The node called ``name``, such as "broker-1"."""
        ...

    def quorum(self) -> Quorum:
        """What the controllers say of their quorum."""
        ...

    def status(self) -> dict[str, dict[str, Any]]:
        """For each node: running, paused, pid, exit code."""
        ...


@runtime_checkable
class CutsLinks(Protocol):
    """A fault proxy stands on all paths; see :mod:`cluster.proxy`."""

    @property
    def proxy(self) -> FaultProxy: ...


@runtime_checkable
class CutsNetworks(Protocol):
    """Machines can be cut off from each other."""

    def isolate(self, broker: int) -> float:
        """No other machine is reached from a broker's, nor reaches it, over the private network."""
        ...

    def heal(self) -> float:
        """Every way is open again."""
        ...


@runtime_checkable
class ReadsSegments(Protocol):
    """The log of each replica can be read."""

    def segments(self, broker: int, topic: str, partition: int) -> Segment: ...


@runtime_checkable
class RunsCommands(Protocol):
    """Brokers stand on machines of their own, where root can run something."""

    def run(self, broker: int, script: str) -> str:
        """What a shell script prints on a broker's machine. Raises ClusterError if it fails."""
        ...


@runtime_checkable
class OffersTls(Protocol):
    """There is a listener with mutual TLS, called "tls"."""

    def tls_files(self) -> dict[str, Path]:
        """A client's "certificate" and "key", and the certificate of the "authority"."""
        ...

    def authority(self) -> Authority:
        """Who signs the certificates that count here."""
        ...

    def tls_name(self, broker: int) -> tuple[str, list[str]]:
        """The subject of a broker's certificate, and the names and addresses that it is good for."""
        ...

    def place_key(self, broker: int, file: Path) -> str:
        """Bring a file with key and certificate to where a broker can read it; its path there."""
        ...


class ClusterUnderTest(Cluster, HandlesProcesses, CutsLinks, ReadsSegments, OffersTls, Protocol):
    """All that fixtures and steps may ask for, whichever backend is behind it.

    What its capabilities leave out raises NotCheckable when it is asked for after all.
    """

    overlay: dict[str, str]  # broker settings laid over from outside

    @property
    def controller_ids(self) -> tuple[int, ...]:
        """None where ZooKeepers stand in their place, and one of the brokers is controller."""
        ...
