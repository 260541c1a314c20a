"""What the suite asks of a cluster: small verbs on named things, and capabilities on their own.

A backend that lacks a capability does not name it in ``capabilities`` and lacks the verbs of its
protocol; a scenario that needs it is then *not checkable here*.  Moments are seconds of
CLOCK_MONOTONIC.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from cluster.proxy import FaultProxy
from cluster.quorum import Quorum
from cluster.segments import Segment
from cluster.views import View


@runtime_checkable
class Cluster(Protocol):
    """Any cluster: its addresses, its brokers, and whether it is whole."""

    capabilities: frozenset[str]  # the features' tags, such as "kills-brokers"
    facts: dict[str, str]  # "Kafka": "4.4.0", …, for the report
    folder: Path  # logs and histories of the run

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

    def await_whole(self, within: float = 30.0) -> float:
        """Wait, in seconds, until every broker sees every replica in sync. Raises ClusterError."""
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


@runtime_checkable
class HandlesProcesses(Protocol):
    """Kill, stop, pause, resume and start brokers and controllers."""

    def broker(self, node: int) -> Node: ...

    def controller(self, node: int) -> Node: ...

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
class ReadsSegments(Protocol):
    """The log of each replica can be read."""

    def segments(self, broker: int, topic: str, partition: int) -> Segment: ...
