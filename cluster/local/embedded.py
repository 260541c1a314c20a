"""The embedded cluster as others use it: start one, attach to one, handle its nodes."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cluster import interface, ports, quorum, views
from cluster.errors import ClusterError, PortTaken
from cluster.local import folders, keeper, layout, readiness, settings, starting, zookeeper
from cluster.local.handles import EmbeddedNode
from cluster.local.identities import Identities
from cluster.local.prepared import Prepared
from cluster.ports import HOST
from cluster.proxy import FaultProxy
from cluster.segments import Segment
from cluster.waiting import eventually

#: Longest wait for all six nodes, in seconds, on a machine that is busy with other things.
START_PATIENCE = 90.0

#: Longest wait, in seconds, for the end of a dead broker's session with ZooKeeper.
FORGET_PATIENCE = 20.0

CAPABILITIES = frozenset(
    """kills-brokers kills-controllers stops-brokers pauses-brokers isolates-brokers cuts-links
    network-faults reads-segments damages-disks sets-broker-config mutual-tls""".split()
)

#: How often a start is tried again on other ports when one was taken meanwhile.
TRIES = 3


class EmbeddedCluster(
    interface.Cluster,
    interface.HandlesProcesses,
    interface.CutsLinks,
    interface.ReadsSegments,
    Identities,
):
    """Three brokers and three controllers, or ZooKeepers, on loopback, owned by a keeper process."""

    def __init__(self, folder: Path, owner: subprocess.Popen[bytes] | None = None) -> None:
        """Attach to the cluster in ``folder``. Raises ClusterError if none is up there."""
        self.folder = folder
        self.owner = owner
        try:
            description = json.loads((folder / folders.DESCRIPTION).read_text())
            self._socket = socket.socket(socket.AF_UNIX)
            try:
                self._socket.connect(str(folder / folders.SOCKET))
            except OSError:
                self._socket.close()
                raise
        except OSError as error:
            raise ClusterError(f"no cluster is up in {folder}: {error}") from error
        self._answers = self._socket.makefile("rb")
        self._one_at_a_time = threading.Lock()
        self.layout = layout.from_plain(description["layout"])
        self.facts: dict[str, str] = description["facts"]
        self.overlay: dict[str, str] = description["overlay"]
        #: What can be done to it, in the words of the features' tags.
        self.capabilities = CAPABILITIES - ({"kills-controllers"} if self.layout.zookeepers else set())
        self._dump_tool: list[str] = description["dump_tool"]
        self.block: int = description["block"]  # the first of its ports
        self._proxy: FaultProxy | None = None

    # -- addresses and nodes

    @property
    def keeps_in_zookeeper(self) -> bool:
        """Whether ZooKeepers keep the metadata, not controllers of Kafka's own."""
        return bool(self.layout.zookeepers)

    @property
    def client_listener(self) -> str:
        """The listener that the scenarios' clients use: the one behind the fault proxy."""
        return "proxied"

    @property
    def broker_ids(self) -> tuple[int, ...]:
        return layout.BROKERS

    @property
    def controller_ids(self) -> tuple[int, ...]:
        """None where ZooKeepers stand in their place, and one of the brokers is controller."""
        return tuple(self.layout.controllers)

    def bootstrap(self, listener: str = "plain") -> str:
        """Bootstrap servers of "plain", "proxied" or "tls"."""
        return self.layout.bootstrap(listener)

    def address(self, broker: int, listener: str = "plain") -> str:
        """Where one broker is reached."""
        return self.bootstrap(listener).split(",")[layout.BROKERS.index(broker)]

    def broker(self, node: int) -> EmbeddedNode:
        return EmbeddedNode(self, f"broker-{node}")

    def controller(self, node: int) -> EmbeddedNode:
        return EmbeddedNode(self, f"controller-{node}")

    def node(self, name: str) -> EmbeddedNode:
        """The node called ``name``, such as "broker-1"."""
        return EmbeddedNode(self, name)

    @property
    def proxy(self) -> FaultProxy:
        """The fault proxy on all paths; see :mod:`cluster.proxy`."""
        if self._proxy is None:
            self._proxy = FaultProxy(self.folder / folders.PROXY)
        return self._proxy

    def segments(self, broker: int, topic: str, partition: int) -> Segment:
        """The replica of a partition on a broker, as Kafka's own dump tool reads it."""
        data = self.folder / "data" / f"broker-{broker}" / f"{topic}-{partition}"
        return Segment(data, self._dump_tool)

    # -- state

    def view(self, broker: int) -> views.View:
        """How ``broker`` sees the cluster. Raises OSError if it does not answer."""
        return views.view_of(HOST, self.layout.brokers[broker].plain)

    def quorum(self) -> quorum.Quorum:
        """What the controllers say of their quorum."""
        return quorum.quorum_of({node: at.controller for node, at in self.layout.controllers.items()})

    def await_whole(self, within: float = interface.WHOLE_PATIENCE) -> float:
        """Wait until the controllers, or ZooKeepers, are a quorum of all and every broker sees every replica in sync.

        Gives the seconds that it took. Raises ClusterError with what was missing: the cluster is of
        no use to anybody then.
        """
        begun = time.monotonic()
        eventually(
            lambda: self._missing_metadata() or views.what_is_missing(self._views(), layout.BROKERS),
            within,
            "a whole cluster",
            until=lambda missing: missing is None,
            error=ClusterError,
        )
        return time.monotonic() - begun

    def _missing_metadata(self) -> str | None:
        """Why those who keep the metadata are not whole, in words."""
        if not self.layout.zookeepers:
            return self.quorum().what_is_missing()
        ensemble = zookeeper.ensemble_of(self.layout)
        if lost := set(layout.BROKERS) - ensemble.brokers:
            return ensemble.what_is_missing() or f"broker {min(lost)} has no session"
        seen = {view.controller for view in self._views().values() if view is not None}
        agreed = len(seen) == 1 and seen <= set(layout.BROKERS)
        return ensemble.what_is_missing() or (None if agreed else f"controllers seen are {sorted(seen)}")

    def await_forgotten(self, broker: int) -> None:
        """Wait until no session of a broker is left. Raises ClusterError if ZooKeeper keeps it."""
        eventually(
            lambda: zookeeper.ensemble_of(self.layout).brokers,
            FORGET_PATIENCE,
            f"the end of the session of broker {broker}",
            until=lambda known: broker not in known,
            error=ClusterError,
        )

    def _views(self) -> dict[int, views.View | None]:
        found: dict[int, views.View | None] = {}
        for broker in layout.BROKERS:
            try:
                found[broker] = self.view(broker)
            except OSError:
                found[broker] = None
        return found

    def status(self) -> dict[str, dict[str, Any]]:
        """What the keeper knows of each node: running, paused, pid, exit code."""
        states: dict[str, dict[str, Any]] = self.request(do="status")["nodes"]
        return states

    # -- the keeper

    def request(self, **request: Any) -> dict[str, Any]:
        """Ask the keeper; raises ClusterError with its words, or if it is gone."""
        with self._one_at_a_time:
            try:
                self._socket.sendall(json.dumps(request).encode() + b"\n")
                line = self._answers.readline()
            except OSError:
                line = b""
        if not line:
            raise ClusterError("the process that keeps the cluster is gone, and its brokers with it")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ClusterError(answer["error"])
        return answer

    def detach(self) -> None:
        """Let go of the cluster without ending it."""
        if self._proxy is not None:
            self._proxy.close()
        self._answers.close()
        self._socket.close()

    def down(self) -> None:
        """End every process of the cluster and remove its folder. Raises ClusterError if it will not end."""
        try:
            self.request(do="down")
        except ClusterError:
            pass  # it is gone already, which is what was asked for
        self.detach()
        if self.owner is not None:
            starting.end_keeper(self.owner)
        eventually(
            lambda: not folders.alive(self.folder), 15, "the keeper of the cluster to end", error=ClusterError
        )


def start(
    prepared: Prepared,
    overlay: Mapping[str, str] | None = None,
    *,
    detached: bool = False,
    keep: bool = False,
    first_port: int = ports.FIRST,
    last_port: int = ports.LAST,
    say: Callable[[str], None] = lambda line: None,
) -> EmbeddedCluster:
    """Start a cluster and wait until it is proven ready. Raises ClusterError, leaving nothing behind.

    A ``detached`` one outlives this process, and only ``down`` ends it; with ``keep`` its folder stays.
    """
    settings.check_overlay(overlay or {})
    others = "ZooKeepers" if prepared.release.needs_zookeeper else "controllers"
    say(f"starting three brokers and three {others}")
    for attempt in range(1, TRIES + 1):
        try:
            return start_once(prepared, dict(overlay or {}), detached, keep, first_port, last_port)
        except PortTaken as taken:
            if attempt == TRIES:
                raise
            say(f"{taken}; trying others")
            first_port = taken.block + ports.BLOCK
    raise AssertionError("the last try returns or raises")


def start_once(
    prepared: Prepared, overlay: dict[str, str], detached: bool, keep: bool, first_port: int, last_port: int
) -> EmbeddedCluster:
    """One try on the first free block of ports. Raises PortTaken if another block may do."""
    folder, lock = folders.make()
    facts = {"Kafka": prepared.release.version, "Java": str(prepared.java), "Backend": "embedded"}
    facts["Kafka from"] = prepared.release.origin
    order = keeper.Order(
        str(folder), prepared.materials(), prepared.release.needs_zookeeper,
        overlay, facts, detached, keep, first_port, last_port,
    )  # fmt: skip
    owner = cluster = None
    try:
        log = folder / "logs" / "keeper.log"
        owner = starting.start_keeper(order, lock, log)
        starting.await_started(owner, log)
        cluster = EmbeddedCluster(folder, owner)
        readiness.prove(cluster, START_PATIENCE)
        if detached:
            cluster.request(do="stay")
        return cluster
    except BaseException:
        if cluster is not None:
            cluster.detach()
        if owner is not None:
            starting.end_keeper(owner)
        folders.leave(folder, keep)
        raise
