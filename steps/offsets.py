"""Offsets, and who has read up to where."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, then, when

from clients import Consumer
from fixtures.clients import Topic
from fixtures.faults import Faults
from fixtures.groups import await_position, require_own_partition, require_read, require_whole_log
from fixtures.judging import Judge
from fixtures.phrases import phrase
from fixtures.reading import Consumers, require_offsets
from fixtures.sending import IDEMPOTENT, Producers, Sent


@then(phrase("the offsets of partition {partition:Partition} are {offsets:Numbers}"))
def offsets_of_partition(judging: Judge, topic: Topic, partition: int, offsets: Sequence[int]) -> None:
    """Read by a fresh client."""
    judging.tell(require_offsets(judging.read_log(topic, [partition]), partition, offsets))


@then(phrase("records {numbers:Numbers} have the offsets {first:Numbers} and {second:Numbers}"))
def records_have_offsets(
    judging: Judge, topic: Topic, numbers: Sequence[int], first: Sequence[int], second: Sequence[int]
) -> None:
    """The offset in between is the transaction's own mark."""
    judging.tell(require_offsets(judging.read_log(topic), 0, [*first, *second]))


@when(phrase("three {client:Client} groups read it to the end"), target_fixture="groups")
def three_groups_read(consumers: Consumers, sent: Sent, topic: Topic, client: str) -> list[Consumer]:
    """One member each, from the beginning, until each has as many records as were sent."""
    groups = consumers.groups(client, topic, 3)
    consumers.read_all(groups, len(sent.deliveries()))
    return groups


@then(phrase("each group has read every record from {first:Number} to {last:Number}"))
def each_has_read_all(
    consumers: Consumers, judging: Judge, groups: list[Consumer], first: int, last: int
) -> None:
    """Each record once."""
    judging.tell(require_whole_log(consumers, groups, range(first, last + 1)))


@given(phrase("two {client:Client} consumers of one group, each with a partition"), target_fixture="members")
def two_members(consumers: Consumers, topic: Topic, client: str) -> list[Consumer]:
    """The group has settled; each reads until it has 50 records."""
    return consumers.members(client, topic, 50)


@then("each of them reads the records of its own partition and no other")
def each_reads_its_own(
    consumers: Consumers, judging: Judge, members: list[Consumer], topic: Topic, sent: Sent
) -> None:
    """Together they have read each record once."""
    consumers.finish(members)
    judging.tell(require_own_partition(consumers, members, sent))


@given(phrase("a new {client:Client} group that starts at the latest offset"), target_fixture="consumer")
def group_at_the_end(consumers: Consumers, faults: Faults, topic: Topic, client: str) -> Consumer:
    """It has asked the leader for records behind the last one, and reads until it has 10."""
    return await_position(consumers, faults, topic, client, 10)


@given(phrase("a new {client:Client} group with the default policy"), target_fixture="consumer")
def group_by_default(consumers: Consumers, faults: Faults, topic: Topic, client: str) -> Consumer:
    """auto.offset.reset is not set. It has asked the leader for records, and reads until it has 10."""
    return await_position(consumers, faults, topic, client, 10, policy=None)


@when(phrase("records {numbers:Numbers} are written"))
def records_are_written(producers: Producers, sent: Sent, topic: Topic, numbers: Sequence[int]) -> None:
    """By an idempotent producer of their own."""
    sent.send(producers.open("confluent-kafka", IDEMPOTENT), topic, numbers)
    sent.require_acknowledged(numbers)


@then(phrase("the group has read records {numbers:Numbers} and none before"))
def group_has_read(consumers: Consumers, judging: Judge, consumer: Consumer, numbers: Sequence[int]) -> None:
    """Up to the end of the log."""
    judging.tell(require_read(judging, consumers, consumer, numbers))
