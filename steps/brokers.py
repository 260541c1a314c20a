"""What happens to brokers while nobody looks at the network."""

from __future__ import annotations

from pytest_bdd import then, when

from fixtures import network
from fixtures.clients import Topic
from fixtures.faults import Faults
from fixtures.judging import Judge
from fixtures.phrases import phrase
from fixtures.reading import require_offset_held
from fixtures.readings import Readings
from fixtures.sending import IDEMPOTENT, Producers, Sent
from history.verdicts import Inconclusive


@when(phrase("broker {broker:Partition}, which leads partition {partition:Partition}, dies"))
def leading_broker_dies(faults: Faults, topic: Topic, broker: int, partition: int) -> None:
    """SIGKILL, now."""
    if (leader := topic.leader(partition)) != broker:
        raise Inconclusive(f"broker {leader} leads partition {partition}")
    faults.kill(broker)


@when(phrase("{client:Client} reads it, and again after the death of each broker in turn"))
def read_after_each_death(readings: Readings, topic: Topic, client: str) -> None:
    """SIGKILL; the dead broker is started again and whole before the next one dies."""
    readings.before_and_after_each_death(topic, client)


@then(phrase("every offset held the same key, content, headers and time in {count:Number} readings"))
def same_in_every_reading(judging: Judge, readings: Readings, count: int) -> None:
    """Compared offset by offset."""
    judging.forbid({"inconsistent-offset", "wrong-content", "lost", "duplicate"})
    readings.require(count)


@when(
    phrase("record {number:Number} is written to a leader whose followers lag, is read, and the leader dies")
)
def written_to_a_lonely_leader(
    producers: Producers, faults: Faults, sent: Sent, judging: Judge, topic: Topic, number: int
) -> None:
    """The followers get no answers to their fetches and are fenced, so that the leader alone is in sync."""
    network.isolate_leader(faults, topic)
    sent.send(producers.open("confluent-kafka", IDEMPOTENT), topic, [number])
    judging.read_now(topic)
    network.kill_isolated_leader(faults, topic)


@when(phrase("record {number:Number} is written to the next leader"))
def written_to_the_next_leader(producers: Producers, sent: Sent, topic: Topic, number: int) -> None:
    """It was not in sync, and leads all the same."""
    sent.send(producers.open("confluent-kafka", IDEMPOTENT), topic, [number])
    sent.require_acknowledged([number])


@then(phrase("offset {offset:Number} held record {first:Number} first and record {later:Number} later"))
def offset_held_two(judging: Judge, topic: Topic, offset: int, first: int, later: int) -> None:
    """Both were acknowledged with this offset, and both were read there."""
    reads = judging.read_log(topic)
    judging.show("inconsistent-offset")
    require_offset_held(reads, offset, later)
