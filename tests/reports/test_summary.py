"""The page of a CI job."""

from __future__ import annotations

from reports.model import ScenarioTold
from reports.summary import code, escape_data, escape_property, fence, marks, summary, text
from tests.reports import samples

GITHUB = {"GITHUB_ACTIONS": "true"}


def test_a_good_run_is_a_headline_counts_and_a_folded_table():
    said = summary(samples.all_held())
    assert said.startswith("## ✓ All 6 promises held; every twin and limit was seen\n")
    assert "###" not in said
    assert "| ✓ held | 6 |  |  | 11 |" in said
    assert "<details><summary>All 11 entries</summary>" in said


def test_what_is_not_good_is_told_with_its_counterexample_the_worst_first():
    said = summary(samples.mixed())
    heads = [line for line in said.splitlines() if line.startswith("### ")]
    assert [head.split(":")[0] for head in heads] == ["### ✗ violated", "### ! environment", "### ? invalid", "### ? invalid"]
    assert "```text\n0.214 s  producer-1  send 17 to partition 0\n" in said
    assert "`features/producing/idempotence.feature:20`" in said
    assert "**Settings laid over:** `producer enable.idempotence=false`" in said


def test_a_failed_environment_is_told_without_scenarios():
    said = summary(samples.environment())
    assert "Address already in use" in said
    assert "|" not in said


def test_markdown_in_texts_is_kept_from_working():
    assert text("a|b <img> *x*\n# y") == "a\\|b \\<img\\> \\*x\\* \\# y"
    assert code("a`b|c") == "`` a`b\\|c ``"
    assert fence("``` x").startswith("````text\n")


def test_marks_stand_at_the_sentence_that_failed():
    lines = marks(samples.violated(), GITHUB)
    assert len(lines) == 1
    assert lines[0].startswith(
        "::error file=features/producing/idempotence.feature,line=20,"
        "title=violated%3A IDM-1 The retry stores nothing [confluent-kafka]::1 record of 100 is in the log twice.%0A0.214 s"
    )


def test_what_proved_nothing_is_a_warning():
    kinds = [line.split(" ")[0] for line in marks(samples.mixed(), GITHUB)]
    assert kinds == ["::error", "::error", "::warning", "::warning"]


def test_elsewhere_nothing_is_marked():
    assert marks(samples.violated(), {}) == []


def test_commands_cannot_be_forged_by_a_text():
    run = samples.violated()
    bad = next(told for told in run.scenarios if told.verdict == "violated")
    assert isinstance(bad, ScenarioTold)
    bad.title, bad.reason, bad.uri = "a,line=1::x", "x\n::stop-commands::y\r%0A", "features/a:b,c.feature"
    (line,) = marks(run, GITHUB)
    assert "\n" not in line
    assert "file=features/a%3Ab%2Cc.feature,line=20,title=violated%3A IDM-1 a%2Cline=1%3A%3Ax [" in line
    assert "x%0A::stop-commands::y%0D%250A" in line


def test_escapes():
    assert escape_data("100 %\r\n") == "100 %25%0D%0A"
    assert escape_property("a:b,c%") == "a%3Ab%2Cc%25"
