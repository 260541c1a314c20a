"""Proof that a started cluster works: every broker sees all, and a record goes through each listener."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from cluster import views
from cluster.errors import ClusterError
from cluster.local import layout
from cluster.ports import HOST
from cluster.waiting import TimedOut, eventually

if TYPE_CHECKING:
    from cluster.local.embedded import EmbeddedCluster

TOPIC = "kafka-guarantees-ready"


def prove(cluster: EmbeddedCluster, within: float) -> None:
    """Wait until all is ready. Raises ClusterError with the log lines of what failed."""
    deadline = time.monotonic() + within
    try:
        eventually(
            lambda: what_is_missing(cluster),
            within,
            "a cluster of three brokers",
            until=lambda missing: missing is None,
        )
        send_through_each_listener(cluster, max(5.0, deadline - time.monotonic()))
        cluster.await_whole(within=max(5.0, deadline - time.monotonic()))
    except TimedOut as error:
        raise ClusterError(f"the cluster did not become ready: {error}\n{complaints(cluster)}") from error


def what_is_missing(cluster: EmbeddedCluster) -> str | None:
    """Why not every broker lists all brokers yet; raises ClusterError when a node has ended."""
    for name, state in cluster.status().items():
        if not state["running"]:
            raise ClusterError(
                f"{name} ended with exit code {state['exit']} as it started:\n"
                + complaint(cluster.folder / "logs" / f"{name}.log")
            )
    for broker in layout.BROKERS:
        try:
            seen = views.view_of(HOST, cluster.layout.brokers[broker].plain, topics=[]).brokers
        except OSError as error:
            return f"broker {broker} does not answer yet ({error.strerror or error})"
        if seen != layout.BROKERS:
            return f"broker {broker} sees {', '.join(map(str, seen)) or 'no broker'}"
    return None


def send_through_each_listener(cluster: EmbeddedCluster, within: float) -> None:
    """One record to each broker through each listener, with idempotence, so that ids are handed out too."""
    create_topic(cluster, within)
    producers = {listener: producer(cluster, listener) for listener in ("plain", "proxied", "tls")}
    silent = set(producers)
    for sender in producers.values():
        for partition, _ in enumerate(layout.BROKERS):
            sender.produce(TOPIC, b"ready", partition=partition)
    for listener, sender in producers.items():
        if sender.flush(within) == 0:
            silent.remove(listener)
    if silent:
        raise TimedOut(f"no record went through the listener {', '.join(silent)} within {within:.0f} s")
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap()})
    admin.delete_topics([TOPIC])[TOPIC].result(within)


def create_topic(cluster: EmbeddedCluster, within: float) -> None:
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap()})
    assignment = [[1, 2, 3], [2, 3, 1], [3, 1, 2]]
    topic = NewTopic(TOPIC, num_partitions=3, replica_assignment=assignment)

    def refusal() -> str | None:
        try:
            admin.create_topics([topic], request_timeout=5)[TOPIC].result()
        except KafkaException as error:
            name = error.args[0].name()
            return None if name == "TOPIC_ALREADY_EXISTS" else str(name)
        return None

    eventually(refusal, within, "a first topic", until=lambda refused: refused is None)


def producer(cluster: EmbeddedCluster, listener: str) -> Producer:
    conf: dict[str, Any] = {
        "bootstrap.servers": cluster.bootstrap(listener),
        "enable.idempotence": True,
        "linger.ms": 0,
        "retry.backoff.ms": 20,
        "reconnect.backoff.ms": 20,
        "log_level": 0,
    }
    if listener == "tls":
        files = cluster.tls_files()
        conf["security.protocol"] = "ssl"
        conf["ssl.ca.location"] = str(files["authority"])
        conf["ssl.certificate.location"] = str(files["certificate"])
        conf["ssl.key.location"] = str(files["key"])
    return Producer(conf)


def complaints(cluster: EmbeddedCluster) -> str:
    """What the nodes' logs complain of."""
    told = []
    for log in sorted((cluster.folder / "logs").glob("*.log")):
        lines = complaint(log, most=3)
        if lines:
            told.append(f"{log.stem}:\n{lines}")
    return "\n".join(told)


def complaint(log: Path, most: int = 8) -> str:
    """The lines of a log that say what went wrong: errors, and exceptions with their causes."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    wanted = re.compile(r"\] (ERROR|FATAL) |^Caused by:|^(?:[\w.]+\.)?\w+(Exception|Error): |No space left")
    found = [line for line in lines if wanted.search(line)]
    return "\n".join(f"  {line}" for line in dict.fromkeys(found[:most] or lines[-most:]))
