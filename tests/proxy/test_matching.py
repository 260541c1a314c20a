"""Which frames a fault is about, and what is told when none came."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from cluster.proxy import Error, Fault, FaultProxy, Hold, ReplaceError, Unlist, Watch
from cluster.proxy.messages import REQUESTS
from tests.proxy.peer import TOPIC_ID, Client, Peer, metadata, produce

Clients = Callable[..., Client]


def watched(proxy: FaultProxy, **about: object) -> Callable[[], int]:
    """Arms a Watch; what it returns says how often that fired."""
    armed = proxy.arm(Fault(Watch(), count=None, **about))  # type: ignore[arg-type]
    return lambda: len(armed.fired)


@pytest.mark.parametrize("api", ["Produce", 0, ("Fetch", "Produce"), None])
def test_api(client: Clients, proxy: FaultProxy, api: object) -> None:
    fired, others = watched(proxy, api=api), watched(proxy, api="Fetch")
    client().ask(produce())
    assert (fired(), others()) == (1, 0)


@pytest.mark.parametrize("glob, times", [("writer-1", 1), ("writer-*", 2), ("reader-*", 0), (None, 3)])
def test_client_id(client: Clients, proxy: FaultProxy, glob: str | None, times: int) -> None:
    fired = watched(proxy, client_id=glob)
    for name in ("writer-1", "writer-2", "other"):
        client(name).ask(produce())
    assert fired() == times


@pytest.mark.parametrize("link, destination, times", [
    ("client", 1, 1), ("client", 2, 1), ("client", None, 2), (None, None, 2), ("replication", 1, 0), (None, 2, 1)])
def test_path(client: Clients, proxy: FaultProxy, other_peer: Peer,
              link: str | None, destination: int | None, times: int) -> None:
    fired = watched(proxy, link=link, destination=destination)
    client().ask(produce())
    client(route=1).ask(produce())
    assert fired() == times


@pytest.mark.parametrize("topic, partition, times", [("t", 0, 1), ("t", None, 2), (None, 1, 2), ("x", None, 1)])
@pytest.mark.parametrize("direction", ["request", "response"])
def test_topic_and_partition(client: Clients, proxy: FaultProxy, topic: str | None, partition: int | None,
                             times: int, direction: str) -> None:
    fired = watched(proxy, topic=topic, partition=partition, direction=direction)
    one = client()
    for request in (produce("t", 0), produce("t", 1), produce("x", 1)):
        one.ask(request)
    assert fired() == times


@pytest.mark.parametrize("version", range(3, 13))
def test_every_version_of_produce(client: Clients, proxy: FaultProxy, peer: Peer, version: int) -> None:
    fired = watched(proxy, topic="t", partition=4)
    refused = proxy.arm(Fault(Error(7), topic="t", partition=4))
    replaced = proxy.arm(Fault(ReplaceError(9), topic="t", partition=4, direction="response", skip=1))
    one = client()
    codes = [one.ask(produce("t", 4, version=version, transactional_id="id")).responses[0].partition_responses[0]
             .error_code for _ in range(3)]
    assert codes == [7, 9, 0]
    assert (fired(), len(refused.fired), len(replaced.fired), len(peer.log)) == (3, 1, 1, 2)


def test_topic_ids_are_learnt(client: Clients, proxy: FaultProxy, peer: Peer) -> None:
    """Produce v13 and Fetch v13 say ids; the answer to Metadata told whose they are."""
    one = client()
    one.ask(metadata())
    fired = watched(proxy, topic="t", direction="response")
    refused = proxy.arm(Fault(Error(3), topic="t", api="Produce"))
    answer = one.ask(produce(version=13))
    assert answer.responses[0].topic_id == TOPIC_ID
    assert answer.responses[0].partition_responses[0].error_code == 3
    fetch = REQUESTS[1]
    topic = fetch.FetchTopic(version=16, topic_id=TOPIC_ID, partitions=[
        fetch.FetchTopic.FetchPartition(version=16, partition=5)])
    one.ask(fetch(version=16, topics=[topic], max_wait_ms=1, min_bytes=1))
    assert (fired(), refused.fired[0].topic_partitions) == (2, (("t", 0),))


def test_a_topic_id_that_somebody_told(client: Clients, proxy: FaultProxy) -> None:
    fired = watched(proxy, topic="told", api="Produce")
    one = client()
    one.ask(produce(version=13, topic_id=UUID(int=77)))
    proxy.name_topic("told", UUID(int=77))
    one.ask(produce(version=13, topic_id=UUID(int=77)))
    assert fired() == 1


def test_skip_and_count(client: Clients, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Error(7), api="Produce", skip=1, count=2))
    one = client()
    codes = [one.ask(produce()).responses[0].partition_responses[0].error_code for _ in range(5)]
    assert codes == [0, 7, 7, 0, 0]
    assert len(armed.fired) == 2


def test_two_faults_on_one_frame(client: Clients, proxy: FaultProxy, peer: Peer) -> None:
    """A held frame meets the next fault when it goes on; a Watch sees it wherever it was armed."""
    held = proxy.arm(Fault(Hold(), api="Produce"))
    refused = proxy.arm(Fault(Error(7), api="Produce"))
    fired = watched(proxy, api="Produce")
    one = client()
    one.send(produce())
    held.wait_fired()
    assert (fired(), len(refused.fired)) == (1, 0)
    held.release()
    assert one.receive()[1].responses[0].partition_responses[0].error_code == 7
    assert (fired(), peer.log) == (1, [])


def test_what_a_failed_wait_tells(client: Clients, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Error(7), api="Produce", topic="other", name="refuses the first record"))
    client("a").ask(produce())
    client("b").ask(metadata())
    client("b").ask(metadata())
    with pytest.raises(TimeoutError) as caught:
        armed.wait_fired(within=0.05)
    assert str(caught.value) == (
        "fault 'refuses the first record' did not fire within 0.05 s: 0 of 3 frames matched; "
        "saw Metadata 2, Produce 1 of clients a, b")
    with pytest.raises(TimeoutError, match=r"held 0 of 2 frames within 0\.01 s"):
        armed.wait_queued(2, within=0.01)


def test_what_is_told_when_nothing_came(proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Hold(), link="controller", name="cuts the quorum"))
    with pytest.raises(TimeoutError, match=r"fault 'cuts the quorum' did not fire 2 times .* no frame came its way"):
        armed.wait_fired(2, within=0.01)


def test_faults_that_cannot_be(proxy: FaultProxy) -> None:
    with pytest.raises(ValueError, match="give direction='response'"):
        Fault(ReplaceError(7))
    with pytest.raises(ValueError, match="Unlist acts on answers"):
        Fault(Unlist(1))
    with pytest.raises(ValueError, match="give direction='request'"):
        Fault(Error(7), direction="response")
    with pytest.raises(ValueError, match="link is 'clients'"):
        Fault(Hold(), link="clients")
    with pytest.raises(ValueError, match="no API is called 'Prodce'"):
        proxy.arm(Fault(Hold(), api="Prodce"))
    with pytest.raises(ValueError, match="cannot make answers of BrokerHeartbeat"):
        proxy.arm(Fault(Error(7), api=("Produce", "BrokerHeartbeat")))
    armed = proxy.arm(Fault(Hold(), api="Produce"))
    with pytest.raises(ValueError, match="nothing is held"):
        armed.release(first=Error(7))
