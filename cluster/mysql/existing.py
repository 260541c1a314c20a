"""A MySQL server that is not ours: schemas of the run are made on it and dropped, and nothing else is touched."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from cluster.errors import ClusterError
from cluster.mysql import checks, starting
from cluster.mysql.access import Access
from cluster.mysql.server import ACCESS, DESCRIPTION


class Existing:
    """A server by the folder that says how it is reached. Any process may hold one."""

    #: What scenarios may do to it, by their tags.
    capabilities = frozenset({"database", "database-faults"})

    def __init__(self, folder: Path) -> None:
        """Raises ClusterError if nothing is described there."""
        self.folder = folder
        self.access = Access.read(folder / ACCESS)
        described = json.loads((folder / DESCRIPTION).read_text())
        self.run: str = described["run"]
        self.version: str = described["version"]

    def __repr__(self) -> str:
        return f"<MySQL {self.version} at {self.access}>"

    @property
    def facts(self) -> dict[str, str]:
        return {"MySQL": f"{self.version} (at {self.access.host}:{self.access.port})"}

    def state(self) -> str:
        """``running`` if it answers, else ``gone``."""
        try:
            self.await_ready()
        except ClusterError:
            return "gone"
        return "running"

    def make_whole(self) -> bool:
        """Nothing of ours can have ended it."""
        return False

    def await_ready(self) -> None:
        """One login over TLS, where the server has it; see :func:`cluster.mysql.containers.answer`."""
        checks.connected(self.access).close()


class Attached:
    """The use that a run makes of such a server. What it has left is dropped when this process is gone."""

    def __init__(self, access: Access) -> None:
        """Raises ClusterError if the server is not what scenarios need."""
        version = checks.examine(access)
        run = secrets.token_hex(4)
        self.keeper, folder = starting.watch_schemas(access, run)
        access.write(folder / ACCESS)
        described = {"run": run, "version": version}
        (folder / DESCRIPTION).write_text(json.dumps(described))
        self.server = Existing(folder)

    def ready(self) -> Existing:
        return self.server

    def end(self) -> None:
        starting.end_keeper(self.keeper)
