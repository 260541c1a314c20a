"""Headline, counts and small words."""

from __future__ import annotations

import pytest

from reports import words
from reports.model import GOOD, HELD, INVALID, NOT_CHECKABLE, TWIN_SEEN, VERDICTS, VIOLATED, RunTold
from reports.promises import counts, entries, headline, standing
from tests.reports import samples


def test_a_good_run_says_so_in_one_sentence():
    run = samples.all_held()
    assert headline(run) == "All 6 promises held; every twin and limit was seen"
    assert standing(run) == HELD


def test_a_violation_comes_first_and_names_the_promise():
    run = samples.violated()
    assert headline(run) == "1 promise violated (IDM-1); 5 held; every twin and limit was seen"
    assert standing(run) == VIOLATED


def test_every_kind_of_trouble_is_named():
    said = headline(samples.mixed())
    for phrase in ("1 promise violated (IDM-1)", "2 held", "1 not proven (CMT-3)", "1 not checkable here",
                   "1 met a failing environment (ORD-4)", "1 twin not seen (RTY-3)"):  # fmt: skip
        assert phrase in said


def test_a_run_cut_short_does_not_claim_all():
    assert headline(samples.interrupted()).startswith("Interrupted. 2 promises held")
    assert standing(samples.interrupted()) == INVALID
    assert headline(samples.environment()) == "The environment failed. No promise was checked"
    assert standing(samples.environment()) not in GOOD


def test_a_run_of_nothing_is_not_good():
    run = RunTold(0.0)
    assert headline(run) == "No promise was checked"
    assert standing(run) == INVALID


@pytest.mark.parametrize("verdict", [verdict for verdict in VERDICTS if verdict not in GOOD])
def test_one_bad_run_of_an_outline_keeps_the_headline_from_saying_all(verdict):
    run = samples.all_held()
    next(told for told in run.scenarios if told.ids == ["IDM-1"]).verdict = verdict
    assert not headline(run).startswith("All")
    assert standing(run) == verdict


def test_a_silent_twin_does_not_count_as_a_broken_promise():
    run = samples.all_held()
    for told in run.scenarios:
        if told.kind == "twin":
            told.verdict = INVALID
    assert headline(run).startswith("All 6 promises held; 4 twins not seen")
    assert counts(run).twins[TWIN_SEEN] == []


def test_scenarios_are_counted_each_and_promises_once():
    run = samples.all_held()
    told = counts(run)
    assert told.total == len(run.scenarios) == 16
    assert told.promises[HELD] == ["ORD-1", "ORD-4", "IDM-1", "DUR-1", "ELE-2", "CMT-3"]


def test_every_scenario_is_in_the_table_even_without_an_id():
    run = samples.all_held()
    for told in run.scenarios:
        told.tags = [tag for tag in told.tags if "-" not in tag]
    listed = [id(told) for entry in entries(run) for told in entry.runs]
    assert sorted(listed) == sorted(id(told) for told in run.scenarios)


def test_chapters_come_in_reading_order_whatever_ran_first():
    run = samples.all_held()
    run.scenarios.reverse()
    assert list(dict.fromkeys(entry.chapter for entry in entries(run))) == [
        "ordering", "producing", "replication", "consuming",
    ]  # fmt: skip


def test_an_entry_and_its_sentence_are_the_same_whatever_ran_first():
    run = samples.all_held()
    told = [(entry.id, entry.rule, entry.chapter) for entry in entries(run)]
    run.scenarios.reverse()
    assert [(entry.id, entry.rule, entry.chapter) for entry in entries(run)] == told


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "0.00 s"), (0.04, "0.04 s"), (0.8, "0.8 s"), (9.94, "9.9 s"), (9.97, "10 s"), (83.4, "83 s"),
     (125, "2 min 05 s"), (3720, "1 h 02 min")],
)  # fmt: skip
def test_seconds(value, said):
    assert words.seconds(value) == said


def test_the_client_is_that_of_the_examples_or_the_only_one_named():
    by_id = {told.ids[0]: told for told in samples.all_held().scenarios}
    assert words.client(by_id["IDM-1"]) == "confluent-kafka"
    assert words.client(by_id["RTY-3"]) == "confluent-kafka"
    assert words.client(by_id["CMT-3"]) == ""


def test_not_checkable_alone_is_neither_good_nor_bad():
    run = samples.all_held()
    run.scenarios = run.scenarios[:1]
    run.scenarios[0].verdict = NOT_CHECKABLE
    assert standing(run) == NOT_CHECKABLE
    assert "1 not checkable here" in headline(run)
