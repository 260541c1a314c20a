"""What is done at an event of a client's history, and what the owner is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clients import ClientPool, NotInTime
from cluster.waiting import eventually
from tests.clients.mock import TOPIC, events, mocked_producer


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[ClientPool]:
    with ClientPool(tmp_path, "127.0.0.1:1", "gates") as made:
        yield made


def test_the_client_goes_on_when_the_gate_is_opened(pool: ClientPool) -> None:
    client = mocked_producer(pool)
    gate = client.stop_at("ack", 5)
    handle = client.send(TOPIC, range(20), wait=False)
    assert gate.wait(10).count == 5 and gate.shut
    held = handle.result(0.05)
    assert len(held.acknowledged) < 20 and not held.complete
    assert {one.error_name for one in held.unknown} <= {"PENDING"}
    gate.go()
    assert not gate.shut
    report = handle.result(10)
    assert len(report.acknowledged) == 20 and report.complete
    assert handle.result() is report, "it can be asked again"


def test_an_action_runs_while_the_client_stands_still(pool: ClientPool, tmp_path: Path) -> None:
    client = mocked_producer(pool)
    seen: list[int] = []

    def look() -> None:
        seen.append(sum(event.phase == "ok" for event in events(tmp_path, client.name)))

    gate = client.on("ack", 50, look)
    report = client.send(TOPIC, range(500))
    assert gate.wait(10).count == 50
    assert seen == [50] and len(report.acknowledged) == 500


def test_an_action_may_kill_the_client(pool: ClientPool) -> None:
    client = mocked_producer(pool)
    gate = client.on("invoke", 3, client.kill)
    client.send(TOPIC, range(9), wait=False)
    gate.wait(10)
    assert not client.alive


def test_an_actions_error_is_raised_once_by_who_waits(pool: ClientPool) -> None:
    client = mocked_producer(pool)
    gate = client.on("ack", 1, lambda: 1 / 0)
    client.send(TOPIC, [1], wait=False)
    with pytest.raises(ZeroDivisionError):
        gate.wait(10)
    client.flush()


def test_an_actions_error_is_raised_by_the_next_verb_if_nobody_waits(pool: ClientPool) -> None:
    client = mocked_producer(pool)
    client.on("ack", 1, lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        client.send(TOPIC, [1])  # ends after the action, for the client stands still meanwhile
        client.flush()
    client.flush()


def test_an_actions_error_is_raised_at_the_pools_end(tmp_path: Path) -> None:
    pool = ClientPool(tmp_path / "other", "127.0.0.1:1", "gates")
    client = mocked_producer(pool)
    client.on("ack", 1, lambda: 1 / 0)
    client.send(TOPIC, [1], wait=False)
    eventually(lambda: client._errors, 10, "the end of the action")
    with pytest.raises(ZeroDivisionError):
        pool.close()
    assert not client.alive


def test_waiting_for_an_event_that_does_not_come_ends(pool: ClientPool) -> None:
    client = mocked_producer(pool)
    with pytest.raises(NotInTime, match="no ack number 1"):
        client.stop_at("ack", 1).wait(0.05)


def test_an_event_already_past_is_refused(pool: ClientPool) -> None:
    client = mocked_producer(pool)
    client.send(TOPIC, range(3))
    with pytest.raises(ValueError, match="3 is past"):
        client.stop_at("ack", 3)
    with pytest.raises(ValueError, match="no event"):
        client.stop_at("acknowledged", 4)
