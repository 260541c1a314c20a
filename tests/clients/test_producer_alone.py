"""A producer's verbs and its history, against librdkafka's mock cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clients import CONFLUENT, ClientError, ClientPool, UnknownSetting
from clients.verbs import key_of
from tests.clients.mock import ALONE, TOPIC, events, mocked_producer


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[ClientPool]:
    with ClientPool(tmp_path, "127.0.0.1:1", "alone") as made:
        yield made


def test_each_record_has_an_invoke_and_an_end_with_its_offset(pool: ClientPool, tmp_path: Path) -> None:
    client = mocked_producer(pool)
    report = client.send(TOPIC, range(1, 4), partition=0, key="k{n%2}")
    assert [(one.number, one.value, one.outcome, one.offset) for one in report] == [
        (1, "producer-1:1", "ok", 0),
        (2, "producer-1:2", "ok", 1),
        (3, "producer-1:3", "ok", 2),
    ]
    told = events(tmp_path, "producer-1")
    invoked = [event for event in told if event.phase == "invoke"]
    ended = [event for event in told if event.phase == "ok"]
    assert [(e.value, e.key, e.partition) for e in invoked] == [
        ("producer-1:1", "k1", 0),
        ("producer-1:2", "k0", 0),
        ("producer-1:3", "k1", 0),
    ]
    assert [(e.op, e.value, e.offset) for e in ended] == [
        (e.op, e.value, offset) for offset, e in enumerate(invoked)
    ]
    assert all(one.t_done is not None and one.t_invoke <= one.t_done for one in report)


def test_without_acknowledgement_there_is_no_offset(pool: ClientPool) -> None:
    client = mocked_producer(pool, acks=0)
    (one,) = client.send(TOPIC, [1])
    assert (one.outcome, one.offset) == ("ok", None)


def test_what_cannot_be_sent_has_failed_and_does_not_raise(pool: ClientPool) -> None:
    client = mocked_producer(pool)
    client.send(TOPIC, [0])  # so that it knows the topic
    report = client.send(TOPIC, [1], partition=77)
    problem = report.error_of(1)
    assert problem is not None and (problem.name, problem.outcome) == ("_UNKNOWN_PARTITION", "fail")
    assert [one.number for one in report.failed] == [1] and not report.unknown


def test_a_send_that_times_out_is_unknown(tmp_path: Path) -> None:
    with ClientPool(tmp_path, "127.0.0.1:1", "nobody") as pool:
        client = pool.producer(CONFLUENT, {"delivery.timeout.ms": 100})
        (one,) = client.send(TOPIC, [1])
    assert (one.outcome, one.error, one.error_name) == ("unknown", -192, "_MSG_TIMED_OUT")


def test_records_of_one_batch_each_want_a_producer_made_for_it(pool: ClientPool) -> None:
    with pytest.raises(ValueError, match=r"batch\.size=1"):
        mocked_producer(pool).send(TOPIC, [1], one_per_batch=True)
    client = mocked_producer(pool, batch_size=1)
    assert len(client.send(TOPIC, range(5), one_per_batch=True).acknowledged) == 5


def test_a_bound_on_open_records_keeps_the_rest_back(pool: ClientPool, tmp_path: Path) -> None:
    client = mocked_producer(pool)
    gate = client.stop_at("ack", 10)
    handle = client.send(TOPIC, range(100), ahead=5, wait=False)
    gate.wait()
    invoked = [event for event in events(tmp_path, "producer-1") if event.phase == "invoke"]
    assert 10 <= len(invoked) <= 9 + 5 and not handle.handed_over
    gate.go()
    assert len(handle.result().acknowledged) == 100


def test_settings_that_the_library_refuses_raise_and_leave_no_process(pool: ClientPool) -> None:
    with pytest.raises(ClientError, match="idempotence") as caught:
        pool.producer(CONFLUENT, {**ALONE, "enable.idempotence": "true", "acks": 1})
    assert (caught.value.problem.name, caught.value.problem.outcome) == ("_INVALID_ARG", "fail")
    assert pool.clients == []


def test_an_overlay_is_checked_at_once_and_wins(tmp_path: Path) -> None:
    with pytest.raises(UnknownSetting):
        ClientPool(tmp_path, "127.0.0.1:1", "overlay", {"ackz": "1"})
    with ClientPool(tmp_path, "127.0.0.1:1", "overlay", {"acks": "0"}) as pool:
        (one,) = mocked_producer(pool, acks="all").send(TOPIC, [1])
        assert one.offset is None, "acks=0 has no offset"


def test_names_are_counted_and_never_used_twice(pool: ClientPool) -> None:
    assert [mocked_producer(pool).name for _ in range(2)] == ["producer-1", "producer-2"]
    assert pool.clients[1].client_id == "alone.producer-2"
    with pytest.raises(ValueError, match="already"):
        pool.producer(CONFLUENT, ALONE, name="producer-1")


@pytest.mark.parametrize(
    ("pattern", "number", "key"),
    [("k{n%50}", 123, "k23"), ("{n}", 7, "7"), ("same", 7, "same"), ("{m}", 7, "{m}")],
)
def test_keys_follow_the_number(pattern: str, number: int, key: str) -> None:
    assert key_of(pattern, number) == key
