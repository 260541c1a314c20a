"""What the replicas have stored, below what any consumer sees."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import then

from clients.record_fields import fields_of_records
from fixtures.clients import Topic
from fixtures.judging import Judge
from fixtures.phrases import phrase
from fixtures.stored import Stored
from fixtures.telling import Teller
from history.verdicts import Violated


@then(
    phrase("every replica holds records {numbers:Numbers} in batches of one producer, numbered without a gap")
)
def numbered_batches(stored: Stored, topic: Topic, numbers: Sequence[int]) -> None:
    """Read from the segment files with Kafka's own dump tool."""
    stored.require_numbered(topic, numbers)


@then(phrase("every replica holds records {numbers:Numbers} in batches without producer or number"))
def anonymous_batches(stored: Stored, topic: Topic, numbers: Sequence[int]) -> None:
    """Read from the segment files with Kafka's own dump tool."""
    stored.require_anonymous(topic, numbers)


@then(phrase("no field of a record shows a {client:Client} consumer producer id, epoch or number"))
def no_field_shows_them(client: str, tell: Teller) -> None:
    """By the names of all that the library's record has."""
    fields = fields_of_records(client)
    tell(f"a record has {', '.join(fields)}")
    if found := [name for name in fields if "producer" in name or "sequence" in name]:
        raise Violated(f"a record has {', '.join(found)}")


@then("they are stored in 1 batch")
def stored_in_one_batch(stored: Stored, topic: Topic) -> None:
    """Read from the segment files with Kafka's own dump tool."""
    stored.require_count(topic, 1)


@then(phrase("they are stored in {count:Number} batches"))
def stored_in_batches(stored: Stored, topic: Topic, count: int) -> None:
    """Read from the segment files with Kafka's own dump tool."""
    stored.require_count(topic, count)


@then("both records were written by one producer id, the second with the next epoch")
def next_epoch(stored: Stored, topic: Topic) -> None:
    """Read from the segment files with Kafka's own dump tool."""
    stored.require_next_epoch(topic)


@then(phrase("the log holds record {number:Number} twice, written by two producer ids"))
def twice_by_two_producers(judging: Judge, stored: Stored, topic: Topic, number: int) -> None:
    """Read by a fresh client, and from the segment files with Kafka's own dump tool."""
    judging.read_log(topic)
    judging.show("duplicate")
    stored.require_two_producers(topic)
