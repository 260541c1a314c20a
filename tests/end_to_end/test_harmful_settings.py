"""A promise under harmful settings of the brokers goes red, and names the setting."""

from __future__ import annotations

import re

import pytest

from tests.end_to_end.conftest import Begin

pytestmark = pytest.mark.cluster


@pytest.mark.parametrize(
    ("setting", "promise", "words", "reason"),
    [
        ("min.insync.replicas=1", "DUR-5", "confluent", "producer-1:1 was acknowledged at offset 0"),
        ("unclean.leader.election.enable=true", "ELE-2", "confluent", r"broker \d leads, in sync was broker \d"),
        (
            "offsets.topic.replication.factor=1",
            "GRP-6",
            "confluent and nobody and not python",
            "A broker that coordinates group .* did not appear .*COORDINATOR_NOT_AVAILABLE",
        ),
    ],
)
def test_a_harmful_setting_violates_a_promise(
    begin: Begin, setting: str, promise: str, words: str, reason: str
) -> None:
    run = begin("-m", f"{promise} and not twin and not limit", "-k", words, "--broker-config", setting)
    assert run.finish() == 1, run.output
    (told,) = run.scenarios
    assert told["verdict"] == "violated", run.output
    assert re.match(reason, told["reason"]), told["reason"]
    assert f"\nwith --broker-config {setting}\n" in run.output
    name, value = setting.split("=")
    assert run.told["overlays"] == {f"broker {name}": value}
