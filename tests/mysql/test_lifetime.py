"""No container outlives its run, with real processes, real signals and a real Docker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster import ports
from cluster.mysql import checks, engine
from cluster.mysql.keeper import KEEPER, Kept, Order
from cluster.mysql.server import ACCESS, DESCRIPTION, Server
from cluster.waiting import eventually

if TYPE_CHECKING:
    import docker
    from docker.models.containers import Container

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")

ROOT = Path(__file__).parents[2]
Starter = subprocess.Popen[str]


@pytest.fixture
def room() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kg-") as folder:
        yield Path(folder)


@pytest.fixture
def run(image: str, room: Path) -> Iterator[Callable[..., Starter]]:
    """Runs a module of Python whose folders lie in the room: ``run("tests.mysql.starter", image)``."""
    begun: list[Starter] = []

    def start(*arguments: str) -> Starter:
        begun.append(
            subprocess.Popen(
                [sys.executable, "-m", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                cwd=ROOT,
                env={**os.environ, "TMPDIR": str(room)},
            )
        )
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


def made_by(client: docker.DockerClient, process: Starter) -> list[Container]:
    """The containers that a process has had made."""
    return [one for one in engine.of_run(client) if one.labels[engine.OWNER].startswith(f"{process.pid}@")]


def keepers(room: Path) -> list[int]:
    """The keepers whose folders lie in the room."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
            surroundings = (entry / "environ").read_bytes()
        except OSError:
            continue
        if b"cluster.mysql.keeper" in words and f"TMPDIR={room}".encode() in surroundings.split(b"\0"):
            found.append(int(entry.name))
    return found


def nothing_left(client: docker.DockerClient, process: Starter, room: Path) -> None:
    """When the keeper has ended nobody is there who could still make something."""

    def left() -> str:
        kept = [*map(str, keepers(room)), *(str(one.name) for one in made_by(client, process))]
        return ", ".join([*kept, *(path.name for path in room.iterdir())])

    eventually(lambda: not left(), 30, "an end of everything", seen=lambda _: left())


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_goes_with_whoever_started_it(
    run: Callable[..., Starter], client: docker.DockerClient, image: str, room: Path, how: signal.Signals
) -> None:
    owner = run("tests.mysql.starter", image)
    assert owner.stdout is not None
    folder = Path(owner.stdout.readline().strip())
    (container,) = made_by(client, owner)
    volumes = [mount["Name"] for mount in container.attrs["Mounts"]]
    assert folder.is_dir() and volumes
    owner.send_signal(how)
    nothing_left(client, owner, room)
    assert not set(volumes) & {volume.id for volume in client.volumes.list()}


@pytest.mark.parametrize("seconds", [0.1, 0.25, 0.4, 0.6, 1.0, 2.0])
def test_it_goes_whenever_its_starter_is_killed(
    run: Callable[..., Starter], client: docker.DockerClient, image: str, room: Path, seconds: float
) -> None:
    owner = run("tests.mysql.starter", image)
    killer = threading.Timer(seconds, owner.kill)
    killer.start()
    assert owner.wait(20) == -signal.SIGKILL
    nothing_left(client, owner, room)


def test_it_goes_while_it_is_paused(
    run: Callable[..., Starter], client: docker.DockerClient, image: str, room: Path
) -> None:
    owner = run("tests.mysql.starter", image)
    assert owner.stdout is not None and owner.stdout.readline()
    made_by(client, owner)[0].pause()
    owner.kill()
    nothing_left(client, owner, room)


def test_its_keeper_may_be_ended_too(
    run: Callable[..., Starter], client: docker.DockerClient, image: str, room: Path
) -> None:
    owner = run("tests.mysql.starter", image)
    assert owner.stdout is not None and owner.stdout.readline()
    (keeper,) = keepers(room)
    os.kill(keeper, signal.SIGTERM)
    nothing_left(client, owner, room)


def test_without_its_keeper_the_owner_removes_it(
    run: Callable[..., Starter], client: docker.DockerClient, image: str, room: Path
) -> None:
    owner = run("tests.mysql.starter", image)
    assert owner.stdout is not None and owner.stdout.readline()
    (keeper,) = keepers(room)
    os.kill(keeper, signal.SIGKILL)
    assert owner.stdin is not None
    owner.stdin.close()
    assert owner.wait(30) == 0
    nothing_left(client, owner, room)


def test_what_everybody_was_killed_over_the_next_run_sweeps(
    run: Callable[..., Starter], client: docker.DockerClient, image: str, room: Path
) -> None:
    dead, living = run("tests.mysql.starter", image), run("tests.mysql.starter", image)
    for owner in (dead, living):
        assert owner.stdout is not None and owner.stdout.readline()
    (left,) = made_by(client, dead)
    keeper = engine.Identity.parse(left.labels[engine.KEEPER])
    assert keeper is not None
    os.kill(keeper.pid, signal.SIGKILL)
    dead.kill()
    dead.wait()
    assert len(made_by(client, dead)) == 1
    swept = engine.sweep(client)
    assert left.name in swept
    assert made_by(client, dead) == []
    assert [one.status for one in made_by(client, living)] == ["running"]
    assert not Path(left.labels[engine.FOLDER]).exists()


def test_schemas_on_a_server_that_is_not_ours_go_with_their_run(
    run: Callable[..., Starter], server: Server, room: Path
) -> None:
    schemas, owner, _ = using(run, server)
    assert len(schemas()) == 1
    owner.kill()
    eventually(lambda: not schemas(), 20, "an end of the schema")
    eventually(lambda: not list(room.iterdir()), 20, "an end of the folder")
    assert server.state() == "running"


def test_schemas_that_everybody_was_killed_over_the_next_run_sweeps(
    run: Callable[..., Starter], server: Server, room: Path
) -> None:
    schemas, owner, keeper = using(run, server)
    os.kill(keeper, signal.SIGKILL)
    owner.kill()
    owner.wait()
    assert len(schemas()) == 1
    others, living, _ = using(run, server)
    assert (len(schemas()), len(others())) == (0, 1)
    assert len(list(room.iterdir())) == 1
    living.kill()
    eventually(lambda: not others(), 20, "an end of the schema")
    eventually(lambda: not list(room.iterdir()), 20, "an end of the folder")


def using(run: Callable[..., Starter], server: Server) -> tuple[Callable[[], list[str]], Starter, int]:
    """A process that uses the server as one that is not its own, and has a schema there; and its keeper."""
    owner = run("tests.mysql.starter", "existing", str(server.folder / ACCESS))
    assert owner.stdout is not None
    folder = Path(owner.stdout.readline().strip())
    begin = f"{checks.PREFIX}{json.loads((folder / DESCRIPTION).read_text())['run']}_"
    keeper = engine.Identity.parse((folder / KEEPER).read_text().partition(" ")[0])
    assert keeper is not None

    def schemas() -> list[str]:
        with closing(server.access.connect()) as connection:
            names = [str(name) for (name,) in checks.rows(connection, "SHOW SCHEMAS")]
        return [name for name in names if name.startswith(begin)]

    with closing(server.access.connect()) as connection:
        checks.rows(connection, f"CREATE SCHEMA {begin}snk_1")
    return schemas, owner, keeper.pid


def test_by_hand_it_stays_until_it_is_taken_down(
    run: Callable[..., Starter], client: docker.DockerClient, room: Path
) -> None:
    before = {one.id for one in engine.of_run(client)}
    up = run("cluster.mysql", "up")
    output, _ = up.communicate(timeout=60)
    assert up.returncode == 0, output
    (made,) = (one for one in engine.of_run(client) if one.id not in before)
    try:
        assert engine.sweep(client).count(str(made.name)) == 0
        file = Path(made.labels[engine.FOLDER]) / "client.cnf"
        assert str(file) in output and file.stat().st_mode & 0o077 == 0
        assert keepers(room) == []
        listed = run("cluster.mysql", "status").communicate(timeout=20)[0]
        assert str(file) in listed
        password = file.read_text().partition('password = "')[2].partition('"')[0]
        assert len(password) > 20 and password not in output + listed
    finally:
        engine.remove(made)  # not `down`, which would take down what somebody tries by hand beside us
    assert not file.exists()


# Whose a container is.


def labels(**changed: str) -> dict[str, str]:
    dead = engine.Identity(os.getpid(), 1)  # our number, at another time
    made = {"owner": str(dead), "keeper": str(dead), "machine": engine.machine(), **changed}
    return {f"kafka-guarantees.{name}": value for name, value in made.items()}


def test_what_is_nobodys_is_left_over_and_nothing_else() -> None:
    us = str(engine.Identity.of(os.getpid()))
    boot, _, numbers = engine.machine().partition(" ")
    assert engine.left_over(labels(), "running")
    assert not engine.left_over(labels(owner=us), "exited")
    assert not engine.left_over(labels(keeper=us), "exited")
    assert not engine.left_over(labels(stays="yes"), "exited")
    assert engine.left_over(labels(machine=f"another {numbers}", owner=us), "exited")
    assert not engine.left_over(labels(machine=f"another {numbers}"), "running")
    assert not engine.left_over(labels(machine=f"{boot} pid:[1]"), "exited")


def test_a_run_of_processes_that_is_over_is_told_from_one_with_its_number() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.read()
    eventually(lambda: engine.Identity.of(child.pid) is None, 5, "an end that nobody has asked for yet")
    child.wait()
    assert engine.Identity.of(child.pid) is None
    assert engine.Identity.parse("nobody") is None


def test_a_port_that_somebody_takes_is_not_the_end(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Docker finds a port taken that was free a moment ago; here another container has it."""
    free, chosen = ports.PortBlock.next, iter([server.access.port])
    monkeypatch.setattr(ports.PortBlock, "next", lambda block: next(chosen, None) or free(block))
    kept = Kept(Order("testport", "", server.image, "password"))
    try:
        kept.start()
        assert kept.port != server.access.port
        assert len(engine.of_run(kept.client, "testport")) == 1
    finally:
        kept.remove()
    assert engine.of_run(kept.client, "testport") == []
    assert not kept.folder.exists()
    assert server.folder.is_dir()
