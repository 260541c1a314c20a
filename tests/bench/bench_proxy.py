"""What the fault proxy costs a real producer: the same records direct and through it, in turn."""

from __future__ import annotations

import statistics
import time

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from cluster.local.embedded import EmbeddedCluster
from tests.bench.figures import Figure

TOPIC, RECORD = "bench", bytes(1024)
RECORDS, PINGS, ROUNDS = 30_000, 300, 3
LISTENERS = ("plain", "proxied")


def producer(cluster: EmbeddedCluster, listener: str) -> Producer:
    conf = {"bootstrap.servers": cluster.bootstrap(listener), "acks": "all", "linger.ms": 0}
    return Producer({**conf, "queue.buffering.max.messages": 2 * RECORDS})


def throughput(cluster: EmbeddedCluster, listener: str) -> float:
    """Records a second, acknowledged by all replicas."""
    sender = producer(cluster, listener)
    begun = time.monotonic()
    for _ in range(RECORDS):
        sender.produce(TOPIC, RECORD, partition=0)
    if sender.flush(60):
        raise RuntimeError(f"not all records were acknowledged through {listener}")
    return RECORDS / (time.monotonic() - begun)


def latency(cluster: EmbeddedCluster, listener: str) -> float:
    """Median milliseconds of one record in flight."""
    sender = producer(cluster, listener)
    times = []
    for _ in range(PINGS):
        begun = time.monotonic()
        sender.produce(TOPIC, RECORD, partition=0)
        sender.flush(10)
        times.append(time.monotonic() - begun)
    return 1000 * statistics.median(times[PINGS // 10:])  # fmt: skip


def figures(cluster: EmbeddedCluster) -> list[Figure]:
    """Three replicas; replication goes through the proxy in both cases, so it is the client's hop that differs."""
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap()})
    admin.create_topics([NewTopic(TOPIC, 1, 3)])[TOPIC].result(20)
    cluster.await_whole()
    for listener in LISTENERS:  # the first of all is slow: code that no JVM has compiled yet
        throughput(cluster, listener)
    rates: dict[str, list[float]] = {listener: [] for listener in LISTENERS}
    waits: dict[str, list[float]] = {listener: [] for listener in LISTENERS}
    for number in range(ROUNDS):
        for listener in LISTENERS if number % 2 else reversed(LISTENERS):
            rates[listener].append(throughput(cluster, listener))
            waits[listener].append(latency(cluster, listener))
    rate = {listener: max(found) for listener, found in rates.items()}
    wait = {listener: min(found) for listener, found in waits.items()}
    share = rate["proxied"] / rate["plain"]
    added = wait["proxied"] - wait["plain"]
    return [
        Figure(
            "proxy, 1 KiB records", 100 * share, "%", 90.0, at_least=True,
            beside=f"{rate['proxied']:,.0f} records/s, direct {rate['plain']:,.0f}", ratio=share,
        ),
        Figure(
            "proxy, added to a record's median time", added, "ms", 0.2,
            beside=f"{wait['proxied']:.2f} ms, direct {wait['plain']:.2f} ms", ratio=wait["proxied"] / wait["plain"],
        ),
    ]  # fmt: skip
