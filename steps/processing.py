"""Applications that read, process and commit, end and start again, and what they made of the records."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, then, when

from fixtures import auto_commit
from fixtures.clients import Topic
from fixtures.faults import Faults
from fixtures.judging import Judge
from fixtures.phrases import phrase
from fixtures.processing import Application, Applications, require_times
from fixtures.telling import Teller
from history.judge import PROCESSED_AT_LEAST_ONCE, PROCESSED_ONCE, READ_IN_ORDER, RESUMED


@given(
    phrase("a {client:Client} consumer that {habit:Habit}, {count:Number} at a time"),
    target_fixture="application",
)
def application_with_habit(
    applications: Applications, topic: Topic, client: str, habit: str, count: int
) -> Application:
    """A member of a group; auto commit is off, and a group without commits begins at the beginning."""
    return applications.start(client, topic, habit, count)


@given(
    phrase("a {client:Client} consumer with auto commit that {habit:AutoHabit}, {count:Number} at a time"),
    target_fixture="application",
)
def application_with_auto_commit(
    applications: Applications, topic: Topic, client: str, habit: str, count: int
) -> Application:
    """A member of a group whose library commits ten times a second; a new group begins at the beginning."""
    return applications.start_auto(client, topic, habit, count)


@when(
    phrase(
        "records {first:Number} and {last:Number} each take it longer than its commit interval,"
        " and it dies in the latter"
    )
)
def dies_while_busy(
    faults: Faults, application: Application, tell: Teller, first: int, last: int
) -> None:
    """SIGKILL once the coordinator has had two heartbeats more that come two intervals or more later."""
    tell(auto_commit.die_in(faults, application, first, last))


@when(phrase("it processes records {numbers:Numbers} and ends"))
def processes_and_ends(application: Application, numbers: Sequence[int]) -> None:
    """An orderly end: the library's own close."""
    application.take(len(numbers))
    application.consumer.close()


@when(
    phrase(
        "it is killed with records 1 to {processed:Number} processed and 1 to {committed:Number} committed"
    )
)
def killed_with(application: Application, processed: int, committed: int) -> None:
    """SIGKILL right after the last of both; what is committed is read by another client."""
    application.killed_with(processed, committed)


@when("it starts again and processes the rest")
def starts_again(application: Application) -> None:
    """A new process in the place of the old one, up to the end of the log."""
    application.restart()


@then(phrase("records {first:Number} to {last:Number} are each processed once"))
def each_processed_once(judging: Judge, first: int, last: int) -> None:
    """By the group, whoever did it; it read them in order and went on where it had committed."""
    found = judging.forbid(PROCESSED_ONCE | RESUMED | READ_IN_ORDER, floor=last - first + 1)
    require_times(judging, found, range(first, last + 1), 1)


@then(phrase("every record from {first:Number} to {last:Number} is processed"))
def every_record_processed(judging: Judge, first: int, last: int) -> None:
    """Once or more, and none was committed before."""
    found = judging.forbid(PROCESSED_AT_LEAST_ONCE | RESUMED, floor=last - first + 1)
    require_times(judging, found, [], 0)


@then(phrase("records {numbers:Numbers} are processed twice and no other"))
@then(phrase("record {numbers:Numbers} is processed twice and no other"))
def processed_twice(judging: Judge, numbers: Sequence[int]) -> None:
    """By the group: before the end of the first process, and again by the next."""
    judging.show("processed-again")
    require_times(judging, judging.findings(), numbers, 2)


@then("no record is processed twice")
def none_processed_twice(judging: Judge) -> None:
    """By the group."""
    require_times(judging, judging.forbid({"processed-again"}), [], 2)


@then(phrase("records {numbers:Numbers} are never processed"))
def never_processed(judging: Judge, numbers: Sequence[int]) -> None:
    """The group goes on behind them."""
    judging.show("passed-over")
    require_times(judging, judging.findings(), numbers, 0)
