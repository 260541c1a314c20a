"""A link whose messages are not Kafka's: they pass whatever they look like, and can be held by their source."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.proxy import Fault, FaultProxy, Hold
from cluster.proxy.wire import framed
from tests.proxy.conftest import free_ports, start_proxy

#: To one that reads Kafka: a Produce, of which nobody could tell whether it is answered, and no header at all.
CONNECT, PING = b"\0" * 44, b"\xff\xff\xff\xfe\0\0\0\x0b"


class Echo(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while got := self.request.recv(4096):
            self.request.sendall(got)


class Ways:
    """Ways of two sources to one server that sends back what it gets."""

    def __init__(self, folder: Path) -> None:
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.listens = free_ports(2)
        target = self.server.server_address[1]
        self.process = start_proxy(folder, [
            {"link": "zookeeper", "destination": 1, "listen": listen, "target": target, "source": source}
            for listen, source in zip(self.listens, ("1", "2"), strict=True)
        ])  # fmt: skip

    def connect(self, way: int) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.listens[way]), 5)

    def close(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(5)
        self.process.stdout.close()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def ways(tmp_path: Path) -> Iterator[Ways]:
    made = Ways(tmp_path)
    yield made
    made.close()


def received(connection: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        got += connection.recv(size - len(got))
    return got


def test_messages_of_another_protocol_pass(ways: Ways) -> None:
    sent = framed(CONNECT) + framed(PING) * 3
    with ways.connect(0) as connection:
        connection.sendall(sent)
        assert received(connection, len(sent)) == sent


@pytest.mark.parametrize("direction", ["request", "response"])
def test_one_source_is_held_and_no_other(ways: Ways, tmp_path: Path, direction: str) -> None:
    with FaultProxy(tmp_path / "c") as proxy, ways.connect(0) as one, ways.connect(1) as other:
        held = proxy.arm(
            Fault(Hold(), link="zookeeper", client_id="1", direction=direction, count=None)
        )
        for connection in (one, other):
            connection.sendall(framed(CONNECT) + framed(PING))
        whole = len(framed(CONNECT) + framed(PING))
        assert received(other, whole) == framed(CONNECT) + framed(PING)
        assert held.wait_queued(2) == 2
        assert [(firing.client_id, firing.destination) for firing in held.wait_fired()] == [("1", 1)]
        held.release()
        assert received(one, whole) == framed(CONNECT) + framed(PING)
