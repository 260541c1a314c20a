"""The clients of one scenario: made, named, counted, and all gone at its end."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from clients.admin import Admin
from clients.handles import Client
from clients.process import Spec
from clients.settings import KAFKA_PYTHON, check_library, check_overlay, merged, translate
from clients.spawn import fork_server
from clients.verbs import Consumer, Producer

_C = TypeVar("_C", bound=Client)
_LEAVING_SECONDS = 1.0


class ClientPool:
    """Makes clients, each a process with a history file of its own. A context manager.

    ``history``: folder for <client>.jsonl and <client>.log. ``prefix``: the client.id on the wire is
    "<prefix>.<client>", so give each scenario its own. The overlays hold Kafka's property names and
    texts, and win over what a scenario sets; a name that Kafka does not have is refused here.
    ``reached_by`` is what every client needs to reach the brokers at all, such as its certificate.
    """

    def __init__(
        self,
        history: Path,
        bootstrap: str,
        prefix: str,
        overlay_producer: Mapping[str, str] | None = None,
        overlay_consumer: Mapping[str, str] | None = None,
        reached_by: Mapping[str, str] | None = None,
    ) -> None:
        self.history, self.bootstrap, self.prefix = Path(history), bootstrap, prefix
        self._overlays = {"producer": dict(overlay_producer or {}), "consumer": dict(overlay_consumer or {})}
        for kind, overlay in self._overlays.items():
            check_overlay(overlay, kind)
        self._reached_by = dict(reached_by or {})
        self.clients: list[Client] = []
        self._counts: Counter[str] = Counter()
        self._closed = False
        self.history.mkdir(parents=True, exist_ok=True)

    def producer(
        self,
        library: str,
        settings: Mapping[str, object] | None = None,
        *,
        bootstrap: str | None = None,
        name: str | None = None,
    ) -> Producer:
        """A producer with these settings (Kafka's names); unnamed ones stay at the library's defaults.

        Raises a SettingError for settings that cannot be, ClientError for what the library refuses.
        """
        return self._client(Producer, library, settings or {}, bootstrap, name)

    def consumer(
        self,
        library: str,
        settings: Mapping[str, object] | None = None,
        *,
        bootstrap: str | None = None,
        name: str | None = None,
    ) -> Consumer:
        """A consumer; without group.id it can be assigned partitions only, and commits nothing."""
        return self._client(Consumer, library, settings or {}, bootstrap, name)

    def reader(
        self, library: str, settings: Mapping[str, object] | None = None, *, name: str | None = None
    ) -> Consumer:
        """A consumer without group for final reads: it does not wait at the end of a partition."""
        quick = {"fetch.max.wait.ms": 10, "enable.auto.commit": "false", "check.crcs": "true"}
        return self.consumer(library, {**quick, **(settings or {})}, name=name)

    def admin(
        self,
        library: str,
        settings: Mapping[str, object] | None = None,
        *,
        bootstrap: str | None = None,
        name: str | None = None,
    ) -> Admin:
        return self._client(Admin, library, settings or {}, bootstrap, name)

    def _client(
        self,
        made: type[_C],
        library: str,
        settings: Mapping[str, object],
        bootstrap: str | None,
        name: str | None,
    ) -> _C:
        if self._closed:
            raise RuntimeError("the pool is closed")
        kind = made.kind
        values = merged(kind, {**self._reached_by, **settings}, self._overlays.get(kind, {}))
        options = translate(check_library(library), kind, values)
        name = self._named(kind, name)
        client_id = f"{self.prefix}.{name}"
        python = library == KAFKA_PYTHON
        options["bootstrap_servers" if python else "bootstrap.servers"] = bootstrap or self.bootstrap
        options["client_id" if python else "client.id"] = client_id
        files = (self.history / f"{name}.jsonl", self.history / f"{name}.log")
        spec = Spec(kind, library, name, *files, options, values)
        client = made(fork_server(), spec, client_id)
        self.clients.append(client)
        return client

    def _named(self, kind: str, name: str | None) -> str:
        if name is None:
            self._counts[kind] += 1
            name = f"{kind}-{self._counts[kind]}"
        if (self.history / f"{name}.jsonl").exists():
            raise ValueError(f"there is a client {name} already; one started again has a new name")
        return name

    def close(self) -> None:
        """End all clients: group members are asked to leave (1 s), everyone else is killed at once.

        Work that mattered has been waited for and judged by now, and topics are deleted afterwards.
        Then raises the first error that an action of ``Client.on`` left, if any.
        """
        self._closed = True
        leaving = [client for client in self.clients if _is_member(client)]
        threads = [threading.Thread(target=_leave, args=(client,), daemon=True) for client in leaving]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + _LEAVING_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        for client in self.clients:
            client.kill()
        for client in self.clients:
            client._raise_kept()

    def __enter__(self) -> ClientPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except BaseException:
            if error is None:
                raise  # else the scenario's own error is the one to tell


def _is_member(client: Client) -> bool:
    return isinstance(client, Consumer) and client.in_group and client.alive and not client.standing


def _leave(client: Client) -> None:
    try:
        client._ask("close", _LEAVING_SECONDS, limit=_LEAVING_SECONDS)
    except Exception:
        pass  # it is killed next
