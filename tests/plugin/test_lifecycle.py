"""What the scenarios need is started once, reaches them, and is always stopped."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys

import pytest

from tests.plugin.conftest import Project

REACH = """
@then("it is reached")
def reached(handle, options, tell):
    assert handle == {"bootstrap": "127.0.0.1:41000"}
    tell(f"seed {options.seed}")
"""
FAILS = """
def pytest_guarantees_start(config, options):
    raise ClusterError("Kafka would not start: port 41000 is taken. Free it, or try again")
"""


@pytest.fixture
def reaching(project: Project) -> Project:
    project.configure(REACH)
    for title in "ABC":
        project.scenario("Given a topic", "Then it is reached", title=title)
    return project


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_it_is_started_once_and_reaches_every_scenario(reaching: Project, workers: str) -> None:
    result = reaching.run(workers, "-v")
    assert result.ret == 0
    assert reaching.lifecycle == ["start", "stop"]
    result.stdout.fnmatch_lines(["held 3*"])
    seeds = re.findall(r"seed (\d+)", str(result.stdout))
    assert len(seeds) == 4 and len(set(seeds)) == 1, "each scenario and the summary tell one seed"


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_one_clear_message_when_the_environment_fails(project: Project, workers: str) -> None:
    project.configure(FAILS)
    for title in "ABC":
        project.scenario("Given a topic", "Then all is well", title=title)
    result = project.run(workers)
    assert result.ret == 75
    told = str(result.stdout) + str(result.stderr)
    assert told.count("Kafka would not start: port 41000 is taken") == 1
    assert "held" not in told and "Traceback" not in told
    assert project.lifecycle == ["stop"]


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_worker_or_alone_the_verdicts_and_codes_are_the_same(project: Project, workers: str) -> None:
    project.scenario("Given a topic", "Then the promise is broken", title="A")
    project.scenario("Given a topic", "Then all is well", title="B")
    result = project.run(workers)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["> Then the promise is broken", "held 1 · violated 1*"])
    assert project.lifecycle == ["start", "stop"]


def test_ctrl_c_stops_it_too(project: Project) -> None:
    project.configure('\n@then("somebody presses Ctrl-C")\ndef ctrl_c():\n    raise KeyboardInterrupt\n')
    project.scenario("Given a topic", "Then somebody presses Ctrl-C")
    result = project.run(apart=True)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert project.lifecycle == ["start", "stop"]


LINGERS = """
@then("it goes on until Ctrl-C")
def lingers():
    import os, signal
    os.write({pipe}, b"now")
    signal.pause()
"""


@pytest.mark.parametrize("workers", ["-n0", "-n1"])
def test_ctrl_c_of_a_whole_process_group_stops_it_once(project: Project, workers: str) -> None:
    pipe = project.pytester.path / "pipe"
    os.mkfifo(pipe)
    project.configure(LINGERS.format(pipe=f"os.open({str(pipe)!r}, os.O_WRONLY)"))
    project.scenario("Given a topic", "Then it goes on until Ctrl-C")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        workers,
        "--report",
        str(project.report),
    ]
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    child = subprocess.Popen(
        command,
        cwd=project.pytester.path,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert select.select([reading], [], [], 20)[0], "the scenario never began"
        os.killpg(child.pid, signal.SIGINT)
        assert child.wait(timeout=20) == pytest.ExitCode.INTERRUPTED
    finally:
        child.kill()
        child.wait()
        os.close(reading)
    assert project.lifecycle == ["start", "stop"]


def test_ctrl_c_while_it_starts_stops_it_too(project: Project) -> None:
    project.configure("\ndef pytest_guarantees_start(config, options):\n    raise KeyboardInterrupt\n")
    project.scenario("Given a topic", "Then all is well")
    result = project.run(apart=True)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert project.lifecycle == ["stop"]


def test_a_worker_that_dies_makes_its_scenario_invalid(project: Project) -> None:
    project.configure('\n@then("the worker dies")\ndef dies():\n    import os\n    os._exit(3)\n')
    project.scenario("Given a topic", "Then the worker dies", title="Deadly")
    project.scenario("Given a topic", "Then all is well", title="Fine")
    result = project.run("-n2", "--max-worker-restart=0", apart=True)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*invalid * Deadly*", "*worker 'gw?' crashed*"])
    assert project.lifecycle == ["start", "stop"]


def test_tests_of_the_suite_start_nothing(project: Project) -> None:
    project.scenario("Given a topic", "Then all is well")
    project.pytester.makepyfile(test_own="def test_one():\n    pass\n")
    result = project.run("test_own.py")
    assert result.ret == 0
    assert project.lifecycle == []
    result.stdout.fnmatch_lines(["test_own.py . *", "*1 passed*"])


def test_features_and_tests_of_the_suite_in_one_run(project: Project) -> None:
    project.scenario("Given a topic", "Then all is well")
    project.pytester.makepyfile(test_own="def test_one():\n    pass\ndef test_two():\n    assert 1 == 2\n")
    result = project.run("features", "test_own.py")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*held * It holds*", "*assert 1 == 2*", "held 1*"])
