"""How a MySQL server is reached: address, account and password, the last of which is never shown."""

from __future__ import annotations

import configparser
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from cluster.errors import ClusterError

if TYPE_CHECKING:
    from mysql.connector.connection import MySQLConnection

PORT = 3306
EXAMPLE = "mysql://user:password@127.0.0.1:3306"

#: Longest wait for a connection to be made, in seconds.
CONNECT_PATIENCE = 10


class Malformed(ValueError):
    """A URL that names no server. The message does not repeat it, for it may hold a password."""


@dataclass(frozen=True)
class Access:
    """An address, an account, and the schema that is used, if any."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    schema: str = ""

    @property
    def url(self) -> str:
        """Without the password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"mysql://{quote(self.user, safe='')}@{host}:{self.port}" + (
            f"/{self.schema}" if self.schema else ""
        )

    def __str__(self) -> str:
        return self.url

    def within(self, schema: str) -> Access:
        return replace(self, schema=schema)

    def at(self, host: str, port: int) -> Access:
        """The same account, reached another way."""
        return replace(self, host=host, port=port)

    def connect(self, **more: Any) -> MySQLConnection:
        """A connection of mysql-connector's own Python code, with autocommit off, as it is by default.

        ``more`` goes to ``mysql.connector.connect``, such as ``ssl_disabled=True``. Raises
        ``mysql.connector.Error``.
        """
        from mysql.connector.connection import MySQLConnection

        chosen: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "connection_timeout": CONNECT_PATIENCE,
            **({"database": self.schema} if self.schema else {}),
        }
        return MySQLConnection(**{**chosen, **more})

    def write(self, path: Path) -> Path:
        """Write it as an option file of MySQL (readable by its owner only), and return ``path``.

        ``mysql --defaults-extra-file=PATH`` takes it, and so do the programs under test.
        """
        lines = ["[client]", "protocol = tcp", f"host = {self.host}", f"port = {self.port}"]
        lines += [f"user = {optioned(self.user)}", f"password = {optioned(self.password)}"]
        lines += ["[mysql]", f"database = {self.schema}"] if self.schema else []
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            os.fchmod(file.fileno(), 0o600)  # also if it was there before
            file.write("\n".join(lines) + "\n")
        return path

    @staticmethod
    def read(path: Path) -> Access:
        """What :meth:`write` has written. Raises ClusterError if it is not there or cannot be read."""
        found = configparser.ConfigParser(interpolation=None)
        try:
            found.read_string(path.read_text(encoding="utf-8"))
            client = found["client"]
            user, password = plain(client["user"]), plain(client["password"])
            schema = found.get("mysql", "database", fallback="")
            return Access(client["host"], int(client["port"]), user, password, schema)
        except (OSError, KeyError, ValueError, configparser.Error) as trouble:
            # Not its words: a line of the file may be among them.
            raise ClusterError(f"{path} says no way to a database ({type(trouble).__name__})") from None


def optioned(value: str) -> str:
    """A value as an option file has it: in quotes, so that spaces and # stay."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def plain(value: str) -> str:
    return value[1:-1].replace('\\"', '"').replace("\\\\", "\\") if value.startswith('"') else value


def parse(url: str) -> Access:
    """``mysql://user:password@host:port``, with %40 for an @ in a word. Raises Malformed."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port or PORT
    except ValueError:
        raise Malformed(f"the port is no number; write it like {EXAMPLE}") from None
    if parts.scheme != "mysql" or not parts.hostname or not parts.username:
        raise Malformed(f"write it like {EXAMPLE}")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise Malformed(f"name no schema, for scenarios have their own; write it like {EXAMPLE}")
    return Access(parts.hostname, port, unquote(parts.username), unquote(parts.password or ""))
