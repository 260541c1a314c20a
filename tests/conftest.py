"""One cluster for all tests that need a real Kafka, started when the first of them runs."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from cluster import java, release
from cluster.local import embedded, prepared
from cluster.local.embedded import EmbeddedCluster
from cluster.local.prepared import Prepared


def pytest_configure(config: pytest.Config) -> None:
    # Whoever starts the tests in the background of a script has SIGINT ignored, and so would have all that
    # the tests start and interrupt.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "cluster: needs a running Kafka")


@pytest.fixture(scope="session")
def ready() -> Prepared:
    """What a start of a cluster needs, made on first use."""
    chosen = release.resolve()
    return prepared.prepare(chosen, java.find(chosen.java_needed))


@pytest.fixture(scope="session")
def standing(ready: Prepared) -> Iterator[EmbeddedCluster]:
    """A cluster that stands for the whole session; whoever disturbs it makes it whole again.

    Its brokers' sessions outlast a machine that stands still for a while: tests ask once.
    """
    found = embedded.start(ready, {"broker.session.timeout.ms": "4000"})
    yield found
    found.down()


@pytest.fixture(scope="session")
def bootstrap(standing: EmbeddedCluster) -> str:
    """Bootstrap servers of its plain listener."""
    return standing.bootstrap("plain")
