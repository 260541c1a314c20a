"""Hold and release: frames that stop, those behind them, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cluster.proxy import (
    Action,
    Delay,
    Disconnect,
    Error,
    Fault,
    FaultProxy,
    Hold,
    LoseAnswer,
    ReplaceError,
    Save,
    Watch,
)
from cluster.proxy.messages import REQUESTS
from tests.proxy.peer import Client, Peer, produce
from tests.proxy.test_verbs import code

Clients = Callable[..., Client]
END_TXN = REQUESTS[26]


def test_hold_stops_a_request_and_those_behind_it(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Hold(), api="Produce"))
    one = client()
    one.send(*[produce(partition=number) for number in range(5)])
    assert armed.wait_queued(5) == 5
    assert len(armed.wait_fired()) == 1
    assert peer.log == []
    armed.release()
    assert [one.receive()[0] for _ in range(5)] == [1, 2, 3, 4, 5]
    assert [partition for _, partition in peer.log] == [0, 1, 2, 3, 4]
    assert armed.queued == 0


def test_release_with_an_error_for_the_first(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    """The recipe of ORD-3: the first of five is refused, the other four are carried out."""
    armed = proxy.arm(Fault(Hold(), api="Produce"))
    one = client()
    for number in range(5):
        one.send(produce(partition=number))
    armed.wait_queued(5)
    armed.release(first=Error(19))
    answers = [one.receive() for _ in range(5)]
    assert [(correlation, code(answer)) for correlation, answer in answers] == [
        (1, 19), (2, 0), (3, 0), (4, 0), (5, 0)]
    assert [partition for _, partition in peer.log] == [1, 2, 3, 4]


def test_release_of_some(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Hold(), api="Produce", count=None))
    one = client()
    one.send(produce(partition=0), produce(partition=1), produce(partition=2))
    armed.wait_queued(3)
    armed.release(only=1)
    assert one.receive()[0] == 1
    assert len(armed.wait_fired(2)) == 2
    assert peer.log == [("t", 0)]
    armed.release()
    assert [one.receive()[0] for _ in range(2)] == [2, 3]


@pytest.mark.parametrize("first, carried_out", [(LoseAnswer(), [0]), (Disconnect(), []), (Save(), [])])
def test_release_in_other_ways(client: Clients, peer: Peer, proxy: FaultProxy, first: Action,
                               carried_out: list[int]) -> None:
    armed = proxy.arm(Fault(Hold(), api="Produce"))
    one = client()
    one.send(produce())
    armed.wait_queued(1)
    armed.release(first=first)
    assert one.closed()
    assert len(armed.wait_fired(2)) == 2
    assert [partition for _, partition in peer.log] == carried_out
    if first == Save():
        assert armed.replay().error == 0


def test_a_held_answer_is_replaced(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Hold(), api="Produce", direction="response"))
    one = client()
    one.send(produce(), produce(partition=1))
    armed.wait_queued(2)
    with pytest.raises(ValueError, match="give direction='request'"):
        armed.release(first=Error(7))
    with pytest.raises(ValueError, match="Delay is no way to release"):
        armed.release(first=Delay(1))
    armed.release(first=ReplaceError(7))
    assert [code(one.receive()[1]) for _ in range(2)] == [7, 0]


def test_hold_of_answers(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Hold(), api="Produce", direction="response"))
    one = client()
    one.send(produce())
    assert armed.wait_fired()[0].error == 0
    assert peer.log == [("t", 0)]
    with pytest.raises(TimeoutError):
        one.receive(within=0.1)
    armed.release()
    assert code(one.receive()[1]) == 0


def test_what_is_held_ends_with_its_client(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Hold(), api="Produce"))
    one = client()
    one.send(produce())
    armed.wait_queued(1)
    gone = proxy.arm(Fault(Watch(), api="Produce", count=None))
    one.close()
    other = client()
    other.ask(produce(partition=1))
    gone.wait_fired()
    assert (armed.queued, armed.report()["held"]) == (0, 0)
    armed.release()
    assert peer.log == [("t", 1)]


def test_a_lingering_hold_survives_its_client(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    """A late packet: the client is gone, its request arrives all the same."""
    armed = proxy.arm(Fault(Hold(linger=True), api="EndTxn"))
    answered = proxy.arm(Fault(Watch(), api="EndTxn", direction="response"))
    one = client()
    one.send(END_TXN(version=3, transactional_id="x", producer_id=1, producer_epoch=0, committed=True))
    armed.wait_queued(1)
    one.close()
    client().ask(produce())
    assert armed.queued == 1
    armed.release()
    assert answered.wait_fired()[0].error == 0
    assert [head.api for head in peer.requests] == [0, 26]


def test_a_held_answer_of_a_broker_that_died(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    """It is gone with the broker, or comes all the same when it lingers."""
    for linger in (False, True):
        peer.dies_after = len(peer.frames) + 2
        armed = proxy.arm(Fault(Hold(linger), api="Produce", direction="response"))
        one = client()
        one.send(produce())
        armed.wait_fired()
        one.send(produce())
        if linger:
            with pytest.raises(TimeoutError):
                one.receive(within=0.1)
            armed.release()
            assert one.receive()[0] == 1
        assert one.closed()
