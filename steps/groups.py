"""Groups: who joins, and who owns and reads what."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, then, when

from cluster.proxy import Armed
from fixtures import hasty, shares
from fixtures.clients import MakeTopic, Topic
from fixtures.faults import Faults
from fixtures.judging import Judge
from fixtures.members import Group
from fixtures.phrases import phrase
from fixtures.sending import Sent
from fixtures.shares import Writers
from history.judge import ONE_OWNER, READ_IN_ORDER, RESUMED


@given(phrase("two topics with {count:Number} partitions each"), target_fixture="topics")
def two_topics(make_topic: MakeTopic, count: int) -> list[Topic]:
    """Three replicas each."""
    return shares.two_topics(make_topic, count)


@given(phrase("a group of {count:Number} {clients:Clients} members{terms:Terms}"))
def group_of_members(
    group: Group, topic: Topic, count: int, clients: tuple[str, ...], terms: dict[str, object]
) -> None:
    """They poll, and coordinator and members tell the same of who owns what; no offset is committed by itself."""
    shares.form(group, [topic], clients, count, terms)


@when(phrase("{count:Number} {clients:Clients} members with the {assignor:Assignor} assignor form a group"))
def members_form_a_group(
    group: Group, topics: list[Topic], count: int, clients: tuple[str, ...], assignor: str
) -> None:
    """They subscribe to both topics."""
    shares.form(group, topics, clients, count, {"partition.assignment.strategy": assignor})


@when(
    phrase("{clients:Clients} members join a group one by one until it has {count:Number}"),
    target_fixture="sizes",
)
def join_one_by_one(group: Group, topic: Topic, clients: tuple[str, ...], count: int) -> list[dict[str, int]]:
    """Each joins once the group has settled without it."""
    return shares.grow(group, topic, clients, count)


@when(phrase("records {numbers:Numbers} are written to each partition"))
def written_to_each(writers: Writers, group: Group, numbers: Sequence[int]) -> None:
    """By an idempotent producer of its own for each partition."""
    writers.write(group.topics, numbers)


@then(
    phrase("at every size each partition had one owner, and in the end {idle:Number} members have none")
)
def one_owner_at_every_size(judging: Judge, sizes: list[dict[str, int]], idle: int) -> None:
    """By the word of the coordinator and of the members, whose words are the same; nor was there ever a second owner."""
    judging.forbid(ONE_OWNER, floor=0)
    judging.tell(shares.require_idle(sizes, idle))


@then(phrase("one member owns {first:Number} of the partitions and the other one {second:Number}"))
def split(judging: Judge, group: Group, first: int, second: int) -> None:
    """By the word of the coordinator and of the members, whose words are the same."""
    judging.tell(shares.require_split(group, first, second))


@then("the members have read each record once")
def read_once(judging: Judge, group: Group, sent: Sent) -> None:
    """All together, none twice, and each from its own partitions."""
    judging.tell(shares.require_read_once(group, sent))
    judging.forbid(ONE_OWNER | READ_IN_ORDER | RESUMED)


@then("the members have skipped no record")
def skipped_nothing(judging: Judge, group: Group, sent: Sent) -> None:
    """All together; what was read and not committed before a rebalance may be read again."""
    judging.tell(shares.require_nothing_skipped(group, sent))
    judging.forbid(ONE_OWNER | READ_IN_ORDER | RESUMED)


@when(
    phrase("a {client:Client} member whose polls return at once joins up to {joins:Number} times"),
    target_fixture="ends",
)
def polls_at_once(group: Group, faults: Faults, topic: Topic, client: str, joins: int) -> Armed:
    """Fewer times if it owns its partition then. It does other things between polls. Joins are counted on the wire, by how they end."""
    return hasty.poll_at_once(group, faults, topic, client, joins)


@then("it owns nothing, though by the coordinator's word it owns the partition")
def owns_nothing(judging: Judge, group: Group, ends: Armed) -> None:
    """Nobody else reads it."""
    judging.tell(hasty.require_nothing_owned(group, ends))


@then("it owns the partition")
def owns_it(judging: Judge, group: Group, ends: Armed) -> None:
    """By its own word."""
    judging.tell(hasty.require_owned(group, ends))


@then("a poll that may take its time reads all records")
def reads_with_time(judging: Judge, group: Group, sent: Sent) -> None:
    """The same member."""
    judging.tell(hasty.read_with_time(group, sent))
    judging.forbid(ONE_OWNER | READ_IN_ORDER)
