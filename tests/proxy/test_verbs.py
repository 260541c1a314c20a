"""Each action does to a frame what its docstring says."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from cluster.proxy import (
    Blackhole,
    Delay,
    Disconnect,
    Error,
    Fault,
    FaultProxy,
    Hold,
    LoseAnswer,
    Repeat,
    ReplaceError,
    Save,
    Unlist,
    Watch,
)
from cluster.proxy.messages import REQUESTS
from tests.proxy.peer import Client, Peer, metadata, produce, records

Clients = Callable[..., Client]
END_TXN = REQUESTS[26]


def code(answer: object) -> int:
    """The error code of a Produce answer's only partition."""
    return int(answer.responses[0].partition_responses[0].error_code)  # type: ignore[attr-defined]


def test_without_rules_everything_passes(client: Clients, peer: Peer) -> None:
    answer = client().ask(produce())
    assert (code(answer), peer.log) == (0, [("t", 0)])


def test_error_answers_without_the_broker(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Error(7), api="Produce"))
    one = client()
    assert code(one.ask(produce())) == 7
    assert peer.log == []
    assert armed.wait_fired()[0].error == 7
    assert code(one.ask(produce())) == 0


def test_an_error_waits_for_the_answers_before_it(client: Clients, proxy: FaultProxy) -> None:
    held = proxy.arm(Fault(Hold(), api="Produce", direction="response"))
    refused = proxy.arm(Fault(Error(19), api="Produce", skip=1))
    one = client()
    one.send(produce(partition=0), produce(partition=1), produce(partition=2))
    refused.wait_fired()
    held.wait_queued(3)
    held.release()
    assert [(correlation, code(answer)) for correlation, answer in (one.receive() for _ in range(3))] == [
        (1, 0), (2, 19), (3, 0)]


def test_replaced_error(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(ReplaceError(7), api="Produce", direction="response"))
    answer = client().ask(produce())
    assert (code(answer), answer.responses[0].partition_responses[0].base_offset) == (7, -1)
    assert peer.log == [("t", 0)]
    assert (armed.fired[0].error, armed.fired[0].base_offset) == (0, 0)


def test_a_broker_that_is_no_longer_listed(client: Clients, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Unlist(2), api="Metadata", direction="response", count=None))
    absent = proxy.arm(Fault(Unlist(3), api="Metadata", direction="response", count=None))
    answer = client().ask(metadata())
    assert ([broker.node_id for broker in answer.brokers], [topic.name for topic in answer.topics]) == ([1], ["t"])
    assert (len(armed.fired), len(absent.fired)) == (1, 0)


def test_only_answers_to_metadata_list_brokers(client: Clients, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Unlist(2), api="Produce", direction="response"))
    assert code(client().ask(produce())) == 0
    assert not armed.fired


def test_a_lost_answer(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(LoseAnswer(), api="Produce"))
    one = client()
    one.send(produce())
    assert one.closed()
    firing = armed.wait_fired()[0]
    assert (firing.error, firing.base_offset, peer.log) == (0, 0, [("t", 0)])
    assert code(client().ask(produce())) == 0


def test_disconnect(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Disconnect(), api="Produce"))
    one = client()
    one.send(produce())
    assert one.closed()
    assert (len(armed.fired), peer.log) == (1, [])


def test_delay(client: Clients, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Delay(0.4), api="Produce"))
    one = client()
    begun = time.monotonic()
    one.ask(produce())
    assert time.monotonic() - begun >= 0.4
    one.ask(produce())
    assert len(armed.fired) == 1


def test_frames_in_flight_are_delayed_together(client: Clients, proxy: FaultProxy) -> None:
    """As on a slow link: five frames that come at once also go on at once."""
    armed = proxy.arm(Fault(Delay(2), api="Produce", count=None))
    one = client()
    begun = time.monotonic()
    one.send(*[produce() for _ in range(5)])
    assert [one.receive()[0] for _ in range(5)] == [1, 2, 3, 4, 5]
    assert 2 <= time.monotonic() - begun < 8
    assert len(armed.fired) == 5


def test_disarming_ends_a_delay(client: Clients, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Delay(60), api="Produce"))
    one = client()
    one.send(produce())
    armed.wait_fired()
    armed.disarm()
    assert code(one.receive()[1]) == 0


def test_blackhole(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Blackhole(), api="Produce"))
    one = client()
    one.send(produce())
    armed.wait_fired()
    one.send(END_TXN(version=3, transactional_id="x"))
    with pytest.raises(TimeoutError):
        one.receive(within=0.1)
    assert peer.requests == []
    armed.disarm()
    assert one.closed()


def test_repeat(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Repeat(2), api="Produce"))
    one = client()
    assert code(one.ask(produce())) == 0
    assert peer.log == [("t", 0)] * 3
    firing = armed.wait_fired()[0]
    assert firing.base_offset == 0
    assert [(answer.error, answer.base_offset) for answer in firing.repeated] == [(0, 1), (0, 2)]
    one.ask(produce(partition=1))
    assert peer.log[3:] == [("t", 1)]


def test_save_and_replay(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Save(), api="Produce"))
    one = client()
    one.send(produce(batch=records(b"x", b"y")))
    assert one.closed()
    assert peer.log == []
    assert (armed.replay().error, armed.replay().base_offset) == (0, 1)
    assert peer.log == [("t", 0)] * 2
    with pytest.raises(ValueError, match="1 requests are saved, none has index 1"):
        armed.replay(1)


def test_watch_records_what_passes(client: Clients, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Watch(), api="Produce", count=None))
    one = client("writer")
    one.ask(produce("t", 3, batch=records(b"x", b"y", producer=(9, 1, 40))))
    firing = armed.wait_fired()[0]
    assert (firing.client_id, firing.api, firing.version, firing.link, firing.destination) == (
        "writer", "Produce", 9, "client", 1)
    assert (firing.topic_partitions, firing.records) == ((("t", 3),), 2)
    batch = firing.batches[0]
    assert (batch.producer_id, batch.producer_epoch, batch.base_sequence, batch.last_sequence) == (9, 1, 40, 41)
    assert (firing.error, firing.base_offset) == (0, 0)
    assert abs(firing.t - time.monotonic()) < 5


def test_lost_and_disconnected_answers(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    """The same actions by what the answer says."""
    for action in (LoseAnswer(), Disconnect()):
        armed = proxy.arm(Fault(action, api="Produce", topic="t", direction="response"))
        one = client()
        one.send(produce())
        assert one.closed()
        assert armed.wait_fired()[0].error == 0
    assert len(peer.log) == 2
