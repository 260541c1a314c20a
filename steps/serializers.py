"""Serializers and deserializers, and what is none of their business: things that are no text."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, then, when

from clients import Delivery, Producer
from cluster.proxy import Armed
from fixtures import serializing
from fixtures.clients import Topic
from fixtures.judging import Judge
from fixtures.phrases import phrase
from fixtures.reading import Consumers
from fixtures.sending import Producers, Sent
from fixtures.serializing import NO_TEXT, Stopped
from history.judge import ALWAYS, READ_IN_ORDER


@when(
    phrase("it sends record {first:Numbers}, the number {thing:Number}, and record {last:Numbers}"),
    target_fixture="refused",
)
def sends_a_number_too(
    producer: Producer, sent: Sent, topic: Topic, first: Sequence[int], thing: int, last: Sequence[int]
) -> Delivery:
    """One after the other; the number is handed over as it is."""
    return serializing.send_around(producer, sent, topic, first, thing, last)


@then("the number is refused before it is sent")
def number_refused(judging: Judge, sent: Sent, refused: Delivery, batches_sent: Armed) -> None:
    """By the library's own serializer; the network has seen the other records only."""
    judging.tell(serializing.require_never_sent(refused, sent, batches_sent))


@given(phrase("record {first:Numbers}, bytes that are no text, and record {last:Numbers} in it"))
def bytes_between(
    producers: Producers, sent: Sent, topic: Topic, first: Sequence[int], last: Sequence[int]
) -> None:
    """Bytes that UTF-8 does not know, in a record of their own."""
    serializing.write_around(producers, sent, topic, first, NO_TEXT, last)


@when(phrase("a {client:Client} consumer reads it as text"), target_fixture="stopped")
def reads_as_text(consumers: Consumers, topic: Topic, client: str) -> Stopped:
    """With the library's own deserializer of text."""
    return serializing.read_as_text(consumers, topic, client)


@then(phrase("it fails at offset {offset:Number}, whose bytes are intact"))
def fails_at_offset(judging: Judge, stopped: Stopped, topic: Topic, offset: int) -> None:
    """They are read by a fresh client without deserializer."""
    judging.tell(stopped.require_at(offset, judging.read_log(topic)))


@then(phrase("it reads record {number:Number} after stepping over offset {offset:Number}"))
def reads_behind_it(
    consumers: Consumers, judging: Judge, stopped: Stopped, topic: Topic, number: int, offset: int
) -> None:
    """It seeks to the next offset."""
    serializing.step_over(consumers, stopped, topic, offset, number)
    judging.forbid(ALWAYS | READ_IN_ORDER)
