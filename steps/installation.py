"""What makes three brokers a cluster: that they know each other, keep copies, and name the right addresses."""

from __future__ import annotations

from contextlib import ExitStack

from pytest_bdd import given, then

from clients import Admin
from fixtures import installation
from fixtures.changes import elect
from fixtures.clients import MakeTopic, Topic
from fixtures.faults import Faults
from fixtures.phrases import phrase
from fixtures.replication import await_leader, restart_with
from fixtures.telling import Teller
from fixtures.tls import Visit


@given(phrase("a topic with {count:Number} partitions that the controllers place"), target_fixture="topic")
def placed_topic(
    admin: Admin, faults: Faults, label: str, topics: list[Topic], make_topic: MakeTopic, count: int
) -> Topic:
    """As many replicas as the cluster's own settings say."""
    topic = installation.place(admin, faults.cluster, label, count)
    topics.append(topic)
    return topic


@then("every broker knows all brokers")
def know_all(faults: Faults, tell: Teller) -> None:
    """Each of them is asked."""
    tell(installation.require_known(faults.cluster))


@then("its partitions have different leaders, and every replica is in sync")
def spread(topic: Topic, tell: Teller) -> None:
    """Three replicas of each."""
    tell(installation.require_spread(topic))


@then("the other brokers know brokers 1 and 2 alone")
def know_two(faults: Faults) -> None:
    """Both of them are asked."""
    installation.await_known(faults.cluster, [1, 2], (1, 2))


@then("a partition of the topic has a replica out of sync")
def lacking(topic: Topic, tell: Teller) -> None:
    """The controllers count brokers that are away as well when they place replicas."""
    tell(installation.require_lacking(topic))


@given("a group and a transaction that a coordinator knows")
def coordinators_known(faults: Faults, label: str) -> None:
    """Who asks for a coordinator makes the topic in which it keeps what it knows."""
    installation.let_coordinate(faults.cluster, label)


@then("the topics of their coordinators have 3 replicas in sync")
def coordinators_replicated(faults: Faults, tell: Teller) -> None:
    """Of each of their partitions."""
    tell(installation.require_replicas(faults.cluster))


@then("less than 2 replicas in sync are too few for them")
def coordinators_safe(admin: Admin) -> None:
    """min.insync.replicas of both topics is 2."""
    installation.require_needed(admin)


@then(phrase("every broker that is asked on {listener:Listener} names the addresses of that listener"))
def addresses_named(faults: Faults, tell: Teller, listener: str) -> None:
    """Those under which the cluster itself knows them."""
    tell(installation.require_advertised(faults.cluster, listener))


@given(phrase("a broker {broker:Partition} that names to clients an address where nobody is"))
def names_wrongly(faults: Faults, admin: Admin, topic: Topic, turn: ExitStack, broker: int) -> None:
    """advertised.listeners for those who come over TLS. It leads partition 0; with its own again at the end."""
    name = "advertised.listeners"
    turn.callback(restart_with, faults, broker, {name: faults.node(broker).settings()[name]})
    restart_with(faults, broker, installation.name_wrongly(faults, broker))
    elect(admin, topic.name)
    await_leader(topic, broker)


@then(phrase("the record is not acknowledged, although broker {broker:Partition} answers"))
def answered_in_vain(faults: Faults, visit: Visit, tell: Teller, broker: int) -> None:
    """The producer has got its metadata, and looks for the leader where it is not."""
    visit.require_refused(tell)
    tell(installation.require_answer(faults.cluster, broker))
