"""A defect that is known is found at the end of a client's log or history, and nowhere else."""

from __future__ import annotations

from fixtures.defects import AT_LAST, met

HANGS = [
    "2026-11-26 18:33:43,187 ERROR kafka.producer.sender <Sender>: Uncaught error in kafka producer I/O thread",
    "Traceback (most recent call last):",
    '  File "kafka/net/manager.py", line 281, in get_connection',
    "kafka.errors.UnknownBrokerIdError: UnknownBrokerIdError: 1",
]

WAITS = "%6|{}|WAITS|consumer-1| coordinator: up, join: wait-metadata; b:1/1 UP ({} unanswered; Metadata 2), b:2/2 UP ({} unanswered; )"

ASSIGNED = '{"t":1.5,"client":"consumer-1","op":1,"f":"assign","phase":"ok","topic":"t","partition":0,"group":"g"}'
POLLED = '{"t":1.7,"client":"consumer-1","op":3,"f":"poll","phase":"ok","group":"g","records":[]}'
TURNED_AWAY = (
    '{"t":1.6,"client":"consumer-1","op":2,"f":"poll","phase":"fail","group":"g","error":16,'
    '"error_name":"NOT_COORDINATOR","text":"Failed to fetch committed offsets for 0 partition(s) in group"}'
)


def test_a_producer_that_fails_again_and_again_has_met_it() -> None:
    found = met(["an idempotent producer", *HANGS * 30])
    assert found is not None and "named a leader that it did not list" in found.words


def test_a_producer_that_went_on_has_not() -> None:
    assert met([*HANGS, *["it goes on"] * AT_LAST]) is None


def test_other_errors_are_no_known_defect() -> None:
    assert met([HANGS[0], "KeyError: 1"]) is None


def test_a_member_that_goes_on_waiting_for_nobody_has_met_it() -> None:
    found = met([WAITS.format(1, 0, 0), "something else", WAITS.format(6, 0, 0)])
    assert found is not None and "no broker owes it an answer" in found.words


def test_a_member_that_has_just_begun_to_wait_has_not() -> None:
    assert met([WAITS.format(1, 0, 0)]) is None


def test_a_member_whose_question_is_on_its_way_has_not() -> None:
    assert met([WAITS.format(1, 0, 1), WAITS.format(6, 0, 1)]) is None
    assert met([WAITS.format(1, 1, 0), WAITS.format(6, 0, 0)]) is None


def test_a_consumer_that_asked_no_coordinator_has_met_it_until_it_is_given_a_partition_again() -> None:
    found = met([ASSIGNED, TURNED_AWAY, POLLED])
    assert found is not None and "did not coordinate its group" in found.words
    assert met([ASSIGNED, TURNED_AWAY, POLLED, ASSIGNED, POLLED]) is None
