"""A node of the embedded cluster, as others handle it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster import interface, overlay

if TYPE_CHECKING:
    from cluster.local.embedded import EmbeddedCluster


class EmbeddedNode(interface.Node):
    """A broker, controller or ZooKeeper of the embedded cluster."""

    def __init__(self, cluster: EmbeddedCluster, name: str) -> None:
        self.cluster = cluster
        self.name = name

    def kill(self) -> float:
        """SIGKILL; returns when the process is gone."""
        return self._do("kill")

    def stop(self) -> float:
        """SIGTERM, an orderly stop; returns when the process has ended."""
        return self._do("stop")

    def pause(self) -> float:
        """SIGSTOP."""
        return self._do("pause")

    def resume(self) -> float:
        """SIGCONT."""
        return self._do("resume")

    def start(self) -> float:
        """Start it again on its own ports and data; returns at once, see ``await_whole``.

        A broker that has a session with ZooKeeper from its former life would not start: that is over first.
        """
        if self.cluster.layout.zookeepers and self.name.startswith("broker-"):
            self.cluster.await_forgotten(int(self.name.rpartition("-")[2]))
        return self._do("start")

    def change(self, changes: Mapping[str, str | None]) -> None:
        """Change properties for its next start; None takes one away."""
        self._do("set", settings=dict(changes))

    def settings(self) -> dict[str, str]:
        """The properties of its next start."""
        return overlay.read(self.cluster.folder / "config" / f"{self.name}.properties", self.name)

    @property
    def running(self) -> bool:
        return bool(self.cluster.status()[self.name]["running"])

    @property
    def log(self) -> Path:
        return self.cluster.folder / "logs" / f"{self.name}.log"

    def _do(self, verb: str, **more: Any) -> float:
        return float(self.cluster.request(do=verb, node=self.name, **more)["t"])
