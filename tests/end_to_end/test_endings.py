"""A run that is ended in any way, at any moment, leaves no process and no folder behind."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster.waiting import eventually
from tests.end_to_end.conftest import Begin
from tests.end_to_end.runs import END_PATIENCE, Run, features_in, until

pytestmark = pytest.mark.cluster

NODES = 6  # brokers and controllers
KAFKA, CLIENTS = "kafka.Kafka", "clients.forkserver"

FEATURE = """@producing
Feature: What takes long

  Rule: A record for a dead leader waits

    @RTY-1 @kills-brokers
    Scenario Outline: Nobody takes the record of <client>
      Given a topic with 2 partitions of one replica each
      And a <client> producer with its default settings
      And the leader of partition 0 is dead
      When it sends record 1 to partition 0
      Then record 1 is acknowledged

      Examples:
        | client          |
        | kafka-python    |
        | confluent-kafka |
"""


def starting(run: Run) -> None:
    """All nodes are there and none is ready: the start takes seconds from here."""
    until(lambda: len(run.processes(KAFKA)) == NODES, run, "nodes that start")


def in_a_fault(run: Run) -> None:
    """A broker is dead, and a client has a record for it."""

    def sending() -> bool:
        files = run.room.glob("kafka-guarantees-*/history/*/producer-1.jsonl")
        return any('"send"' in file.read_text() for file in files)

    until(sending, run, "a record that is sent")
    assert len(run.processes(KAFKA)) == NODES - 1
    assert len(run.processes(CLIENTS)) > 1  # whoever makes clients, and one of them


def interrupt(run: Run) -> int:
    run.interrupt()
    return int(pytest.ExitCode.INTERRUPTED)


def terminate(run: Run) -> int:
    run.process.terminate()
    return -signal.SIGTERM


def kill(run: Run) -> int:
    run.process.kill()
    return -signal.SIGKILL


@pytest.mark.parametrize(
    ("moment", "end", "workers"),
    [
        (starting, interrupt, 0),
        (starting, terminate, 2),
        (starting, kill, 0),
        (in_a_fault, interrupt, 0),
        (in_a_fault, terminate, 0),
        (in_a_fault, kill, 2),
    ],
)
def test_nothing_outlives_a_run(
    begin: Begin, tmp_path: Path, moment: Callable[[Run], None], end: Callable[[Run], int], workers: int
) -> None:
    (tmp_path / "producing").mkdir()
    (tmp_path / "producing" / "long.feature").write_text(FEATURE)
    run = begin(*features_in(tmp_path), "-n", str(workers))
    moment(run)
    code = end(run)
    assert run.finish() == code, run.output
    eventually(run.left, END_PATIENCE, "an end of everything", until=lambda left: not left)
    assert "Traceback" not in run.output, run.output
