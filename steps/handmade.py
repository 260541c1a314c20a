"""Batches made by hand, with numbers that no client library would send."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, then, when

from fixtures.clients import Topic
from fixtures.handmade import HandMade, HandMaker, require_refused, send_out_of_turn
from fixtures.phrases import phrase
from fixtures.telling import Teller


@given(
    phrase("a hand-made producer that has sent batches numbered {numbers:Numbers}"),
    target_fixture="hand_made",
)
def hand_made_producer(hand_maker: HandMaker, topic: Topic, numbers: Sequence[int]) -> HandMade:
    """It has a producer id, and one record to a batch; each batch is acknowledged."""
    producer = hand_maker.make(topic)
    producer.begin(numbers)
    return producer


@given(
    phrase("a hand-made producer without id that has sent batches numbered {numbers:Numbers}"),
    target_fixture="hand_made",
)
def hand_made_producer_without_id(hand_maker: HandMaker, topic: Topic, numbers: Sequence[int]) -> HandMade:
    """Its batches carry no number either; each is acknowledged."""
    producer = hand_maker.make(topic, with_id=False)
    producer.begin(numbers)
    return producer


@given(
    phrase("a hand-made producer whose first batch has the number {number:Number}"),
    target_fixture="hand_made",
)
def hand_made_producer_near_the_end(hand_maker: HandMaker, topic: Topic, number: int) -> HandMade:
    """The leader takes any first number of a producer that it does not know."""
    producer = hand_maker.make(topic)
    producer.begin([number])
    return producer


@when(phrase("it repeats batches {numbers:Numbers}"), target_fixture="repeated")
@when(phrase("it repeats batch {numbers:Numbers}"), target_fixture="repeated")
def repeats(hand_made: HandMade, numbers: Sequence[int]) -> Sequence[int]:
    """With the numbers that they had, in this order."""
    return hand_made.repeat(numbers)


@when(phrase("it sends a batch numbered {number:Number}"))
def sends_batch(hand_made: HandMade, number: int) -> None:
    """In the epoch that it has."""
    hand_made.send(number)


@when(phrase("it sends a batch {kind:OutOfTurn}"))
def sends_out_of_turn(hand_made: HandMade, kind: str) -> None:
    """One that is neither next nor known."""
    send_out_of_turn(hand_made, kind)


@then("each is acknowledged with the offset that it had")
def acknowledged_as_before(hand_made: HandMade, repeated: Sequence[int], tell: Teller) -> None:
    """The leader knows it again."""
    tell.evidence(hand_made.evidence())
    hand_made.require_answers(None)
    hand_made.require_first_offsets(repeated)


@then("each is acknowledged")
def each_acknowledged(hand_made: HandMade, tell: Teller) -> None:
    """Without error."""
    tell.evidence(hand_made.evidence())
    hand_made.require_answers(None)


@then(phrase("each is refused with {error:Error}"))
def each_refused(hand_made: HandMade, error: str, tell: Teller) -> None:
    """By its code."""
    tell.evidence(hand_made.evidence())
    require_refused(hand_made, error, tell.told.kind)
