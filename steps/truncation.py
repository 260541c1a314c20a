"""Consumers that have read what the log does not hold any more."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, then, when

from clients import Consumer
from fixtures import truncation
from fixtures.clients import Topic
from fixtures.outages import Outages
from fixtures.phrases import phrase
from fixtures.reading import Consumers, numbers_of, require_offsets, require_same
from fixtures.sending import Sent
from fixtures.telling import Teller


@given(phrase("a {client:Client} consumer with auto.offset.reset {policy:Value}"), target_fixture="consumer")
def consumer_with_policy(consumers: Consumers, topic: Topic, client: str, policy: str) -> Consumer:
    """It is given partition 0 and reads from the beginning."""
    return consumers.given(client, topic, "beginning", policy)


@when(
    phrase(
        "{client:Client} writes record {number:Number} to a leader whose followers lag, it is read, and it dies"
    )
)
def written_read_and_dies(
    outages: Outages, consumers: Consumers, consumer: Consumer, topic: Topic, client: str, number: int
) -> None:
    """The consumer has read it and all before; no follower has it."""
    outages.write_alone(topic, client, number)
    consumers.read(consumer, number)
    outages.die(topic)


@then(phrase("the consumer goes back to offset {offset:Number} and reads records {numbers:Numbers}"))
def goes_back(consumers: Consumers, consumer: Consumer, offset: int, numbers: Sequence[int]) -> None:
    """By itself, to where the log was cut."""
    reads = consumers.read(consumer, len(numbers))
    require_same(numbers_of(reads), numbers, consumer.name)
    require_offsets(reads, 0, range(offset, offset + len(numbers)))


@then(phrase("the consumer is told that the log was cut at offset {offset:Number}"))
def consumer_is_told(consumer: Consumer, offset: int, tell: Teller) -> None:
    """Each library has its own words and its own error for it."""
    tell(truncation.require_told(consumer, offset))


@then(
    phrase(
        "whoever reads on behind record {read:Number} and names no leader epoch gets records {numbers:Numbers}"
    )
)
def silent_skip(topic: Topic, sent: Sent, read: int, numbers: Sequence[int], tell: Teller) -> None:
    """A fetch by hand, as clients sent it before KIP-320."""
    tell(truncation.require_silent_skip(topic, sent, read, numbers))
