"""A program that is forked ends as Python would end it, and with the process that has started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile

import pytest

from clients.spawn import fork_server
from cluster.waiting import eventually


def gone(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:  # it is reaped, maybe between the two
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


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["return", "0"], 0, "said"),
        (["return", "75"], 75, "warned"),
        (["exit", "3"], 3, "said"),
        (["words"], 1, "no such option"),
        (["raise"], 1, "ValueError: as it was told"),
    ],
)
def test_a_program_ends_as_python_would_end_it(arguments: list[str], code: int, said: str) -> None:
    with tempfile.TemporaryFile("w+") as output:
        program = fork_server().run("tests.apps.idle", arguments, [], output.fileno())
        assert program.wait(10) == program.poll() == code
        output.seek(0)
        lines = output.read().splitlines()
    assert {"said", "warned", said} <= set(lines)


def test_a_program_that_stands_still_is_not_taken_for_ended() -> None:
    with tempfile.TemporaryFile() as output:
        program = fork_server().run("tests.apps.idle", [], [], output.fileno())
    program.signal(signal.SIGSTOP)
    assert program.wait(0.1) is None
    program.signal(signal.SIGCONT)
    program.signal(signal.SIGTERM)
    assert program.wait(10) == -signal.SIGTERM
    program.signal(signal.SIGKILL)  # which comes too late, and does no harm
    assert program.poll() == -signal.SIGTERM
