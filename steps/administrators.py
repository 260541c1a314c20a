"""Administrators of groups, and offsets that expire."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, then, when

from clients import ClientPool, Consumer
from fixtures import administered, expiry
from fixtures.administered import STATIC, Attempt
from fixtures.clients import Topic
from fixtures.expiry import Forgotten
from fixtures.faults import Faults
from fixtures.groups import await_position
from fixtures.judging import Judge
from fixtures.phrases import phrase
from fixtures.reading import Consumers, numbers_of, require_same
from fixtures.telling import Teller
from history.judge import READ_IN_ORDER


@when(
    phrase("a {client:Client} admin client tries to set its group to offset {offset:Number}"),
    target_fixture="attempt",
)
def tries_to_set(clients: ClientPool, consumers: Consumers, topic: Topic, client: str, offset: int) -> Attempt:
    """As kafka-consumer-groups.sh --reset-offsets does."""
    attempt = administered.administer(clients, consumers, topic, client)
    attempt.set_offset(offset)
    return attempt


@then(phrase("that is refused with {error:Error}, and offset {offset:Number} stays committed"))
def refused_and_unchanged(attempt: Attempt, error: str, offset: int, tell: Teller) -> None:
    """By its code, which is the same in both clients, and by the coordinator's word."""
    tell(administered.require_unchanged(attempt, error, offset))


@then(phrase("deleting the group is refused with {error:Error}"))
def deleting_refused(attempt: Attempt, error: str, tell: Teller) -> None:
    """By its code, which is the same in both clients."""
    attempt.delete()
    tell(attempt.require_refused(error))


@when(phrase("it leaves and a {client:Client} admin client sets its group to offset {offset:Number}"))
def set_once_empty(
    clients: ClientPool, consumers: Consumers, consumer: Consumer, topic: Topic, client: str, offset: int
) -> None:
    """The group has no member then."""
    administered.empty(consumers, consumer, topic)
    attempt = administered.administer(clients, consumers, topic, client)
    attempt.set_offset(offset)
    attempt.require_done()


@when(phrase("it leaves and a {client:Client} admin client deletes its group"))
def deleted_once_empty(
    clients: ClientPool, consumers: Consumers, consumer: Consumer, topic: Topic, client: str
) -> None:
    """The group has no member then."""
    administered.empty(consumers, consumer, topic)
    attempt = administered.administer(clients, consumers, topic, client)
    attempt.delete()
    attempt.require_done()


@then(phrase("another {client:Client} consumer of its group reads records {numbers:Numbers} in order"))
def another_reads(
    consumers: Consumers, judging: Judge, topic: Topic, client: str, numbers: Sequence[int]
) -> None:
    """Wherever the group had been before."""
    reads = consumers.read(consumers.member(client, topic), len(numbers))
    judging.forbid(READ_IN_ORDER)
    require_same(numbers_of(reads), numbers, "the other consumer")


@given(
    phrase("a static {client:Client} consumer that has read and committed records {numbers:Numbers} of them"),
    target_fixture="consumer",
)
def static_member(consumers: Consumers, topic: Topic, client: str, numbers: Sequence[int]) -> Consumer:
    """It has six seconds to come back under its name."""
    return administered.member(consumers, topic, client, len(numbers), STATIC)


@when(
    phrase("it closes and a {client:Client} admin client tries to set its group to offset {offset:Number}"),
    target_fixture="attempt",
)
def tries_once_closed(
    clients: ClientPool, consumers: Consumers, consumer: Consumer, topic: Topic, client: str, offset: int
) -> Attempt:
    """A static member does not leave its group when it closes."""
    attempt = administered.administer(clients, consumers, topic, client)
    administered.try_once_closed(attempt, consumer, offset)
    return attempt


@then(phrase("offset {offset:Number} can be set once its session has ended"))
def set_once_ended(attempt: Attempt, offset: int, tell: Teller) -> None:
    """Tried again and again; the group has no member then."""
    tell(administered.require_done_later(attempt, offset))


@given(phrase("a group whose offset {offset:Number} has expired"), target_fixture="forgotten")
@given(phrase("another group whose offset {offset:Number} has expired"), target_fixture="forgotten")
def forgotten_group(consumers: Consumers, topic: Topic, offset: int) -> Forgotten:
    """Committed by hand without a member, to be kept for a millisecond, as requests before KIP-211 could say. No group is newer."""
    return expiry.forget(consumers, topic, offset)


@given(phrase("its offset {offset:Number} is committed again, to be kept for a millisecond"))
def committed_for_a_moment(consumers: Consumers, topic: Topic, offset: int) -> None:
    """By hand, in the name of the member."""
    expiry.commit_as_member(consumers, topic, offset)


@when(
    phrase("a {client:Client} consumer of that group with auto.offset.reset {policy:Policy} reads"),
    target_fixture="consumer",
)
def forgotten_reads(
    consumers: Consumers, topic: Topic, forgotten: Forgotten, client: str, policy: str
) -> Consumer:
    """It is given the partition, and reads to the end of the log."""
    return expiry.reads(consumers, topic, client, policy, forgotten)


@given(
    phrase("a {client:Client} consumer of that group that starts at the latest offset"),
    target_fixture="consumer",
)
def forgotten_at_the_end(
    consumers: Consumers, faults: Faults, topic: Topic, forgotten: Forgotten, client: str
) -> Consumer:
    """It has asked the leader for records behind the last one, and reads until it has 10."""
    return await_position(consumers, faults, topic, client, 10, forgotten.name)


@then(phrase("offset {offset:Number} of the group with a member stays committed"))
def kept(consumers: Consumers, topic: Topic, offset: int, tell: Teller) -> None:
    """The coordinator has looked since for what it may forget."""
    tell(expiry.require_kept(consumers, topic, offset))
