"""Runs of the whole suite for a test, each with a cluster of its own; nothing of them may be left."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cluster.local.prepared import Prepared
from cluster.waiting import eventually
from tests.end_to_end.runs import END_PATIENCE, Run

Begin = Callable[..., Run]


@pytest.fixture
def begin(ready: Prepared) -> Iterator[Begin]:
    """Begins a run: ``begin("-m", "IDM-1", env={})``. At the end of the test nothing of it may be left."""
    if sys.platform != "linux":
        pytest.skip("looks for processes in /proc")
    runs: list[Run] = []
    with tempfile.TemporaryDirectory(prefix="kg-") as room:

        def start(*arguments: str, env: dict[str, str] | None = None) -> Run:
            runs.append(Run(Path(room), arguments, env))
            return runs[-1]

        try:
            yield start
            for run in runs:
                eventually(run.left, END_PATIENCE, "an end of everything", until=lambda left: not left)
        finally:
            for run in runs:
                run.end()
