"""What members are told while their group rebalances, and who reads meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, then, when

from cluster.proxy import Armed
from fixtures import rebalance
from fixtures.clients import MakeTopic, Topic
from fixtures.faults import Faults
from fixtures.judging import Judge
from fixtures.members import Group
from fixtures.phrases import phrase
from fixtures.rebalance import HeldUp, Joining
from fixtures.shares import Writers
from history.judge import ONE_OWNER
from history.verdicts import Violated


@when("a third member joins while the others do not poll", target_fixture="joining")
def third_joins_unheard(group: Group, faults: Faults) -> Joining:
    """It polls."""
    return rebalance.join_unheard(group, faults)


@then("their heartbeats hear of it, and they are told nothing")
def untold(judging: Judge, group: Group, joining: Joining) -> None:
    """The coordinator's answers are seen on the wire, callbacks in the members' histories."""
    judging.tell(rebalance.require_untold(group, joining))


@then("once they poll, each is told what it gives up before it is told what it gets")
def revoked_first(judging: Judge, group: Group, joining: Joining) -> None:
    """By the callbacks; then the group has settled."""
    judging.tell(rebalance.require_revoked_first(group, joining))
    judging.forbid(ONE_OWNER, floor=0)


@when("an administrator removes one of them from the group", target_fixture="joining")
def put_out(group: Group) -> Joining:
    """All poll."""
    return rebalance.put_out(group)


@then("it is told that its partition is lost")
def lost(judging: Judge, group: Group, joining: Joining) -> None:
    """Not that it has to give it up, for another one may own it already. It joins again by itself."""
    judging.tell(rebalance.require_lost(group, joining))
    group.settled()


@when("a third member joins, and one of the others is held up in giving up a partition", target_fixture="held_up")
def held_up(group: Group, faults: Faults) -> HeldUp:
    """The one that owns most stands still in its callback, as an application does that has much to finish."""
    return rebalance.hold_up(group, faults)


@then("the other one reads on in its partition meanwhile")
def reads_on_meanwhile(judging: Judge, group: Group, held_up: HeldUp, writers: Writers) -> None:
    """It was never told to give it up."""
    judging.tell(rebalance.require_reading(group, held_up, writers))


@then("once it goes on, one partition has moved, and none ever had two owners")
def one_has_moved(judging: Judge, group: Group, held_up: HeldUp) -> None:
    """By all that the members were told."""
    rebalance.go_on(group, held_up)
    judging.tell(rebalance.moved(group, held_up))
    judging.forbid(ONE_OWNER)


@then("nobody reads anything until it goes on")
def nobody_reads(judging: Judge, group: Group, held_up: HeldUp, topic: Topic) -> None:
    """A reader without group reads what is there meanwhile; the other one had to give up its partitions too."""
    judging.read_now(topic)
    judging.tell(rebalance.require_silence(group, held_up))
    rebalance.go_on(group, held_up)


@when(
    phrase("a {client:Client} consumer with the {assignor:Assignor} assignor tries to join"),
    target_fixture="answers",
)
def tries_to_join(group: Group, faults: Faults, client: str, assignor: str) -> Armed:
    """It polls for a while."""
    return rebalance.join_refused(group, faults, client, {"partition.assignment.strategy": assignor})


@then(phrase("the coordinator refuses it with {error:Error}"))
def join_refused(judging: Judge, group: Group, answers: Armed, error: str) -> None:
    """Seen on the wire; the others own what they owned."""
    judging.tell(rebalance.require_join_refused(answers, error))
    group.settled()


@when(
    phrase("a {client:Client} consumer is opened with the assignors {first:Assignor} and {second:Assignor}"),
    target_fixture="refusal",
)
def opened_with(group: Group, client: str, first: str, second: str) -> str | None:
    """It has a group id; nothing has been sent."""
    return rebalance.try_to_open(group, client, f"{first},{second}")


@then("the consumer is refused")
def consumer_refused(judging: Judge, refusal: str | None) -> None:
    """By the library, in its own words."""
    if refusal is None:
        raise Violated("the consumer was opened without a word")
    judging.tell(refusal)


@given(
    phrase("a group of {count:Number} {clients:Clients} members that subscribe to a pattern{terms:Terms}")
)
def group_of_a_pattern(
    group: Group, topic: Topic, count: int, clients: tuple[str, ...], terms: dict[str, object]
) -> None:
    """All topics whose names begin like the topic's. They poll, and the group has settled."""
    rebalance.follow_pattern(group, topic, clients, count, terms)


@when(phrase("another topic with {count:Number} partitions is made that matches the pattern"))
def matching_topic(group: Group, make_topic: MakeTopic, count: int) -> None:
    """Its records belong to the group's from now on."""
    rebalance.new_topic(group, make_topic, count)


@given("a network that holds back what they are told about topics", target_fixture="news")
def news_held_back(faults: Faults) -> Armed:
    """Answers to the members' Metadata requests, until the scenario lets them go."""
    return rebalance.hold_news(faults)


@when(phrase("records {numbers:Numbers} are written to partitions {first:Partition} and {second:Partition}"))
def written_to_two(writers: Writers, group: Group, numbers: Sequence[int], first: int, second: int) -> None:
    """By an idempotent producer of its own for each."""
    writers.write(group.topics, numbers, [first, second])


@then(phrase("told of the new partitions at last, the members read record {number:Number} and none before"))
def skipped_before(
    judging: Judge, group: Group, faults: Faults, news: Armed, writers: Writers, number: int
) -> None:
    """It is written once the members have asked for the latest offsets of both."""
    judging.tell(rebalance.require_skipped(group, faults, news, writers, number))
