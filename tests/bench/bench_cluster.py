"""How soon a cluster is there, beside one plain node; how soon it is whole again; how soon a client is there."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from clients import KAFKA_PYTHON, ClientPool
from cluster import java, ports, release
from cluster.local import embedded, prepared, settings
from cluster.local.embedded import EmbeddedCluster
from cluster.local.prepared import Prepared
from cluster.processes import die_with_parent
from tests.bench.figures import Figure

STARTS, KILLS, CLIENTS = 2, 3, 40


def ready() -> Prepared:
    """What a start needs; making it once is no part of what is measured."""
    chosen = release.resolve(say=print)
    return prepared.prepare(chosen, java.find(chosen.java_needed), print)


def plain_node(found: Prepared) -> float:
    """Seconds to format and start one combined node as Kafka's own scripts would, until it says so."""
    with tempfile.TemporaryDirectory() as name:
        folder, block = Path(name), ports.take_block()
        at = {kind: block.next() for kind in ("plain", "tls", "metadata")}
        properties = prepared.first_node(found.release, folder, at)
        settings.write(properties, folder / "node.properties")
        base = [str(found.java.executable), f"-Dlog4j2.configurationFile={prepared.LOGGING.as_uri()}"]
        base += ["-cp", found.release.classpath]
        begun = time.monotonic()
        tool = [*base, "kafka.tools.StorageTool", "format", "-t", "kafka-guarantees-run-A"]
        subprocess.run([*tool, "-c", str(folder / "node.properties")], check=True, capture_output=True)
        node = subprocess.Popen(
            [*base, prepared.MAIN, str(folder / "node.properties")],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=die_with_parent(),
        )  # fmt: skip
        assert node.stdout is not None
        started = any("Kafka Server started" in line for line in node.stdout)
        seconds = time.monotonic() - begun
        node.kill()
        node.wait()
        node.stdout.close()
        block.close()
        if not started:
            raise RuntimeError("the plain node did not start")
        return seconds


def starts(found: Prepared) -> tuple[Figure, EmbeddedCluster]:
    """Cluster and plain node in turn; the last cluster stands for what is measured next."""
    plain, embedded_ones = [], []
    cluster = None
    for _ in range(STARTS):
        if cluster is not None:
            cluster.down()
        plain.append(plain_node(found))
        begun = time.monotonic()
        cluster = embedded.start(found)
        embedded_ones.append(time.monotonic() - begun)
    assert cluster is not None
    best = min(embedded_ones)
    beside = f"one plain node, formatted and started: {min(plain):.1f} s"
    return Figure(
        "cluster of six JVMs, proven ready", best, "s", 5.0, beside=beside, ratio=best / min(plain)
    ), cluster


def whole_again(cluster: EmbeddedCluster) -> Figure:
    """A broker is killed and started at once: seconds until all replicas are in sync."""
    seconds = []
    for number in range(KILLS):
        broker = cluster.broker(cluster.broker_ids[number % 3])
        killed = broker.kill()
        broker.start()
        cluster.await_whole()
        seconds.append(time.monotonic() - killed)
    return Figure("whole again after a broker was killed", statistics.median(seconds), "s", 2.5)


def client_process(cluster: EmbeddedCluster) -> Figure:
    """A client in a process of its own, until it can be asked."""
    times = []
    with tempfile.TemporaryDirectory() as name, ClientPool(Path(name), cluster.bootstrap(), "bench") as pool:
        pool.producer(KAFKA_PYTHON)  # the fork server starts with the first
        for _ in range(CLIENTS):
            begun = time.monotonic()
            pool.producer(KAFKA_PYTHON)
            times.append(time.monotonic() - begun)
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", "import kafka, confluent_kafka"], capture_output=True)
    fresh = time.monotonic() - begun
    middle = statistics.median(times)
    beside = f"a fresh interpreter that imports both libraries: {fresh * 1000:.0f} ms"
    return Figure("client process", middle * 1000, "ms", 10.0, beside=beside, ratio=middle / fresh)
