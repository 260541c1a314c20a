"""Leaders that are cut off from all other nodes, and what becomes of what is written to them."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, then, when

from clients import Producer
from fixtures.clients import Topic
from fixtures.judging import Judge
from fixtures.phrases import phrase
from fixtures.reading import numbers_of, require_same
from fixtures.sending import IDEMPOTENT, Sent
from fixtures.stranded import Stranded
from fixtures.telling import Teller


@given(
    phrase(
        "a leader that only a {client:Client} producer with acks 1 reaches, which wrote record {first:Numbers}"
    ),
    target_fixture="producer",
)
def stranded_with_acks_1(stranded: Stranded, topic: Topic, client: str, first: Sequence[int]) -> Producer:
    """It is cut off from the brokers and the controllers, which have made another one leader."""
    return stranded.cut_off(topic, client, {"acks": 1}, first)


@given(
    phrase(
        "a leader that only an idempotent {client:Client} producer reaches, which wrote record {first:Numbers}"
    ),
    target_fixture="producer",
)
def stranded_with_acks_all(stranded: Stranded, topic: Topic, client: str, first: Sequence[int]) -> Producer:
    """It is cut off from the brokers and the controllers, which have made another one leader."""
    return stranded.cut_off(topic, client, IDEMPOTENT, first)


@when(phrase("it is given records {numbers:Numbers}"))
def is_given(sent: Sent, producer: Producer, topic: Topic, numbers: Sequence[int]) -> None:
    """The library has taken them when this ends; nobody waits for their ends."""
    sent.begin(producer, topic, numbers)
    sent.await_handed_over()


@when(phrase("another {client:Client} producer writes records {numbers:Numbers} to the next leader"))
def another_writes(stranded: Stranded, topic: Topic, client: str, numbers: Sequence[int]) -> None:
    """It has never heard of the old leader, which would tell that it leads; the records are acknowledged."""
    stranded.write_elsewhere(topic, client, numbers)


@then(phrase("records {numbers:Numbers} are on the old leader, and none of them is acknowledged"))
def stored_and_unacknowledged(
    stranded: Stranded, topic: Topic, producer: Producer, numbers: Sequence[int], tell: Teller
) -> None:
    """In its segment files; the next leader has written meanwhile."""
    tell(stranded.require_unacknowledged(topic, producer, numbers))


@then(phrase("once it is back they are acknowledged, and the log holds records {numbers:Numbers} once each"))
def once_each_when_healed(
    stranded: Stranded, judging: Judge, sent: Sent, topic: Topic, numbers: Sequence[int]
) -> None:
    """The producer sends them again, to the next leader."""
    stranded.heal(topic)
    sent.require_acknowledged(delivery.number for delivery in sent.finish())
    reads = judging.read_log(topic)
    judging.forbid({"lost", "duplicate"})
    require_same(sorted(numbers_of(reads)), numbers, "the log")


@then(phrase("once the old leader is back every replica holds the same, without records {numbers:Numbers}"))
def cut(stranded: Stranded, topic: Topic, producer: Producer, numbers: Sequence[int], tell: Teller) -> None:
    """Byte by byte, read from the segment files. It alone had these records before."""
    tell(stranded.require_cut(topic, producer, numbers))


@then(phrase("records {numbers:Numbers} are lost once the old leader is back"))
def lost_when_healed(
    stranded: Stranded, judging: Judge, topic: Topic, producer: Producer, numbers: Sequence[int], tell: Teller
) -> None:
    """Each was acknowledged, and a fresh client that reads to the end does not find it."""
    tell(stranded.require_lost(judging, topic, producer, numbers))
