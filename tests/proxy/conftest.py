"""One proxy process for all tests of the proxy; a peer and a control connection for each."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cluster.proxy import FaultProxy
from cluster.waiting import eventually
from tests.proxy.peer import Client, Peer

ROOT = Path(__file__).parents[2]


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago."""
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports


def start_proxy(folder: Path, routes: list[dict[str, object]]) -> subprocess.Popen[str]:
    """A proxy process; its stderr goes to a file of the folder. Returns once it said that it is ready."""
    (folder / "routes.json").write_text(json.dumps(routes))
    with open(folder / "stderr", "w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "cluster.proxy", "--control", str(folder / "c"),
             "--routes", str(folder / "routes.json")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT)
    assert process.stdout is not None
    process.stdout.readline()
    return process


@dataclass
class Place:
    """A running proxy: where to connect to and where the peers have to be."""

    folder: Path
    process: subprocess.Popen[str]
    listens: list[int]
    targets: list[int]

    @property
    def control(self) -> Path:
        return self.folder / "c"

    @property
    def log(self) -> str:
        return (self.folder / "stderr").read_text()

    def await_open(self, route: int) -> None:
        """Wait until the proxy takes connections for this route, as it does when the peer behind it lives."""
        eventually(lambda: not refuses(self.listens[route]), 5, "an open listener")

    def await_shut(self, route: int) -> None:
        """Wait until the proxy knows that the peer is gone, so that the next test meets no left-over listener."""
        eventually(lambda: refuses(self.listens[route]), 5, "a shut listener")


def refuses(port: int) -> bool:
    """Whether nobody accepts connections there."""
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except ConnectionError:  # refused; reset, or broken off on the way, if it is shut just now
        return True
    return False


LINKS = [("client", 1), ("client", 2), ("replication", 1)]


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    ports = free_ports(2 * len(LINKS))
    listens, targets = ports[:len(LINKS)], ports[len(LINKS):]
    folder = tmp_path_factory.mktemp("p")
    process = start_proxy(folder, [
        {"link": link, "destination": node, "listen": listen, "target": target}
        for (link, node), listen, target in zip(LINKS, listens, targets, strict=True)
    ])
    yield Place(folder, process, listens, targets)
    assert process.poll() is None, "the proxy died"
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    process.wait(5)
    process.stdout.close()


@pytest.fixture
def proxy(place: Place) -> Iterator[FaultProxy]:
    with FaultProxy(place.control) as control:
        yield control


@pytest.fixture
def peer(place: Place) -> Iterator[Peer]:
    """The broker behind (client, 1)."""
    one = Peer(port=place.targets[0]).start()
    place.await_open(0)
    yield one
    one.stop()
    place.await_shut(0)


@pytest.fixture
def other_peer(place: Place) -> Iterator[Peer]:
    """The broker behind (client, 2)."""
    one = Peer(port=place.targets[1]).start()
    place.await_open(1)
    yield one
    one.stop()
    place.await_shut(1)


@pytest.fixture
def client(place: Place, peer: Peer) -> Iterator[Callable[..., Client]]:
    """Makes clients of (client, 1), or of another route by its index."""
    made: list[Client] = []

    def make(client_id: str = "a", route: int = 0) -> Client:
        made.append(Client(place.listens[route], client_id))
        return made[-1]

    yield make
    for one in made:
        one.close()
