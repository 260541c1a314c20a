"""Points by name, and what happens there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from apps.points import POINTS, Points, SimulatedError, Stop, stop


def test_a_point_has_a_name_and_a_time() -> None:
    assert stop("after-poll") == Stop("after-poll", 1)
    assert stop("after-database-commit:3") == Stop("after-database-commit", 3)
    assert str(Stop("after-poll", 2)) == "after-poll:2"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nowhere", "no point 'nowhere'; there are after-poll"),
        ("after-poll:0", "a number from 1"),
        ("after-poll:-1", "a number from 1"),
        ("after-poll:", "a number from 1"),
        ("after-poll:twice", "a number from 1"),
        ("", "no point ''"),
    ],
)
def test_what_is_no_point_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        stop(text)


def test_a_point_that_is_not_asked_for_passes() -> None:
    points = Points(crash_at=Stop("after-poll", 2), freeze_at=Stop("after-offset-commit", 1))
    for point in POINTS.keys() - {"after-offset-commit"}:
        points.reach(point)
    with pytest.raises(KeyError):
        points.reach("after-lunch")


def test_errors_by_chance_come_from_the_seed() -> None:
    def fails_at(seed: int) -> int:
        points = Points(error_probability=0.2, seed=seed)
        for time in range(1, 1000):
            try:
                points.reach("after-database-commit")
            except SimulatedError:
                return time
        return 0

    assert [fails_at(seed) for seed in range(20)] == [fails_at(seed) for seed in range(20)]
    assert len({fails_at(seed) for seed in range(20)}) > 5


def test_no_error_comes_elsewhere() -> None:
    points = Points(error_probability=1.0)
    for point in POINTS.keys() - {"after-database-commit"}:
        points.reach(point)
    with pytest.raises(SimulatedError, match="after database commit 1"):
        points.reach("after-database-commit")


PROGRAM = """
import sys
from apps.points import Points, stop
points = Points(**{sys.argv[1]: stop("after-poll:2")}, tell=lambda *told: print(*told, flush=True))
for time in (1, 2, 3):
    points.reach("after-poll")
    print(time, flush=True)
"""


def program(option: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", PROGRAM, option], stdout=subprocess.PIPE, text=True)


def test_a_program_dies_there_by_its_own_hand() -> None:
    with program("crash_at") as running:
        out, _ = running.communicate(timeout=20)
    assert running.returncode == -signal.SIGKILL
    assert out.splitlines() == ["1", "kill dies after poll 2"]


def test_a_program_stands_still_there_until_it_is_woken() -> None:
    with program("freeze_at") as running:
        _, status = os.waitpid(running.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        running.send_signal(signal.SIGCONT)
        out, _ = running.communicate(timeout=20)
    assert out.splitlines() == ["1", "pause stands still after poll 2", "resume goes on", "2", "3"]
