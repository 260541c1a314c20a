"""What cannot be run: the exit code says whose matter it is, one message says what to do, nothing is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.conftest import Begin

pytestmark = pytest.mark.cluster

ENVIRONMENT, USAGE = 75, 4
BROKEN: list[tuple[list[str], dict[str, str], str]] = [
    (
        ["--broker-config", "log.retention.ms=banana"],
        {},
        "Invalid value banana for configuration log.retention.ms: Not a number of type LONG",
    ),
    (["--kafka", "9.9.9"], {}, "the environment failed: Kafka 9.9.9 is not known here; there are 4.4.0, 3.9.2, 2.4.1."),
    (["--kafka", "9.9.9", "-n", "2"], {}, "the environment failed: Kafka 9.9.9 is not known here"),
    ([], {"JAVA_HOME": "/nowhere"}, "the environment failed: JAVA_HOME is /nowhere, and there is no Java"),
]
MISTYPED = [
    (
        ["--producer-config", "enable.idempotense=false"],
        "--producer-config: no producer setting 'enable.idempotense'; did you mean 'enable.idempotence'?",
    ),
    (["--producer-config", "acks=banana"], "--producer-config: acks='banana': all, 1 or 0 is wanted"),
    (
        ["--producer-config", "linger.ms=soon"],
        "--producer-config: linger.ms='soon': a whole number is wanted",
    ),
    (
        ["--consumer-config", "acks=1"],
        "--consumer-config: 'acks' is a setting of a producer, not of a consumer",
    ),
    (["--cluster", "moon"], "--cluster moon: there is no such cluster. Choose embedded, vagrant"),
]


def test_an_environment_that_fails_is_told_once(begin: Begin) -> None:
    runs = [(begin("-m", "IDM-4", *arguments, env=env), words) for arguments, env, words in BROKEN]
    for run, words in runs:
        assert run.finish() == ENVIRONMENT, run.output
        assert run.output.count(words) == 1, run.output
        assert run.output.count("the environment failed") == 1, run.output
        assert "Traceback" not in run.output
        assert run.told["exit_code"] == ENVIRONMENT
        assert run.told["environment_error"]


def test_what_is_mistyped_is_refused_before_anything_starts(begin: Begin) -> None:
    runs = [(begin("-m", "IDM-4", *arguments), words) for arguments, words in MISTYPED]
    for run, words in runs:
        assert run.finish() == USAGE, run.output
        assert run.output.splitlines() == [f"ERROR: {words}", ""]


def test_a_report_that_cannot_be_written_is_found_out_before_the_run(begin: Begin, tmp_path: Path) -> None:
    in_the_way = tmp_path / "report"
    in_the_way.write_text("mine")
    run = begin("-m", "IDM-4", f"--report={in_the_way}")
    assert run.finish() == USAGE, run.output
    assert f"the report folder {in_the_way} cannot be written" in run.output
    assert "name another one with --report" in run.output
    assert in_the_way.read_text() == "mine"


def test_a_selection_without_scenarios_has_the_code_of_pytest(begin: Begin) -> None:
    run = begin("-m", "IDM-4 and ORD-4")
    assert run.finish() == pytest.ExitCode.NO_TESTS_COLLECTED, run.output
