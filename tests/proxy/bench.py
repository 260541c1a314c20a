"""How fast the proxy passes frames, against the same peer without it: ``python -m tests.proxy.bench``.

Client and peer are plain sockets in processes of their own.  ``stream`` keeps many Produce requests in
flight, ``ping`` has one in flight and takes the median time of a round trip.
"""

from __future__ import annotations

import os
import socket
import statistics
import struct
import tempfile
import threading
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from cluster.proxy import Fault, FaultProxy, Watch
from tests.proxy.conftest import free_ports, start_proxy
from tests.proxy.peer import produce, records, request_frame


def answer_all(port: int) -> None:
    """A peer that answers every request with its correlation id and 50 bytes more."""
    listener = socket.create_server(("127.0.0.1", port), backlog=64)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer_one, args=(connection,), daemon=True).start()


def answer_one(connection: socket.socket) -> None:
    """Answers one connection until it ends."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    part = bytearray()
    while data := connection.recv(1 << 18):
        part += data
        at, answers = 0, []
        while len(part) - at >= 12:
            size = 4 + struct.unpack_from(">i", part, at)[0]
            if len(part) - at < size:
                break
            answers.append(b"\0\0\0\x36" + part[at + 8:at + 12] + bytes(50))
            at += size
        del part[:at]
        if answers:
            connection.sendall(b"".join(answers))


def stream(port: int, frame: bytes, count: int) -> float:
    """Seconds to send ``count`` frames and read their answers, as many in flight as the sockets hold."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        begun = time.perf_counter()
        chunk = frame * max(1, (1 << 18) // len(frame))
        sender = threading.Thread(target=_send, args=(client, chunk, frame, count))
        sender.start()
        left = 58 * count
        while left:
            left -= len(client.recv(min(left, 1 << 18)))
        sender.join()
        return time.perf_counter() - begun


def _send(client: socket.socket, chunk: bytes, frame: bytes, count: int) -> None:
    each = len(chunk) // len(frame)
    for _ in range(count // each):
        client.sendall(chunk)
    client.sendall(frame * (count % each))


def ping(port: int, frame: bytes, count: int) -> float:
    """The median round trip in seconds, one frame in flight."""
    times = []
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(count):
            begun = time.perf_counter()
            client.sendall(frame)
            client.recv(58)
            times.append(time.perf_counter() - begun)
    return statistics.median(times)


def bench() -> dict[str, Any]:
    """Bytes and frames a second, and added milliseconds, direct and through the proxy."""
    listen, target = free_ports(2)
    peer = get_context("fork").Process(target=answer_all, args=(target,), daemon=True)
    peer.start()
    small = request_frame(produce(batch=records(bytes(1024))), 1, "bench")
    large = request_frame(produce(batch=records(*[bytes(1024)] * 500)), 1, "bench")
    with tempfile.TemporaryDirectory() as folder:
        proxy = start_proxy(Path(folder), [{"link": "client", "destination": 1, "listen": listen, "target": target}])
        told: dict[str, Any] = {}
        ping(target, small, 200)
        for name, port in (("direct", target), ("proxy", listen), ("watched", listen)):
            with FaultProxy(Path(folder) / "c") as control:
                if name == "watched":
                    control.arm(Fault(Watch(), api="Fetch", count=None))
                told[name] = {
                    "1 KiB frames/s": round(30_000 / stream(port, small, 30_000)),
                    "500 KiB frames MB/s": round(600 * len(large) / stream(port, large, 600) / 1e6),
                    "round trip ms": round(1000 * ping(port, small, 3000), 4),
                }
        usage = Path(f"/proc/{proxy.pid}/status")
        if usage.exists():
            peak = next(line for line in usage.read_text().splitlines() if line.startswith("VmHWM"))
            told["proxy peak MB"] = int(peak.split()[1]) // 1024
        assert proxy.stdin is not None and proxy.stdout is not None
        proxy.stdin.close()
        proxy.wait(5)
        proxy.stdout.close()
    peer.kill()
    return {"cores": os.cpu_count(), **told}


if __name__ == "__main__":
    for name, value in bench().items():
        print(f"{name}: {value}")
