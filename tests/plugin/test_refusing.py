"""Doubtful features are refused: with file and line, all at once, before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.feature_doubts import doubts
from tests.plugin.conftest import STEPS, Project

SOUND = """\
Feature: Sound
  Rule: One

    @IDM-1 @twin
    Scenario: A scenario
      Given a topic
      When something happens
      Then all is well

    @IDM-2 @since-4.0 @kills-brokers
    Scenario Outline: An outline
      Given a <client> producer
      Then all is well

      Examples:
        | client       |
        | kafka-python |

  Rule: Two
"""


def found(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    path = tmp_path / "some.feature"
    path.write_text(text, encoding="utf-8")
    assert all(doubt.file == str(path) and doubt.remedy for doubt in doubts(path, ["ordering"]))
    return [(doubt.line, doubt.what) for doubt in doubts(path, ["ordering"])]


def test_a_sound_feature_has_no_doubts(tmp_path: Path) -> None:
    assert found(tmp_path, SOUND) == []


BROKEN = [
    # replaced, by, line, words
    ("Scenario: A scenario", "Scenaro: A scenario", 5, "this is not Gherkin"),
    ("@IDM-1 @twin", "@IDM-1 @twinn", 4, "the tag @twinn has no meaning"),
    ("@since-4.0", "@since-four", 10, "the tag @since-four has no meaning"),
    ("Feature: Sound", "@produzing\nFeature: Sound", 1, "the tag @produzing has no meaning"),
    ("@IDM-1 @twin", "@twin", 5, '"A scenario" names no entry of the catalogue'),
    ("@IDM-1 @twin", "@IDM-1 @twin @limit", 5, '"A scenario" is both twin and limit'),
    ("Then all is well\n\n    @IDM-2", "And all is well\n\n    @IDM-2", 5, '"A scenario" has no Then'),
    ("Given a topic", "And a topic", 6, "And comes first"),
    ("Scenario: A scenario", "Scenario:", 5, "the scenario has no title"),
    ("Scenario: A scenario", "Scenario: A::B", 5, 'a title with "::" or "[" cannot be selected'),
    (
        "      Examples:\n        | client       |\n        | kafka-python |\n",
        "",
        11,
        "is an outline without Examples",
    ),
    ("        | kafka-python |\n", "", 11, "is an outline without Examples"),
    ("a <client> producer", "a <klient> producer", 12, "<klient> is no column of the Examples"),
    ("a <client> producer", "a producer", 15, 'the column "client" is used in no sentence'),
    ("| kafka-python |", "| kafka-java   |", 17, '"kafka-java" is no client'),
    (
        "| kafka-python |",
        "| kafka-python |\n        | kafka-python |",
        18,
        "the row kafka-python stands there twice",
    ),
    ("something happens", "something <odd> happens", 7, "<odd> stands in a scenario without Examples"),
    (
        "Rule: Two\n",
        "Rule: Two\n    @IDM-1\n    Scenario: A scenario\n      Then all is well\n",
        21,
        'the title "A scenario" stands in line 5 already',
    ),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), BROKEN)
def test_each_doubt_is_found_where_it_is(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert SOUND.count(old) == 1
    whats = [what for at, what in found(tmp_path, SOUND.replace(old, new)) if at == line]
    assert any(words in what for what in whats), found(tmp_path, SOUND.replace(old, new))


@pytest.mark.parametrize("text", ["", "# only a comment\n", "Feature: none\n"])
def test_a_file_without_scenarios_is_doubtful(tmp_path: Path, text: str) -> None:
    assert len(found(tmp_path, text)) == 1


@pytest.mark.parametrize("arguments", [[], ["-n2"], ["features/chapter/some.feature::Undefined"]])
def test_all_doubts_are_told_and_nothing_is_started(project: Project, arguments: list[str]) -> None:
    project.scenario("Given a topic", "Then nobody wrote this step", title="Undefined")
    project.feature(SOUND.replace("@twin", "@twinn").replace("something happens", "nobody wrote this"))
    result = project.run(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    told = "\n".join(result.errlines)
    assert "some.feature:4: the tag @twinn has no meaning" in told
    if "::" not in str(arguments):
        assert 'Undefined.feature:5: no step says "Then nobody wrote this step"' in told
        assert "2 doubts" in told
    assert project.lifecycle == []
    assert not project.report.exists()


def test_only_the_features_selected_are_judged(project: Project) -> None:
    project.feature(SOUND.replace("@twin", "@twinn"))
    project.scenario("Given a topic", "Then all is well", title="Fine")
    assert project.run("features/chapter/Fine.feature").ret == 0


def test_two_steps_for_one_sentence_are_refused(project: Project) -> None:
    more = '\n@then("all is well")\ndef well_again():\n    pass\n'
    project.configure(steps=STEPS + more)
    project.scenario("Given a topic", "Then all is well")
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert '2 steps match "Then all is well": conftest.py:' in "\n".join(result.errlines)


def test_a_step_of_another_kind_does_not_count(project: Project) -> None:
    project.scenario("Given all is well", "Then all is well")
    assert 'no step says "Given all is well"' in "\n".join(project.run().errlines)


def test_a_step_that_would_never_be_awaited_is_refused(project: Project) -> None:
    more = '\n@then("it is awaited")\nasync def awaited():\n    assert False\n'
    project.configure(steps=STEPS + more)
    project.scenario("Given a topic", "Then it is awaited")
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert 'the step "it is awaited" is async' in "\n".join(result.errlines)


def test_sentences_of_a_background_and_of_examples_are_matched_too(project: Project) -> None:
    text = """\
Feature: Outline
  Background:
    Given a missing thing

  @IDM-1
  Scenario Outline: With rows
    When it sends records <numbers>
    Then all is well

    Examples:
      | numbers  |
      | 1 to 100 |
      | many     |
"""
    project.feature(text)
    told = "\n".join(project.run().errlines)
    assert 'some.feature:3: no step says "Given a missing thing"' in told
    assert 'some.feature:7: no step says "When it sends records many"' in told
    assert "2 doubts" in told
