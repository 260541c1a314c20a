"""Ports on loopback for one cluster, apart from those of any other on this machine.

The range lies below the ports that the system gives to outgoing connections, so that nobody takes
a broker's port while it is down.  A run takes a block by binding its first port, the guard, for as
long as it lives: nothing to clean up, and two runs side by side never meet.
"""

from __future__ import annotations

import socket
from contextlib import closing
from dataclasses import dataclass

from cluster.errors import ClusterError

HOST = "127.0.0.1"
FIRST, LAST, BLOCK = 20000, 29999, 40


@dataclass
class PortBlock:
    """Consecutive free ports, handed out one by one and guarded until :meth:`close`."""

    guard: socket.socket
    first: int
    taken: int = 1  # the guard

    def next(self) -> int:
        if self.taken >= BLOCK:
            raise ClusterError(f"a cluster needs more than {BLOCK} ports")
        self.taken += 1
        return self.first + self.taken - 1

    def close(self) -> None:
        self.guard.close()


def take_block(first: int = FIRST, last: int = LAST) -> PortBlock:
    """The first block between ``first`` and ``last`` whose ports are all free. Raises ClusterError."""
    for start in range(first, last + 2 - BLOCK, BLOCK):
        guard = bound(start)
        if guard is None:
            continue
        try:
            guard.listen(1)  # until then, others with SO_REUSEADDR can bind it as well
        except OSError:  # one of them was quicker
            guard.close()
            continue
        if all(is_free(port) for port in range(start + 1, start + BLOCK)):
            return PortBlock(guard, start)
        guard.close()
    raise ClusterError(
        f"no {BLOCK} free ports in a row on {HOST} between {first} and {last}; "
        "see with `ss -ltnp` what holds them"
    )


def is_free(port: int) -> bool:
    found = bound(port)
    if found is None:
        return False
    with closing(found):
        return True


def bound(port: int) -> socket.socket | None:
    candidate = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        candidate.bind((HOST, port))
    except OSError:
        candidate.close()
        return None
    return candidate
