"""What a run prints: a line a scenario, its sentences on request, a summary in words."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

import pytest

from fixtures.console import line_of, summary
from fixtures.failure_text import failure_text, table
from reports.model import Evidence, LogExcerpt, RunTold, ScenarioTold, StepTold
from tests.plugin.conftest import Project


@pytest.fixture
def run_of_two(project: Project) -> Project:
    project.scenario("Given a topic", "When it sends records 1 to 1,000", "Then all is well", title="Well")
    project.scenario("Given a topic", "Then nothing is shown", tags="@IDM-2 @twin", title="Shows nothing")
    return project


def test_one_line_a_scenario_below_its_chapter(run_of_two: Project) -> None:
    result = run_of_two.run()
    result.stdout.re_match_lines(
        [
            r"chapter$",
            r"  invalid        IDM-2  Shows nothing  \d\.\d s$",
            r"                 the twin showed nothing: no record is in the log twice$",
            r"  held           IDM-1  Well  \d\.\d s  acknowledged 1,000 · lost 0$",
            r"held 1 · invalid 1  in \d+\.\d s  \(seed \d+\)$",
        ]
    )
    for pytests_own in ("*test session starts*", "*collected*", "*short test summary*", "*1 passed*"):
        result.stdout.no_fnmatch_line(pytests_own)


def test_sentences_and_notes_on_request(run_of_two: Project) -> None:
    run_of_two.run("-v", "-m", "not twin").stdout.fnmatch_lines(
        [
            "*Well*",
            "*Given a topic",
            "*When it sends records 1 to 1,000",
            "*  acknowledged 1,000",
            "*Then all is well",
        ]
    )


def test_quiet_says_what_failed_and_the_sum(run_of_two: Project) -> None:
    result = run_of_two.run("-q")
    result.stdout.no_fnmatch_line("*Well*")
    result.stdout.fnmatch_lines(["> Then nothing is shown", "held 1 · invalid 1*"])


def test_quiet_still_names_what_could_not_be_checked(project: Project) -> None:
    project.scenario("Given a topic", "Then it cannot be checked")
    project.run("-q").stdout.fnmatch_lines(
        ["not checkable 1 *", "not checkable: *::It holds: this cluster cannot pause a broker"]
    )


def test_workers_name_the_chapter_in_each_line(run_of_two: Project) -> None:
    result = run_of_two.run("-n1")
    result.stdout.fnmatch_lines_random(["chapter * held * Well*", "chapter * invalid * Shows nothing*"])
    result.stdout.no_fnmatch_line("*bringing up nodes*")
    result.stdout.no_fnmatch_line("*gw0*")


WAITS = """
import itertools
from cluster.waiting import eventually
from fixtures import ticker

ticker.PATIENCE = 0.1

@then("a leader is awaited")
def awaited():
    looks = itertools.count(1)
    eventually(lambda: next(looks) > 9, within=30, what="a leader of t-0")
"""


def on_a_terminal(project: Project, **environment: str) -> str:
    """Everything that a run writes to a terminal."""
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "PY_COLORS")}
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--report", str(project.report)]
    child = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=project.pytester.path,
        env=clean | {"TERM": "xterm", **environment},
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    try:
        while piece := os.read(ours, 65536):
            seen += piece
    except OSError:  # how Linux says that the other side is closed
        pass
    os.close(ours)
    child.wait(timeout=20)
    return seen.decode()


def test_a_terminal_gets_colours_and_a_ticker_that_goes_away(project: Project) -> None:
    project.configure(WAITS)
    project.scenario("Given a topic", "Then a leader is awaited", title="Slow")
    seen = on_a_terminal(project)
    assert "\x1b[32m  held" in seen
    assert re.search(r"Slow: waiting \d s for a leader of t-0\r\x1b\[K", seen)


def test_no_color_is_respected_and_elsewhere_nothing_moves(run_of_two: Project) -> None:
    assert "\x1b[3" not in on_a_terminal(run_of_two, NO_COLOR="1")
    assert "\x1b" not in str(run_of_two.run(apart=True).stdout)


def told(**changes: object) -> ScenarioTold:
    basis = ScenarioTold(
        node_id='features/a/b.feature::It "holds"', uri="features/a/b.feature", line=7, feature="F", rule=None,
        title="It holds", tags=["IDM-1", "twin"], example={"client": "kafka-python", "acks": "1"},
        steps=[StepTold("Given", "a topic", 3, "passed", 1.25)],
    )  # fmt: skip
    for name, value in changes.items():
        setattr(basis, name, value)
    return basis


def test_a_line_tells_ids_row_time_and_figures() -> None:
    line = line_of(told(seconds=1.23, numbers={"acknowledged": 12000, "lost": 0}))
    assert line == "IDM-1  It holds [kafka-python · 1]  1.2 s  acknowledged 12,000 · lost 0"


def test_the_summary_counts_verdicts_in_words() -> None:
    words = ["held", "twin seen", "environment", "held", "violated"]
    run = RunTold(0.0, scenarios=[told(verdict=word) for word in words])
    assert [text for _, text in summary(run)] == [
        "held 2",
        "twins seen 1",
        "violated 1",
        "stopped by the environment 1",
    ]


def test_evidence_is_a_table_with_its_rows_marked() -> None:
    evidence = Evidence(
        "Delivery reports beside the log", ["record", "offset"], [["7", "6"], ["8", "–"]], [1]
    )
    assert table(evidence) == [
        "Delivery reports beside the log",
        "  record  offset",
        "  7       6",
        "> 8       –",
    ]


def test_a_failure_text_has_everything_in_reading_order() -> None:
    step = StepTold("Then", "no record is lost", 9, "failed", 0.5, ["read 99"], error="record 8 is lost")
    text = failure_text(
        told(
            verdict="violated", reason="record 8 is lost", steps=[step], seed=3,
            counterexample="send 8 → acknowledged at 7", history=["history/x.jsonl"],
            logs=[LogExcerpt("broker 2", [f"line {number}" for number in range(20)])],
        ),
        "records.py:18",
        options=["--producer-config acks=1"],
    )  # fmt: skip
    assert text.splitlines() == [
        "features/a/b.feature:7",
        "violated: It holds [kafka-python · 1]  IDM-1",
        "",
        "> Then no record is lost" + " " * 55 + "0.5 s",
        "      read 99",
        "      record 8 is lost",
        "      (records.py:18)",
        "",
        "  send 8 → acknowledged at 7",
        "",
        "  broker 2",
        *(f"    line {number}" for number in range(8, 20)),
        "",
        "  history: history/x.jsonl",
        '  again: pytest "features/a/b.feature::It \\"holds\\"" --producer-config acks=1 --seed 3',
    ]
