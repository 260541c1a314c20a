"""Sinks: programs that read transactions and keep balances in a database, and how they die and come back."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, then, when

from clients import ClientPool
from fixtures.phrases import phrase
from fixtures.programs import Program
from fixtures.sink_runs import Runs
from fixtures.sinks import Sinks
from fixtures.telling import Teller


@given(phrase("a {client:Client} sink that {sink:Sink}"))
def sink_that(sinks: Sinks, client: str, sink: str) -> None:
    """A program of its own, which reads two records at a time."""
    sinks.choose(client, sink)


@given(phrase("it dies {place:Place}, the {time:Ordinal} time"))
def dies_there(sinks: Sinks, place: str, time: int) -> None:
    """SIGKILL by its own hand, at this point of its work."""
    sinks.stop_at("crash", place, time)


@given(phrase("it dies {place:Place}, each time"))
def dies_each_time(sinks: Sinks, place: str) -> None:
    """SIGKILL the first time that it comes there, and again whenever it was started again."""
    sinks.stop_at("crash", place)


@given(phrase("offset {offset:Number} is committed to Kafka for its group"))
def offset_committed(sinks: Sinks, clients: ClientPool, offset: int) -> None:
    """For partition 0, by a client that was given the partition, while the group has no member."""
    sinks.commit_for_group(clients, offset)


@when("it works until it dies, and starts again and does the rest")
def works_and_dies(sinks: Sinks) -> None:
    """The one that starts again has the place of the first in the group, and dies nowhere."""
    sinks.work_to_death()
    sinks.work_to_end()


@when("it is started again until it has come to the end of the log", target_fixture="deaths")
def dies_until_done(sinks: Sinks) -> list[Program]:
    """In the place of the one before in the group."""
    return sinks.die_until_done()


@when("it works to the end of the log")
def works_to_end(sinks: Sinks) -> None:
    """It ends by itself."""
    sinks.first = sinks.work_to_end()


@when("it is started")
def is_started(sinks: Sinks) -> None:
    """It ends by itself, or when it is told to."""
    sinks.first = sinks.start()


@when("another one joins its group once it has applied them all")
def another_joins(sinks: Sinks) -> None:
    """Each then owns a partition, or has ended over it."""
    sinks.join_once_applied()


@when(phrase("transactions {numbers:Numbers} are written and both have come to the end of the log"))
def written_and_read(sinks: Sinks, numbers: Sequence[int]) -> None:
    """Then they are told to end, and finish what they are at."""
    sinks.write_and_apply(numbers)


@then("it ends with an error that names store_offsets")
def ends_with_error(sinks: Sinks, tell: Teller) -> None:
    """In the words of Python."""
    tell(sinks.require_error("store_offsets"))


# -- chance, records that are none, topics that grow


@given(phrase("an error with a probability of {probability:Probability} after each of its database commits"))
def fails_by_chance(runs: Runs, probability: float) -> None:
    """By its own hand, from a seed; it closes its clients and ends with exit code 3."""
    runs.probability = probability


@given("its client commits by itself, and it fails after each database commit")
def commits_by_itself(runs: Runs) -> None:
    """enable.auto.commit=true. By its own hand; it closes its clients and ends with exit code 3."""
    runs.fail_each_time(auto_commit=True)


@given("it commits for itself, and it fails after each database commit")
def commits_for_itself(runs: Runs) -> None:
    """After each batch, as always. By its own hand; it closes its clients and ends with exit code 3."""
    runs.fail_each_time(auto_commit=False)


@when("it is started again after each error until it has come to the end of the log")
def fails_until_done(runs: Runs) -> None:
    """The checker runs after the first error."""
    runs.fail_until_done()


@then("the checker has named what was missing, and finds nothing wrong at the end")
def checker_agrees(runs: Runs, tell: Teller) -> None:
    """A program of its own, which reads the log and the tables."""
    tell(runs.require_checked())


@when("it works until it ends, and is started again")
def ends_twice(runs: Runs) -> None:
    """Until that has ended as well."""
    runs.end_twice()


@then(phrase("both times it has named offset {offset:Number}, and its offset is {same:Number}"))
def stopped_there(runs: Runs, offset: int, same: int, tell: Teller) -> None:
    """With exit code 65. The offset is that of its group in Kafka, or that of its table."""
    tell(runs.require_stopped(offset, same))


@when(phrase("the topic grows to {count:Number} partitions, and transactions {numbers:Numbers} are written"))
def grows_and_written(runs: Runs, count: int, numbers: Sequence[int]) -> None:
    """Of the same accounts, each in its new partition."""
    runs.grow(count, numbers)


@given(phrase("the topic has grown to {count:Number} partitions, with transactions {numbers:Numbers}"))
def has_grown(runs: Runs, count: int, numbers: Sequence[int]) -> None:
    """Of the same accounts, each in its new partition."""
    runs.grow(count, numbers)


@when("it works to the end of the log, and once more")
def works_to_end_twice(sinks: Sinks) -> None:
    """Each time it ends by itself."""
    sinks.work_to_end()
    sinks.work_to_end()


@when("it works to the end of the log, and partition 0 alone has a row")
def works_with_a_row(runs: Runs, sinks: Sinks) -> None:
    """Made by somebody who set the sink up."""
    runs.give_row()
    sinks.work_to_end()


@when(phrase("the records before offset {offset:Number} are deleted, as retention does it"))
def records_deleted(runs: Runs, offset: int) -> None:
    """Of partition 0, by an admin client."""
    runs.delete_before(offset)
