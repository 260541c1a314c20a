"""MySQL in a container: killed, started again, paused; any process may hold one by its folder.

    database.kill()                     # SIGKILL to mysqld
    database.start()                    # the same data, at the same address

An open port proves nothing, for Docker's own proxy opens it before mysqld is up.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster.errors import ClusterError
from cluster.mysql import containers, engine
from cluster.mysql.access import Access
from cluster.waiting import eventually

if TYPE_CHECKING:
    from docker.models.containers import Container

ACCESS, DESCRIPTION = "client.cnf", "server.json"

#: Longest wait for mysqld to end, in seconds, and for an orderly end; then Docker kills it.
END_PATIENCE, STOP_GRACE = 30.0, 20


class Server:
    """A container by the folder that describes it. Any process may hold one; moments are of CLOCK_MONOTONIC."""

    #: What scenarios may do to it, by their tags.
    capabilities = frozenset({"database", "database-faults", "kills-database"})

    def __init__(self, folder: Path) -> None:
        """Raises ClusterError if nothing is described there."""
        self.folder = folder
        self.access = Access.read(folder / ACCESS)
        try:
            described = json.loads((folder / DESCRIPTION).read_text())
        except (OSError, ValueError) as trouble:
            raise ClusterError(f"{folder} describes no database: {trouble}") from None
        self.image: str = described["image"]
        self.run: str = described["run"]
        self.version: str = described["version"]
        self.id: str = described["container"]
        self._container: Container | None = None

    @staticmethod
    def of(container: Container) -> Server:
        """The server in a container, by the folder that its label names. Raises ClusterError."""
        return Server(Path(container.labels[engine.FOLDER]))

    def __repr__(self) -> str:
        return f"<MySQL {self.version} at {self.access} in container {self.id[:12]}>"

    @property
    def facts(self) -> dict[str, str]:
        return {"MySQL": f"{self.version} ({self.image})"}

    @property
    def container(self) -> Container:
        if self._container is None:
            self._container = containers.found(self.id)
        return self._container

    def state(self) -> str:
        """``running``, ``paused``, ``exited``, or ``gone``."""
        return containers.state_of(self.container)

    def kill(self) -> float:
        """SIGKILL to mysqld: nothing is written any more. Returns its moment, when it is dead."""
        moment = time.monotonic()
        with checked(self), engine.asked("kill the database"):
            self.container.kill("SIGKILL")
        self.await_end()
        return moment

    def stop(self) -> float:
        """An orderly end; returns its moment, when it has ended."""
        moment = time.monotonic()
        with checked(self), engine.asked("stop the database"):
            self.container.stop(timeout=STOP_GRACE)
        return moment

    def pause(self) -> float:
        """Freeze mysqld: connections stay and nothing answers."""
        with checked(self), engine.asked("pause the database"):
            self.container.pause()
        return time.monotonic()

    def resume(self) -> float:
        with checked(self), engine.asked("resume the database"):
            self.container.unpause()
        return time.monotonic()

    def start(self) -> float:
        """Start it again with its data; returns the moment at which it answered a query."""
        with checked(self), engine.asked("start the database"):
            self.container.start()
        return self.await_ready()

    def make_whole(self) -> bool:
        """Resume or start it if it is paused or down; whether that was needed."""
        state = self.state()
        if state == "paused":
            self.resume()
        elif state != "running":
            self.start()
        return state != "running"

    def await_ready(self) -> float:
        """Wait for an answer to a query; returns its moment. Raises ClusterError."""
        return containers.answer(self.access, self.container)

    def await_end(self) -> None:
        eventually(lambda: self.state() != "running", END_PATIENCE, "the end of mysqld", error=ClusterError)

    def log(self, lines: int = containers.LOG_LINES) -> str:
        return containers.log_of(self.container, lines)

    def remove(self) -> None:
        engine.remove(self.container)


class checked:
    """A container that has gone is said to have gone, not to be unknown."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, trouble: BaseException | None, _trace: Any) -> None:
        from docker.errors import NotFound

        if isinstance(trouble, NotFound):
            raise ClusterError(
                f"the database's container {self.server.id[:12]} has been removed"
            ) from trouble
