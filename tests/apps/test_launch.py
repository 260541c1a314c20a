"""A program ends with the process that has started it, however that one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from cluster.waiting import eventually


def gone(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
@pytest.mark.parametrize("still", [False, True])
def test_a_program_does_not_outlive_who_started_it(still: bool) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.apps.starter"], stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        if still:
            os.kill(pid, signal.SIGSTOP)
        starter.kill()
    eventually(lambda: gone(pid), 10, f"the end of {pid}")
