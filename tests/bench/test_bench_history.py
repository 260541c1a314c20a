"""The benchmark itself, on a small history, and that a thoroughly bad one is no slower than a good one."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from history.events import Event
from history.judge import detect
from history.record import History
from tests.bench.bench_history import everything, main


def test_the_benchmark_tells_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    figures = main(3_000)
    assert figures.keys() >= {"history.judge.seconds", "history.judge.mebibytes", "history.read.seconds"}
    assert re.match(r"judge 3,000 records: \d+\.\d", capsys.readouterr().out)


def bad(records: int) -> Iterator[Event]:
    """Every record read is at another place than it should be: in reverse, twice, or not at all."""
    for event in everything(records):
        if event.records:
            kept = [row for row in event.records if row[1] % 3]
            turned = [row[2] for row in reversed(kept)]
            event.records = [(p, at, value, 1) for (p, at, _, _), value in zip(kept, turned, strict=True)]
        yield event


def test_a_bad_history_is_counted_in_full_and_told_in_part() -> None:
    history = History.of(bad(30_000))
    began = time.perf_counter()
    findings = detect(history)
    assert time.perf_counter() - began < 5.0
    assert findings.numbers["lost"] == 3 * 3_334  # every third of 10,000 offsets, in three partitions
    assert findings.numbers["duplicate"] > 10_000
    assert all(len(findings.of(kind)) <= 20 for kind in findings.kinds)
