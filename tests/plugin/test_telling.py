"""A scenario's verdict, its words, and the exit code of the run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.plugin.conftest import Project


def told(project: Project) -> dict[str, Any]:
    """The run as the report tells it."""
    found: dict[str, Any] = json.loads((project.report / "run.json").read_text())
    return found


ENDINGS = [
    ("promise", "all is well", "held", "", 0),
    ("promise", "the promise is broken", "violated", "record 7 is lost", 1),
    ("promise", "two is three", "violated", "two is not three", 1),
    ("promise", "nothing is shown", "invalid", "no record is in the log twice", 1),
    ("promise", "too little happened", "invalid", "the fault did not fire", 1),
    ("promise", "the suite errs", "invalid", "the scenario itself failed: KeyError: 'missing'", 1),
    ("promise", "it cannot be checked", "not checkable", "this cluster cannot pause a broker", 0),
    ("promise", "the environment breaks", "environment", "broker 2 is gone", 75),
    (
        "promise", "a client meets a known defect, and records are lost", "limit seen",
        "producer-1 met a known defect: it sends nothing any more", 0,
    ),
    ("promise", "a client meets a known defect, and replicas differ", "violated", "the replicas differ", 1),
    ("promise", "a client meets a known defect, and the environment breaks", "environment", "broker 2 is gone", 75),
    ("twin", "all is well", "twin seen", "", 0),
    ("twin", "nothing is shown", "invalid", "the twin showed nothing: no record is in the log twice", 1),
    ("twin", "two is three", "invalid", "the twin showed nothing: two is not three", 1),
    ("twin", "too little happened", "invalid", "the fault did not fire", 1),
    ("limit", "all is well", "limit seen", "", 0),
    (
        "limit", "nothing is shown", "invalid",
        "no longer seen with these versions: no record is in the log twice", 1,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "sentence", "verdict", "reason", "code"), ENDINGS)
def test_each_ending_has_its_verdict_and_exit_code(
    project: Project, kind: str, sentence: str, verdict: str, reason: str, code: int
) -> None:
    project.scenario(
        "Given a topic", f"Then {sentence}", "And all is well", tags=f"@IDM-1 @{kind}".replace("@promise", "")
    )
    result = project.run()
    run = told(project)
    scenario = run["scenarios"][0]
    assert (scenario["verdict"], scenario["reason"]) == (verdict, reason)
    assert result.ret == code == run["exit_code"]
    statuses = [step["status"] for step in scenario["steps"]]
    good = not reason
    ended = "skipped" if verdict in ("not checkable", "limit seen") else "failed"
    assert statuses == (["passed"] * 3 if good else ["passed", ended, "skipped"])


def test_what_cannot_be_checked_is_a_failure_when_all_is_required(project: Project) -> None:
    project.scenario("Given a topic", "Then it cannot be checked")
    result = project.run("--require-all")
    assert result.ret == 1
    assert told(project)["scenarios"][0]["verdict"] == "not checkable"
    result.stdout.fnmatch_lines(["*not checkable 1*"])


def test_a_violated_promise_is_not_hidden_by_a_broken_environment(project: Project) -> None:
    project.scenario("Given a topic", "Then the environment breaks", title="A")
    project.scenario("Given a topic", "Then the promise is broken", title="B")
    assert project.run().ret == 1


@pytest.mark.parametrize("workers", ["-n0", "-n1"])
def test_a_run_stops_when_the_environment_stays_broken(project: Project, workers: str) -> None:
    for title in "ABCDEFGHIJ":
        project.scenario("Given a topic", "Then the environment breaks", title=title)
    result = project.run(workers)
    assert result.ret == 75
    assert 3 <= len(told(project)["scenarios"]) < 10  # a worker may have begun another
    assert "3 scenarios in a row: broker 2 is gone" in told(project)["environment_error"]
    assert project.lifecycle == ["start", "stop"]


def test_a_failure_reads_as_its_sentences(project: Project) -> None:
    project.scenario(
        "Given a topic", "When it sends records 1 to 100", "Then the promise is broken", "And all is well"
    )
    result = project.run()
    result.stdout.fnmatch_lines(
        [
            "features/chapter/It_holds.feature:3",
            "violated: It holds  IDM-1",
            "  When it sends records 1 to 100",
            "      acknowledged 100",
            "> Then the promise is broken",
            "      record 7 is lost",
            "      (conftest.py:*)",
            "  And all is well * not reached",
            "  sent 7 at 1.0 s",
            "  read 6, then 8",
        ]
    )
    for internal in ("pytest_bdd", "call_fixture_func", "site-packages"):
        result.stdout.no_fnmatch_line(f"*{internal}*")


@pytest.mark.parametrize("asked", [True, False])
def test_github_is_told_the_sentence_that_failed(
    project: Project, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true" if asked else "false")
    project.scenario("Given a topic", "Then the promise is broken")
    output = project.run().stdout
    expected = "::error file=features/chapter/It_holds.feature,line=5,title=violated*record 7 is lost*"
    output.fnmatch_lines([expected]) if asked else output.no_fnmatch_line("::error*")


def test_an_error_of_the_suite_shows_where_it_came_from(project: Project) -> None:
    project.scenario("Given a topic", "Then the suite errs")
    result = project.run()
    result.stdout.fnmatch_lines(
        ["> Then the suite errs", "      KeyError: 'missing'", '*in errs: {}?"missing"?']
    )


def test_the_traceback_is_there_for_who_asks(project: Project) -> None:
    project.scenario("Given a topic", "Then the suite errs")
    project.run("--tb=long").stdout.fnmatch_lines(["*def errs():*"])


def test_junit_names_the_feature_and_tells_the_same(project: Project) -> None:
    project.scenario("Given a topic", "Then the promise is broken")
    project.run("--junitxml=junit.xml", "-o", "junit_family=xunit1")
    text = (project.pytester.path / "junit.xml").read_text()
    assert 'file="features/chapter/It_holds.feature" line="2"' in text
    assert 'message="violated: record 7 is lost"' in text
    assert "&gt; Then the promise is broken" in text
    assert '<property name="verdict" value="violated"' in text


ODD = """
@then("it tells odd things")
def odd(tell):
    from pathlib import Path
    from reports.model import Evidence
    tell.history(Path("history") / "one.jsonl")
    tell.evidence(Evidence("Odd", ["a", "b"], [[1], [2, 3, 4]]))
    assert False, "and fails"
"""


@pytest.mark.parametrize("workers", ["-n0", "-n1"])
def test_whatever_is_told_travels(project: Project, workers: str) -> None:
    project.configure(ODD)
    project.scenario("Given a topic", "Then it tells odd things")
    result = project.run(workers)
    assert result.ret == 1
    assert told(project)["scenarios"][0]["history"] == ["history/one.jsonl"]
    result.stdout.fnmatch_lines(["*and fails*"])


FIXTURES = """
@pytest.fixture(autouse=True)
def around(tell, request):
    tell.leave_out(0.0)
    tell.at_end(lambda: tell.history("history/one.jsonl"))
    tell.on_failure(lambda: tell.logs("broker 2", ["WARN shrinking ISR"]))
    tell.on_failure(lambda: 1 / 0)
    yield
    if "teardown breaks" in request.node.name:
        raise ClusterError("broker 3 does not come back")

@given("a set-up that breaks")
def _breaks(missing_fixture):
    pass
"""


def test_fixtures_tell_as_well_and_trouble_there_hides_nothing(project: Project) -> None:
    project.configure(FIXTURES)
    project.scenario("Given a topic", "Then the promise is broken")
    result = project.run()
    scenario = told(project)["scenarios"][0]
    assert scenario["history"] == ["history/one.jsonl"]
    assert scenario["logs"] == [{"source": "broker 2", "lines": ["WARN shrinking ISR"]}]
    assert scenario["steps"][1]["notes"] == ["could not be collected: ZeroDivisionError: division by zero"]
    result.stdout.fnmatch_lines(["  broker 2", "    WARN shrinking ISR", "", "  history: history/one.jsonl"])


def test_a_cluster_that_does_not_heal_is_trouble_of_the_environment(project: Project) -> None:
    project.configure(FIXTURES)
    project.scenario("Given a topic", "Then all is well", title="Its teardown breaks")
    result = project.run()
    scenario = told(project)["scenarios"][0]
    assert (scenario["verdict"], scenario["reason"]) == (
        "environment",
        "while cleaning up: broker 3 does not come back",
    )
    assert result.ret == 75


@pytest.mark.parametrize(
    ("raised", "verdict", "code"),
    [
        ('ClusterError("no leader")', "environment", 75),
        ('NotCheckable("cannot pause")', "not checkable", 0),
        ('AssertionError("never ready")', "invalid", 1),
    ],
)
def test_trouble_before_the_first_sentence(project: Project, raised: str, verdict: str, code: int) -> None:
    fixture = f"\n@pytest.fixture(autouse=True)\ndef ready():\n    raise {raised}\n"
    project.configure(fixture)
    project.scenario("Given a topic", "Then all is well")
    result = project.run()
    scenario = told(project)["scenarios"][0]
    assert scenario["verdict"] == verdict
    assert [step["status"] for step in scenario["steps"]] == ["skipped", "skipped"]
    assert result.ret == code


def test_notes_numbers_and_facts_travel_to_the_report(project: Project) -> None:
    project.scenario("Given a topic", "When it sends records 1 to 1,000", "Then all is well")
    project.run("--producer-config", "acks=1", "--seed", "7")
    run = told(project)
    scenario = run["scenarios"][0]
    assert run["facts"] == {"Kafka": "9.9.9"}
    assert run["overlays"] == {"producer acks": "1"}
    assert scenario["numbers"] == {"acknowledged": 1000, "lost": 0}
    assert scenario["steps"][1]["notes"] == ["acknowledged 1,000"]
    assert scenario["seed"] == 7
    assert scenario["uri"] == "features/chapter/It_holds.feature"
    assert scenario["seconds"] > 0


def test_what_the_report_lacks_and_where_it_lies_is_said(project: Project) -> None:
    project.scenario("Given a topic", "Then all is well")
    project.run().stdout.fnmatch_lines(["cucumber.html was not made*", "report: report/index.html"])


def test_a_report_that_fails_changes_no_exit_code(project: Project) -> None:
    project.report.write_text("a file where the folder would be")
    project.scenario("Given a topic", "Then the promise is broken")
    result = project.run()
    assert result.ret == 1
    result.stdout.fnmatch_lines(["no report could be written to report: *"])
