"""Leaders that die or stop, and who leads next."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pytest_bdd import given, then, when

from clients import Consumer, Producer
from fixtures import elections as electing
from fixtures.clients import MakeTopic, Topic
from fixtures.elections import Elections
from fixtures.judging import Judge
from fixtures.load import Load
from fixtures.phrases import CLIENTS, phrase
from fixtures.reading import Consumers, numbers_of, require_same
from fixtures.sending import Sent
from fixtures.telling import Teller
from history.judge import EXACTLY_ONCE_IN_ORDER, READ_IN_ORDER

# -- before


@given(
    phrase("an idempotent {client:Client} producer that sends one record after the other"),
    target_fixture="load",
)
def sends_all_the_time(loads: Callable[..., Load], topic: Topic, client: str) -> Load:
    """Each once the one before has ended, from now on, so that a pause shows."""
    return loads(topic, client)


@given("idempotent producers of both clients that send one record after the other", target_fixture="load")
def both_send_all_the_time(loads: Callable[..., Load], topic: Topic) -> Load:
    """In turns, each once the one before has ended."""
    return loads(topic, *CLIENTS)


@given("a topic with 1 partition of one replica", target_fixture="topic")
def topic_without_copy(make_topic: MakeTopic) -> Topic:
    """On broker 1 alone."""
    return make_topic(1, replication=1, configs={"min.insync.replicas": "1"})


@given(phrase("a {client:Client} consumer that has read it"), target_fixture="consumer")
def consumer_that_has_read(consumers: Consumers, topic: Topic, client: str) -> Consumer:
    """It is given partition 0 and reads from the beginning."""
    consumer = consumers.assigned(client, topic, [0])
    consumers.read(consumer, 1)
    return consumer


# -- what happens to the leader


@when(phrase("the leader of partition 0 dies and it sends records {numbers:Numbers}"))
def dies_and_sends(
    elections: Elections, sent: Sent, producer: Producer, topic: Topic, numbers: Sequence[int]
) -> None:
    """SIGKILL; the records are handed over at once. The dead broker starts again."""
    electing.send_through(elections, sent, producer, topic, numbers)


@when(phrase("the leader of partition 0 dies for good and it sends record {numbers:Numbers}"))
def dies_for_good_and_sends(
    elections: Elections, sent: Sent, producer: Producer, topic: Topic, numbers: Sequence[int]
) -> None:
    """SIGKILL; the record is handed over at once."""
    electing.send_through(elections, sent, producer, topic, numbers, start=False)


@when(phrase("the leader of partition 0 dies and it is given records {numbers:Numbers}"))
def dies_and_is_given(
    elections: Elections, sent: Sent, producer: Producer, topic: Topic, numbers: Sequence[int]
) -> None:
    """SIGKILL; the library has taken the records when this ends. The dead broker stays dead."""
    elections.kill(topic, start=False)
    sent.begin(producer, topic, numbers)


@when("the leader of partition 0 dies")
def leader_dies(elections: Elections, topic: Topic) -> None:
    """SIGKILL; the dead broker starts again."""
    elections.kill(topic)


@when("the leader of partition 0 stops in good order")
def leader_stops(elections: Elections, topic: Topic) -> None:
    """SIGTERM; this ends when its process has."""
    elections.stop(topic)


# -- who leads


@then(
    phrase("a replica in sync leads, in the next epoch, and has acknowledged record {number:Number} in time")
)
def taken_over(elections: Elections, topic: Topic, sent: Sent, number: int, tell: Teller) -> None:
    """The session timeout is the time after which the controllers take a silent broker for dead."""
    tell(elections.require_taken_over(topic, sent, number))


@then(phrase("the consumer goes on with records {numbers:Numbers}"))
def consumer_goes_on(
    consumers: Consumers, consumer: Consumer, judging: Judge, numbers: Sequence[int]
) -> None:
    """In order, and nothing else."""
    reads = consumers.read(consumer, len(numbers))
    judging.forbid(READ_IN_ORDER)
    require_same(numbers_of(reads), numbers, consumer.name)


@then(phrase("nobody leads partition 0, and record {number:Number} has failed"))
def offline(elections: Elections, topic: Topic, sent: Sent, number: int, tell: Teller) -> None:
    """In the eyes of every other broker."""
    tell(elections.require_offline(topic, sent, number))


@then("another broker leads partition 0, of which the producer has not asked")
def not_asked(elections: Elections, topic: Topic, tell: Teller) -> None:
    """Since then it has not asked for metadata, although nothing keeps an answer from it."""
    tell(elections.require_not_asked(topic))


@then("another broker led partition 0 before that process had ended")
def handed_over(elections: Elections, topic: Topic, tell: Teller) -> None:
    """As another broker saw it."""
    tell(elections.require_handed_over(topic))


@then("every record is acknowledged, without a pause as long as the session timeout")
def short_pause(elections: Elections, load: Load, tell: Teller) -> None:
    """From one acknowledgement to the next."""
    tell(elections.require_short_pause(load))


@then("every record is acknowledged, after a pause in which the silence is noticed")
def long_pause(elections: Elections, load: Load, tell: Teller) -> None:
    """The session timeout, less what had gone by since the last heartbeat."""
    tell(elections.require_long_pause(load))


@then("the log holds every record exactly once and in order")
def every_record_once(judging: Judge, load: Load, topic: Topic) -> None:
    """However many were sent; read to its end by a fresh client."""
    load.end()
    reads = judging.read_log(topic)
    judging.forbid(EXACTLY_ONCE_IN_ORDER)
    load.require_whole_log(reads)
