"""A first node that starts, answers clients and stops, so that its JVM can write down what it loaded."""

from __future__ import annotations

import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, NewTopic

from cluster.errors import ClusterError
from cluster.local.senders import sender, tls_files
from cluster.processes import die_with_parent
from cluster.waiting import eventually

#: What a node says that has started; the second is a broker's that needs a ZooKeeper.
STARTED = re.compile(r"Kafka Server started|\[KafkaServer id=\d+\] started")

#: Longest life of such a node, in seconds; it starts without an archive and writes one at its end.
PATIENCE = 180.0
#: Longest wait for its answers, in seconds.
ANSWER = 20.0


def run(command: list[str], plain: str, tls: str, scratch: Path) -> None:
    """Run ``command`` until it says that it has started, use it a little, then let it end by itself.

    Raises ClusterError with its own words if it does not start.
    """
    log = scratch / "node.log"
    with log.open("wb") as out:
        node = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=out, text=True, preexec_fn=die_with_parent()
        )
    assert node.stdout is not None
    limit = threading.Timer(PATIENCE, node.kill)
    limit.start()
    seen = []
    try:
        for line in node.stdout:
            seen.append(line)
            if STARTED.search(line):
                use(plain, tls, scratch)
                node.send_signal(signal.SIGTERM)
        if node.wait() not in (0, 128 + signal.SIGTERM):
            raise ClusterError(
                "a first node of Kafka did not start:\n" + "".join(seen[-15:]) + log.read_text()
            )
    finally:
        limit.cancel()
        node.kill()
        node.wait()
        node.stdout.close()


@contextmanager
def beside(command: list[str], started: str, log: Path) -> Iterator[None]:
    """Run ``command`` from when it has said ``started`` until the end, and let it end by itself.

    Raises ClusterError with its own words if it does not start.
    """
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, preexec_fn=die_with_parent()
        )
    try:
        eventually(
            lambda: process.poll() is not None or started in log.read_text(errors="replace"),
            PATIENCE,
            f"{log.stem} to start",
            error=ClusterError,
        )
        if process.poll() is not None:
            raise ClusterError(f"{log.stem} did not start:\n{log.read_text(errors='replace')[-2000:]}")
        yield
        process.terminate()
        process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()


def use(plain: str, tls: str, scratch: Path) -> None:
    """A topic, and a record by each listener. What goes wrong here only costs speed later."""
    try:
        admin = AdminClient({"bootstrap.servers": plain, "log_level": 0})
        admin.create_topics([NewTopic("first", 1, 1)])["first"].result(ANSWER)
        for made in (sender(plain), sender(tls, tls_files(scratch / "certificates"))):
            made.produce("first", b"first")
            made.flush(ANSWER)
        admin.delete_topics(["first"])["first"].result(ANSWER)
    except KafkaException:
        pass
