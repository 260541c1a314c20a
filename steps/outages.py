"""Partitions whose last replica in sync dies."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import then, when

from fixtures.clients import Topic
from fixtures.judging import Judge
from fixtures.outages import Outages
from fixtures.phrases import phrase
from fixtures.sending import IDEMPOTENT, Producers, Sent
from fixtures.telling import Teller


@when(
    phrase(
        "{client:Client} writes record {number:Number} to a leader whose followers lag, and the leader dies"
    )
)
def written_and_dies(outages: Outages, topic: Topic, client: str, number: int) -> None:
    """The followers live, get no answers to their fetches and are not in sync."""
    outages.write_alone(topic, client, number)
    outages.die(topic)


@then(phrase("nobody leads although the followers live, and {client:Client} is given record {number:Number}"))
def leaderless(
    outages: Outages, producers: Producers, sent: Sent, topic: Topic, client: str, number: int, tell: Teller
) -> None:
    """Whoever may lead would be elected at the moment in which the leader counts as dead."""
    tell(outages.require_leaderless(topic))
    sent.begin(producers.open(client, IDEMPOTENT), topic, [number])


@then(phrase("record {number:Number} is acknowledged once the old leader is back"))
def acknowledged_when_back(outages: Outages, sent: Sent, number: int) -> None:
    """It has waited all the time."""
    outages.come_back()
    sent.finish()
    sent.require_acknowledged([number])


@when(phrase("{client:Client} writes record {numbers:Numbers} to the next leader"))
@when(phrase("{client:Client} writes records {numbers:Numbers} to the next leader"))
def writes_to_next_leader(
    outages: Outages, producers: Producers, sent: Sent, topic: Topic, client: str, numbers: Sequence[int]
) -> None:
    """Whichever replica that is."""
    outages.elections.now(topic)
    sent.send(producers.open(client, IDEMPOTENT), topic, numbers)
    sent.require_acknowledged(numbers)


@then(
    phrase(
        "record {lost:Number}, which was acknowledged, is lost, and record {instead:Number} has its offset"
    )
)
def lost_and_replaced(
    outages: Outages, judging: Judge, topic: Topic, lost: int, instead: int, tell: Teller
) -> None:
    """Read to its end by a fresh client, once the old leader is back."""
    tell(outages.require_lost(judging, topic, lost, instead))
