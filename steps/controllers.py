"""Controllers, and what goes on while none of them is active."""

from __future__ import annotations

from pytest_bdd import given, then, when

from clients import Producer
from fixtures import reckoning
from fixtures.clients import Topic
from fixtures.faults import Faults
from fixtures.judging import Judge
from fixtures.phrases import phrase
from fixtures.quorum import Controllers
from fixtures.restarts import end_and_start, every_node
from fixtures.sending import Sent
from fixtures.telling import Teller
from history.judge import AT_LEAST_ONCE, EXACTLY_ONCE_IN_ORDER, GOES_ON


@given(phrase("the active controller dies once record {number:Number} is acknowledged"))
def active_controller_dies(controllers: Controllers, producer: Producer, number: int) -> None:
    """SIGKILL. Nobody is voted for in its place before the producer has had 20 more acknowledgements."""
    controllers.lose_active_at(producer, number)


@when("it sends one record after the other until another controller is active")
def sends_until_taken_over(
    controllers: Controllers, producer: Producer, sent: Sent, topic: Topic, tell: Teller
) -> None:
    """Each record once the one before has ended."""
    controllers.send_on(producer, sent, topic)
    tell(controllers.told())


@then("every record is acknowledged, also those sent while no controller was active")
def all_acknowledged(judging: Judge, sent: Sent, topic: Topic) -> None:
    """And each is in the log once and in order, read to its end by a fresh client."""
    judging.read_log(topic)
    sent.require_acknowledged(delivery.number for delivery in sent.deliveries())
    judging.forbid(EXACTLY_ONCE_IN_ORDER | GOES_ON)


@given("two of three controllers are dead")
def majority_dead(controllers: Controllers) -> None:
    """SIGKILL for the active one and another one."""
    controllers.lose_majority()


@given("two of three controllers are dead, and a follower of partition 0 is")
def majority_and_follower_dead(controllers: Controllers, topic: Topic) -> None:
    """SIGKILL for the active one, another one, and a broker that is in sync."""
    controllers.lose_majority()
    controllers.lose_follower(topic)


@then("they were while no controller was active")
def acknowledged_meanwhile(controllers: Controllers, judging: Judge, topic: Topic) -> None:
    """The controllers start again after the last acknowledgement; then a fresh client reads the log."""
    controllers.come_back()
    judging.read_log(topic)
    judging.forbid(AT_LEAST_ONCE | GOES_ON)


@then("none of them is acknowledged, for nobody takes the follower out of the in-sync replicas")
def nothing_acknowledged(
    controllers: Controllers, judging: Judge, sent: Sent, topic: Topic, tell: Teller
) -> None:
    """The leader still counts the dead follower in when the last record has failed."""
    reckoning.require_none_acknowledged(sent)
    tell(controllers.require_still_in_sync(topic))
    controllers.come_back()
    judging.show("no-progress")


@when("every broker and every controller dies at once and starts again")
def all_die(faults: Faults, tell: Teller) -> None:
    """SIGKILL for one right after the other; the computer itself goes on."""
    tell(f"whole {end_and_start(faults, every_node(faults), 'die'):.1f} s after the starts")
