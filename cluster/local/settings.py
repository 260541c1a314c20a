"""The properties of brokers and controllers, and what may be laid over them from outside.

Three kinds of settings: how a careful operator sets production; how soon things are noticed,
shortened so that nobody waits for a default meant for a data centre; and what the embedded cluster
needs for itself.  Only the last kind cannot be laid over.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import Path

from cluster.certificates import Identity, Stores
from cluster.errors import ClusterError
from cluster.local.layout import Layout
from cluster.ports import HOST

#: What decides whether promises hold: set as for production, with three replicas of everything.
CAREFUL = {
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "unclean.leader.election.enable": "false",
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "share.coordinator.state.topic.replication.factor": "3",
    "share.coordinator.state.topic.min.isr": "2",
    "auto.create.topics.enable": "false",
}

#: How soon things are noticed. None of these changes what is acknowledged, only when.
PROMPT = {
    "broker.session.timeout.ms": "1500",
    "zookeeper.session.timeout.ms": "3000",  # longer, since a broker that is not heard as it starts gives up
    "zookeeper.connection.timeout.ms": "30000",
    "controlled.shutdown.retry.backoff.ms": "200",
    "broker.heartbeat.interval.ms": "200",
    # The defaults: where two runs share two cores a controller is not heard for a second now and then, and
    # another one takes its place.
    "controller.quorum.fetch.timeout.ms": "2000",
    "controller.quorum.request.timeout.ms": "2000",
    "controller.quorum.election.timeout.ms": "400",
    "controller.quorum.election.backoff.max.ms": "300",
    "replica.fetch.wait.max.ms": "250",
    "replica.fetch.backoff.ms": "100",
    "unclean.leader.election.interval.ms": "1000",
    "auto.leader.rebalance.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "group.consumer.min.session.timeout.ms": "1000",
    "group.consumer.session.timeout.ms": "3000",
    "group.consumer.min.heartbeat.interval.ms": "100",
    "group.consumer.heartbeat.interval.ms": "500",
    "offsets.topic.num.partitions": "3",
    "transaction.state.log.num.partitions": "3",
    "share.coordinator.state.topic.num.partitions": "3",
    "log.segment.delete.delay.ms": "1000",
    # How often a broker looks for producers that it may forget; for how long it remembers them is
    # producer.id.expiration.ms, which stays at its day.
    "producer.id.expiration.check.interval.ms": "500",
    "log.initial.task.delay.ms": "1000",
    # How often a coordinator looks for offsets that it may forget; how long it keeps those of an empty
    # group is offsets.retention.minutes, which stays at its week.
    "offsets.retention.check.interval.ms": "1000",
    # Pre-allocated index files and cleaner buffers are sized for servers, not for a laptop.
    "log.index.size.max.bytes": "1048576",
    "log.cleaner.dedupe.buffer.size": "4194304",
}

#: What the embedded cluster decides for itself.
OURS = frozenset(
    """process.roles node.id broker.id listeners advertised.listeners controller.listener.names
    listener.security.protocol.map inter.broker.listener.name security.inter.broker.protocol
    controller.quorum.voters controller.quorum.bootstrap.servers log.dirs log.dir metadata.log.dir
    zookeeper.connect""".split()
)


def check_overlay(overlay: Mapping[str, str]) -> None:
    """Refuse settings that would take the cluster apart. Raises ClusterError naming them."""
    for key in overlay:
        if key in OURS:
            raise ClusterError(
                f"--broker-config {key}: the embedded cluster sets this itself, so it cannot be laid over"
            )


def broker(node: int, layout: Layout, data: Path) -> dict[str, str]:
    """The properties of broker ``node``, without those of mutual TLS and without overlay."""
    at = layout.brokers[node]
    return {
        **CAREFUL,
        **PROMPT,
        **membership(node, layout),
        "listeners": listeners(PLAIN=at.plain, PROXIED=at.proxied, TLS=at.tls, REPLICATION=at.replication),
        "advertised.listeners": listeners(
            PLAIN=at.plain, PROXIED=at.proxied_by_proxy, TLS=at.tls, REPLICATION=at.replication_by_proxy
        ),
        "listener.security.protocol.map": (
            "PLAIN:PLAINTEXT,PROXIED:PLAINTEXT,TLS:SSL,REPLICATION:PLAINTEXT,CONTROLLER:PLAINTEXT"
        ),
        "inter.broker.listener.name": "REPLICATION",
        "log.dirs": str(data),
    }


def membership(node: int, layout: Layout) -> dict[str, str]:
    """Who the broker is, and whom it asks what the cluster is: controllers, or ZooKeepers."""
    if layout.zookeepers:
        ways = [f"{HOST}:{at.by_proxy[node]}" for at in layout.zookeepers.values()]
        return {"broker.id": str(node), "zookeeper.connect": ",".join(ways)}
    return {
        "process.roles": "broker",
        "node.id": str(node),
        "controller.quorum.voters": layout.voters(),
        "controller.listener.names": "CONTROLLER",
    }


def mutual_tls(prefix: str, tls: Identity, authority: Path) -> dict[str, str]:
    """What makes a listener ask for a client's certificate and show its own, both as PEM."""
    return {
        f"{prefix}ssl.keystore.type": "PEM",
        f"{prefix}ssl.keystore.location": str(tls.both),
        f"{prefix}ssl.truststore.type": "PEM",
        f"{prefix}ssl.truststore.location": str(authority),
        f"{prefix}ssl.client.auth": "required",
    }


def mutual_tls_of_old(prefix: str, stores: Stores) -> dict[str, str]:
    """The same for releases that read no PEM, with Java's stores."""
    found = {f"{prefix}ssl.client.auth": "required", f"{prefix}ssl.key.password": stores.password}
    for which, file in (("keystore", stores.key), ("truststore", stores.trust)):
        found[f"{prefix}ssl.{which}.type"] = "PKCS12"
        found[f"{prefix}ssl.{which}.location"] = str(file)
        found[f"{prefix}ssl.{which}.password"] = stores.password
    return found


def controller(node: int, layout: Layout, data: Path) -> dict[str, str]:
    """The properties of controller ``node``, without overlay.

    Topic defaults count on controllers as well: with eligible leader replicas (KIP-966) it is the
    controller that reads ``min.insync.replicas`` and the unclean switch.
    """
    at = layout.controllers[node]
    return {
        **CAREFUL,
        **PROMPT,
        "process.roles": "controller",
        "node.id": str(node),
        "controller.quorum.voters": layout.voters(),
        "controller.listener.names": "CONTROLLER",
        "listeners": listeners(CONTROLLER=at.controller),
        "advertised.listeners": listeners(CONTROLLER=at.controller_by_proxy),
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT",
        "log.dirs": str(data),
    }


def listeners(**ports: int) -> str:
    return ",".join(f"{name}://{HOST}:{port}" for name, port in ports.items())


def write(properties: Mapping[str, str], file: Path) -> None:
    """A properties file as Java reads it."""
    file.write_text("".join(line(key, value) + "\n" for key, value in properties.items()), encoding="ascii")


def line(key: str, value: str) -> str:
    """One line of such a file: backslashes are escapes there, and what is not ASCII must be escaped."""
    utf16 = value.replace("\\", "\\\\").encode("utf-16-be")
    units = (int.from_bytes(utf16[at : at + 2], "big") for at in range(0, len(utf16), 2))
    return f"{key}=" + "".join(chr(unit) if unit < 128 else f"\\u{unit:04x}" for unit in units)


def refuse_unknown(overlay: Mapping[str, str], log: str, version: str) -> None:
    """Refuse a setting that the broker does not know: Kafka itself passes over it without a word.

    A broker lists every setting that it knows in its ``log`` as it starts ("KafkaConfig values").
    Raises ClusterError naming the setting.
    """
    known = set(re.findall(r"^\t([a-z0-9.]+) = ", log, re.MULTILINE))
    for key in overlay:
        if known and key not in known and not key.startswith("listener.name."):
            near = difflib.get_close_matches(key, known, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ClusterError(f"--broker-config {key}: Kafka {version} knows no such broker setting{hint}")
