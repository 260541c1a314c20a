"""Messages between an owner and its processes: pickles, each behind its length, over a stream socket.

Both ends are ours and on one machine, so pickle is safe here and quick.
"""

from __future__ import annotations

import pickle
import socket
import struct
from typing import Any

_LENGTH = struct.Struct("!I")


def send(sock: socket.socket, message: object) -> None:
    """Write one message; OSError when the other end is gone."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    sock.sendall(_LENGTH.pack(len(body)) + body)


def receive(sock: socket.socket) -> Any:
    """The next message; EOFError when the other end is gone."""
    (length,) = _LENGTH.unpack(_exactly(sock, _LENGTH.size))
    return pickle.loads(_exactly(sock, length))


def _exactly(sock: socket.socket, count: int) -> bytearray:
    got = bytearray(count)
    view, at = memoryview(got), 0
    while at < count:
        try:
            read = sock.recv_into(view[at:])
        except OSError as error:
            raise EOFError(str(error)) from None
        if not read:
            raise EOFError
        at += read
    return got
