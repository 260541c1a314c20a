"""Replicas that differ are found at the first batch, and errors in logs unless the scenario explains them."""

from __future__ import annotations

import pytest

from clients.record_batches import BatchSeen
from fixtures.standing import ENDED_SESSIONS, EXPECTED, require_equal, unexpected
from history.verdicts import StandingViolated

LABEL = "dur-1-0a1b2c3d"


def batch(offset: int, value: str, epoch: int = 0) -> BatchSeen:
    return BatchSeen(offset, offset, -1, -1, -1, epoch, False, False, (value.encode(),))


def test_equal_replicas() -> None:
    log = [batch(0, "producer-1:1"), batch(1, "producer-1:2")]
    require_equal("t-0", {1: log, 2: list(log), 3: list(log)})


def test_one_replica_that_has_another_record() -> None:
    log = [batch(0, "producer-1:1"), batch(1, "producer-1:2")]
    with pytest.raises(StandingViolated, match=r"differ.*broker 2 has offsets 1 to 1 .*producer-1:3"):
        require_equal("t-0", {1: log, 2: [log[0], batch(1, "producer-1:3")], 3: log})


def test_one_replica_with_the_same_record_of_another_leader() -> None:
    with pytest.raises(StandingViolated, match="leader epoch 1"):
        require_equal("t-0", {1: [batch(0, "producer-1:1")], 2: [batch(0, "producer-1:1", epoch=1)]})


def test_one_replica_that_is_shorter() -> None:
    log = [batch(0, "producer-1:1"), batch(1, "producer-1:2")]
    with pytest.raises(StandingViolated, match="broker 3 has no more batches"):
        require_equal("t-0", {1: log, 2: log, 3: log[:1]})


def test_what_one_replica_has_deleted_already_is_no_difference() -> None:
    log = [batch(0, "producer-1:1"), batch(1, "producer-1:2")]
    require_equal("t-0", {1: log, 2: log[1:]})


def lines(*texts: str) -> list[str]:
    return [f"[2026-11-25T04:49:20.123] {text}" for text in texts]


def test_errors_that_are_expected_are_passed_over() -> None:
    refused = (
        "ERROR [ReplicaManager broker=1] Error processing append operation on partition x-0 (ReplicaManager)"
    )
    assert not list(unexpected(lines(refused, "WARN something", "INFO all is well"), EXPECTED, LABEL))


def test_other_errors_are_found() -> None:
    assert list(unexpected(lines("ERROR Log dir failed", "FATAL the end"), EXPECTED, LABEL)) == [
        "Log dir failed",
        "the end",
    ]


def test_an_error_is_told_with_its_cause() -> None:
    cause = "java.io.IOException: no space left"
    told = [*lines("ERROR Log dir failed"), cause, "\tat java.base/x", *lines("ERROR the end"), "Caused by: y"]
    assert list(unexpected(told, EXPECTED, LABEL)) == [f"Log dir failed: {cause}", "the end"]


@pytest.mark.parametrize(
    "cause",
    [
        "org.apache.zookeeper.KeeperException$SessionExpiredException: KeeperErrorCode = Session expired",
        "kafka.zookeeper.ZooKeeperClientExpiredException: Session expired either before or while waiting",
    ],
)
def test_what_is_asked_in_a_session_that_has_ended_is_passed_over_where_sessions_end(cause: str) -> None:
    told = [*lines("ERROR [KafkaApi-3] Error when handling request: api=FETCH"), cause]
    assert not list(unexpected(told, [*EXPECTED, *ENDED_SESSIONS], LABEL))
    assert list(unexpected(told[:1], [*EXPECTED, *ENDED_SESSIONS], LABEL))


def test_what_was_asked_of_a_controller_that_is_active_no_more_is_passed_over() -> None:
    asked = "ERROR [ControllerApis nodeId=103] Unexpected error handling request Forwarded request: X (y)"
    cause = "org.apache.kafka.common.errors.NotControllerException: The active controller appears to be node 102."
    for words in (cause, f"java.util.concurrent.CompletionException: {cause}"):
        assert not list(unexpected([*lines(asked), words], EXPECTED, LABEL))
    assert list(unexpected([*lines(asked), "java.lang.NullPointerException"], EXPECTED, LABEL))


def test_an_error_that_names_a_scenario_is_its_own() -> None:
    mine, other = f"ERROR about {LABEL}-0", "ERROR about idm-1-rty-3-99999999-0"
    assert list(unexpected(lines(mine, other), EXPECTED, LABEL)) == [f"about {LABEL}-0"]


def test_a_test_that_needs_no_kafka_gets_none(request: pytest.FixtureRequest) -> None:
    assert "standing_checks" in request.fixturenames  # it is there for every scenario, and of a name of its own
    assert "standing" not in request.fixturenames  # which is the cluster of the suite's own tests
