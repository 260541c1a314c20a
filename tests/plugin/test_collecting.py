"""Which scenarios a command line selects, and how they are named."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project

IDEMPOTENCE = """\
@producing
Feature: A retried record is stored once
  Background:
    Given a topic

  Rule: With idempotence, once

    @IDM-1 @core
    Scenario Outline: The retry stores nothing
      Given a <client> producer
      Then all is well

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |

  Rule: Without, twice

    @RTY-3 @twin
    Scenario: The same retry stores a duplicate
      Given a kafka-python producer
      Then all is well

    @IDM-2
    Scenario Outline: Tables of Examples have tags of their own
      Given a <client> producer
      Then all is well

      @since-4.0
      Examples:
        | client       |
        | kafka-python |

      @kills-brokers
      Examples:
        | client          |
        | confluent-kafka |
"""
ORDER = """\
Feature: Order
  @ORD-1
  Scenario: One producer's records keep their order
    Given a topic
    Then all is well
"""
NOTHING = "features/producing/idempotence.feature::The retry stores nothing"
DUPLICATE = "features/producing/idempotence.feature::The same retry stores a duplicate"
TABLES = "features/producing/idempotence.feature::Tables of Examples have tags of their own"
ONE = "features/ordering/order.feature::One producer's records keep their order"
ALL = [
    ONE,
    f"{NOTHING}[kafka-python]",
    f"{NOTHING}[confluent-kafka]",
    DUPLICATE,
    f"{TABLES}[kafka-python]",
    f"{TABLES}[confluent-kafka]",
]


@pytest.fixture
def chapters(project: Project) -> Project:
    project.feature(IDEMPOTENCE, "producing/idempotence.feature")
    project.feature(ORDER, "ordering/order.feature")
    return project


def collected(project: Project, *arguments: str) -> list[str]:
    result = project.run("--collect-only", "-q", *arguments)
    return [line for line in result.outlines if "::" in line]


@pytest.mark.parametrize(
    ("arguments", "selected"),
    [
        ([], ALL),
        (["features/ordering"], [ONE]),
        (["features/producing/idempotence.feature"], ALL[1:]),
        ([DUPLICATE], [DUPLICATE]),
        ([f"{NOTHING}[confluent-kafka]"], [f"{NOTHING}[confluent-kafka]"]),
        ([NOTHING], ALL[1:3]),
        (["-m", "IDM-1"], ALL[1:3]),
        (["-m", "twin"], [DUPLICATE]),
        (["-m", "ordering"], [ONE]),
        (["-m", "producing and not twin and not IDM-1"], ALL[4:]),
        (["-m", "since-4.0"], [f"{TABLES}[kafka-python]"]),
        (["-k", "keep and order"], [ONE]),
    ],
)
def test_scenarios_are_selected_as_tests_are(
    chapters: Project, arguments: list[str], selected: list[str]
) -> None:
    assert collected(chapters, *arguments) == selected


def test_scenarios_that_disturb_come_last(chapters: Project) -> None:
    chapters.feature(ORDER.replace("@ORD-1", "@ORD-1 @pauses-brokers"), "ordering/order.feature")
    assert collected(chapters) == [*ALL[1:5], ONE, ALL[5]]


def test_features_of_others_are_left_alone(chapters: Project) -> None:
    own = chapters.pytester.path / "elsewhere" / "features" / "mine.feature"
    own.parent.mkdir(parents=True)
    own.write_text("Feature: mine\n  Scenario: not Kafka's\n    Given something else\n")
    assert collected(chapters, ".") == ALL


def test_it_runs_from_another_folder(chapters: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = chapters.pytester.path.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    root = chapters.pytester.path
    assert collected(chapters, "-c", str(root / "tox.ini"), str(root / "features" / "ordering")) == [ONE]


def test_marks_are_explained(chapters: Project) -> None:
    text = str(chapters.run("--markers").stdout)
    assert "@pytest.mark.kills-brokers: needs a cluster where we can kill a broker" in text
    assert "@pytest.mark.IDM-1: entry of the catalogue" in text
    assert "@pytest.mark.since-4.0: needs Kafka 4.0 or later" in text
    assert "@pytest.mark.ordering: chapter" in text


def test_nothing_selected_is_no_success_and_starts_nothing(chapters: Project) -> None:
    assert chapters.run("-m", "limit").ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert chapters.lifecycle == []


def test_collecting_starts_nothing(chapters: Project) -> None:
    collected(chapters)
    assert chapters.lifecycle == []
