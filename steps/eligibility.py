"""Which replicas may lead, and which brokers hold them."""

from __future__ import annotations

from pytest_bdd import given, then, when

from fixtures.clients import MakeTopic, PlaceTopic, Topic
from fixtures.elections import Elections
from fixtures.eligible import Eligible
from fixtures.phrases import phrase
from fixtures.placement import Placement
from fixtures.telling import Teller

# -- which may lead


@given(phrase("broker {broker:Partition} is stopped in good order"))
def broker_stopped(eligible: Eligible, broker: int) -> None:
    """SIGTERM; its process has ended."""
    eligible.stop(broker)


@when("the last follower in sync stops in good order, the leader dies, and the former is back")
def follower_stops(eligible: Eligible, topic: Topic) -> None:
    """SIGTERM, then SIGKILL; nobody but the follower is started again."""
    eligible.leave_leader_alone(topic, graceful=True)


@when("the last follower in sync dies, the leader dies, and the former is back")
def follower_dies(eligible: Eligible, topic: Topic) -> None:
    """SIGKILL for both, one after the other; nobody but the follower is started again."""
    eligible.leave_leader_alone(topic, graceful=False)


@then("the follower leads although it was not in sync, and alone")
def follower_leads(eligible: Eligible, topic: Topic, tell: Teller) -> None:
    """It was eligible, as the answers to DescribeTopicPartitions show."""
    tell(eligible.require_leads(topic))


@then("the follower is back and nobody leads")
def follower_does_not_lead(eligible: Eligible, topic: Topic, tell: Teller) -> None:
    """It would be elected at the moment in which it counts as alive."""
    tell(eligible.require_offline(topic))


@then("the old leader leads once it is back")
def old_leader_leads(elections: Elections, topic: Topic, tell: Teller) -> None:
    """It was the last one in sync."""
    tell(elections.require_old_leader(topic))


# -- which hold the partition


@given("a topic with 1 partition of two replicas", target_fixture="topic")
def topic_of_two(make_topic: MakeTopic) -> Topic:
    """On two of the three brokers; one of them is enough to write."""
    return make_topic(1, replication=2, configs={"min.insync.replicas": "1"})


@when(phrase("the leader of partition 0 dies for good and the controllers place {count:Count} new topics"))
def dies_for_good(placement: Placement, topic: Topic, place_topic: PlaceTopic, count: int) -> None:
    """SIGKILL, and it is out of the replicas in sync; the third broker gets replicas of the new topics."""
    placement.lose(topic)
    placement.place(place_topic, count)


@then("the partition has the replicas that it had, one of them in sync")
def replicas_stay(placement: Placement, topic: Topic, tell: Teller) -> None:
    """In the eyes of both brokers that are left."""
    tell(placement.require_as_it_was(topic))
