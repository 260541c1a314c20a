"""What can be done to the nodes of a standing cluster, and what it shows of itself."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import pytest
from confluent_kafka.admin import AdminClient, NewTopic

from cluster import interface
from cluster.errors import ClusterError
from cluster.local import senders, settings
from cluster.local.embedded import EmbeddedCluster
from cluster.waiting import eventually
from fixtures.processes import Processes
from tests.cluster.leftovers import listening

pytestmark = pytest.mark.cluster

LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F"}


@pytest.fixture
def disturbed(standing: EmbeddedCluster) -> Iterator[EmbeddedCluster]:
    """The standing cluster, whole again afterwards."""
    yield standing
    for number in standing.broker_ids:
        state = standing.status()[f"broker-{number}"]
        if not state["running"]:
            standing.broker(number).start()
        elif state["paused"]:
            standing.broker(number).resume()
    standing.await_whole()


def test_a_broker_is_killed_started_paused_resumed_and_stopped(disturbed: EmbeddedCluster) -> None:
    broker, processes = disturbed.broker(2), Processes(disturbed)
    begun = time.monotonic()
    assert begun <= broker.kill() <= time.monotonic()
    assert not broker.running
    with pytest.raises(OSError):
        disturbed.view(2)
    broker.start()
    with pytest.raises(ClusterError, match="broker-2 is running already"):
        broker.start()
    disturbed.await_whole()
    assert processes.restarted() == ["broker-2"]
    broker.pause()
    eventually(lambda: disturbed.view(1).brokers == (1, 3), 30, "a cluster without broker 2")
    broker.resume()
    disturbed.await_whole()
    broker.stop()
    assert disturbed.status()["broker-2"]["exit"] == 143  # SIGTERM, in good order
    with pytest.raises(ClusterError, match="broker-2 is not running"):
        broker.pause()
    with pytest.raises(ClusterError, match=r"A whole cluster did not appear within 0\.3 s: .* broker"):
        disturbed.await_whole(0.3)


def test_a_node_that_is_not_there_is_named(standing: EmbeddedCluster) -> None:
    with pytest.raises(ClusterError, match="there is no broker-9; there are controller-101"):
        standing.broker(9).kill()


def test_a_controller_can_be_killed_while_the_others_keep_the_majority(standing: EmbeddedCluster) -> None:
    controller = standing.controller(102)
    controller.kill()
    assert standing.quorum().silent == (102,)
    admin = AdminClient({"bootstrap.servers": standing.bootstrap(), "log_level": 0})
    admin.create_topics([NewTopic("made-by-two", 1)])["made-by-two"].result(20)
    admin.delete_topics(["made-by-two"])["made-by-two"].result(20)
    controller.start()
    standing.await_whole()
    quorum = standing.quorum()
    assert quorum.active is not None
    assert sorted(quorum.active.ends) == [101, 102, 103]


def test_the_loss_of_the_active_controller_makes_another_one_active(standing: EmbeddedCluster) -> None:
    before = standing.quorum().active
    assert before is not None
    standing.controller(before.controller).kill()
    with pytest.raises(ClusterError, match=f"controller {before.controller} does not answer"):
        standing.await_whole(0)
    after = eventually(lambda: standing.quorum().active, 20, "another active controller")
    assert after.controller != before.controller and after.epoch > before.epoch
    standing.controller(before.controller).start()
    standing.await_whole()


def test_a_changed_property_counts_from_the_next_start(disturbed: EmbeddedCluster) -> None:
    broker = disturbed.broker(3)
    broker.stop()
    broker.change({"num.io.threads": "5"})
    size = broker.log.stat().st_size
    broker.start()
    disturbed.await_whole()
    assert "\tnum.io.threads = 5\n" in broker.log.read_text()[size:]
    broker.change({"num.io.threads": None})


@pytest.mark.skipif(sys.platform != "linux", reason="looks for sockets in /proc")
def test_all_listen_on_loopback_only(standing: EmbeddedCluster) -> None:
    pids = [state["pid"] for state in standing.status().values()]
    found = listening(pids)
    assert {address for address, _ in found} <= LOOPBACK
    ports = {port for _, port in found}
    assert {int(address.split(":")[1]) for address in standing.bootstrap().split(",")} <= ports
    assert len(ports) == 3 * 4 + 3


def test_the_interface_is_kept(standing: EmbeddedCluster) -> None:
    assert isinstance(standing, interface.Cluster)
    assert isinstance(standing, interface.HandlesProcesses)
    assert isinstance(standing, interface.CutsLinks)
    assert isinstance(standing, interface.ReadsSegments)
    assert isinstance(standing.broker(1), interface.Node)
    assert standing.address(2, "tls") == standing.bootstrap("tls").split(",")[1]


def test_a_setting_that_kafka_does_not_know_is_found_in_a_real_log(standing: EmbeddedCluster) -> None:
    log = standing.broker(1).log.read_text()
    settings.refuse_unknown({"min.insync.replicas": "1", "ssl.protocol": "TLSv1.3"}, log, "4.4.0")
    with pytest.raises(ClusterError, match=r"did you mean min\.insync\.replicas\?"):
        settings.refuse_unknown({"min.insync.replica": "1"}, log, "4.4.0")


def test_mutual_tls_and_the_headers_of_batches(standing: EmbeddedCluster) -> None:
    admin = AdminClient({"bootstrap.servers": standing.bootstrap(), "log_level": 0})
    admin.create_topics([NewTopic("stored", 1, 3)])["stored"].result(20)
    producer = senders.sender(standing.bootstrap("tls"), standing.tls_files())
    producer.produce("stored", b"one")
    assert producer.flush(20) == 0
    (batch,) = standing.segments(1, "stored", 0).batches()
    assert (batch.base_offset, batch.count, batch.producer_id, batch.is_valid) == (0, 1, -1, True)
    admin.delete_topics(["stored"])["stored"].result(20)
