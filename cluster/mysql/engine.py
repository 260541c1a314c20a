"""The Docker engine of this machine, and what in it belongs to which run.

Containers carry labels that say who made them, so that those of dead runs can be told from those of
living ones (:func:`sweep`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cluster.errors import ClusterError, NotCheckable

if TYPE_CHECKING:
    import docker
    from docker.models.containers import Container

#: Labels of a container: which run it serves, who keeps it, its folder here, and whether it is to stay.
RUN, OWNER, KEEPER, MACHINE = (f"kafka-guarantees.{name}" for name in ("run", "owner", "keeper", "machine"))
FOLDER, STAYS = "kafka-guarantees.folder", "kafka-guarantees.stays"
FOLDER_PREFIX = "kafka-guarantees-mysql-"

#: Where the engine of this machine listens, unless DOCKER_HOST says otherwise.
SOCKET = "/var/run/docker.sock"
#: Longest wait for an answer of the engine, in seconds.
PATIENCE = 60
WITHOUT = 'To go on without a database, leave its scenarios out: -m "not database"'


def connect() -> docker.DockerClient:
    """The engine that ``DOCKER_HOST`` names, or the one of this machine.

    Raises NotCheckable if there is none at all, ClusterError if there is one that cannot be used.
    """
    import docker
    from docker.errors import DockerException

    ours = not os.environ.get("DOCKER_HOST")
    where = f"unix://{SOCKET}" if ours else os.environ["DOCKER_HOST"]
    if where.startswith("unix://") and not os.path.lexists(where.removeprefix("unix://")):
        if ours:
            raise NotCheckable(f"there is no Docker here ({SOCKET} does not exist), and no --database-url")
        raise ClusterError(f"DOCKER_HOST names {where}, which does not exist. {WITHOUT}")
    try:
        client = (
            docker.DockerClient(base_url=where, timeout=PATIENCE)
            if ours
            else docker.from_env(timeout=PATIENCE)
        )
        client.ping()
    except (DockerException, OSError) as trouble:
        raise ClusterError(f"{refusal(where, trouble)}. {WITHOUT}") from trouble
    return client


def refusal(where: str, trouble: BaseException) -> str:
    """Why an engine cannot be used, and what helps."""
    if caused_by(trouble, PermissionError):
        return (
            f"Docker's socket {where.removeprefix('unix://')} refuses this user (permission denied): become a "
            "member of its group (usermod -aG docker USER, then log in anew), or name a server with --database-url"
        )
    if caused_by(trouble, ConnectionRefusedError):
        return f"Docker is installed, but nobody answers at {where}: start it (systemctl start docker, or dockerd)"
    return f"Docker at {where} does not answer: {words(trouble)}"


def caused_by(trouble: BaseException | None, kind: type[BaseException]) -> bool:
    """Whether an exception of that kind is among the causes; libraries wrap it, some in their arguments."""
    seen: list[object] = [trouble]
    while seen:
        one = seen.pop()
        if isinstance(one, kind):
            return True
        if isinstance(one, BaseException):
            seen += [one.__cause__, one.__context__ if one.__cause__ is None else None, *one.args]
    return False


def words(trouble: BaseException) -> str:
    """What Docker said, in one line."""
    said = getattr(trouble, "explanation", None) or str(trouble) or type(trouble).__name__
    return " ".join(str(said).split())[:500]


@contextmanager
def asked(what: str) -> Iterator[None]:
    """Tells a failure of the engine itself as ClusterError; NotFound goes through."""
    from docker.errors import DockerException, NotFound
    from requests.exceptions import RequestException

    try:
        yield
    except NotFound:
        raise
    except (DockerException, RequestException) as trouble:
        raise ClusterError(f"Docker could not {what}: {words(trouble)}") from trouble


@dataclass(frozen=True)
class Identity:
    """A process, told from any other that had or will have its number."""

    pid: int
    started: int  # clock ticks since the machine started (proc(5), starttime)

    @staticmethod
    def of(pid: int) -> Identity | None:
        """None if there is no such process any more; one that only waits to be buried counts as gone."""
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] == "Z" else Identity(pid, int(fields[19]))

    @staticmethod
    def parse(label: str) -> Identity | None:
        pid, _, started = label.partition("@")
        return Identity(int(pid), int(started)) if pid.isdigit() and started.isdigit() else None

    def __str__(self) -> str:
        return f"{self.pid}@{self.started}"

    @property
    def lives(self) -> bool:
        return Identity.of(self.pid) == self


def machine() -> str:
    """This machine since it started, and the process numbers that we see: elsewhere ours mean nothing."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def sweep(client: docker.DockerClient) -> list[str]:
    """Remove the containers of runs that were killed together with their keepers; the names of those."""
    removed = []
    for container in of_run(client):
        if left_over(container.labels, container.status):
            remove(container)
            removed.append(str(container.name))
    return removed


def of_run(client: docker.DockerClient, run: str = "") -> list[Container]:
    """The containers of a run, or those of all runs; running or not."""
    with asked("list containers"):
        label = f"{RUN}={run}" if run else RUN
        return list(client.containers.list(all=True, filters={"label": label}, ignore_removed=True))


def left_over(labels: dict[str, str], status: str) -> bool:
    """Whether a container with these labels is nobody's any more; what we cannot tell, somebody may own."""
    here, there = machine(), labels.get(MACHINE, "")
    if labels.get(STAYS) or not here:
        return False
    if there != here:  # from before this machine was started anew; nothing starts such a container again
        same_numbers = there.partition(" ")[2] == here.partition(" ")[2]
        return same_numbers and status in ("exited", "created", "dead")
    makers = [Identity.parse(labels.get(who, "")) for who in (OWNER, KEEPER)]
    return not any(maker is not None and maker.lives for maker in makers)


def remove(container: Container, keep_folder: bool = False) -> None:
    """Remove a container with its data and its folder; it may be gone already."""
    from docker.errors import APIError, NotFound

    with asked("remove a container"), suppress(NotFound):
        try:
            container.remove(force=True, v=True)
        except APIError as trouble:
            if trouble.status_code != 409:  # another one is removing it
                raise
    folder = container.labels.get(FOLDER, "")
    if not keep_folder and Path(folder).name.startswith(FOLDER_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)
