"""Earlier releases: what is left out for them, and a cluster of each that works and leaves nothing."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster import certificates, java, release
from cluster.errors import ClusterError
from cluster.local import embedded, known, layout, prepared, settings, zookeeper
from cluster.release import Release
from cluster.waiting import eventually
from tests.cluster.leftovers import left, listening, processes
from tests.cluster.test_embedded import LOOPBACK

OTHERS = [version for version in release.known() if version != release.DEFAULT]


def next_port() -> Callable[[], int]:
    return itertools.count(1).__next__


def release_of(version: str) -> Release:
    return Release(version, Path(), "", "")


@pytest.mark.parametrize(
    ("version", "zookeeper_needed", "pem", "java_needed", "tool"),
    [
        ("4.4.0", False, True, 17, "org.apache.kafka.tools.DumpLogSegments"),
        ("4.0.1", False, True, 17, "org.apache.kafka.tools.DumpLogSegments"),
        ("3.9.2", False, True, 8, "kafka.tools.DumpLogSegments"),
        ("3.2.3", True, True, 8, "kafka.tools.DumpLogSegments"),
        ("2.4.1", True, False, 8, "kafka.tools.DumpLogSegments"),
    ],
)
def test_what_a_release_needs(
    version: str, zookeeper_needed: bool, pem: bool, java_needed: int, tool: str
) -> None:
    found = release_of(version)
    assert (found.needs_zookeeper, found.reads_pem) == (zookeeper_needed, pem)
    assert (found.java_needed, found.dump_tool) == (java_needed, tool)


def test_a_setting_is_written_only_where_it_is_known() -> None:
    given = {"min.insync.replicas": "2", "broker.session.timeout.ms": "1", "zookeeper.session.timeout.ms": "1"}
    given["share.coordinator.state.topic.min.isr"] = "2"
    assert set(known.known(given, (4, 4))) == set(given) - {"zookeeper.session.timeout.ms"}
    assert set(known.known(given, (3, 9))) == set(given) - {"share.coordinator.state.topic.min.isr"}
    assert set(known.known(given, (2, 4))) == {"min.insync.replicas", "zookeeper.session.timeout.ms"}


def test_every_setting_of_the_table_is_one_that_we_set() -> None:
    ours = {**settings.CAREFUL, **settings.PROMPT}
    assert known.SINCE.keys() | known.UNTIL.keys() <= ours.keys()


def test_each_broker_has_ways_of_its_own_to_every_zookeeper() -> None:
    plan = layout.lay_out(next_port(), zookeeper=True)
    assert layout.from_plain(plan.plain()) == plan
    ways = [settings.membership(node, plan)["zookeeper.connect"].split(",") for node in plan.brokers]
    assert len({way for broker in ways for way in broker}) == 9
    assert "process.roles" not in settings.broker(1, plan, Path("data"))
    routes = [way for way in plan.routes() if way["link"] == "zookeeper"]
    assert {(way["source"], way["destination"]) for way in routes} == {(b, z) for b in "123" for z in (1, 2, 3)}
    assert zookeeper.properties(2, plan, Path("data"))["clientPortAddress"] == "127.0.0.1"


def test_controllers_and_zookeepers_do_not_stand_together() -> None:
    plan = layout.lay_out(next_port(), zookeeper=False)
    assert (len(plan.controllers), len(plan.zookeepers)) == (3, 0)
    assert layout.from_plain(plan.plain()) == plan
    assert "zookeeper.connect" not in settings.broker(1, plan, Path("data"))


@pytest.mark.parametrize(
    ("modes", "words"),
    [
        ({1: "follower", 2: "leader", 3: "follower"}, None),
        ({1: "follower", 2: None, 3: "leader"}, "ZooKeeper 2 does not answer, or knows of no leader"),
        ({1: "follower", 2: "follower", 3: "follower"}, "no ZooKeeper leads"),
    ],
)
def test_what_an_ensemble_lacks(modes: dict[int, str | None], words: str | None) -> None:
    assert zookeeper.Ensemble(modes, frozenset()).what_is_missing() == words


def test_java_stores_are_for_their_owner_alone(tmp_path: Path) -> None:
    authority = certificates.Authority(tmp_path)
    stores = authority.stores("broker-1", authority.issue("broker-1"))
    assert {file.stat().st_mode & 0o777 for file in (stores.key, stores.trust)} == {0o600}
    assert stores.password not in str(stores.key)
    written = settings.mutual_tls_of_old("x.", stores)
    assert written["x.ssl.keystore.type"] == written["x.ssl.truststore.type"] == "PKCS12"


def test_a_release_that_needs_another_java_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    (tmp_path / "bin" / "java").chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert java.find(release_of("2.4.1").java_needed).major == 11
    with pytest.raises(ClusterError, match=r"JAVA_HOME is Java 11\.0\.2 .* Kafka needs 17 or newer"):
        java.find(release_of("4.4.0").java_needed)


@pytest.mark.cluster
@pytest.mark.parametrize("version", OTHERS)
def test_a_cluster_of_it_works_on_loopback_alone(version: str) -> None:
    chosen = release.resolve(version)
    cluster = embedded.start(prepared.prepare(chosen, java.find(chosen.java_needed)))
    try:
        found = listening(state["pid"] for state in cluster.status().values())
        assert {address for address, _ in found} <= LOOPBACK
        assert cluster.facts["Kafka"] == version
        cluster.broker(1).kill()
        eventually(lambda: cluster.view(2).brokers == (2, 3), 20, "a cluster without broker 1")
        cluster.broker(1).start()
        cluster.await_whole()
        assert cluster.segments(1, "__transaction_state", 0).batches() == []
    finally:
        cluster.down()
    assert not cluster.folder.exists()


@pytest.mark.cluster
def test_nothing_of_zookeepers_outlives_a_starter_that_is_killed(
    launched: Callable[..., tuple[object, Path]], room: Path
) -> None:
    starter, _ = launched("2.4.1")
    assert sum(zookeeper.MAIN in words for words in processes(room).values()) == 3
    starter.kill()  # type: ignore[attr-defined]
    eventually(lambda: not left(room), 10, "an end of everything", seen=lambda _: left(room))
