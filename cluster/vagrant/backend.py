"""The cluster on machines as others use it: brokers and controllers as services, reached over two networks.

Clients come over the public network with certificates.  Whoever looks at single brokers asks them over
the private one, which this machine reaches as well.  There is no fault proxy here: a machine is cut off
with the rules of its own kernel, which know addresses and ports and no Kafka, and what takes more than
that is not checkable on machines.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from cluster import interface, quorum, release, views
from cluster.certificates import Authority
from cluster.errors import ClusterError, NotCheckable
from cluster.local import zookeeper
from cluster.local.layout import BROKERS, CONTROLLERS
from cluster.proxy import FaultProxy
from cluster.vagrant import clientfiles, inventory, links, plan, services
from cluster.vagrant.plan import DATA, Plan
from cluster.vagrant.remote_segments import RemoteSegment
from cluster.vagrant.services import ServiceNode
from cluster.vagrant.ssh import Shell
from cluster.waiting import eventually

T = TypeVar("T")

#: The services of a machine.
BROKER, CONTROLLER, ZOOKEEPER = "kafka", "kafka-controller", "zookeeper"

CAPABILITIES = frozenset(
    """kills-brokers kills-controllers stops-brokers pauses-brokers isolates-brokers reads-segments
    sets-broker-config runs-commands provisions-machines mutual-tls""".split()
)


class VagrantCluster(
    interface.Cluster,
    interface.HandlesProcesses,
    interface.CutsNetworks,
    interface.ReadsSegments,
    interface.RunsCommands,
    interface.OffersTls,
):
    """Three machines with a broker and a controller each."""

    def __init__(self, wanted: Plan, folder: Path, overlay: Mapping[str, str]) -> None:
        """Attach to the machines of a plan. ``folder`` gets logs and histories."""
        self.plan, self.folder, self.overlay = wanted, folder, dict(overlay)
        self.facts = {"Kafka": wanted.kafka, "Backend": f"Vagrant, {wanted.provider}"}
        self.shells = {machine.number: Shell(machine.name, wanted.ssh_config) for machine in wanted.machines}
        self.links = links.Links(wanted, self.shells)
        self.release = release.resolve(wanted.kafka)
        #: What can be done to it, in the words of the features' tags.
        self.capabilities = CAPABILITIES - ({"kills-controllers"} if self.release.needs_zookeeper else set())

    # -- addresses and nodes

    @property
    def broker_ids(self) -> tuple[int, ...]:
        return BROKERS

    @property
    def controller_ids(self) -> tuple[int, ...]:
        """None where ZooKeepers stand in their place, and one of the brokers is controller."""
        return () if self.release.needs_zookeeper else CONTROLLERS

    @property
    def keeps_in_zookeeper(self) -> bool:
        """Whether ZooKeepers keep the metadata, not controllers of Kafka's own."""
        return self.release.needs_zookeeper

    @property
    def client_listener(self) -> str:
        """The listener that the scenarios' clients use."""
        return "tls"

    def bootstrap(self, listener: str = "plain") -> str:
        """Bootstrap servers of "plain" (private network) or "tls" (public network)."""
        return ",".join(self.address(broker, listener) for broker in BROKERS)

    def address(self, broker: int, listener: str = "plain") -> str:
        """Where one broker is reached. Raises NotCheckable for a way through the fault proxy."""
        machine = self.plan.machine(broker)
        if listener == "plain":
            return f"{machine.private}:{plan.PLAIN}"
        if listener == "tls":
            return f"{machine.public}:{plan.TLS}"
        raise NotCheckable("there is no fault proxy before machines")

    @property
    def proxy(self) -> FaultProxy:
        """There is none: raises NotCheckable."""
        raise NotCheckable("there is no fault proxy before machines")

    def broker(self, node: int) -> ServiceNode:
        return ServiceNode(f"broker-{node}", BROKER, self.shells[node])

    def controller(self, node: int) -> ServiceNode:
        return ServiceNode(f"controller-{node}", CONTROLLER, self.shells[CONTROLLERS.index(node) + 1])

    def node(self, name: str) -> ServiceNode:
        """The node called ``name``, such as "broker-1"."""
        kind, _, number = name.partition("-")
        if kind == "zookeeper":
            return ServiceNode(name, ZOOKEEPER, self.shells[int(number)])
        return self.broker(int(number)) if kind == "broker" else self.controller(int(number))

    def tls_files(self) -> dict[str, Path]:
        """What a client of the "tls" listener needs: its certificate, key and the authority's certificate."""
        return clientfiles.tls_files(self.plan)

    def authority(self) -> Authority:
        """Who signs the certificates that count here."""
        return Authority.load(self.plan.certificates, inventory.VALID)

    def tls_name(self, broker: int) -> tuple[str, list[str]]:
        """The subject of a broker's certificate, and the names and addresses that it is good for."""
        machine = self.plan.machine(broker)
        return machine.name, inventory.hosts_of(machine)

    def place_key(self, broker: int, file: Path) -> str:
        """Bring a file with key and certificate to where a broker can read it; its path there."""
        there = f"{inventory.KEYS}/placed-{file.name}"
        script = f"umask 027; cat > {there}; chgrp kafka {there}"
        self.shells[broker].result(script, given=file.read_bytes())
        return there

    def segments(self, broker: int, topic: str, partition: int) -> RemoteSegment:
        """The replica of a partition on a broker, as Kafka's own dump tool reads it there."""
        name = f"{topic}-{partition}"
        copies = self.folder / "segments" / f"broker-{broker}" / name
        folder = Path(DATA, "broker", name)
        return RemoteSegment(folder, (self.release.dump_tool,), self.shells[broker], copies)

    def run(self, broker: int, script: str) -> str:
        """What a shell script prints that root runs on a broker's machine. Raises ClusterError if it fails."""
        return self.shells[broker].run(script)

    # -- state

    def view(self, broker: int) -> views.View:
        """How ``broker`` sees the cluster. Raises OSError if it does not answer."""
        return views.view_of(self.plan.machine(broker).private, plan.PLAIN)

    def quorum(self) -> quorum.Quorum:
        """What the controllers say of their quorum."""
        hosts = {machine.controller: machine.private for machine in self.plan.machines}
        return quorum.quorum_of(dict.fromkeys(hosts, plan.CONTROLLER), hosts)

    def await_whole(self, within: float = interface.WHOLE_PATIENCE) -> float:
        """Wait until the controllers are a quorum of all and every broker sees every replica in sync.

        Gives the seconds that it took. Raises ClusterError with what was missing.
        """
        begun = time.monotonic()
        eventually(
            lambda: self._missing_metadata() or views.what_is_missing(self._views(), BROKERS),
            within,
            "a whole cluster",
            until=lambda missing: missing is None,
            error=ClusterError,
            hint=f"look at a machine: {self.shells[1].by_hand()}",
        )
        return time.monotonic() - begun

    def _missing_metadata(self) -> str | None:
        """Why those who keep the metadata are not whole, in words."""
        if not self.release.needs_zookeeper:
            return self.quorum().what_is_missing()
        for machine in self.plan.machines:
            if "Mode: " not in zookeeper.ask(inventory.ZOOKEEPER[0], "srvr", machine.private):
                return f"ZooKeeper {machine.number} does not answer, or knows of no leader"
        seen = {view.controller for view in self._views().values() if view is not None}
        return None if len(seen) == 1 and seen <= set(BROKERS) else f"controllers seen are {sorted(seen)}"

    def _views(self) -> dict[int, views.View | None]:
        found: dict[int, views.View | None] = {}
        for broker in BROKERS:
            try:
                found[broker] = self.view(broker)
            except OSError:
                found[broker] = None
        return found

    def status(self) -> dict[str, dict[str, Any]]:
        """What the service managers know of each node: running, paused, pid, exit code."""

        def of(number: int) -> dict[str, dict[str, Any]]:
            names = {BROKER: f"broker-{number}", CONTROLLER: f"controller-{CONTROLLERS[number - 1]}"}
            if self.release.needs_zookeeper:
                names = {BROKER: f"broker-{number}", ZOOKEEPER: f"zookeeper-{number}"}
            return services.states(self.shells[number], names)

        found: dict[str, dict[str, Any]] = {}
        for part in self.everywhere(of).values():
            found |= part
        return dict(
            sorted(found.items(), key=lambda one: one[0].startswith("broker"))
        )  # those need the others

    def everywhere(self, do: Callable[[int], T]) -> dict[int, T]:
        """The same on every machine at once; the results by number."""
        with ThreadPoolExecutor(len(BROKERS)) as together:
            return dict(zip(BROKERS, together.map(do, BROKERS), strict=True))

    def isolate(self, broker: int) -> float:
        """No other machine is reached from a broker's, nor reaches it, over the private network."""
        self.links.isolate(broker)
        return time.monotonic()

    def heal(self) -> float:
        """Take away all rules by which machines are cut off."""
        self.links.heal()
        return time.monotonic()

    def detach(self) -> None:
        """Let go of the machines without ending them; connections of ssh end by themselves."""
