"""MySQL in a container: started, found again, killed, started again, and removed with its run.

    starting = server.start(image)      # returns at once; a keeper makes the container meanwhile
    database = starting.ready()         # when it answers a query
    database.kill()                     # SIGKILL to mysqld
    database.start()                    # the same data, at the same address

An open port proves nothing, for Docker's own proxy opens it before mysqld is up.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster.errors import ClusterError
from cluster.mysql import checks, engine, keeper
from cluster.mysql.access import Access
from cluster.ports import HOST
from cluster.waiting import TimedOut, eventually

if TYPE_CHECKING:
    from docker.models.containers import Container

ROOT = Path(__file__).parents[2]
ACCESS, DESCRIPTION = "client.cnf", "server.json"

#: Longest waits, in seconds: for a first start, which makes the data; for mysqld to end; for the keeper.
START_PATIENCE, END_PATIENCE, KEEPER_PATIENCE = 90.0, 30.0, 30.0
#: A login that takes longer than this, in seconds, is tried again.
LOGIN_PATIENCE = 5
STOP_GRACE = 20  # seconds for an orderly stop; then Docker kills it
LOG_LINES = 12


class Server:
    """A container by the folder that describes it. Any process may hold one; moments are of CLOCK_MONOTONIC."""

    #: What scenarios may do to it, by their tags.
    capabilities = frozenset({"database", "kills-database"})

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
            self._container = found(self.id)
        return self._container

    def state(self) -> str:
        """``running``, ``paused``, ``exited``, or ``gone``."""
        return state_of(self.container)

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
        return answer(self.access, self.container)

    def await_end(self) -> None:
        eventually(lambda: self.state() != "running", END_PATIENCE, "the end of mysqld", error=ClusterError)

    def log(self, lines: int = LOG_LINES) -> str:
        return log_of(self.container, lines)

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


class Starting:
    """A server that a keeper is making. It goes with this process, or when :meth:`end` is called."""

    def __init__(self, image: str, detached: bool = False) -> None:
        self.image = image
        self.run = secrets.token_hex(4)
        self.password = secrets.token_urlsafe(24)
        order = keeper.Order(self.run, identity(), image, self.password, detached)
        self.keeper = start_keeper(order)
        self.folder: Path | None = None
        self.container_id = ""

    def ready(self) -> Server:
        """Wait until it answers a query and is what scenarios need. Raises ClusterError, and ends it then."""
        try:
            made = heard(self.keeper)
            self.folder, self.container_id = Path(made["folder"]), made["container"]
            access = Access(HOST, made["port"], keeper.ACCOUNT, self.password)
            answer(access, found(self.container_id))
            version = checks.examine(access).version
            access.write(self.folder / ACCESS)
            described = {
                "image": self.image,
                "run": self.run,
                "version": version,
                "container": made["container"],
            }
            (self.folder / DESCRIPTION).write_text(json.dumps(described))
            return Server(self.folder)
        except BaseException:
            self.end()
            raise

    def stay(self) -> None:
        """Leave it running when this process ends."""
        assert self.keeper.stdin is not None
        self.keeper.stdin.write(b"stay\n")
        self.keeper.stdin.flush()
        self.keeper.wait(KEEPER_PATIENCE)

    def end(self) -> None:
        """Remove it. If the keeper is gone, that is done here."""
        end_keeper(self.keeper)
        if self.keeper.returncode != 0 and self.container_id:
            for container in engine.of_run(engine.connect(), self.run):
                engine.remove(container)


def start(image: str, detached: bool = False) -> Starting:
    """Have a server started from an image that is here (:func:`cluster.mysql.images.ensure`)."""
    return Starting(image, detached)


def watch_schemas(access: Access, run: str) -> subprocess.Popen[bytes]:
    """A keeper that drops the schemas of a run on a server that is not ours, when this process is gone."""
    owner = start_keeper(keeper.Order(run, identity(), drop=asdict(access)))
    heard(owner)
    return owner


def identity() -> str:
    return str(engine.Identity.of(os.getpid()) or "")


def start_keeper(order: keeper.Order) -> subprocess.Popen[bytes]:
    """The keeper at work; the order goes over a pipe, since command lines are for all to see."""
    try:
        owner = subprocess.Popen(
            [sys.executable, "-m", "cluster.mysql.keeper"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            start_new_session=True,  # Ctrl-C is for the caller alone; the keeper sees its pipe close
        )
    except OSError as error:
        raise ClusterError(f"the process that should keep the database did not start: {error}") from error
    assert owner.stdin is not None
    try:
        owner.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
        owner.stdin.flush()
    except BrokenPipeError:  # it ended at once, which its silence tells
        pass
    return owner


def heard(owner: subprocess.Popen[bytes]) -> dict[str, Any]:
    """What the keeper tells when it has started. Raises ClusterError with its words."""
    assert owner.stdout is not None
    line = owner.stdout.readline()
    if not line:
        raise ClusterError("the process that should keep the database ended at once")
    message: dict[str, Any] = json.loads(line)
    if "error" in message:
        raise ClusterError(message["error"])
    return message


def end_keeper(owner: subprocess.Popen[bytes]) -> None:
    """Close the keeper's input, at which it ends what it keeps, and wait for it."""
    for pipe in (owner.stdin, owner.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                pass
    try:
        owner.wait(KEEPER_PATIENCE)
    except subprocess.TimeoutExpired:
        owner.kill()
        owner.wait()


def found(container_id: str) -> Container:
    """Raises ClusterError if the container is gone."""
    from docker.errors import NotFound

    with engine.asked("find the database's container"):
        try:
            return engine.connect().containers.get(container_id)
        except NotFound:
            raise ClusterError(f"the database's container {container_id[:12]} has been removed") from None


def state_of(container: Container) -> str:
    from docker.errors import NotFound

    with engine.asked("look at the database's container"):
        try:
            container.reload()
        except NotFound:
            return "gone"
    return str(container.status)


def log_of(container: Container, lines: int) -> str:
    from docker.errors import NotFound

    with engine.asked("read the database's log"):
        try:
            return container.logs(tail=lines).decode(errors="replace").strip()
        except NotFound:
            return "(the container is gone)"


def answer(access: Access, container: Container) -> float:
    """Wait until a query is answered, and return the moment. Raises ClusterError if mysqld ends instead.

    The login goes over TLS and thereby puts the account into the server's cache of passwords. Only then
    do logins without TLS succeed, such as those through the fault proxy: with caching_sha2_password the
    server needs the password itself once after each of its starts, and the client's Python code, which
    knows no RSA, gives it over TLS alone.
    """
    from mysql.connector import Error

    def asked() -> float | None:
        state = state_of(container)
        if state not in ("running", "created"):
            raise ClusterError(
                f"the database's container is {state} before it answered; its last words:\n"
                + log_of(container, LOG_LINES)
            )
        with access.connect(connection_timeout=LOGIN_PATIENCE) as connection:
            checks.row(connection, "SELECT 1")
        return time.monotonic()

    try:
        return eventually(asked, START_PATIENCE, "an answer of the database", retry_on=(Error,))
    except TimedOut as trouble:
        raise ClusterError(f"{trouble}\nIts last words:\n{log_of(container, LOG_LINES)}") from None
