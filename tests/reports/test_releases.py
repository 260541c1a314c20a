"""Which promises a run on an earlier release says to be otherwise, or not made yet."""

from __future__ import annotations

import pytest

from reports.model import HELD, NOT_CHECKABLE, RunTold, ScenarioTold
from reports.releases import differences, since, until
from reports.summary import summary


def told(tags: str, verdict: str = HELD) -> ScenarioTold:
    return ScenarioTold("x", "features/x.feature", 1, "X", None, "X", tags.split(), {}, [], verdict)


def run_on(version: str, *scenarios: ScenarioTold) -> RunTold:
    return RunTold(0.0, facts={"Kafka": version}, scenarios=list(scenarios))


@pytest.mark.parametrize(
    ("tags", "begins", "ends"),
    [
        ([], None, None),
        (["since-4.0", "since-2.5", "core"], (4, 0), None),
        (["until-3.6", "until-3.10"], None, (3, 6)),
        (["since-four", "until-3"], None, None),
    ],
)
def test_the_narrowest_of_several_tags_counts(
    tags: list[str], begins: tuple[int, int] | None, ends: tuple[int, int] | None
) -> None:
    assert (since(tags), until(tags)) == (begins, ends)


def test_promises_that_differ_are_named_apart_from_those_not_made_yet() -> None:
    run = run_on(
        "3.6.1",
        told("DUR-8 since-3.7", NOT_CHECKABLE),
        told("DUR-8 until-3.6"),
        told("ELE-6 since-4.1", NOT_CHECKABLE),
        told("ELE-6 twin since-4.1", NOT_CHECKABLE),
        told("IDM-8 since-3.10", NOT_CHECKABLE),
        told("IDM-8 since-2.5"),
        told("BAS-1", NOT_CHECKABLE),
    )
    lines = [
        "differs with Kafka 3.6.1: DUR-8 (until 3.6)",
        "not promised by Kafka 3.6.1: ELE-6 (from 4.1), IDM-8 (in part from 3.10)",
    ]
    assert differences(run) == lines
    assert all(line in summary(run) for line in lines)


def test_a_release_that_keeps_every_promise_has_nothing_to_tell() -> None:
    assert differences(run_on("4.4.0", told("ELE-6 since-4.1"), told("BAS-1", NOT_CHECKABLE))) == []
    assert differences(run_on("", told("ELE-6 since-4.1", NOT_CHECKABLE))) != []
