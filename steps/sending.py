"""What producers send, and when."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import then, when

from clients import Producer
from cluster import waiting
from cluster.interface import ClusterUnderTest
from fixtures.clients import Topic
from fixtures.faults import Faults
from fixtures.phrases import phrase
from fixtures.sending import IDEMPOTENT, Producers, Sent, one_of_each_key, problem_of
from fixtures.strict import SENT_WITH
from fixtures.telling import Teller
from fixtures.vain import VainTry, try_in_vain


@when(phrase("it sends records {numbers:Numbers}"))
@when(phrase("it sends record {numbers:Numbers}"))
def sends(producer: Producer, sent: Sent, topic: Topic, numbers: Sequence[int]) -> None:
    """All at once; this ends when the end of each is known."""
    sent.send(producer, topic, numbers)


@when(phrase("it sends records {numbers:Numbers} to partition {partition:Partition}"))
@when(phrase("it sends record {numbers:Numbers} to partition {partition:Partition}"))
def sends_to(producer: Producer, sent: Sent, topic: Topic, numbers: Sequence[int], partition: int) -> None:
    """All at once, to a partition that is named."""
    sent.send(producer, topic, numbers, partition=partition)


@when(
    phrase(
        "it sends records {numbers:Numbers} to partition {partition:Partition},"
        " at most {ahead:Number} ahead of the acknowledgements"
    )
)
def sends_ahead(
    producer: Producer, sent: Sent, topic: Topic, numbers: Sequence[int], partition: int, ahead: int
) -> None:
    """What happens at an acknowledgement has the records beyond still before it, whatever the library buffers."""
    sent.send(producer, topic, numbers, partition=partition, ahead=ahead)


@when(
    phrase(
        "it sends record {first:Numbers} to partition {one:Partition}"
        " and then record {second:Numbers} to partition {two:Partition}"
    )
)
def sends_one_and_then_another(
    producer: Producer,
    sent: Sent,
    topic: Topic,
    first: Sequence[int],
    one: int,
    second: Sequence[int],
    two: int,
) -> None:
    """The second is acknowledged when this ends; the first may be on its way still."""
    sent.begin(producer, topic, first, partition=one)
    sent.reports.append(producer.send(topic.name, second, partition=two))


@when(
    phrase(
        "it sends records {first:Numbers} to partition {one:Partition}"
        " and records {second:Numbers} to partition {two:Partition}"
    )
)
def sends_to_two(
    producer: Producer,
    sent: Sent,
    topic: Topic,
    first: Sequence[int],
    one: int,
    second: Sequence[int],
    two: int,
) -> None:
    """Each to a partition that is named."""
    sent.send(producer, topic, first, partition=one)
    sent.send(producer, topic, second, partition=two)


@when(phrase("it sends records {numbers:Numbers} with {keys:Number} keys in turn"))
def sends_with_keys(producer: Producer, sent: Sent, topic: Topic, numbers: Sequence[int], keys: int) -> None:
    """Record n has the key "k" and the rest of n divided by the number of keys."""
    sent.send(producer, topic, numbers, key=f"k{{n%{keys}}}")


@when(
    phrase(
        "it sends records {numbers:Numbers} with {keys:Number} keys in turn to partition {partition:Partition}"
    )
)
def sends_with_keys_to(
    producer: Producer, sent: Sent, topic: Topic, numbers: Sequence[int], keys: int, partition: int
) -> None:
    """Both a key and a partition are given."""
    sent.send(producer, topic, numbers, key=f"k{{n%{keys}}}", partition=partition)


@when(phrase("it sends records {numbers:Numbers} without key, each once the one before is acknowledged"))
def sends_one_by_one(producer: Producer, sent: Sent, topic: Topic, numbers: Sequence[int]) -> None:
    """No key and no partition is given."""
    sent.each_alone(producer, topic, numbers)


@when(phrase("it sends {count:Number} records to each partition"))
def sends_to_each(producer: Producer, sent: Sent, topic: Topic, count: int) -> None:
    """Numbered through: the first ``count`` go to partition 0."""
    for partition in range(topic.partitions):
        sent.send(
            producer, topic, range(partition * count + 1, (partition + 1) * count + 1), partition=partition
        )


@when(phrase("each of them sends one record for each of {count:Number} keys"))
def each_sends_per_key(
    producer: Producer, other_producer: Producer, sent: Sent, topic: Topic, count: int
) -> None:
    """The same keys from both."""
    one_of_each_key([producer, other_producer], sent, topic, count)


@when(phrase("it sends records {numbers:Numbers} and flushes"))
def sends_and_flushes(producer: Producer, sent: Sent, topic: Topic, numbers: Sequence[int]) -> None:
    """Flushing sends at once what still waits for company; the library has all records by then.

    It knows the leader before: otherwise confluent-kafka hands records over one by one when it learns it.
    """
    producer.partitions_for(topic.name)
    sent.begin(producer, topic, numbers)
    sent.await_handed_over()
    producer.flush()
    sent.finish()


@when(phrase("it sends a record that {flaw:Flaw}"))
def sends_flawed(producer: Producer, sent: Sent, topic: Topic, flaw: str) -> None:
    """It is record 1, and fine in every other way."""
    sent.send(producer, topic, [1], **SENT_WITH[flaw])


@when(phrase("the network is well again and the application sends record {number:Number} once more"))
def application_sends_again(
    producer: Producer, faults: Faults, sent: Sent, topic: Topic, number: int
) -> None:
    """The very same record, because the first report was a failure; the followers have caught up by then."""
    faults.require_fired()
    problem_of(sent, number)
    faults.undo()
    topic.settled_end(0)
    sent.send(producer, topic, [number])
    sent.require_acknowledged([number])


@when(phrase("an idempotent {client:Client} producer sends records {numbers:Numbers} to each partition"))
def another_sends_to_each(
    producers: Producers, sent: Sent, topic: Topic, client: str, numbers: Sequence[int]
) -> None:
    """A producer to each partition, so that a record's name tells its partition."""
    sent.one_producer_each(producers.open_many(client, IDEMPOTENT, topic.partitions), topic, numbers)


@when(
    phrase("a {client:Client} producer that knows only dead addresses sends record {number:Number}"),
    target_fixture="vain_try",
)
def sends_to_nobody(
    producers: Producers, cluster: ClusterUnderTest, sent: Sent, topic: Topic, client: str, number: int
) -> VainTry:
    """Its settings allow it 3 seconds: for the record, and for finding a first broker."""
    return try_in_vain(producers, cluster, sent, topic, client, number)


@then(phrase("it fails within {seconds:Number} seconds and says why"))
def failed_and_said_why(vain_try: VainTry, seconds: int, tell: Teller) -> None:
    """With a sentence that a person can act on."""
    tell(f"after {vain_try.seconds:.2f} s: {vain_try.reason}")
    vain_try.require(seconds * waiting.slowness)


@when(phrase("the network is well again and it is given record {number:Number}"))
def given_another(producer: Producer, faults: Faults, sent: Sent, topic: Topic, number: int) -> None:
    """The library has taken it when this ends."""
    faults.require_fired()
    faults.undo()
    sent.begin(producer, topic, [number])


@then(
    phrase(
        "record {number:Number} has neither been acknowledged nor failed after {times:Number} delivery timeouts"
    )
)
def neither_acknowledged_nor_failed(sent: Sent, number: int, times: int, tell: Teller) -> None:
    """Its delivery timeout, 2 seconds, is the bound within which it should have ended."""
    delivery = sent.still_pending(number, within=2.0 * times)
    tell(f"record {number}: {delivery.problem} after {2 * times} s, the bound is 2 s")


@when(
    phrase(
        "the network is well again and a new idempotent {client:Client} producer sends record {number:Number}"
    )
)
def new_producer_sends(
    producers: Producers, faults: Faults, sent: Sent, topic: Topic, client: str, number: int
) -> None:
    """With default settings otherwise."""
    faults.require_fired()
    faults.undo()
    sent.send(producers.open(client, IDEMPOTENT), topic, [number])
