"""The suite keeps its own house rules, and each rule can be broken."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd import given, then, when
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from fixtures import feature_text
from fixtures.feature_text import FeatureText
from fixtures.phrases import phrase
from tests.house import rules

ROOT = Path(__file__).resolve().parents[2]
#: What of ours each package may import.
ALLOWED = {
    "history": set(),
    "cluster": {"history"},
    "clients": {"history"},
    "apps": {"history"},
    "reports": {"history"},
    "fixtures": {"history", "clients", "cluster", "apps", "reports"},
    "steps": {"history", "fixtures", "clients", "cluster", "apps", "reports"},
}
OUR_CODE = [path.relative_to(ROOT) for name in ALLOWED for path in sorted((ROOT / name).rglob("*.py"))]
FEATURES = sorted(path.relative_to(ROOT) for path in (ROOT / "features").rglob("*.feature"))


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="module")
def features() -> list[FeatureText]:
    return [feature_text.read(path) for path in FEATURES]


def kept(broken: Iterator[str]) -> None:
    found = "\n".join(broken)
    if found:
        pytest.fail(f"house rules:\n{found}", pytrace=False)


def of(*packages: str) -> list[Path]:
    return [path for path in OUR_CODE if path.parts[0] in packages]


def our_steps() -> list[StepFunctionContext]:
    for path in of("steps"):
        importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
    contexts = step_function_context_registry.values()
    return [context for context in contexts if context.step_func.__module__.startswith("steps.")]


@pytest.mark.parametrize(
    "rule", [rules.lines_of_features, rules.shape, rules.titles, rules.words, rules.twins]
)
def test_features_keep_the_rules(
    features: list[FeatureText], rule: Callable[[list[FeatureText]], Iterator[str]]
) -> None:
    kept(rule(features))


def test_each_sentence_is_one_steps_and_each_step_has_a_sentence(features: list[FeatureText]) -> None:
    kept(rules.sentences(features, our_steps()))


def test_no_step_imports_a_client_library() -> None:
    kept(rules.client_libraries(of("steps")))


def test_nothing_sleeps_outside_the_waiting_module() -> None:
    kept(rules.sleeps(of("steps", "fixtures", "history", "reports", "apps")))


def test_dependencies_point_one_way() -> None:
    kept(rules.dependencies(of(*ALLOWED), ALLOWED))


def test_files_and_functions_stay_small() -> None:
    kept(rules.sizes(of(*ALLOWED)))


# Each rule, broken.

GOOD = """\
Feature: Good
  Documented: Design.

  Background:
    Given a topic

  # no twin for IDM-1: it rests on no setting
  @IDM-1
  Scenario: It holds
    When it sends records 1 to 9
    Then all is well

  @IDM-2
  Scenario: It holds too
    Then all is well

  @IDM-2 @twin
  Scenario: It does not hold
    Then all is well
"""


@given("a topic")
def a_topic() -> None: ...


@when(phrase("it sends records {numbers:Numbers}"))
def sends(numbers: object) -> None: ...


@then("all is well")
def well() -> None: ...


def example_steps() -> list[StepFunctionContext]:
    contexts = step_function_context_registry.values()
    return [context for context in contexts if context.step_func.__module__ == __name__]


def sentences(features: list[FeatureText]) -> Iterator[str]:
    return rules.sentences(features, example_steps())


BROKEN: list[tuple[Any, str, str, int, str]] = [
    (rules.lines_of_features, "Design.", "Design" + "." * 90, 2, "columns"),
    (rules.shape, "Documented: Design.", "It is well known.", 1, "does not say where"),
    (rules.shape, "Given a topic", "When a topic", 5, "a Background only has Given"),
    (rules.shape, "    Given a topic\n", "    Given a topic\n" * 3, 11, "a Background has at most 2"),
    (
        rules.shape,
        "    When it sends records 1 to 9\n",
        "    When it sends records 1 to 9\n" * 6,
        9,
        "7 steps, at most 6",
    ),
    (rules.titles, "It holds too", "It holds", 14, "stands in"),
    (rules.words, "all is well\n\n  @IDM-2\n", "I am well\n\n  @IDM-2\n", 11, "the third person"),
    (rules.words, "It does not hold", "It should not hold", 18, "the present tense"),
    (rules.words, "it sends records 1 to 9", "it waits for 5 seconds", 10, "the event"),
    (rules.words, "it sends records 1 to 9", "it dies after 5 seconds", 10, "the event"),
    (rules.words, "a topic", "a topic at localhost:9092", 5, "the name of the thing"),
    (rules.twins, "# no twin for IDM-1: it rests on no setting", "", 9, "IDM-1 has no @twin"),
    (rules.twins, "@IDM-2 @twin", "@IDM-3 @twin", 14, "IDM-2 has no @twin"),
    (rules.twins, "# no twin for IDM-1", "# no twin for IDM-9", 7, "IDM-9 is promised nowhere"),
    (
        rules.twins,
        "no twin for IDM-1: it rests on no setting",
        "the twin of IDM-1 is RTY-3",
        7,
        "RTY-3 is no twin",
    ),
    (rules.twins, "@IDM-2\n", "@IDM-2\n  # no twin for IDM-2: none\n", 14, "has a twin of its own"),
    (sentences, "it sends records 1 to 9", "nobody says this", 10, '0 steps for "When nobody says this"'),
]


@pytest.mark.parametrize(("rule", "old", "new", "line", "words"), BROKEN)
def test_a_broken_rule_is_seen(tmp_path: Path, rule: Any, old: str, new: str, line: int, words: str) -> None:
    path = tmp_path / "some.feature"
    path.write_text(GOOD, encoding="utf-8")
    assert list(rule([feature_text.read(path)])) == []
    assert GOOD.count(old) == 1
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    assert [
        one for one in rule([feature_text.read(path)]) if one.startswith(f"{path}:{line}: ") and words in one
    ]


def test_the_twin_of_an_id_may_be_anothers(tmp_path: Path) -> None:
    path = tmp_path / "some.feature"
    path.write_text(
        GOOD.replace("no twin for IDM-1: it rests on no setting", "the twin of IDM-1 is RTY-3")
        .replace("@IDM-2 @twin", "@IDM-2 @RTY-3 @twin"),
        encoding="utf-8",
    )  # fmt: skip
    assert list(rules.twins([feature_text.read(path)])) == []


def test_a_step_that_no_feature_says_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "some.feature"
    path.write_text(GOOD.replace("When it sends records 1 to 9", "Then all is well"), encoding="utf-8")
    assert any('no feature says "it sends records' in one for one in sentences([feature_text.read(path)]))


CODE: list[tuple[Any, str, str]] = [
    (rules.client_libraries, "from confluent_kafka import Producer\n", "1: a step imports confluent_kafka"),
    (rules.client_libraries, "import os\nimport kafka.admin\n", "2: a step imports kafka.admin"),
    (rules.sleeps, "import time\ntime.sleep(1)\n", "2: time.sleep"),
    (rules.sleeps, "from time import sleep\n", "1: time.sleep"),
    (rules.sizes, "x = 1\n" * 301, "1: 301 lines"),
    (rules.sizes, "def long():\n" + "    x = 1\n" * 40, "1: long has 41 lines"),
]


@pytest.mark.parametrize(("rule", "code", "words"), CODE)
def test_a_broken_rule_of_code_is_seen(tmp_path: Path, rule: Any, code: str, words: str) -> None:
    path = tmp_path / "some.py"
    path.write_text("x = 1\n")
    assert list(rule([path])) == []
    path.write_text(code)
    assert any(f"{path}:{words}" in one for one in rule([path]))


def test_a_dependency_the_wrong_way_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("history") / "some.py"
    path.parent.mkdir()
    path.write_text("import json\nfrom cluster.errors import ClusterError\n")
    assert list(rules.dependencies([path], ALLOWED)) == [f"{path}:2: history must not import cluster"] * 2
