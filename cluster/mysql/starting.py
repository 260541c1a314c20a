"""Starting a MySQL server, and the keeper process that removes it with its run.

begun = starting.start(image)       # returns at once; a keeper makes the container meanwhile
database = begun.ready()            # a Server, when it answers a query
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cluster.errors import ClusterError
from cluster.mysql import checks, containers, engine, keeper
from cluster.mysql.access import Access
from cluster.mysql.server import ACCESS, DESCRIPTION, Server
from cluster.ports import HOST

ROOT = Path(__file__).parents[2]

#: Longest wait, in seconds, for the keeper to end what it keeps, before it is killed.
KEEPER_PATIENCE = 30.0


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
            containers.answer(access, containers.found(self.container_id))
            version = checks.examine(access)
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


def watch_schemas(access: Access, run: str) -> tuple[subprocess.Popen[bytes], Path]:
    """A keeper that drops the schemas of a run on a server that is not ours, when this process is gone.

    Beside it the folder that goes with it.
    """
    owner = start_keeper(keeper.Order(run, identity(), drop=asdict(access)))
    return owner, Path(heard(owner)["folder"])


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
