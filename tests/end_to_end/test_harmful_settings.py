"""A promise under harmful settings of the brokers goes red, and names the setting."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import Begin

pytestmark = pytest.mark.cluster


@pytest.mark.parametrize(
    ("setting", "promise", "reason"),
    [
        ("min.insync.replicas=1", "DUR-5", "producer-1:1 was acknowledged at offset 0"),
    ],
)
def test_a_harmful_setting_violates_a_promise(begin: Begin, setting: str, promise: str, reason: str) -> None:
    run = begin(
        "-m", f"{promise} and not twin", "-k", "confluent", "--broker-config", setting
    )  # fmt: skip
    assert run.finish() == 1, run.output
    assert {told["verdict"] for told in run.scenarios} == {"violated"}, run.output
    assert all(reason in told["reason"] for told in run.scenarios), run.output
    assert f"\nwith --broker-config {setting}\n" in run.output
    assert run.told["overlays"] == {f"broker {setting.partition('=')[0]}": setting.partition("=")[2]}
