"""What tests of the clients share: clients of the cluster, an admin client, and topics."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clients import KAFKA_PYTHON, Admin, ClientPool
from clients.raw import RawConnection
from cluster.waiting import eventually

_numbers = itertools.count(time.time_ns() // 1000)
PATIENCE = 10.0  # seconds
#: Metadata this often, as in the features' groups: what a confluent-kafka member has lost of it, it waits for (GRP-1).
SOON = {"metadata.max.age.ms": 3000}
EARLY = {"auto.offset.reset": "earliest", "enable.auto.commit": "false", **SOON}


def new_name() -> str:
    """A topic's name that no other test of any run has."""
    return f"tests-{next(_numbers)}"


def connected(address: str) -> RawConnection:
    host, _, port = address.rpartition(":")
    return RawConnection(host, int(port), "tests.raw")


@pytest.fixture(scope="module")
def admin(bootstrap: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Admin]:
    with ClientPool(tmp_path_factory.mktemp("admin"), bootstrap, "tests") as pool:
        yield pool.admin(KAFKA_PYTHON)


@pytest.fixture
def pool(tmp_path: Path, bootstrap: str) -> Iterator[ClientPool]:
    with ClientPool(tmp_path, bootstrap, "tests") as made:
        yield made


@pytest.fixture
def new_topic(admin: Admin, bootstrap: str) -> Iterator[Callable[..., str]]:
    """Makes a topic that every broker knows: a coordinator refuses offsets of a topic that it has not heard of."""
    made: list[str] = []

    def make(name: str | None = None, partitions: int = 1) -> str:
        name = name or new_name()
        admin.create_topic(name, partitions=partitions)
        made.append(name)
        eventually(
            lambda: all(_knows(address, name, partitions) for address in bootstrap.split(",")),
            PATIENCE,
            f"{name} on every broker",
        )
        return name

    yield make
    for name in made:
        admin.delete_topic(name)


@pytest.fixture
def topic(new_topic: Callable[..., str]) -> str:
    return new_topic()


def _knows(address: str, topic: str, partitions: int) -> bool:
    """Whether a broker knows a leader of each partition."""
    with connected(address) as broker:
        (told,) = broker.metadata(topic).topics
    return [one.leader_id >= 0 for one in told.partitions] == [True] * partitions
