"""Coordinators and other brokers that die or are out of reach, and members that are started again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from pytest_bdd import given, then, when

from clients import Admin, ClientPool, Consumer
from fixtures import failover, lonely, lost_question, shares, skipped, stale_commit, turned_away
from fixtures.clients import Topic
from fixtures.failover import Before, Restart
from fixtures.faults import Faults
from fixtures.groups import require_read
from fixtures.judging import Judge
from fixtures.lonely import Waiting
from fixtures.lost_question import Asked
from fixtures.members import Group
from fixtures.phrases import phrase
from fixtures.reading import Consumers
from fixtures.sending import Sent
from fixtures.shares import Writers
from fixtures.stale_commit import Committer
from fixtures.turned_away import TurnedAway
from history.judge import ONE_OWNER


@when("the coordinator of the group dies", target_fixture="before")
def coordinator_dies(group: Group, faults: Faults) -> Before:
    """SIGKILL; it stays dead. All members poll, and poll again if that fails because no broker was reached."""
    return failover.coordinator_dies(group, faults)


@then("another broker coordinates the same members and offsets, and nobody has joined again")
def same_group(judging: Judge, group: Group, before: Before) -> None:
    """By the new coordinator's word; it takes heartbeats only in the generation that the group is in."""
    judging.tell(failover.require_same_group(group, before))


@given("their coordinator keeps the group on no other broker")
def kept_alone(group: Group, admin: Admin, turn: ExitStack) -> None:
    """As with offsets.topic.replication.factor=1; its part of the offsets topic is put back afterwards."""
    lonely.keep_alone(group, admin, turn)


@when("the coordinator of the group dies and one of them commits", target_fixture="waiting")
def dies_and_one_commits(group: Group, faults: Faults) -> Waiting:
    """SIGKILL; it stays dead. The commit is of what it has read."""
    return lonely.commit_after_death(group, faults)


@then("its commit ends only once the dead broker is back")
def commit_waits(judging: Judge, faults: Faults, waiting: Waiting) -> None:
    """Meanwhile it asks for a coordinator, and is told that there is none."""
    judging.tell(lonely.require_waiting(waiting, faults))


@when("one of them dies and starts again under its name", target_fixture="restart")
def dies_and_starts_again(group: Group, faults: Faults) -> Restart:
    """SIGKILL, then a new process with the same settings; the other one polls."""
    return failover.restart(group, faults, dies=True)


@when("one of them closes and starts again under its name", target_fixture="restart")
def closes_and_starts_again(group: Group, faults: Faults) -> Restart:
    """A static member does not leave its group when it closes. The other one polls."""
    return failover.restart(group, faults, dies=False)


@then("it owns its partition again, and the other one has not joined again")
def undisturbed(judging: Judge, group: Group, restart: Restart) -> None:
    """By the word of the coordinator and of the members; joining would be seen on the wire."""
    judging.tell(failover.require_undisturbed(group, restart))


@when("one of them closes and another one joins in its place", target_fixture="restart")
def closes_and_another_joins(group: Group) -> Restart:
    """Once the group has settled without it, as it does within a heartbeat. The other one polls."""
    return failover.replace(group)


@then("the other one has had to give up its partitions twice")
def disturbed_twice(judging: Judge, group: Group, restart: Restart) -> None:
    """By what it was told in its polls."""
    judging.tell(failover.require_disturbed(group, restart, 2))
    judging.forbid(ONE_OWNER, floor=0)


@when("another process joins under the name of one of them", target_fixture="restart")
def joins_under_name(group: Group) -> Restart:
    """All three poll, the first one until it has 50 records more."""
    return failover.join_under_name(group, 50)


@then("it owns the partition of the first")
def replaced(judging: Judge, group: Group, restart: Restart) -> None:
    """By the word of the coordinator and its own."""
    judging.tell(failover.require_replaced(group, restart))


@then("the first hears that it is fenced")
def fenced(judging: Judge, restart: Restart, group: Group) -> None:
    """In the client's own words, at its poll."""
    judging.tell(failover.require_fenced(group, restart))


@then("the first hears nothing, and both read the same records")
def reads_on(judging: Judge, group: Group, restart: Restart, sent: Sent) -> None:
    """Its poll ends with the records that were written since, and without an error."""
    group.finish(restart.first)
    shares.await_read(group, sent, group.all)
    judging.show("double-owner")
    judging.tell(shares.read_by_both(group, restart.first, restart.again))


@then(phrase("the first is refused when it commits"))
def fenced_commit(judging: Judge, restart: Restart) -> None:
    """In the client's own words."""
    judging.tell(failover.require_fenced_commit(restart))


@when("no broker lets one of them in", target_fixture="away")
def no_broker_lets_in(group: Group, faults: Faults) -> TurnedAway:
    """Its requests end in a closed connection; each broker has done so three times when this ends. Both poll."""
    return turned_away.turn_away(group, faults)


@then("its poll fails before they let it in again")
def poll_fails(judging: Judge, group: Group, faults: Faults, away: TurnedAway) -> None:
    """In the client's own words. They let it in once it has failed, and it polls again by itself."""
    judging.tell(turned_away.require_failed_poll(group, faults, away))


@then("its poll does not fail before they let it in again")
def poll_waits(judging: Judge, group: Group, faults: Faults, away: TurnedAway) -> None:
    """They let it in now."""
    judging.tell(turned_away.require_no_failed_poll(group, faults, away))


@given(phrase("a {client:Client} consumer that has not joined a group{terms:Terms}"))
def not_joined(group: Group, topic: Topic, client: str, terms: dict[str, object]) -> None:
    """It is connected to its coordinator and to a leader, and has not heard of the topic."""
    lost_question.enlist(group, topic, client, terms)


@when("it joins, and the broker that it asks about the topic dies", target_fixture="asked")
def joins_at_dying_broker(group: Group, faults: Faults) -> Asked:
    """SIGKILL before the broker has answered; it stays dead. The connection ends when no broker lists the dead one any more."""
    return lost_question.join_at_dying_broker(group, faults)


@then("it does not join, though that broker is back and another one joins")
def does_not_join(judging: Judge, group: Group, faults: Faults, asked: Asked) -> None:
    """It would be seen on the wire. Another broker has told it of the topic meanwhile."""
    judging.tell(lost_question.require_not_joined(group, faults, asked))


@then("it owns the whole topic before that broker is back")
def joins_all_the_same(judging: Judge, group: Group, asked: Asked) -> None:
    """By the word of the coordinator and its own."""
    judging.tell(lost_question.require_joined(group, asked))


@given(
    phrase("a {client:Client} consumer whose group has committed offset {offset:Number}"),
    target_fixture="committer",
)
def has_committed(clients: ClientPool, topic: Topic, label: str, client: str, offset: int) -> Committer:
    """It was given the partition, and its group has no member."""
    return stale_commit.committer(clients, topic, client, f"{label}.group", offset)


@given(
    phrase("a {client:Client} consumer whose group has committed nothing of records {numbers:Numbers}"),
    target_fixture="committer",
)
def has_committed_nothing(
    clients: ClientPool, writers: Writers, topic: Topic, label: str, client: str, numbers: Sequence[int]
) -> Committer:
    """They are acknowledged. It was given the partition, and its group has no member."""
    writers.write([topic], numbers)
    return stale_commit.committer(clients, topic, client, f"{label}.group", None)


@given("followers of its coordinator that are slow to hear what has reached them all")
def slow_followers(faults: Faults, committer: Committer) -> None:
    """The answers to their fetches are held, and let through one by one until the next commit is acknowledged."""
    stale_commit.stop_followers(faults, committer)


@when(phrase("it commits offset {offset:Number} and the coordinator dies"))
def commits_and_dies(faults: Faults, committer: Committer, offset: int) -> None:
    """The commit is acknowledged first. SIGKILL; it stays dead, and the others do not fetch from each other yet."""
    stale_commit.commit_and_die(faults, committer, offset)


@when(
    phrase("a new {client:Client} consumer goes to the end, and records {numbers:Numbers} are written"),
    target_fixture="consumer",
)
def goes_to_the_end(
    faults: Faults,
    consumers: Consumers,
    committer: Committer,
    writers: Writers,
    client: str,
    numbers: Sequence[int],
) -> Consumer:
    """By its default policy. The dead broker is back, and followers hear again, once it has been told the latest offset."""
    consumer = skipped.go_to_the_end(committer, consumers, faults, client, len(numbers))
    writers.write([committer.topic], numbers)
    return consumer


@then(phrase("the group goes on with records {numbers:Numbers} and has skipped records {passed_over:Numbers}"))
def has_skipped(
    judging: Judge, consumers: Consumers, consumer: Consumer, numbers: Sequence[int], passed_over: Sequence[int]
) -> None:
    """By what its consumers have read, all of them, and by what was acknowledged when it committed."""
    told = require_read(judging, consumers, consumer, numbers)
    judging.show("forward-resume")
    judging.tell(told)
    judging.tell(skipped.require_skipped(consumers, passed_over))


@then(
    phrase(
        "a new {client:Client} consumer is told offset {older:Number} instead of offset {acknowledged:Number}"
    )
)
def told_older(judging: Judge, committer: Committer, client: str, older: int, acknowledged: int) -> None:
    """It asks the new coordinator for what its group has committed."""
    judging.tell(stale_commit.require_older(committer, client, older, acknowledged))
    judging.faults.require_fired()


@then(phrase("a new {client:Client} consumer that reads committed records is told offset {offset:Number}"))
def told_acknowledged(judging: Judge, faults: Faults, committer: Committer, client: str, offset: int) -> None:
    """The new coordinator lets it wait until it has heard from its follower."""
    judging.tell(stale_commit.require_acknowledged(faults, committer, client, "read_committed", offset))


@then(phrase("a new {client:Client} consumer is told offset {offset:Number}"))
def told_right(judging: Judge, faults: Faults, committer: Committer, client: str, offset: int) -> None:
    """It asks the new coordinator, and reads all records, committed or not."""
    judging.tell(stale_commit.require_acknowledged(faults, committer, client, "read_uncommitted", offset))
