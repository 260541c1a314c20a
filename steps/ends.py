"""Both ends of a topic, producer and group, and crashes at each of them and between."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, then, when

from fixtures.clients import Topic
from fixtures.end_to_end import RETRIES, EndToEnd
from fixtures.judging import Judge
from fixtures.phrases import phrase
from history.judge import AT_LEAST_ONCE, AT_MOST_ONCE, GOES_ON, RESUMED


@given(
    phrase(
        "a {client:Client} producer that {retrying:Retrying}, and dies once record {number:Number}"
        " of {count:Number} is acknowledged"
    )
)
def producer_that_dies(end_to_end: EndToEnd, client: str, retrying: str, number: int, count: int) -> None:
    """SIGKILL at the acknowledgement; what became of the others nobody has been told."""
    end_to_end.open_producer(client, RETRIES[retrying], number, count)


@given(
    phrase(
        "a {client:Client} consumer that commits what it {tense:Tense}, and dies at its {ordinal:Ordinal} commit"
    )
)
def consumer_that_dies(end_to_end: EndToEnd, client: str, tense: str, ordinal: int) -> None:
    """Ten records at a time. SIGKILL between processing and committing, whichever comes first."""
    end_to_end.open_consumer(client, commits_first=tense == "will process", dies_at=ordinal)


@given("the leader of partition 0 dies with the first batch of another producer on its way")
def leader_dies_with_next(end_to_end: EndToEnd) -> None:
    """SIGKILL when that batch has been sent and has not arrived."""
    end_to_end.kill_leader_with_next()


@when(phrase("they work until they die, and others like them do the rest, up to record {last:Number}"))
def they_work(end_to_end: EndToEnd, last: int) -> None:
    """First the producer, then the consumer; then another producer, and another member of the group."""
    end_to_end.run(last)


@then("the group has processed every acknowledged record")
def none_missed(end_to_end: EndToEnd, judging: Judge, topic: Topic) -> None:
    """And each is in the log, read to its end by a fresh client."""
    judging.read_log(topic)
    judging.forbid(AT_LEAST_ONCE | RESUMED | GOES_ON)
    judging.tell(end_to_end.figures())
    end_to_end.require_none_missed()


@then(phrase("records {numbers:Numbers} were processed twice"))
def processed_twice(end_to_end: EndToEnd, numbers: Sequence[int]) -> None:
    """They and no others; none was processed more often."""
    end_to_end.require_twice(numbers)


@then("no record was processed twice")
def none_twice(end_to_end: EndToEnd, judging: Judge, topic: Topic) -> None:
    """Nor is one in the log twice, read to its end by a fresh client."""
    judging.read_log(topic)
    judging.forbid(AT_MOST_ONCE | RESUMED)
    judging.tell(end_to_end.figures())
    end_to_end.require_twice(())


@then(phrase("the group never processes records {numbers:Numbers} and {last:Number}"))
def never_processed(end_to_end: EndToEnd, judging: Judge, numbers: Sequence[int], last: int) -> None:
    """The group has read on past them, or they are in no log."""
    judging.tell(end_to_end.require_never([*numbers, last]))
