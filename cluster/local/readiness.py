"""Proof that a started cluster works: every broker sees all, and a record goes through each listener."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, NewTopic
from kafka.protocol.producer import InitProducerIdRequest, InitProducerIdResponse

from cluster import views
from cluster.errors import ClusterError, PortTaken
from cluster.local import folders, layout, settings
from cluster.local.senders import sender
from cluster.ports import HOST
from cluster.waiting import TimedOut, eventually
from cluster.wire import Connection

if TYPE_CHECKING:
    from cluster.local.embedded import EmbeddedCluster

TOPIC = "kafka-guarantees-ready"


def prove(cluster: EmbeddedCluster, within: float) -> None:
    """Wait until all is ready. Raises ClusterError with the log lines of what failed.

    A node that ends is told at once; a setting that no broker knows is refused.
    """
    deadline = time.monotonic() + within
    try:
        eventually(
            lambda: what_is_missing(cluster),
            within,
            "a cluster of three brokers",
            until=lambda missing: missing is None,
        )
        log = cluster.broker(1).log.read_text(errors="replace")
        settings.refuse_unknown(cluster.overlay, log, cluster.facts["Kafka"])
        send_through_each_listener(cluster, max(5.0, deadline - time.monotonic()))
        cluster.await_whole(within=max(5.0, deadline - time.monotonic()))
    except TimedOut as error:
        raise ClusterError(f"the cluster did not become ready: {error}\n{complaints(cluster)}") from error


def what_is_missing(cluster: EmbeddedCluster) -> str | None:
    """Why not every broker lists all brokers yet; raises ClusterError when a node has ended."""
    require_alive(cluster)
    for broker in layout.BROKERS:
        try:
            seen = views.view_of(HOST, cluster.layout.brokers[broker].plain, topics=[]).brokers
        except OSError as error:
            return f"broker {broker} does not answer yet ({error.strerror or error})"
        if seen != layout.BROKERS:
            return f"broker {broker} sees {', '.join(map(str, seen)) or 'no broker'}"
    return None


def require_alive(cluster: EmbeddedCluster) -> None:
    """Raises ClusterError, or PortTaken, with its own words when a node has ended."""
    for name, state in cluster.status().items():
        if not state["running"]:
            words = complaint(cluster.folder / "logs" / f"{name}.log") + folders.lack_of_room(cluster.folder)
            if "Address already in use" in words:
                raise PortTaken(f"{name} found a port taken:\n{words}", cluster.block)
            raise ClusterError(f"{name} ended with exit code {state['exit']} as it started:\n{words}")


def send_through_each_listener(cluster: EmbeddedCluster, within: float) -> None:
    """One record to each broker through each listener, after producer ids are there for those who need them."""
    with ThreadPoolExecutor() as together:
        jobs = [together.submit(create_topic, cluster, within)]
        for at in cluster.layout.brokers.values():
            jobs.append(together.submit(warm_up_producer_ids, at.plain, within))
        for job in jobs:
            job.result()
    await_sent(cluster, within)
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap(), "log_level": 0})
    admin.delete_topics([TOPIC])[TOPIC].result(within)


def await_sent(cluster: EmbeddedCluster, within: float) -> None:
    """Records for every broker by each listener, acknowledged by all replicas."""
    trouble: dict[str, str] = {}
    senders = {
        listener: sender(cluster.bootstrap(listener), cluster.tls_files() if listener == "tls" else None)
        for listener in ("plain", "proxied", "tls")
    }
    for listener, producer in senders.items():

        def told(error: KafkaError | None, _: object, listener: str = listener) -> None:
            if error is not None:
                trouble[listener] = error.str()

        for partition, _ in enumerate(layout.BROKERS):
            producer.produce(TOPIC, b"ready", partition=partition, on_delivery=told)

    def silent() -> list[str]:
        require_alive(cluster)
        return [listener for listener, producer in senders.items() if producer.flush(0.05)]

    try:
        eventually(silent, within, "a record through each listener", until=lambda left: not left)
    finally:
        for producer in senders.values():
            producer.purge()
    for listener, words in trouble.items():
        raise ClusterError(f"the listener {listener} refused a record: {words}\n{complaints(cluster)}")


def warm_up_producer_ids(port: int, within: float) -> None:
    """Let a broker fetch its first block of producer ids.

    Until it has one, it answers COORDINATOR_LOAD_IN_PROGRESS, which costs a client up to a second.
    """

    def code() -> int:
        request = InitProducerIdRequest[2](transactional_id=None, transaction_timeout_ms=60_000)
        with Connection(HOST, port) as connection:
            return int(connection.ask(request, InitProducerIdResponse).error_code)

    eventually(code, within, "a first producer id", until=lambda error: error == 0, retry_on=(OSError,))


def create_topic(cluster: EmbeddedCluster, within: float) -> None:
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap(), "log_level": 0})
    assignment = [[1, 2, 3], [2, 3, 1], [3, 1, 2]]
    topic = NewTopic(TOPIC, num_partitions=3, replica_assignment=assignment)

    def refusal() -> str | None:
        require_alive(cluster)
        try:
            admin.create_topics([topic], request_timeout=5)[TOPIC].result()
        except KafkaException as error:
            name = error.args[0].name()
            return None if name == "TOPIC_ALREADY_EXISTS" else str(name)
        return None

    eventually(refusal, within, "a first topic", until=lambda refused: refused is None)


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
