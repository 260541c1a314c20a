"""Commits: where they are kept, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from pytest_bdd import given, then, when

from clients import Admin
from fixtures import moved_coordinator, safe_commits
from fixtures.faults import Faults
from fixtures.judging import Judge
from fixtures.moved_coordinator import Asked
from fixtures.network import isolate_leader
from fixtures.phrases import phrase
from fixtures.reading import Consumers, numbers_of, require_same
from fixtures.restarts import end_and_start
from fixtures.safe_commits import Commit, Commits
from fixtures.stale_commit import Committer
from fixtures.telling import Teller
from history.judge import READ_IN_ORDER


@when("its coordinator dies")
def coordinator_dies(faults: Faults, committer: Committer) -> None:
    """SIGKILL; it stays dead."""
    safe_commits.lose_coordinator(faults, committer)


@when("all brokers die and start again")
def all_brokers_die(faults: Faults, tell: Teller) -> None:
    """SIGKILL for one right after the other; the computer itself goes on."""
    tell(f"whole {end_and_start(faults, faults.cluster.broker_ids, 'die'):.1f} s after the starts")


@given("an offsets topic that takes one replica in sync for enough")
def one_replica_is_enough(admin: Admin, turn: ExitStack) -> None:
    """min.insync.replicas=1 on the topic that commits are kept in; it is put back afterwards."""
    safe_commits.take_one_for_enough(admin, turn)


@given("a coordinator that is alone in sync")
def coordinator_alone(faults: Faults, committer: Committer) -> None:
    """The followers of its offsets get no records from it, and their heartbeats are held until they are fenced."""
    isolate_leader(faults, committer.offsets)


@when(phrase("it commits offset {offset:Number}"), target_fixture="commit")
def commits_offset(commits: Commits, committer: Committer, offset: int) -> Commit:
    """The commit goes on while the scenario does."""
    return commits.begin(committer, offset)


@then(phrase("the commit is refused with {error:Error}, and offset {before:Number} stays committed"))
def commit_refused(judging: Judge, commit: Commit, error: str, before: int) -> None:
    """Seen on the wire, and by the coordinator's word; the client asks again and again."""
    judging.tell(safe_commits.require_refused(commit, error, before))


@then("the same commit is acknowledged once the followers are in sync again")
def acknowledged_late(judging: Judge, faults: Faults, commit: Commit) -> None:
    """Nothing else is done for it."""
    judging.tell(safe_commits.require_late(commit, faults))


@then(phrase("offset {offset:Number} is committed once the consumer is dead and the followers are in sync again"))
def committed_all_the_same(judging: Judge, faults: Faults, commit: Commit, offset: int) -> None:
    """SIGKILL for the consumer first, so that it has been told of no success."""
    judging.tell(safe_commits.require_committed_unheard(commit, faults, offset))


@when("the coordinator dies and an administrator has one take over that was not in sync")
def taken_over_uncleanly(faults: Faults, commit: Commit) -> None:
    """The commit is acknowledged first. SIGKILL, then an unclean election by an admin client."""
    safe_commits.lose_uncleanly(faults, commit)


@then(phrase("that commit is lost: with all brokers back offset {before:Number} is committed"))
def commit_lost(judging: Judge, faults: Faults, commit: Commit, before: int) -> None:
    """As a new consumer of the group is told that reads committed records."""
    judging.tell(safe_commits.require_lost(faults, commit, commit.made.consumer.library, before))


@when("another broker comes to coordinate its group", target_fixture="former")
def coordinator_moves(committer: Committer, admin: Admin, turn: ExitStack) -> int:
    """As leaders go back after a restart: an election, in which nobody dies and no connection ends."""
    return moved_coordinator.move_away(committer, admin, turn)


@when("it is given the partition, to go on where its group stands", target_fixture="asked")
def goes_on(faults: Faults, committer: Committer, former: int) -> Asked:
    """It has found the coordinator before, and asks that one for the committed offset."""
    return moved_coordinator.go_on(committer, faults, former)


@then(phrase("it hears NOT_COORDINATOR and reads nothing, though another one reads {count:Number} records"))
def reads_nothing(judging: Judge, consumers: Consumers, asked: Asked, count: int) -> None:
    """Once the other one has read, it is polled for 2 s. It asks no broker again where its group stands."""
    judging.tell(moved_coordinator.require_unread(consumers, asked, count))


@then(phrase("once it is given the partition again it reads records {numbers:Numbers}"))
def reads_when_given_again(
    judging: Judge, consumers: Consumers, asked: Asked, numbers: Sequence[int]
) -> None:
    """Each once, in order."""
    asked.made.give(asked.consumer)
    require_same(numbers_of(consumers.read(asked.consumer, len(numbers))), numbers, asked.consumer.name)
    judging.forbid(READ_IN_ORDER, floor=len(numbers))


@then(phrase("it asks the new coordinator too, and reads records {numbers:Numbers}"))
def asks_the_new_one(
    judging: Judge, consumers: Consumers, asked: Asked, numbers: Sequence[int]
) -> None:
    """The former one has answered NOT_COORDINATOR, as is seen on the wire."""
    require_same(numbers_of(consumers.read(asked.consumer, len(numbers))), numbers, asked.consumer.name)
    judging.tell(moved_coordinator.require_told(asked))
    judging.forbid(READ_IN_ORDER, floor=len(numbers))
