"""Runs with several workers, and several runs at once, do not get in each other's way."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path

import pytest

from fixtures.cluster import put_in_place
from fixtures.tags import disturbs
from tests.end_to_end.conftest import Begin
from tests.end_to_end.runs import Run, span, until

MIXED = "IDM-1 or (RTY-1 and kills-brokers and not twin)"
KILLING = "RTY-1 and kills-brokers and twin"


@pytest.mark.cluster
def test_two_runs_side_by_side_and_two_workers_on_one_cluster(begin: Begin) -> None:
    shared, other = begin("-m", MIXED, "-n", "2"), begin("-m", KILLING, "-k", "confluent-kafka")
    for run in (shared, other):
        # All six nodes: until then a child of the keeper may still look like the keeper that forked it.
        until(lambda run=run: len(run.processes("kafka.Kafka")) == 6, run, "a cluster")  # type: ignore[misc]
    keepers = [run.processes("cluster.local.keeper") for run in (shared, other)]
    assert [len(found) for found in keepers] == [1, 1]
    for run in (other, shared):
        assert run.finish() == 0, run.output
    assert not ports(shared) & ports(other)
    assert {told["worker"] for told in shared.scenarios} == {"gw0", "gw1"}
    disturbing_alone(shared)


@pytest.mark.cluster
def test_on_two_clusters_brokers_are_killed_side_by_side(begin: Begin) -> None:
    run = begin("-m", KILLING, "-n", "2", "--clusters", "2")
    until(lambda: len(run.processes("kafka.Kafka")) == 12, run, "two clusters")
    assert run.finish() == 0, run.output
    assert not ports(run, "cluster-1") & ports(run, "cluster-2")
    (one_begun, one_ended), (other_begun, other_ended) = (span(run.report, told) for told in run.scenarios)
    assert one_begun < other_ended and other_begun < one_ended, f"one waited for the other:\n{run.output}"


def ports(run: Run, below: str = ".") -> set[str]:
    """The ports that its brokers told in their logs."""
    text = "".join(file.read_text() for file in (run.report / "logs" / below).glob("*.log"))
    return set(re.findall(r"127\.0\.0\.1:(2\d{4})", text))


def disturbing_alone(run: Run) -> None:
    """No scenario that disturbs brokers overlaps any other one."""
    spans = [(disturbs(told["tags"]), *span(run.report, told)) for told in run.scenarios]
    disturbing = [disturbing for disturbing, _, _ in spans if disturbing]
    assert len(disturbing) >= 2
    assert len(spans) - len(disturbing) >= 4
    for (one_disturbs, begun, ended), (other_disturbs, other_begun, other_ended) in combinations(spans, 2):
        if one_disturbs or other_disturbs:
            assert ended < other_begun or other_ended < begun, f"two overlap:\n{run.output}"


def test_of_two_runs_with_one_report_folder_the_later_one_stays_whole(tmp_path: Path) -> None:
    sources = [tmp_path / name for name in ("one", "other")]
    for source in sources:
        for number in range(20):
            (source / str(number)).mkdir(parents=True)
            (source / str(number) / source.name).write_text("told")
    target = tmp_path / "report" / "history"
    target.parent.mkdir()
    for _ in range(20):
        with ThreadPoolExecutor() as pool:
            list(pool.map(put_in_place, [[(source, ".")] for source in sources], [target] * 2))
        (whose,) = {file.name for file in target.glob("*/*")}
        assert len(list(target.glob(f"*/{whose}"))) == 20
        assert [left.name for left in target.parent.iterdir()] == ["history"]
