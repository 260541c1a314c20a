"""Members of a group that die, leave, stop or get stuck, and who takes their partitions over."""

from __future__ import annotations

from pytest_bdd import given, then, when

from fixtures import shares, takeover
from fixtures.clients import Topic
from fixtures.faults import Faults
from fixtures.judging import Judge
from fixtures.members import Group
from fixtures.phrases import phrase
from fixtures.sending import Sent
from fixtures.shares import Writers
from fixtures.takeover import Change
from history.judge import ONE_OWNER


@given(
    phrase(
        "a group of {count:Number} {clients:Clients} members{terms:Terms}, that have read up to offset {offset:Number}"
    )
)
def members_that_have_read(
    group: Group, topic: Topic, writers: Writers, clients: tuple[str, ...], count: int,
    terms: dict[str, object], offset: int,
) -> None:  # fmt: skip
    """Each all of its own partition, and nobody has committed. None is in a poll when this ends."""
    takeover.have_read(group, topic, writers, clients, count, terms, offset)


@given(
    phrase(
        "a group of {count:Number} {clients:Clients} members{terms:Terms}, that have committed offset {offset:Number}"
    )
)
def members_that_have_committed(
    group: Group, topic: Topic, writers: Writers, clients: tuple[str, ...], count: int,
    terms: dict[str, object], offset: int,
) -> None:  # fmt: skip
    """Each has read all of its own partition, and the coordinator tells the offset. None is in a poll when this ends."""
    takeover.have_read(group, topic, writers, clients, count, terms, offset)
    takeover.commit(group, offset)


@when("one of them dies", target_fixture="change")
def one_dies(group: Group) -> Change:
    """SIGKILL, so that it says no good-bye; the other one polls."""
    return takeover.die(group)


@when("one of them closes", target_fixture="change")
def one_closes(group: Group) -> Change:
    """As an application does that ends well; the other one polls."""
    return takeover.leave(group)


@when("one of them does not poll any more", target_fixture="change")
def one_stays_away(group: Group, faults: Faults) -> Change:
    """As an application does that is busy with what it has read; the other one polls."""
    return takeover.stay_away(group, faults)


@when("one of them stands still until the other one owns both partitions", target_fixture="change")
def one_stands_still(group: Group) -> Change:
    """SIGSTOP and SIGCONT; then it polls again, and the group settles."""
    return takeover.stop_until_replaced(group)


@when(
    phrase("one of them stands still while the other one heartbeats well beyond {seconds:Number} s"),
    target_fixture="change",
)
def one_stands_still_within(group: Group, faults: Faults, seconds: int) -> Change:
    """SIGSTOP and SIGCONT, more than 5 s beyond: longer than a takeover may take. Then it polls again."""
    return takeover.stop_within_session(group, faults, seconds)


@then("each of them still owns its partition")
def still_owned(judging: Judge, group: Group, change: Change) -> None:
    """By the word of the coordinator and of the members, which were told of no change."""
    judging.tell(takeover.require_still_owned(group, change))


@then(phrase("the other one owns both partitions once the session timeout of {seconds:Number} s is over"))
def taken_over_in_session(judging: Judge, group: Group, change: Change, seconds: int) -> None:
    """Counted from the death or the closing; the machine may take 5 s more."""
    judging.tell(takeover.require_takeover(group, change, seconds, "session timeout"))
    judging.forbid(ONE_OWNER, floor=0)


@then(phrase("the other one owns both partitions before the session timeout of {seconds:Number} s"))
def taken_over_before(judging: Judge, group: Group, change: Change, seconds: int) -> None:
    """Counted from the closing."""
    judging.tell(takeover.require_takeover(group, change, seconds, "session timeout", slack=0))
    judging.forbid(ONE_OWNER, floor=0)


@then(phrase("the other one owns both partitions once the poll interval of {seconds:Number} s is over"))
def taken_over_in_interval(judging: Judge, group: Group, change: Change, seconds: int) -> None:
    """Counted from the last poll; heartbeats came all the time. The machine may take 5 s more."""
    judging.tell(takeover.require_takeover(group, change, seconds, "poll interval"))
    judging.tell(takeover.require_heartbeats(change, seconds))


@then("its commit is refused")
def commit_refused(judging: Judge, group: Group, change: Change) -> None:
    """In the client's own words; it has committed nothing."""
    judging.tell(takeover.require_commit_refused(group, change))


@then("its commit is taken")
def commit_taken(change: Change) -> None:
    """It is a member still."""
    change.one.commit()


@then("both have read the same records")
def read_twice(judging: Judge, group: Group, change: Change, sent: Sent) -> None:
    """They were not committed, so whoever took over began with them."""
    shares.await_read(group, sent, [change.other])
    judging.tell(shares.read_by_both(group, change.one, change.other))


@then(phrase("the other one heartbeats well beyond {seconds:Number} s, and nobody reads on for the dead one"))
def unread_while_dead(judging: Judge, group: Group, faults: Faults, change: Change, seconds: int) -> None:
    """More than 5 s beyond, counted from the death, up to a heartbeat on the wire: longer than a takeover may take."""
    judging.tell(takeover.require_kept(group, faults, change, change.other, seconds))


@then(phrase("it heartbeats well beyond {seconds:Number} s, and nobody else reads in its partition"))
def unread_while_away(judging: Judge, group: Group, faults: Faults, change: Change, seconds: int) -> None:
    """More than 5 s beyond, counted from its last poll, up to a heartbeat on the wire: longer than a takeover may take."""
    judging.tell(takeover.require_kept(group, faults, change, change.one, seconds))


@when(
    phrase("two {client:Client} consumers of one group assign partition 0 to themselves and read on"),
)
def two_assign(group: Group, topic: Topic, sent: Sent, client: str) -> None:
    """Both from the beginning, until each has as many records as were sent."""
    shares.assign_both(group, topic, client, len(sent.deliveries()))


@then("both own it at the same time, and each record is read twice")
def owned_by_both(judging: Judge, group: Group, sent: Sent) -> None:
    """No coordinator has a word in it."""
    judging.show("double-owner")
    judging.tell(shares.read_by_both(group, *group.all))
