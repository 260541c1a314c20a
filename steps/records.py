"""What became of the records: acknowledged or not, in the log or not, once or twice, in order or not."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import then

from clients import Producer
from cluster import waiting
from cluster.proxy import Armed
from fixtures import reckoning
from fixtures.clients import Topic
from fixtures.judging import Judge
from fixtures.phrases import phrase
from fixtures.reading import numbers_of, require_all, require_same
from fixtures.sending import Sent, problem_of
from fixtures.telling import Teller
from history.judge import AT_LEAST_ONCE, EXACTLY_ONCE_IN_ORDER
from history.verdicts import Violated


@then(phrase("records {numbers:Numbers} are acknowledged"))
@then(phrase("record {numbers:Numbers} is acknowledged"))
def acknowledged(judging: Judge, sent: Sent, numbers: Sequence[int], tell: Teller) -> None:
    """The producer was told so for each of them."""
    judging.faults.require_fired()
    sent.require_acknowledged(numbers)
    tell(f"acknowledged {len(sent.of(numbers)):,} of {len(numbers):,}")


@then(phrase("the log holds records {numbers:Numbers} exactly once and in order"))
@then(phrase("the log holds record {numbers:Numbers} exactly once and in order"))
def exactly_once_in_order(judging: Judge, topic: Topic, numbers: Sequence[int]) -> None:
    """Read to its end by a fresh client."""
    reads = judging.read_log(topic)
    judging.forbid(EXACTLY_ONCE_IN_ORDER)
    require_same(numbers_of(reads), numbers, "the log")


@then(phrase("the log holds records {numbers:Numbers} exactly once"))
def exactly_once(judging: Judge, topic: Topic, numbers: Sequence[int]) -> None:
    """Read to its end by a fresh client; records that no client of ours can have written are passed over."""
    reads = [read for read in judging.read_log(topic) if read.value]
    judging.forbid({"lost", "duplicate"})
    require_same(sorted(numbers_of(reads)), sorted(numbers), "the log")


@then(phrase("every record from {first:Number} to {last:Number} is in the log"))
def all_in_log(judging: Judge, topic: Topic, first: int, last: int) -> None:
    """Once or more, whatever the producer was told."""
    reads = judging.read_log(topic)
    judging.forbid(AT_LEAST_ONCE, floor=0)
    require_all(numbers_of(reads), range(first, last + 1), "the log")


@then("the log holds a record twice")
def holds_a_record_twice(judging: Judge, topic: Topic) -> None:
    """One record at two offsets."""
    judging.read_log(topic)
    judging.show("duplicate")


@then(phrase("the log holds record {late:Number} behind record {early:Number}"))
def holds_behind(judging: Judge, topic: Topic, producer: Producer, late: int, early: int) -> None:
    """The record that was sent first is stored last."""
    order = numbers_of(judging.read_log(topic))
    judging.show("reordered")
    reckoning.require_behind(order, late, early)


@then(phrase("the log holds record {again:Number} again behind record {last:Number}"))
def holds_again_behind(judging: Judge, topic: Topic, again: int, last: int) -> None:
    """It is there twice, and whoever reads on after the last record meets it once more."""
    order = numbers_of(judging.read_log(topic))
    judging.show("duplicate")
    reckoning.require_again_behind(order, again, last)


@then(phrase("record {number:Number} is in the log of no replica"))
def in_no_replica(judging: Judge, sent: Sent, topic: Topic, producer: Producer, number: int) -> None:
    """The producer's reports stand beside what each replica's log holds."""
    judging.read_log(topic)
    judging.show("lost")
    reckoning.require_in_no_replica(judging, sent, topic, producer, number)


@then(phrase("the log holds {count:Number} records"))
@then(phrase("the log holds {count:Number} record"))
def log_length(judging: Judge, topic: Topic, count: int, tell: Teller) -> None:
    """All partitions together, read to their ends by a fresh client."""
    tell(reckoning.require_length(judging, topic, count))


@then(phrase("record {number:Number} is refused with {error:Error}"))
def refused_with(judging: Judge, sent: Sent, number: int, error: str, tell: Teller) -> None:
    """By its code, which is the same in every client."""
    tell(reckoning.require_refused(judging, sent, number, error))


@then(
    phrase("record {number:Number} is refused with {error:Error}, and the log holds {count:Number} records")
)
def refused_and_not_stored(
    judging: Judge, sent: Sent, topic: Topic, number: int, error: str, count: int, tell: Teller
) -> None:
    """By its code, which is the same in every client; read to the end of the log by a fresh client."""
    tell(reckoning.require_refused(judging, sent, number, error))
    tell(reckoning.require_length(judging, topic, count))


@then(phrase("record {number:Number} is refused before it is sent"))
def refused_before(sent: Sent, number: int, tell: Teller) -> None:
    """By the client itself, so that the outcome is certain."""
    problem = problem_of(sent, number)
    tell(str(problem))
    if problem.outcome != "fail":
        raise Violated(f"nobody can tell whether record {number} is in the log: {problem}")


@then(phrase("record {number:Number} is reported with an error of the connection"))
def reported_with_connection_error(judging: Judge, sent: Sent, number: int, tell: Teller) -> None:
    """No broker answered, so nobody can tell what became of it."""
    judging.faults.require_fired()
    tell(reckoning.require_no_answer(sent, number))


@then(phrase("each of records {first:Number} to {last:Number} has failed within {seconds:Number} seconds"))
def failed_in_time(judging: Judge, sent: Sent, first: int, last: int, seconds: int, tell: Teller) -> None:
    """Counted from handing it over; the client looks at its clock a few times a second."""
    judging.faults.require_fired()
    longest = reckoning.longest_failure(sent, range(first, last + 1))
    tell(f"the slowest failed after {longest:.2f} s; the bound is {seconds} s")
    if longest > seconds + reckoning.CLOCK_LOOK * waiting.slowness:
        raise Violated(f"a record was reported only after {longest:.2f} s, {seconds} s were allowed")


@then(phrase("it has been sent {count:Times}"))
def sent_so_often(judging: Judge, batches_sent: Armed, count: int, tell: Teller) -> None:
    """Counted on the wire."""
    found = len(batches_sent.fired)
    tell(f"{found} Produce requests on the wire")
    if found != count:
        raise reckoning.wrong_count(judging, f"it has been sent {found} times, not {count}")


@then(phrase("none of records {numbers:Numbers} is reported with an offset"))
def reported_without_offset(sent: Sent, numbers: Sequence[int]) -> None:
    """The producer's reports say that they are sent, and not where they are."""
    reckoning.require_without_offset(sent, numbers)


@then(
    phrase(
        "each of records {numbers:Numbers} is reported with an offset, and the log holds {count:Number} records"
    )
)
def reported_with_offset(
    judging: Judge, sent: Sent, topic: Topic, numbers: Sequence[int], count: int, tell: Teller
) -> None:
    """The producer's reports stand beside the log, read to its end by a fresh client."""
    tell(reckoning.require_offsets_told(sent, numbers))
    tell(reckoning.require_length(judging, topic, count))


@then(phrase("records {first:Number} to {last:Number} are lost"))
def all_lost(judging: Judge, topic: Topic, first: int, last: int) -> None:
    """Each was reported as sent, and a fresh client that reads the log to its end finds none of them."""
    judging.read_log(topic)
    judging.show("lost")
    reckoning.require_all_lost(judging, last - first + 1)


@then(phrase("record {number:Number} is reported with an error that leaves its end open"))
def end_left_open(judging: Judge, sent: Sent, number: int, tell: Teller) -> None:
    """The client library says that it failed, and not that it was not written."""
    judging.faults.require_fired()
    tell(reckoning.require_left_open(sent, number))
