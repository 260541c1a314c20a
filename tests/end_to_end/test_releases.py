"""A run on an earlier release of Kafka: what it proves, and what it says of promises that came later."""

from __future__ import annotations

import pytest

from cluster import release
from tests.end_to_end.conftest import Begin

pytestmark = pytest.mark.cluster

NODES = {"3.9.2": "three brokers and three controllers", "2.4.1": "three brokers and three ZooKeepers"}


@pytest.mark.parametrize("version", [known for known in release.known() if known != release.DEFAULT])
def test_an_earlier_release_is_checked_and_what_differs_is_listed(begin: Begin, version: str) -> None:
    run = begin("--kafka", version, "-m", "IDM-4 or ELE-6")
    assert run.finish() == 0, run.output
    assert f"starting {NODES[version]}\n" in run.output
    assert {told["verdict"] for told in run.scenarios} == {"held", "twin seen", "not checkable"}
    assert f"\nnot promised by Kafka {version}: ELE-6 (from 4.1)\n" in run.output
    assert run.told["facts"]["Kafka"] == version
    assert f"Not promised by Kafka {version}: ELE-6 (from 4.1)" in (run.report / "index.html").read_text()
