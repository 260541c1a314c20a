"""Consumers, groups of them, and what they read."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, then, when

from clients import Consumer
from fixtures import administered
from fixtures.clients import Topic
from fixtures.faults import Faults
from fixtures.judging import Judge
from fixtures.phrases import phrase
from fixtures.reading import Consumers, numbers_of, require_another_order, require_read_before, require_same
from fixtures.sending import Sent
from fixtures.telling import Teller
from history.judge import READ_IN_ORDER, RESUMED


@then(
    phrase(
        "a {client:Client} consumer reads records {numbers:Numbers} from partition {partition:Partition} in order"
    )
)
def reads_in_order(
    consumers: Consumers, judging: Judge, topic: Topic, client: str, numbers: Sequence[int], partition: int
) -> None:
    """From the beginning, each record once, and nothing else."""
    consumer = consumers.assigned(client, topic, [partition])
    reads = consumers.read(consumer, len(numbers))
    judging.forbid(READ_IN_ORDER, floor=len(numbers))
    require_same(numbers_of(reads), numbers, f"partition {partition}")


@given(
    phrase("a {client:Client} consumer that has read and committed records {numbers:Numbers} of them"),
    target_fixture="consumer",
)
def member_that_has_committed(
    consumers: Consumers, topic: Topic, client: str, numbers: Sequence[int]
) -> Consumer:
    """A member of a group; it may have fetched further than it has committed."""
    return administered.member(consumers, topic, client, len(numbers))


@when(
    phrase("it leaves and another {client:Client} consumer of its group takes over"),
    target_fixture="other_consumer",
)
def another_takes_over(consumers: Consumers, consumer: Consumer, topic: Topic, client: str) -> Consumer:
    """The first one says good-bye to the group."""
    consumer.close()
    return consumers.member(client, topic)


@then(phrase("the other consumer reads records {numbers:Numbers} in order"))
def other_reads_on(
    consumers: Consumers, judging: Judge, other_consumer: Consumer, numbers: Sequence[int]
) -> None:
    """It starts right behind the committed record."""
    reads = consumers.read(other_consumer, len(numbers))
    judging.forbid(READ_IN_ORDER | RESUMED)
    require_same(numbers_of(reads), numbers, "the other consumer")


@then(
    phrase(
        "a {client:Client} consumer of both partitions reads record {first:Number} before record {then:Number}"
    )
)
def reads_later_record_first(
    consumers: Consumers, faults: Faults, judging: Judge, topic: Topic, client: str, first: int, then: int
) -> None:
    """It reads what is there; then the network lets the other record go, and it reads that."""
    consumer = consumers.assigned(client, topic, range(topic.partitions))
    order = numbers_of(consumers.read(consumer, 1))
    faults.require_fired()
    faults.let_go()
    order += numbers_of(consumers.read(consumer, 1))
    judging.tell(require_read_before(order, first, then))


@then(phrase("a {client:Client} consumer of all partitions reads them in another order"))
def reads_in_another_order(consumers: Consumers, sent: Sent, topic: Topic, client: str, tell: Teller) -> None:
    """Its reading order is compared with the order of sending."""
    consumer = consumers.assigned(client, topic, range(topic.partitions))
    tell(require_another_order(numbers_of(consumers.read(consumer, len(sent.deliveries())))))
