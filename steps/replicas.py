"""Leaders and their followers: who has which record, who is in sync, and what happens to their logs."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from pytest_bdd import given, then, when

from clients import Admin, ClientPool, Consumer, Producer
from fixtures import network, reckoning, replication, visibility
from fixtures.clients import MakeTopic, Topic
from fixtures.faults import Faults
from fixtures.judging import Judge
from fixtures.phrases import phrase
from fixtures.reading import Consumers, numbers_of, require_same
from fixtures.sending import Sent
from fixtures.telling import Teller


@given("a topic with 1 partition that takes one replica in sync for enough", target_fixture="topic")
def topic_with_one_in_sync(make_topic: MakeTopic) -> Topic:
    """A second topic, with min.insync.replicas=1."""
    return make_topic(1, configs={"min.insync.replicas": "1"}, suffix="-one")


@given("followers that get no records from the leader")
def followers_lag(faults: Faults, topic: Topic) -> None:
    """The answers to their fetches are held. They count as in sync for replica.lag.time.max.ms."""
    network.withhold(faults, topic.leader(), network.followers_of(topic))


@given("one follower that gets no records from the leader", target_fixture="follower")
def follower_lags(faults: Faults, topic: Topic) -> int:
    """The answers to its fetches are held. It counts as in sync for replica.lag.time.max.ms."""
    follower = network.followers_of(topic)[0]
    network.withhold(faults, topic.leader(), [follower])
    return follower


@given("a leader that is alone in sync")
def alone_in_sync(faults: Faults, admin: Admin, topic: Topic) -> None:
    """Its followers get no records from it, and their heartbeats are held until they are fenced."""
    replication.leave_alone(faults, admin, topic)


@given(phrase("a leader with replica.lag.time.max.ms {milliseconds:Number}"))
def leader_with_lag(faults: Faults, admin: Admin, topic: Topic, turn: ExitStack, milliseconds: int) -> None:
    """The leader of partition 0 is started again with it, and once more without it at the end."""
    replication.lag_allowed(faults, admin, topic, turn, milliseconds)


@given(phrase("each broker in turn dies and starts again, at records {numbers:Numbers}"))
def brokers_die_at(faults: Faults, producer: Producer, topic: Topic, numbers: Sequence[int]) -> None:
    """SIGKILL at each of these acknowledgements, once the cluster is whole after the one before."""
    replication.kill_each_at(faults, producer, topic, numbers)


@given(phrase("the leader dies once it alone has stored record {number:Number}"))
def dies_once_stored(faults: Faults, producer: Producer, topic: Topic, number: int) -> None:
    """SIGKILL when the record is in its segment file; its followers lead on without it."""
    replication.kill_leader_once_stored(faults, producer, topic, number)


@given(phrase("the leader dies once record {number:Number} is acknowledged"))
def dies_once_acknowledged(faults: Faults, producer: Producer, topic: Topic, number: int) -> None:
    """SIGKILL as soon as the producer knows; its followers lead on."""
    producer.on("ack", number, lambda: replication.kill_lagged_leader(faults, topic))


@when("the leader dies and an administrator has a replica lead that is not in sync")
def led_uncleanly(faults: Faults, clients: ClientPool, topic: Topic) -> None:
    """SIGKILL, then an unclean election by an admin client."""
    replication.lead_uncleanly(faults, clients, topic)


@then(phrase("record {number:Number} is lost"))
@then(phrase("record {number:Number} was acknowledged and is lost"))
def lost(judging: Judge, sent: Sent, topic: Topic, number: int) -> None:
    """It was acknowledged, and a fresh client that reads the log to its end does not find it."""
    sent.require_acknowledged([number])
    order = numbers_of(judging.read_log(topic))
    judging.show("lost")
    reckoning.require_absent(order, number)


@when(
    phrase("a {client:Client} consumer has fetched from the leader {times:Times}"), target_fixture="consumer"
)
def consumer_has_fetched(
    consumers: Consumers, faults: Faults, topic: Topic, client: str, times: int
) -> Consumer:
    """From the beginning; counted by the leader's answers on the wire."""
    return visibility.fetch(consumers, faults, topic, client, times)


@then(phrase("record {number:Number} is in the leader's log alone, and the consumer has read nothing"))
def unseen(
    consumers: Consumers, consumer: Consumer, topic: Topic, producer: Producer, number: int, tell: Teller
) -> None:
    """Read from the segment files of each broker; the leader tells its high watermark."""
    tell(visibility.require_unseen(consumers, consumer, topic, producer, number))


@then(phrase("the consumer reads record {number:Number} once the network is well again"))
def seen_after_healing(consumers: Consumers, faults: Faults, consumer: Consumer, number: int) -> None:
    """Nothing else is done for it."""
    visibility.require_read_after_healing(consumers, faults, consumer, number)


@then(phrase("a {client:Client} consumer reads record {number:Number} while the leader is alone in sync"))
def seen_at_once(
    consumers: Consumers, faults: Faults, topic: Topic, client: str, number: int, tell: Teller
) -> None:
    """The followers do not have it."""
    faults.require_fired()
    consumer = consumers.assigned(client, topic, [0])
    require_same(numbers_of(consumers.read(consumer, 1)), [number], consumer.name)
    tell(visibility.require_alone(topic))


@then(phrase("the time of record {number:Number} has run out, and its leader is alone in sync"))
def out_of_time_alone(judging: Judge, sent: Sent, topic: Topic, number: int, tell: Teller) -> None:
    """The leader says REQUEST_TIMED_OUT, or the client by itself, whose clock has the same setting."""
    judging.faults.require_fired()
    tell(reckoning.require_no_answer(sent, number, but="REQUEST_TIMED_OUT"))
    tell(visibility.require_alone(topic))


@then(phrase("record {number:Number} is acknowledged once that follower is out of sync"))
def acknowledged_without(sent: Sent, topic: Topic, follower: int, number: int, tell: Teller) -> None:
    """Its leader takes it out once it has lagged so long, and the write needs it no more."""
    tell(visibility.require_left(sent, topic, follower, number))


@then("that follower is in sync again once the network is well again")
def in_sync_again(faults: Faults, topic: Topic, follower: int) -> None:
    """As the leader tells it."""
    visibility.require_back(faults, topic, follower)


@then("that follower still counts as in sync")
def still_in_sync(faults: Faults, topic: Topic, follower: int) -> None:
    """As the leader tells it."""
    visibility.require_still_in_sync(faults, topic, follower)


@when(phrase("a follower dies and {damage:Damage}"), target_fixture="damaged")
def follower_damaged(faults: Faults, topic: Topic, damage: str) -> list[int]:
    """SIGKILL; what happens to its files is what a loss of power can do to what was not flushed."""
    return replication.damage(faults, topic, network.followers_of(topic)[:1], damage)


@when("every broker dies and the end of its log is cut off", target_fixture="damaged")
def all_damaged(faults: Faults, topic: Topic) -> list[int]:
    """SIGKILL of all three; a third of each replica's segment is gone."""
    return replication.damage(faults, topic, faults.cluster.broker_ids, "the end of its log is cut off")


@when("what died starts again")
def starts_again(faults: Faults, damaged: list[int]) -> None:
    """On the damaged log; the cluster is whole when this ends."""
    replication.restart(faults, damaged)


@then(phrase("every replica holds records {numbers:Numbers}"))
def every_replica_holds(topic: Topic, numbers: Sequence[int]) -> None:
    """Read from the segment files of each broker."""
    replication.require_in_every_replica(topic, numbers)
