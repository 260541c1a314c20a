"""What the suite asks of a cluster: small verbs on named things, and capabilities on their own.

A backend that lacks a capability simply does not have the attribute's protocol; a scenario that
needs it is then *not checkable here*.  Moments are seconds of CLOCK_MONOTONIC.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from cluster.views import View


class Cluster(Protocol):
    """Any cluster: an address, its brokers, and whether it is whole."""

    facts: Mapping[str, str]  # "Kafka": "4.4.0", …, for the report

    def bootstrap(self, listener: str = "plain") -> str: ...

    @property
    def broker_ids(self) -> tuple[int, ...]: ...

    def view(self, broker: int) -> View: ...

    def await_whole(self, within: float) -> None: ...


@runtime_checkable
class Node(Protocol):
    """A broker or controller that can be handled as a process."""

    name: str

    def kill(self) -> float: ...

    def stop(self) -> float: ...

    def pause(self) -> float: ...

    def resume(self) -> float: ...

    def start(self) -> float: ...


@runtime_checkable
class HandlesProcesses(Protocol):
    """Kill, stop, pause, resume and start brokers and controllers."""

    def broker(self, node: int) -> Node: ...

    def controller(self, node: int) -> Node: ...


@runtime_checkable
class CutsLinks(Protocol):
    """A fault proxy stands on all paths; its API is :mod:`cluster.proxy`."""

    @property
    def proxy(self) -> Any: ...


@runtime_checkable
class ReadsSegments(Protocol):
    """Log segments of each replica can be read."""

    def segments(self, broker: int, topic: str, partition: int) -> list[Path]: ...
