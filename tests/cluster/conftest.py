"""Rooms of their own for clusters that are ended by force, so that no other cluster is touched."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cluster.local import folders
from cluster.local.prepared import Prepared
from cluster.waiting import eventually
from tests.cluster.leftovers import left

ROOT = Path(__file__).parents[2]
Run = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def room() -> Iterator[Path]:
    """A temporary folder in which a test's clusters live; at its end nothing may be left."""
    with tempfile.TemporaryDirectory(prefix="kg-") as folder:
        yield Path(folder)
        eventually(lambda: not left(Path(folder)), 10, "an empty room", seen=lambda _: left(Path(folder)))


@pytest.fixture
def run(room: Path, ready: Prepared) -> Iterator[Run]:
    """Runs a module of Python with clusters in the room: ``run("cluster", "up")``."""
    started = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(room)},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def launched(run: Run, room: Path) -> Callable[..., tuple[subprocess.Popen[str], Path]]:
    """A process that starts a cluster, at the moment when all of the cluster's processes run."""

    def start(*version: str) -> tuple[subprocess.Popen[str], Path]:
        process = run("tests.cluster.starter", *version)

        def found() -> list[Path]:
            assert process.poll() is None, process.communicate()[0]
            return list(room.glob(f"{folders.prefix()}*/{folders.SOCKET}"))

        return process, eventually(found, 20, "a cluster that starts")[0].parent

    return start
