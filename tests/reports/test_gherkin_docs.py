"""What is read out of a feature file."""

from __future__ import annotations

import pytest

from reports import gherkin_docs
from tests.reports import samples

URI = "features/producing/idempotence.feature"


def test_a_feature_is_read_as_its_reader_sees_it():
    doc = gherkin_docs.load(samples.FEATURES, URI)
    assert doc.title == "A retried record is stored once"
    assert doc.why == [
        "An idempotent producer numbers its batches and the leader remembers the numbers, so a batch that is sent "
        "again because its acknowledgement was lost is acknowledged again but not stored again."
    ]
    assert doc.documented == 'Design, "Message Delivery Semantics".'
    assert [step.text for step in doc.background][1] == "a network that loses the first acknowledgement"
    assert [rule.sentence for rule in doc.rules][1] == "Without idempotence, the retry is a second record"
    assert doc.rules[2].description.startswith("A timeout says that no answer came")


def test_scenarios_keep_lines_examples_and_tables():
    doc = gherkin_docs.load(samples.FEATURES, URI)
    outline, limit = doc.rules[0].scenarios[0], doc.rules[2].scenarios[0]
    lines = gherkin_docs.place(samples.FEATURES, URI).read_text().splitlines()
    assert "The retry stores nothing" in lines[outline.line - 1]
    assert outline.tags == ["IDM-1"]
    assert outline.examples[0].rows == [["kafka-python"], ["confluent-kafka"]]
    assert outline.steps[0].text == "an idempotent <client> producer"
    assert limit.steps[0].table == [["setting", "value"], ["delivery.timeout.ms", "3000"], ["linger.ms", "0"]]


def test_scenarios_under_no_rule_are_kept():
    doc = gherkin_docs.parse('Feature: F\n  Scenario: S\n    Given x\n      """\n      text\n      """\n', "f")
    assert doc.rules[0].sentence == ""
    assert doc.rules[0].scenarios[0].steps[0].docstring == "text"


@pytest.mark.parametrize("text", ["", "# nothing", "Feature: F\n  Scenario: S\n    Given x\n    nonsense\n"])
def test_what_is_no_feature_is_refused_with_its_name(text):
    with pytest.raises(ValueError, match=r"features/x\.feature"):
        gherkin_docs.parse(text, "features/x.feature")


def test_without_the_file_the_runs_tell_the_feature():
    runs = [told for told in samples.all_held().scenarios if told.uri == URI]
    doc = gherkin_docs.from_told(URI, runs)
    assert [len(rule.scenarios) for rule in doc.rules] == [1, 1, 1]
    assert doc.title == "A retried record is stored once"
