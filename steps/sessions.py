"""Producers that end and begin again, and producers that are refused."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, then, when

from clients import Producer
from fixtures import sessions
from fixtures.clients import Topic
from fixtures.phrases import phrase
from fixtures.sending import IDEMPOTENT, Producers, Sent
from fixtures.sessions import Opening
from fixtures.telling import Teller


@given(phrase("a transactional {client:Client} producer"), target_fixture="producer")
def transactional_producer(producers: Producers, label: str, client: str) -> Producer:
    """It has a transactional id of its own."""
    return sessions.transactional(producers, client, label)


@given(
    phrase("a transactional {client:Client} producer that has committed record {number:Numbers}"),
    target_fixture="producer",
)
def transactional_producer_with_record(
    producers: Producers, sent: Sent, topic: Topic, label: str, client: str, number: Sequence[int]
) -> Producer:
    """In a transaction of its own."""
    producer = sessions.transactional(producers, client, label)
    sessions.commit(sent, producer, topic, number)
    return producer


@when(phrase("it commits records {first:Numbers} and then records {second:Numbers}"))
def commits_two(
    producer: Producer, sent: Sent, topic: Topic, first: Sequence[int], second: Sequence[int]
) -> None:
    """In two transactions."""
    sessions.commit(sent, producer, topic, first)
    sessions.commit(sent, producer, topic, second)


@when(
    phrase(
        "it is killed, and a {client:Client} one with the same transactional id commits record {number:Numbers}"
    )
)
def killed_and_goes_on(
    producers: Producers,
    producer: Producer,
    sent: Sent,
    topic: Topic,
    label: str,
    client: str,
    number: Sequence[int],
) -> None:
    """SIGKILL, then a new process."""
    producer.kill()
    sessions.commit(sent, sessions.transactional(producers, client, label), topic, number)


@when(
    phrase("it is killed, and a new idempotent {client:Client} producer sends record {number:Number} again")
)
def killed_and_sent_again(
    producers: Producers, producer: Producer, topic: Topic, client: str, number: int
) -> None:
    """SIGKILL; the application does not know that the record is stored and sends the same bytes."""
    producer.kill()
    sessions.send_again(producers, client, topic, producer, number)


@when(
    phrase("an idempotent {client:Client} producer is opened with {setting:Setting} {value:Value}"),
    target_fixture="opening",
)
def opened_idempotent(producers: Producers, client: str, setting: str, value: str) -> Opening:
    """enable.idempotence=true is asked for, and the other setting."""
    return sessions.try_to_open(lambda: producers.open(client, {**IDEMPOTENT, setting: value}))


@when(
    phrase("a {client:Client} producer is opened with {setting:Setting} {value:Value}"),
    target_fixture="opening",
)
def opened(producers: Producers, client: str, setting: str, value: str) -> Opening:
    """That setting alone."""
    return sessions.try_to_open(lambda: producers.open(client, {setting: value}))


@then(phrase("it is refused with a word about {setting:Setting}"))
def refused_with_word(opening: Opening, setting: str, tell: Teller) -> None:
    """By the library, before it asked any broker."""
    tell(sessions.require_refused(opening, setting))


@then("its log warns that idempotence is off")
def log_warns(opening: Opening, tell: Teller) -> None:
    """In the library's own words."""
    tell(sessions.require_warning(opening, "idempotence will be disabled"))
