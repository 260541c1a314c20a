"""Nothing that a peer sends or does stops the proxy, and what it cannot read passes untouched."""

from __future__ import annotations

import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import pytest

from cluster.proxy import Delay, Error, Fault, FaultProxy, Hold, LoseAnswer, Repeat, ReplaceError, Watch
from cluster.waiting import eventually
from tests.proxy.conftest import Place, refuses
from tests.proxy.peer import UNKNOWN, Client, Peer, produce, records

Clients = Callable[..., Client]


def raw(
    api: int, version: int, correlation: int, client_id: bytes = b"a", body: bytes = b"any bytes"
) -> bytes:
    """A request of any API and version."""
    header = struct.pack(">hhih", api, version, correlation, len(client_id)) + client_id
    return struct.pack(">i", len(header) + len(body)) + header + body


@pytest.mark.parametrize("armed", [False, True])
def test_one_byte_at_a_time(client: Clients, proxy: FaultProxy, peer: Peer, armed: bool) -> None:
    watching = proxy.arm(Fault(Watch(), topic="t", count=None)) if armed else None
    one = client("a name longer than what is looked at first " * 40 if armed else "a name")
    one.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in one.frame(produce()) + one.frame(produce(partition=1)):
        one.socket.send(bytes([byte]))
    assert [one.receive()[0] for _ in range(2)] == [1, 2]
    assert peer.log == [("t", 0), ("t", 1)]
    assert watching is None or len(watching.fired) == 2


def test_frames_larger_than_a_packet(client: Clients, proxy: FaultProxy, peer: Peer) -> None:
    one = client()
    big = bytes(3_000_000)
    proxy.arm(Fault(Watch(), api="Produce", skip=1, count=2))
    for _ in range(4):
        one.ask(produce(batch=big))
    proxy.arm(Fault(Watch(), api="Produce", count=None))
    one.send(*[produce(batch=big) for _ in range(4)])
    assert [one.receive()[0] for _ in range(4)] == [5, 6, 7, 8]
    assert {len(frame) for frame in peer.frames} == {len(peer.frames[0])}


def test_many_requests_in_a_packet(client: Clients, proxy: FaultProxy, peer: Peer) -> None:
    armed = proxy.arm(Fault(Error(7), api="Produce", partition=7))
    one = client()
    one.send(*[produce(partition=number) for number in range(50)])
    answers = [one.receive() for _ in range(50)]
    assert [correlation for correlation, _ in answers] == list(range(1, 51))
    assert [a.responses[0].partition_responses[0].error_code for _, a in answers] == [0] * 7 + [7] + [0] * 42
    assert len(peer.log) == 49 and len(armed.fired) == 1


@pytest.mark.parametrize("api, version", [(63, 1), (999, 0), (0, 99), (-5, -5)])
def test_what_is_unknown_passes(
    client: Clients, proxy: FaultProxy, peer: Peer, api: int, version: int
) -> None:
    """Controller APIs, APIs and versions to come: matched by number, never by topic, never changed."""
    by_number = proxy.arm(Fault(Watch(), api=api, count=None))
    by_topic = proxy.arm(Fault(Watch(), api=api, topic="t", count=None))
    refused = proxy.arm(Fault(Error(7)))
    one = client()
    frame = raw(api, version, 5)
    one.socket.sendall(frame)
    assert one.exactly(8 + len(UNKNOWN)) == struct.pack(">ii", 4 + len(UNKNOWN), 5) + UNKNOWN
    assert peer.frames == [frame]
    assert (len(by_number.fired), len(by_topic.fired), len(refused.fired)) == (1, 0, 0)
    assert by_number.fired[0].error is None
    with pytest.raises(TimeoutError, match=r"1 of 1 frames matched; .* of clients a; cannot answer "):
        refused.wait_fired(within=0.01)


def test_a_body_that_is_no_message_passes(
    client: Clients, proxy: FaultProxy, peer: Peer, place: Place
) -> None:
    armed = proxy.arm(Fault(Watch(), api="Fetch", topic="t"))
    one = client()
    one.socket.sendall(raw(1, 12, 1, body=b"\xff" * 40))
    assert one.exactly(8 + len(UNKNOWN))[8:] == UNKNOWN
    assert peer.frames[0][4:8] == struct.pack(">hh", 1, 12)
    assert armed.fired == []
    assert "cannot read request Fetch v12" in place.log


@pytest.mark.parametrize(
    "greeting",
    [
        b"GET / HTTP/1.1\r\nHost: kafka\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(60),
        b"\xff" * 9,
    ],
)
def test_another_protocol_passes_unread(
    client: Clients, peer: Peer, proxy: FaultProxy, greeting: bytes
) -> None:
    peer.raw = True
    proxy.arm(Fault(Hold(), count=None))
    one = client()
    one.socket.sendall(greeting)
    assert one.exactly(len(greeting)) == greeting
    one.socket.sendall(b"more")
    assert one.exactly(4) == b"more"


def test_another_protocol_does_not_overtake_what_is_held(
    client: Clients, peer: Peer, proxy: FaultProxy, place: Place
) -> None:
    proxy.arm(Fault(Hold(), count=None))
    one = client()
    one.send(produce())
    one.socket.sendall(b"\xff" * 9)
    assert one.closed()
    assert peer.frames == []


@pytest.mark.parametrize("tiny", [b"\0\0\0\0", b"\0\0\0\1x", b"\0\0\0\x0a0123456789"])
def test_frames_too_short_for_a_header_pass(
    client: Clients, peer: Peer, proxy: FaultProxy, tiny: bytes
) -> None:
    proxy.arm(Fault(Watch(), count=None))
    one = client()
    one.socket.sendall(tiny)
    one.send(produce())
    assert one.receive()[0] == 1
    assert peer.frames[0] == tiny


@pytest.mark.parametrize("version", [3, 9])
def test_acks_0_has_no_answer(client: Clients, peer: Peer, proxy: FaultProxy, version: int) -> None:
    """A made answer does not wait for one that never comes; an answer that is not there cannot be lost."""
    lost = proxy.arm(Fault(LoseAnswer(), partition=0))
    refused = proxy.arm(Fault(Error(7), partition=1))
    repeated = proxy.arm(Fault(Repeat(), partition=2))
    one = client()
    first = [produce(partition=0, acks=0, version=version, transactional_id="some id")] * 3
    one.send(*first, produce(partition=1, version=version), produce(partition=2, acks=0, version=version))
    assert one.receive()[1].responses[0].partition_responses[0].error_code == 7
    repeated.wait_fired()
    one.ask(produce(partition=3, version=version))
    assert sorted(number for _, number in peer.logged(6)) == [0, 0, 0, 2, 2, 3]
    assert (len(lost.fired), len(refused.fired)) == (0, 1)


def test_a_broker_that_dies_in_the_middle(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    """The answer that never came is not lost by the proxy: the fault is still to fire."""
    peer.dies_after = 1
    armed = proxy.arm(Fault(LoseAnswer(), api="Produce"))
    one = client()
    one.send(produce())
    assert one.closed()
    assert armed.fired == []
    peer.dies_after = None
    other = client()
    other.send(produce())
    assert other.closed()
    assert len(armed.wait_fired()) == 1


def test_a_client_that_dies_in_the_middle(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Watch(), api="Produce", topic="t", count=None))
    one = client()
    one.socket.sendall(one.frame(produce())[:-3])
    one.close()
    client().ask(produce(partition=1))
    assert [firing.topic_partitions for firing in armed.wait_fired()] == [(("t", 1),)]
    assert peer.log == [("t", 1)]


def test_a_broker_that_is_not_there(place: Place) -> None:
    """Once it is known to be dead, connections are refused as it would refuse them itself."""
    with suppress(ConnectionRefusedError):  # the first one may find out
        one = Client(place.listens[2])
        assert one.closed()
        one.close()
    eventually(lambda: refuses(place.listens[2]), 5, "a refused connection")
    with socket.create_server(("127.0.0.1", place.targets[2])):
        eventually(lambda: not refuses(place.listens[2]), 5, "an accepted connection")


def test_a_hundred_connections(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    held = proxy.arm(Fault(Hold(), client_id="c-7?", api="Produce", count=None))
    clients = [client(f"c-{number}") for number in range(100)]
    for number, one in enumerate(clients):
        one.send(produce(partition=number))
    passed = [one.receive()[0] for number, one in enumerate(clients) if number // 10 != 7]
    assert passed == [1] * 90
    assert held.wait_queued(10) == 10
    assert len(peer.log) == 90
    held.release()
    assert [one.receive()[0] for one in clients[70:80]] == [1] * 10


def test_a_peer_that_does_not_read(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    """What nobody reads does not pile up in the proxy without bound, and arrives once it is wanted."""
    one = client()
    held = proxy.arm(Fault(Hold(), api="Produce"))
    big = produce(batch=bytes(8_000_000))
    one.socket.settimeout(3)
    sent = 0
    with pytest.raises(TimeoutError):
        while sent < 60:
            frame = one.frame(big)
            one.socket.sendall(frame)
            sent += 1
    assert 8 <= sent < 20
    held.release()
    for number in range(sent):
        assert one.receive()[0] == number + 1


def test_answers_pass_in_the_order_of_the_broker(client: Clients, proxy: FaultProxy, peer: Peer) -> None:
    one = client()
    one.socket.sendall(raw(63, 0, 2) + raw(63, 0, 1))
    assert [one.exactly(8 + len(UNKNOWN))[7] for _ in range(2)] == [2, 1]


def test_any_cut_and_any_mixture(client: Clients, peer: Peer, proxy: FaultProxy) -> None:
    """Requests of all sizes, cut anywhere, five faults by partition: each answer in order, each fault exact."""
    dice = random.Random(7)
    refused = proxy.arm(Fault(Error(7), partition=1, count=None))
    replaced = proxy.arm(Fault(ReplaceError(9), partition=2, count=None, direction="response"))
    delayed = proxy.arm(Fault(Delay(0.002), partition=3, count=None))
    repeated = proxy.arm(Fault(Repeat(), partition=4, count=None))
    slow = proxy.arm(Fault(Delay(0.002), partition=5, count=None, direction="response"))
    one = client()
    partitions = [dice.choice((0, 0, 0, 1, 2, 3, 4, 5)) for _ in range(400)]
    data = b"".join(
        one.frame(produce(partition=number, batch=records(bytes(dice.choice((1, 900, 1100, 5000))))))
        for number in partitions
    )
    sender = threading.Thread(target=_send_in_pieces, args=(one.socket, data, dice))
    sender.start()
    answers = [one.receive() for _ in partitions]
    sender.join()
    assert [correlation for correlation, _ in answers] == list(range(1, 401))
    codes = [answer.responses[0].partition_responses[0].error_code for _, answer in answers]
    assert codes == [{1: 7, 2: 9}.get(number, 0) for number in partitions]
    carried_out = Counter(number for _, number in peer.log)
    meant = Counter(partitions)
    assert carried_out == +Counter({**meant, 1: 0, 4: 2 * meant[4]})
    fired = [len(armed.fired) for armed in (refused, replaced, delayed, repeated, slow)]
    assert fired == [meant[number] for number in (1, 2, 3, 4, 5)]


def _send_in_pieces(into: socket.socket, data: bytes, dice: random.Random) -> None:
    at = 0
    while at < len(data):
        size = dice.choice((1, 3, 40, 700, 1400, 9000, 60000))
        into.sendall(data[at : at + size])
        at += size
