"""Keys, partitions, and what the one says about the other."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import then, when

from clients import Producer
from fixtures import keys
from fixtures.clients import Topic
from fixtures.faults import Faults
from fixtures.judging import Judge
from fixtures.phrases import phrase
from fixtures.reading import numbers_of, require_same
from fixtures.sending import IDEMPOTENT, Producers, Sent
from fixtures.spread import require_elsewhere, require_everywhere, require_late, require_one_partition
from history.judge import ALWAYS


@then("the records of each key are in one partition, in the order in which they were sent")
def keys_in_order(judging: Judge, sent: Sent, topic: Topic) -> None:
    """All were acknowledged; read from every partition by a fresh client."""
    sent.require_acknowledged(delivery.number for delivery in sent.deliveries())
    reads = judging.read_log(topic)
    judging.forbid(ALWAYS | {"lost", "duplicate"})
    judging.tell(keys.require_together(reads, 50))
    keys.require_in_order(reads)


@then("each key is in one partition")
def keys_together(judging: Judge, topic: Topic) -> None:
    """Whoever wrote the record; each has one of two producers."""
    reads = judging.read_log(topic)
    keys.require_two_writers(reads)
    judging.tell(keys.require_together(reads, 100))


@then("the records of some keys are in two partitions")
@then("some keys are in two partitions")
def keys_parted(judging: Judge, topic: Topic) -> None:
    """So nobody reads them in order any more."""
    judging.tell(keys.require_parted(judging.read_log(topic)))


@then(phrase("partition {partition:Partition} holds records {numbers:Numbers}"))
def partition_holds(judging: Judge, topic: Topic, partition: int, numbers: Sequence[int]) -> None:
    """All of them and in order, so that no other partition has any."""
    require_same(numbers_of(judging.read_log(topic, [partition])), numbers, f"partition {partition}")


@then(phrase("every partition holds some of records {numbers:Numbers}"))
def every_partition_holds_some(judging: Judge, topic: Topic, numbers: Sequence[int]) -> None:
    """And all of them are there."""
    reads = judging.read_log(topic)
    judging.tell(require_everywhere(reads, topic.partitions))
    require_same(sorted(numbers_of(reads)), numbers, "the log")


@when(
    phrase(
        "a new idempotent {client:Client} producer sends records {numbers:Numbers} with the same {keys:Number} keys"
    )
)
def new_producer_sends_with_keys(
    producers: Producers, sent: Sent, topic: Topic, client: str, numbers: Sequence[int], keys: int
) -> None:
    """Record n has the key "k" and the rest of n divided by the number of keys, as before."""
    sent.send(producers.open(client, IDEMPOTENT), topic, numbers, key=f"k{{n%{keys}}}")


@when(
    phrase(
        "it sends records {numbers:Numbers} without key, and record {keyed:Number} with a key of partition 0"
    )
)
def sends_with_and_without(
    producer: Producer, sent: Sent, topic: Topic, numbers: Sequence[int], keyed: int
) -> None:
    """The first ones have ended when this ends; the last may be waiting."""
    key = keys.key_for(producer.library, 0, topic.partitions)
    sent.begin(producer, topic, [keyed], key=key)
    sent.reports.append(producer.send(topic.name, numbers))


@when(phrase("it is given record {number:Number} with a key of partition 0"))
def given_with_key(producer: Producer, sent: Sent, topic: Topic, number: int) -> None:
    """The library has taken it when this ends; it may be waiting."""
    sent.begin(producer, topic, [number], key=keys.key_for(producer.library, 0, topic.partitions))


@then(phrase("records {numbers:Numbers} are acknowledged by the other partitions"))
def acknowledged_elsewhere(judging: Judge, sent: Sent, numbers: Sequence[int]) -> None:
    """None by partition 0."""
    sent.require_acknowledged(numbers)
    judging.tell(require_elsewhere(sent.of(numbers), 0))


@then(phrase("record {number:Number} is acknowledged by partition 0 once its leader is back"))
def acknowledged_when_back(judging: Judge, faults: Faults, sent: Sent, dead_broker: int, number: int) -> None:
    """It has waited all the time."""
    faults.start(dead_broker)
    sent.finish()
    sent.require_acknowledged([number])
    judging.tell(require_one_partition(sent.of([number]), 0))


@when(phrase("it is given records {numbers:Numbers} without key"))
def given_without_key(producer: Producer, sent: Sent, topic: Topic, numbers: Sequence[int]) -> None:
    """Nobody waits for their ends."""
    sent.begin(producer, topic, numbers)


@then("some of them are acknowledged last, by partition 0 once its leader is back")
def some_late(judging: Judge, faults: Faults, sent: Sent, dead_broker: int) -> None:
    """They have waited for it, although the other partitions had leaders."""
    faults.start(dead_broker)
    report = sent.finish()
    sent.require_acknowledged(delivery.number for delivery in report)
    judging.tell(require_late(report.deliveries, 0))
