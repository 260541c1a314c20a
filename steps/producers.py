"""Producers: which they are."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given

from clients import Producer
from cluster.interface import ClusterUnderTest
from fixtures.clients import Topic
from fixtures.phrases import phrase, settings
from fixtures.sending import IDEMPOTENT, NOT_IDEMPOTENT, WITHOUT_RETRIES, Producers, Sent, dead_address


@given(phrase("an idempotent {client:Client} producer{manner:Manner}"), target_fixture="producer")
def idempotent_producer(producers: Producers, client: str, manner: dict[str, object]) -> Producer:
    """enable.idempotence=true; all else as the library has it."""
    return producers.open(client, IDEMPOTENT, manner)


@given(phrase("another idempotent {client:Client} producer{manner:Manner}"), target_fixture="other_producer")
def other_producer(producers: Producers, client: str, manner: dict[str, object]) -> Producer:
    """A second one beside the first."""
    return producers.open(client, IDEMPOTENT, manner)


@given(
    phrase(
        "an idempotent {client:Client} producer{manner:Manner}, that has written record {numbers:Numbers}"
    ),
    target_fixture="producer",
)
def warm_producer(
    producers: Producers,
    sent: Sent,
    topic: Topic,
    client: str,
    manner: dict[str, object],
    numbers: Sequence[int],
) -> Producer:
    """The leader knows it: the record is acknowledged."""
    producer = producers.open(client, IDEMPOTENT, manner)
    sent.send(producer, topic, numbers)
    sent.require_acknowledged(numbers)
    return producer


@given(phrase("a {client:Client} producer without idempotence{manner:Manner}"), target_fixture="producer")
def plain_producer(producers: Producers, client: str, manner: dict[str, object]) -> Producer:
    """enable.idempotence=false and acks=all; it retries as the library does."""
    return producers.open(client, NOT_IDEMPOTENT, manner)


@given(phrase("a {client:Client} producer with its default settings"), target_fixture="producer")
def default_producer(producers: Producers, client: str) -> Producer:
    """Nothing is set."""
    return producers.open(client)


@given(phrase("a {client:Client} producer without retries{manner:Manner}"), target_fixture="producer")
def producer_without_retries(producers: Producers, client: str, manner: dict[str, object]) -> Producer:
    """acks=all and retries=0, which idempotence does not allow."""
    return producers.open(client, WITHOUT_RETRIES, manner)


@given(phrase("a {client:Client} producer with acks {acks:Number}"), target_fixture="producer")
def producer_with_acks(producers: Producers, client: str, acks: int) -> Producer:
    """acks and nothing else is set."""
    return producers.open(client, {"acks": acks})


@given(phrase("a {client:Client} producer with these settings:"), target_fixture="producer")
def producer_with_settings(producers: Producers, client: str, datatable: list[list[str]]) -> Producer:
    """The settings of the table; all else as the library has it."""
    return producers.open(client, settings(datatable))


@given(
    phrase("a {client:Client} producer that knows a dead address and that of broker {broker:Partition}"),
    target_fixture="producer",
)
def producer_with_a_dead_address(
    producers: Producers, cluster: ClusterUnderTest, client: str, broker: int
) -> Producer:
    """The dead address comes first in its bootstrap list."""
    known = cluster.address(broker, cluster.client_listener)
    return producers.open(client, bootstrap=f"{dead_address(cluster)},{known}")


@given(
    phrase("a {client:Client} producer that knows only broker {broker:Partition}"), target_fixture="producer"
)
def producer_that_knows_one(
    producers: Producers, cluster: ClusterUnderTest, client: str, broker: int
) -> Producer:
    """Its bootstrap list has one address."""
    return producers.open(client, bootstrap=cluster.address(broker, cluster.client_listener))
