"""Runs of pytest on the features, in processes of their own, and what is left of them. Linux only."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from cluster.local import folders
from cluster.waiting import eventually

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
MARK = "KAFKA_GUARANTEES_TEST_RUN"  # an environment variable that every process of a run inherits
#: Longest wait in seconds for a run, and for the end of everything once a run was ended.
RUN_PATIENCE, END_PATIENCE = 600.0, 30.0


class Run:
    """One run, begun when this is made. It leads a process group, as one in a terminal does."""

    def __init__(self, room: Path, arguments: Sequence[str], env: dict[str, str] | None = None) -> None:
        self.mark = uuid.uuid4().hex
        self.room = room / self.mark[:6]  # its temporary folder; short, for sockets lie in it
        self.report = self.room / "report"
        self.room.mkdir()
        self._output = self.room / "output.txt"
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        surroundings |= {MARK: self.mark, "TMPDIR": str(self.room), "COLUMNS": "120", **(env or {})}
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "pytest",
                    "-p",
                    "no:cacheprovider",
                    f"--report={self.report}",
                    *arguments,
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=surroundings,
                start_new_session=True,
            )

    def finish(self) -> int:
        """Wait for its end; the exit code."""
        return self.process.wait(RUN_PATIENCE)

    @property
    def output(self) -> str:
        return self._output.read_text()

    @property
    def told(self) -> dict[str, Any]:
        """What it told in its report."""
        told: dict[str, Any] = json.loads((self.report / "run.json").read_text())
        return told

    @property
    def scenarios(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.told["scenarios"]
        return found

    @property
    def clusters(self) -> list[Path]:
        """The folders of its clusters that are there now."""
        return list(self.room.glob(f"{folders.prefix()}*"))

    def processes(self, part: str = "") -> dict[int, str]:
        """Its processes that live now, the run itself among them: pid and command line with ``part`` in it."""
        return {pid: words for pid, words in marked(self.mark) if part in words}

    def left(self) -> str:
        """What is left of it, in words; empty if nothing is."""
        return ", ".join(
            [
                *(folder.name for folder in self.clusters),
                *(words[-90:] for words in self.processes().values()),
            ]
        )

    def interrupt(self) -> None:
        """Ctrl-C: the terminal sends it to the whole group."""
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self) -> None:
        """Kill whatever of it still runs."""
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()


def marked(mark: str) -> Iterator[tuple[int, str]]:
    """Processes that were started with the mark in their environment, zombies left out."""
    wanted = f"{MARK}={mark}".encode()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                yield int(entry.name), (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:  # it ended meanwhile, or belongs to somebody else
            continue


def features_in(folder: Path) -> list[str]:
    """Arguments of a run on the features in another folder, with the suite's own sentences."""
    return ["-c", "pytest.ini", "-p", "conftest", "-o", f"guarantee_features={folder}", str(folder)]


def span(report: Path, scenario: dict[str, Any]) -> tuple[float, float]:
    """The first and the last moment in the history of a scenario, in seconds of CLOCK_MONOTONIC."""
    (place,) = scenario["history"]
    lines = [line for file in (report / place).glob("*.jsonl") for line in file.read_text().splitlines()]
    moments = [json.loads(line)["t"] for line in lines]
    return min(moments), max(moments)


def until(condition: Callable[[], T], run: Run, what: str) -> T:
    """What ``condition`` gives once it is true; AssertionError if the run ends before that."""

    def look() -> T:
        assert run.process.poll() is None, f"the run ended before {what}:\n{run.output}"
        return condition()

    return eventually(look, RUN_PATIENCE, what)
