"""How an operation ended, told from each library's own errors: never "fail" where a record may be there."""

from __future__ import annotations

import pickle

import kafka.errors as python_errors
import pytest
from confluent_kafka import KafkaError, KafkaException

from clients.problems import ClientDied, ClientError, NotInTime, code_of, local, name_of, problem_of


def both(code: int) -> list[BaseException]:
    return [python_errors.for_code(code)("told"), KafkaException(KafkaError(code, "told"))]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (10, "MESSAGE_TOO_LARGE"),
        (17, "INVALID_TOPIC_EXCEPTION"),
        (29, "TOPIC_AUTHORIZATION_FAILED"),
        (47, "INVALID_PRODUCER_EPOCH"),
        (90, "PRODUCER_FENCED"),
    ],
)
def test_what_the_broker_refused_has_failed(code: int, name: str) -> None:
    for error in both(code):
        problem = problem_of(error)
        assert (problem.code, problem.name, problem.outcome) == (code, name, "fail")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (-1, "UNKNOWN_SERVER_ERROR"),
        (3, "UNKNOWN_TOPIC_OR_PARTITION"),
        (6, "NOT_LEADER_OR_FOLLOWER"),
        (7, "REQUEST_TIMED_OUT"),
        (13, "NETWORK_EXCEPTION"),
        (19, "NOT_ENOUGH_REPLICAS"),
        (20, "NOT_ENOUGH_REPLICAS_AFTER_APPEND"),
        (45, "OUT_OF_ORDER_SEQUENCE_NUMBER"),
    ],
)
def test_what_may_have_been_written_is_unknown(code: int, name: str) -> None:
    errors = both(code) if code > 0 else both(code)[:1]
    for error in errors:
        problem = problem_of(error)
        assert (problem.code, problem.name, problem.outcome) == (code, name, "unknown")


def test_not_enough_replicas_has_failed_when_it_was_the_only_attempt() -> None:
    for error in both(19):
        assert problem_of(error, only_attempt=True).outcome == "fail"
    for error in both(20):
        assert problem_of(error, only_attempt=True).outcome == "unknown"


@pytest.mark.parametrize(
    ("code", "name", "outcome"),
    [
        (KafkaError._MSG_TIMED_OUT, "_MSG_TIMED_OUT", "unknown"),
        (KafkaError._TRANSPORT, "_TRANSPORT", "unknown"),
        (KafkaError._TIMED_OUT, "_TIMED_OUT", "unknown"),
        (KafkaError._PURGE_INFLIGHT, "_PURGE_INFLIGHT", "unknown"),
        (KafkaError._PURGE_QUEUE, "_PURGE_QUEUE", "fail"),
        (KafkaError._QUEUE_FULL, "_QUEUE_FULL", "fail"),
        (KafkaError._UNKNOWN_PARTITION, "_UNKNOWN_PARTITION", "fail"),
        (KafkaError._FENCED, "_FENCED", "fail"),
    ],
)
def test_librdkafkas_own_codes(code: int, name: str, outcome: str) -> None:
    problem = problem_of(KafkaException(KafkaError(code)))
    assert (problem.code, problem.name, problem.outcome) == (code, name, outcome)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (python_errors.KafkaTimeoutError("Expiring 1 record(s)"), "unknown"),
        (python_errors.KafkaConnectionError("socket disconnected"), "unknown"),
        (python_errors.CommitFailedError(), "fail"),
        (python_errors.IllegalStateError("closed"), "fail"),
    ],
)
def test_kafka_pythons_own_classes_have_a_name_and_no_code(error: Exception, outcome: str) -> None:
    problem = problem_of(error)
    assert (problem.code, problem.name, problem.outcome) == (None, type(error).__name__, outcome)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Cannot execute transactional method because we are in an error state: ...", "fail"),
        ("TransactionalId t: Invalid transition attempted from state BUMPING_PRODUCER_EPOCH to ...", "fail"),
        ("Could not execute transactional request for unknown reasons: [Error 7] ...", "unknown"),
    ],
)
def test_kafka_pythons_bare_errors_of_transactions(text: str, outcome: str) -> None:
    assert problem_of(python_errors.KafkaError(text)).outcome == outcome


def test_what_raised_before_it_was_sent_has_failed_whatever_it_says() -> None:
    assert problem_of(python_errors.KafkaTimeoutError("no metadata"), sent=False).outcome == "fail"
    assert problem_of(BufferError("Local: Queue full"), sent=False).outcome == "fail"
    assert problem_of(AssertionError("Unrecognized partition"), sent=False).outcome == "fail"


def test_a_fault_of_ours_is_not_taken_for_a_refusal() -> None:
    assert problem_of(RuntimeError("?")).outcome == "unknown"


def test_only_a_broker_that_could_not_be_asked_was_not_reached() -> None:
    assert problem_of(python_errors.KafkaConnectionError("111 ECONNREFUSED")).unreached
    assert problem_of(python_errors.NodeNotReadyError("coordinator")).unreached
    assert not problem_of(python_errors.NotCoordinatorError()).unreached
    assert not problem_of(KafkaException(KafkaError(KafkaError._TRANSPORT))).unreached


@pytest.mark.parametrize("error", [
    ClientError(local("A", "b"), "producer-1"),
    ClientDied(local("A", "b"), "producer-1"),
    NotInTime(local("A", "b"), "producer-1", [1, 2]),
])  # fmt: skip
def test_errors_travel_between_processes(error: ClientError) -> None:
    same = pickle.loads(pickle.dumps(error))
    assert type(same) is type(error) and same.problem == error.problem and str(same) == str(error)
    if isinstance(error, NotInTime):
        assert isinstance(same, NotInTime)
        assert same.so_far == error.so_far


def test_names_and_codes_of_the_protocol_guide_fit_each_other() -> None:
    for name in ("COORDINATOR_NOT_AVAILABLE", "REBALANCE_IN_PROGRESS", "NOT_COORDINATOR"):
        assert name_of(code_of(name)) == name
    assert name_of(9999) == "9999"
