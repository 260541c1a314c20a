"""How soon records go on after their leader was killed, beside what the settings allow."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from clients import CONFLUENT, KAFKA_PYTHON, ClientPool, Producer
from cluster.local import settings
from cluster.local.embedded import EmbeddedCluster
from tests.bench.figures import Figure

TOPIC, KILLS = "failover", 3

SESSION = int(settings.PROMPT["broker.session.timeout.ms"]) / 1000  # seconds
#: A controller looks for dead brokers eight times in a session, so this late it has seen one.
SEEN_DEAD = SESSION * 9 / 8
#: The longest pause between two tries by default, in seconds: retry.backoff.ms, in librdkafka retry.backoff.max.ms.
PAUSE = {KAFKA_PYTHON: 0.1, CONFLUENT: 1.0}


def figures(cluster: EmbeddedCluster) -> Iterator[Figure]:
    """Both libraries on one topic, in turn, so that they meet the same machine."""
    with tempfile.TemporaryDirectory() as name, ClientPool(Path(name), cluster.bootstrap(), "bench") as pool:
        pool.admin("confluent-kafka").create_topic(TOPIC, replication=3)
        producers = {library: pool.producer(library, {"acks": "all"}) for library in PAUSE}
        times: dict[str, list[float]] = {library: [] for library in PAUSE}
        for number in range(KILLS):
            for library, producer in producers.items():
                times[library].append(failover(cluster, producer, number))
    for library, found in times.items():
        middle = statistics.median(found)
        bound = SEEN_DEAD + PAUSE[library]
        beside = f"broker.session.timeout.ms {SESSION:g} s; slowest of {KILLS}: {max(found):.2f} s"
        yield Figure(f"failover, {library}", middle, "s", bound, beside=beside, ratio=middle / SESSION)


def failover(cluster: EmbeddedCluster, producer: Producer, number: int) -> float:
    """Seconds from the SIGKILL of the leader to the acknowledgement of a record sent right after it."""
    cluster.await_whole()
    acknowledged_at(producer, 2 * number)
    leader = cluster.view(cluster.broker_ids[0]).partitions[TOPIC, 0].leader
    begun = time.monotonic()
    cluster.broker(leader).kill()
    seconds = acknowledged_at(producer, 2 * number + 1) - begun
    cluster.broker(leader).start()
    return seconds


def acknowledged_at(producer: Producer, number: int) -> float:
    """The moment at which one more record is acknowledged."""
    (delivery,) = producer.send(TOPIC, [number], partition=0).acknowledged
    assert delivery.t_done is not None
    return delivery.t_done
