"""The verdict turns red, and a proof that proves nothing is not green: whole runs on a real cluster."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.end_to_end.conftest import Begin
from tests.end_to_end.runs import ROOT, Run, features_in

pytestmark = pytest.mark.cluster

OWN = """@producing
Feature: What proves nothing

  Background:
    Given a topic with 1 partition

  Rule: A fault that does not fire is noticed

    @RTY-3 @network-faults
    Scenario: No batch goes to the partition that is watched
      Given an idempotent kafka-python producer
      And a network that holds back its first batch to partition 1
      When it sends record 1
      Then record 1 is acknowledged

    @RTY-3 @since-99.0
    Scenario: It is about a Kafka that is not there yet
      Given an idempotent kafka-python producer
      When it sends record 1
      Then record 1 is acknowledged
"""


def test_idempotence_that_is_switched_off_from_outside_violates_what_it_promises(begin: Begin) -> None:
    run = begin(
        "-m", "(IDM-1 or IDM-2) and not twin and not limit", "--producer-config", "enable.idempotence=false"
    )
    assert run.finish() == 1, run.output
    assert run.told["overlays"] == {"producer enable.idempotence": "false"}
    assert "\nwith --producer-config enable.idempotence=false\n" in run.output
    assert {told["verdict"] for told in run.scenarios} == {"violated"}, run.output
    duplicated = [told for told in run.scenarios if "IDM-1" in told["tags"]]
    inverted = [told for told in run.scenarios if "IDM-2" in told["tags"]]
    for found in (duplicated, inverted):
        assert {client_of(told) for told in found} == {"kafka-python", "confluent-kafka"}
    for told in duplicated:
        story = counterexample(told, run)
        name, first, second = re.findall(r"record (\S+) is at offsets (\d+) and (\d+) of idm-1-", story)[0]
        assert name == "producer-1:1"
        assert int(first) < int(second) < 200  # 100 records, none of them more than twice
        # How many share the batch whose acknowledgement is lost is up to the library and the moment.
        assert 1 <= told["numbers"]["duplicate"] <= 100
    for told in inverted:
        early, late = re.findall(
            r"producer-1:(\d) was sent before producer-1:(\d), but lies behind it", counterexample(told, run)
        )[0]
        assert (early, late) == ("1", "2")


def client_of(told: dict[str, Any]) -> str:
    """The library that a scenario speaks of."""
    return str(re.search("kafka-python|confluent-kafka", " ".join(step["text"] for step in told["steps"]))[0])  # type: ignore[index]


def counterexample(told: dict[str, Any], run: Run) -> str:
    """The story that a violated scenario tells: on its page, on the console and in JUnit."""
    story = str(told["counterexample"])
    in_junit = ElementTree.parse(run.report / "junit.xml").iterfind(".//failure")
    failures = [failure.text or "" for failure in in_junit]
    for line in story.splitlines():
        assert line in run.output
        assert any(line in text for text in failures)
    assert story.splitlines()[0] in (run.report / "index.html").read_text()
    return story


def test_what_proves_nothing_is_invalid(begin: Begin, tmp_path: Path) -> None:
    chapter = tmp_path / "producing"
    chapter.mkdir()
    shutil.copy(ROOT / "features" / "producing" / "idempotence.feature", chapter)
    (chapter / "own.feature").write_text(OWN)
    run = begin(
        *features_in(tmp_path), *("-m", "RTY-3"),
        "--require-all", "--producer-config", "enable.idempotence=true",
    )  # fmt: skip
    assert run.finish() == 1, run.output
    *twins, fault, other = run.scenarios
    assert len(twins) == 2
    for twin in twins:
        assert twin["verdict"] == "invalid"
        assert twin["reason"].startswith("the twin showed nothing: no duplicate was seen; acknowledged 100")
    assert fault["verdict"] == "invalid"
    assert fault["reason"] == "the fault did not fire: the first batch to partition 1 is held back"
    assert other["verdict"] == "not checkable"  # and a failure, for all were required
    assert re.search(r"this needs Kafka 99\.0, and the cluster is \d+\.\d+\.\d+", other["reason"])
    assert len(ElementTree.parse(run.report / "junit.xml").findall(".//testcase/failure")) == 4
