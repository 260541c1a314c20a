"""Scenarios that disturb run alone, all others beside each other; nobody waits for ever."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from cluster.waiting import eventually
from fixtures.lanes import lane

FORK = multiprocessing.get_context("fork")
SOON, NEVER = 5.0, 0.15  # seconds: surely by then; long enough to see that nothing happens


def hold(folder: Path, exclusive: bool, pipe: Connection) -> None:
    with lane(folder, exclusive):
        pipe.send("in")
        pipe.recv()
    pipe.send("out")


def keeps_turnstile(folder: Path) -> bool:
    """Whether another process has passed the turnstile and nobody else can."""
    with (folder / "turnstile.lock").open("r+") as turnstile:
        try:
            fcntl.lockf(turnstile, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


class Other:
    """Another process that wants the lane."""

    def __init__(self, folder: Path, exclusive: bool) -> None:
        self.pipe, theirs = FORK.Pipe()
        self.process = FORK.Process(target=hold, args=(folder, exclusive, theirs), daemon=True)
        self.process.start()

    def is_in(self, within: float = SOON) -> bool:
        return self.pipe.poll(within) and self.pipe.recv() == "in"

    def leave(self) -> None:
        self.pipe.send("leave")
        assert self.pipe.poll(SOON) and self.pipe.recv() == "out"
        self.process.join(SOON)


def test_others_run_beside_each_other(tmp_path: Path) -> None:
    first, second = Other(tmp_path, False), Other(tmp_path, False)
    assert first.is_in() and second.is_in()
    first.leave()
    second.leave()


@pytest.mark.parametrize(("one", "two"), [(True, True), (True, False), (False, True)])
def test_who_disturbs_runs_alone(tmp_path: Path, one: bool, two: bool) -> None:
    first = Other(tmp_path, one)
    assert first.is_in()
    second = Other(tmp_path, two)
    assert not second.is_in(NEVER)
    first.leave()
    assert second.is_in()
    second.leave()


def test_who_disturbs_is_not_held_up_by_those_who_come_later(tmp_path: Path) -> None:
    reading = Other(tmp_path, False)
    assert reading.is_in()
    disturbing = Other(tmp_path, True)
    eventually(lambda: keeps_turnstile(tmp_path), SOON, "one who waits for the others to leave")
    assert not disturbing.is_in(NEVER)
    later = Other(tmp_path, False)
    assert not later.is_in(NEVER)
    reading.leave()
    assert disturbing.is_in()
    assert not later.is_in(NEVER)
    disturbing.leave()
    assert later.is_in()
    later.leave()


def test_the_lane_of_a_killed_process_is_free(tmp_path: Path) -> None:
    first = Other(tmp_path, True)
    assert first.is_in()
    assert first.process.pid is not None
    os.kill(first.process.pid, signal.SIGKILL)
    second = Other(tmp_path, True)
    assert second.is_in()
    second.leave()


def test_a_child_that_outlives_its_parent_does_not_keep_the_lane(tmp_path: Path) -> None:
    with lane(tmp_path, True):
        child = FORK.Process(target=signal.pause, daemon=True)  # as a client process forked in a scenario
        child.start()
    try:
        other = Other(tmp_path, True)
        assert other.is_in()
        other.leave()
    finally:
        child.kill()
        child.join(SOON)


def test_the_wait_is_told(tmp_path: Path) -> None:
    with lane(tmp_path / "new" / "folder", True) as waited:
        assert 0 <= waited < 1
