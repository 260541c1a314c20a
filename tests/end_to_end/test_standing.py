"""What every scenario promises: replicas that are not equal turn even a good scenario red."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.conftest import Begin
from tests.end_to_end.runs import features_in

pytestmark = pytest.mark.cluster

FEATURE = """@producing
Feature: What nobody sees

  Rule: A replica that differs is noticed

    @DUR-10 @kills-brokers
    Scenario Outline: A replica gets a record that no other has, and <client> notices nothing
      Given a topic with 1 partition
      And an idempotent <client> producer
      When it sends records 1 to 10
      Then the log holds records 1 to 10 exactly once and in order
      And broker 2 is given a record of its own

      Examples:
        | client          |
        | confluent-kafka |
"""

STEPS = '''
from pytest_bdd import then
from clients.record_batches import batch

@then("broker 2 is given a record of its own")
def given_a_record(topic):
    """Behind the last one, straight into its file."""
    (file,) = topic.cluster.segments(2, topic.name, 0).files
    with file.open("ab") as log:
        log.write((10).to_bytes(8, "big") + batch([b"own:1"])[8:])
'''


def test_replicas_that_differ_violate_what_every_scenario_promises(begin: Begin, tmp_path: Path) -> None:
    chapter = tmp_path / "features" / "producing"
    chapter.mkdir(parents=True)
    (chapter / "own.feature").write_text(FEATURE)
    (tmp_path / "own_steps.py").write_text(STEPS)
    run = begin(*features_in(tmp_path / "features"), "-p", "own_steps", env={"PYTHONPATH": str(tmp_path)})
    assert run.finish() == 1, run.output
    (told,) = run.scenarios
    assert told["verdict"] == "violated", run.output
    assert "the replicas of dur-10-" in told["reason"]
    assert "broker 2 has offsets 10 to 10 of leader epoch" in told["reason"]
    assert "broker 1 has no more batches" in told["reason"]
