"""The keeper: a process that makes a MySQL container and removes it when its run is gone.

It is started with one line of JSON on standard input (:class:`Order`), makes and starts the container,
answers with one line, and waits.  When its input closes, because its owner ended or was killed at
whatever moment, or on SIGTERM, it removes the container with its data, unless it was told to "stay".
The owner never makes a container itself, so there is none that nobody would remove.  If the keeper is
killed as well, the next run sweeps (:func:`cluster.mysql.engine.sweep`).

For a server that is not ours (``drop`` of the order) it only drops the schemas that the run has left.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import shutil
import signal
import sys
import tarfile
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster import ports
from cluster.errors import ClusterError, NotCheckable
from cluster.mysql import engine
from cluster.mysql.access import Access
from cluster.mysql.checks import GRANT, PREFIX, rows
from cluster.mysql.server import ACCESS, DESCRIPTION

if TYPE_CHECKING:
    import docker
    from docker.models.containers import Container

ACCOUNT = "guarantees"
KEEPER = "keeper"  # the file that says who keeps the folder of a server that is not ours
#: In the container, where neither ps nor `docker inspect` nor the environment shows it.
SECRET = "run/mysql-root-password"
FIRST_STATEMENTS = "docker-entrypoint-initdb.d/guarantees.sql"
#: Durability stays as it is by default; what costs time or memory and serves no promise is off.
SETTINGS = ("--performance-schema=OFF", "--skip-log-bin", "--mysqlx=OFF", "--skip-name-resolve")
MEMORY = "1g"
TRIES = 5  # ports that somebody takes between our choice and Docker's binding
TAKEN = ("port is already allocated", "address already in use")


@dataclass
class Order:
    """What the keeper is asked to do."""

    run: str  # names the run in labels and schemas
    owner: str  # the process that it is for, as engine.Identity writes it
    image: str = ""
    password: str = ""  # of the account that scenarios use
    detached: bool = False  # will be told to "stay"
    drop: dict[str, Any] | None = None  # the access to a server that is not ours


def main() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # not while a container is being made
    line = sys.stdin.readline()
    if not line:
        return
    order = Order(**json.loads(line))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if order.drop is not None:
        sweep_schemas()
        folder = make_folder()
        (folder / KEEPER).write_text(f"{engine.Identity.of(os.getpid())} {engine.machine()}")
        tell({"folder": str(folder)})
        wait_for_end()
        drop_schemas(Access(**order.drop), order.run)
        shutil.rmtree(folder, ignore_errors=True)
        return
    try:
        kept = Kept(order)
    except (ClusterError, NotCheckable) as error:
        tell({"error": str(error)})
        return
    stays = False
    try:
        kept.start()
        tell(kept.told)
        stays = wait_for_end()
    except ClusterError as error:
        tell({"error": str(error)})
    finally:
        if not stays:
            kept.remove()


def wait_for_end() -> bool:
    """Wait until the input closes or SIGTERM comes; True if "stay" is asked."""
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        return sys.stdin.readline().strip() == "stay"
    except SystemExit:
        return False
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})


def make_folder() -> Path:
    """A folder that only its owner can read, for how the server is reached."""
    return Path(tempfile.mkdtemp(prefix=engine.FOLDER_PREFIX))


class Kept:
    """The container, its port and its folder."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.client: docker.DockerClient = engine.connect()
        self.container: Container | None = None
        self.block: ports.PortBlock | None = None
        self.port = 0
        self.folder = make_folder()

    @property
    def told(self) -> dict[str, Any]:
        assert self.container is not None
        return {"container": self.container.id, "folder": str(self.folder), "port": self.port}

    def start(self) -> None:
        """Make the container and start it. Raises ClusterError."""
        engine.sweep(self.client)
        first = ports.FIRST
        for attempt in range(TRIES):
            self.block = ports.take_block(first)
            self.port = self.block.next()
            self.container = self.create(f"{self.order.run}-{attempt}")
            self.bring(self.container)
            try:
                with engine.asked("start the database's container"):
                    self.container.start()
                return
            except ClusterError as trouble:
                if not any(words in str(trouble) for words in TAKEN):
                    raise
                first = self.block.first + ports.BLOCK
                engine.remove(self.container, keep_folder=True)
                self.block.close()
        raise ClusterError(f"somebody took the database's port {TRIES} times")

    def create(self, name: str) -> Container:
        labels = {
            engine.RUN: self.order.run,
            engine.OWNER: self.order.owner,
            engine.KEEPER: str(engine.Identity.of(os.getpid()) or ""),
            engine.MACHINE: engine.machine(),
            engine.FOLDER: str(self.folder),
            **({engine.STAYS: "yes"} if self.order.detached else {}),
        }
        with engine.asked("make the database's container"):
            return self.client.containers.create(
                self.order.image,
                command=list(SETTINGS),
                name=f"kafka-guarantees-mysql-{name}",
                labels=labels,
                environment={"MYSQL_ROOT_PASSWORD_FILE": f"/{SECRET}", "MYSQL_ROOT_HOST": "localhost"},
                ports={"3306/tcp": (ports.HOST, self.port)},
                mem_limit=MEMORY,
            )

    def bring(self, container: Container) -> None:
        """Put the passwords into the container, as files."""
        user = f"'{ACCOUNT}'@'%'"
        statements = [
            f"CREATE USER {user} IDENTIFIED BY '{self.order.password}';",
            f"{GRANT.format(user=user)};",
            f"GRANT FLUSH_TABLES ON *.* TO {user};",  # with which scenarios block commits
        ]
        files = {
            SECRET: secrets.token_urlsafe(24),
            FIRST_STATEMENTS: "".join(f"{one}\n" for one in statements),
        }
        with engine.asked("write into the database's container"):
            container.put_archive("/", archive(files))

    def remove(self) -> None:
        """Remove all of it; what is not there does not matter."""
        with suppress(ClusterError):
            if self.container is not None:
                engine.remove(self.container)
            else:  # a request that failed may have made one all the same
                for container in engine.of_run(self.client, self.order.run):
                    engine.remove(container)
        shutil.rmtree(self.folder, ignore_errors=True)


def archive(files: dict[str, str]) -> bytes:
    """A tar of small files. The official image reads them as the user mysql, whose number we do not know."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.mode, entry.size = 0o444, len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


def drop_schemas(access: Access, run: str) -> None:
    """Drop what scenarios of this run have left; a server that does not answer keeps it."""
    from mysql.connector import Error

    mine = f"{PREFIX}{run}_"
    find = "SELECT schema_name FROM information_schema.schemata WHERE LEFT(schema_name, %s) = %s"
    with suppress(Error), access.connect() as connection, connection.cursor() as cursor:
        for (name,) in rows(connection, find, len(mine), mine):
            cursor.execute(f"DROP SCHEMA IF EXISTS `{name}`")


def sweep_schemas() -> None:
    """Drop what runs have left that were killed together with their keepers, and the ways to their servers."""
    for file in Path(tempfile.gettempdir()).glob(f"{engine.FOLDER_PREFIX}*/{KEEPER}"):
        with suppress(OSError):  # somebody else's
            keeper, _, machine = file.read_text().partition(" ")
            kept_by = engine.Identity.parse(keeper)
            if kept_by is None or machine != engine.machine() or kept_by.lives:
                continue
            with suppress(ClusterError, ValueError):
                run = json.loads((file.parent / DESCRIPTION).read_text())["run"]
                drop_schemas(Access.read(file.parent / ACCESS), run)
            shutil.rmtree(file.parent, ignore_errors=True)


def tell(message: dict[str, Any]) -> None:
    try:
        print(json.dumps(message), flush=True)
    except BrokenPipeError:  # whoever asked has gone; its closed pipe ends us as well
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # or Python complains when it ends


if __name__ == "__main__":
    main()
