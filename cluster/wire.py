"""A plain connection to one broker, for questions that only that broker can answer.

A client library asks any broker it likes and keeps what it heard; whether *each* broker sees the
cluster whole has to be asked of each.  The messages are kafka-python's protocol classes.
"""

from __future__ import annotations

import socket
import ssl
import struct
from typing import Any

from kafka.protocol.api_message import ApiMessage

CLIENT_ID = "kafka-guarantees-oracle"


class Connection:
    """One TCP connection; one request at a time. Raises OSError when the broker is gone.

    Over TLS when there is a context for it; a broker or a certificate that is refused is an OSError too.
    """

    def __init__(self, host: str, port: int, within: float = 5.0, tls: ssl.SSLContext | None = None) -> None:
        self.socket = socket.create_connection((host, port), within)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.correlation = 0
        if tls is not None:
            try:
                self.socket = tls.wrap_socket(self.socket, server_hostname=host)
            except BaseException:
                self.socket.close()
                raise

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def ask(self, request: Any, response: type[ApiMessage]) -> Any:
        """The broker's answer to ``request`` (built with its version), decoded as ``response``."""
        self.correlation += 1
        request.with_header(correlation_id=self.correlation, client_id=CLIENT_ID)
        self.socket.sendall(request.encode(framed=True, header=True))
        size = struct.unpack(">i", self._read(4))[0]
        return response.decode(self._read(size), version=request.API_VERSION, header=True)

    def _read(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            part = self.socket.recv(size - len(parts))
            if not part:
                raise ConnectionResetError("the broker closed the connection")
            parts += part
        return bytes(parts)
