"""A run as a stream of Cucumber's messages, one JSON object a line.

The format is that of https://github.com/cucumber/messages; Cucumber's own viewer reads it.
"""

from __future__ import annotations

import base64
import itertools
import json
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reports.message_sources import Sources
from reports.model import GOOD, NOT_CHECKABLE, Evidence, RunTold, ScenarioTold, StepTold
from reports.timeline_svg import picture

#: The version of the protocol that is written; what the stream uses has not changed in later ones.
PROTOCOL = "32.0.1"
STATUSES = {"passed": "PASSED", "failed": "FAILED", "skipped": "SKIPPED", "undefined": "UNDEFINED",
            "pending": "PENDING"}  # fmt: skip
HOOK = "hook-verdict"
LOG = "text/x.cucumber.log+plain"  # text that the viewer shows where it stands, not folded away
RUN = "run"

Message = dict[str, Any]


def messages(run: RunTold, features_root: Path) -> str:
    """The stream as text. A feature whose file cannot be had is stated anew from what was run."""
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in stream(run, features_root))


def stream(run: RunTold, features_root: Path) -> Iterator[Message]:
    """The messages in order: the features, then each scenario that was run."""
    yield {"meta": _meta(run)}
    sources = Sources(run.scenarios, features_root)
    yield from sources.messages
    yield {"hook": {"id": HOOK, "name": "verdict", "type": "AFTER_TEST_CASE",
                    "sourceReference": {"uri": "reports/messages.py"}}}  # fmt: skip
    yield {"testRunStarted": {"id": RUN, "timestamp": _moment(run.started)}}
    for number, told in enumerate(run.scenarios):
        yield from _Case(number, told, sources.pickle(told)).messages()
    finished: Message = {
        "success": all(told.verdict in GOOD or told.verdict == NOT_CHECKABLE for told in run.scenarios)
        and not run.environment_error,
        "timestamp": _moment(run.started + run.seconds),
        "testRunStartedId": RUN,
    }
    if run.environment_error:
        finished["message"] = run.environment_error
    yield {"testRunFinished": finished}


def _meta(run: RunTold) -> Message:
    return {
        "protocolVersion": PROTOCOL,
        "implementation": {"name": "Kafka Guarantees, Kafka " + run.facts.get("Kafka", "unknown")},
        "runtime": {"name": "Python", "version": run.facts.get("Python", platform.python_version())},
        "os": {"name": platform.system(), "version": platform.release()},
        "cpu": {"name": platform.machine()},
    }


class _Case:
    """One scenario that was run: a test case with one attempt."""

    def __init__(self, number: int, told: ScenarioTold, pickle: Message) -> None:
        self.told, self.pickle = told, pickle
        self.id, self.started = f"case-{number}", f"case-{number}-started"
        self.at = told.started
        self.steps = list(itertools.zip_longest(pickle["steps"], told.steps[: len(pickle["steps"])]))
        # A verdict that no sentence tells (a fault that did not fire) is told by a step after the last.
        bad = told.verdict not in GOOD and told.verdict != NOT_CHECKABLE
        failed = [n for n, (_, step) in enumerate(self.steps) if step and step.status == "failed"]
        self.untold = bad and not failed
        self.verdict = f"{self.id}-verdict"
        # The step that gets what belongs to the scenario as a whole: the one that failed, else the last.
        self.telling = -1 if self.untold else failed[0] if failed else len(self.steps) - 1

    def messages(self) -> Iterator[Message]:
        test_steps = [
            {"id": self.step(n), "pickleStepId": step["id"], "stepDefinitionIds": [],
             "stepMatchArgumentsLists": []}
            for n, (step, _) in enumerate(self.steps)
        ]  # fmt: skip
        if self.untold or not test_steps:
            test_steps.append({"id": self.verdict, "hookId": HOOK})
        case = {"id": self.id, "pickleId": self.pickle["id"], "testRunStartedId": RUN}
        yield {"testCase": {**case, "testSteps": test_steps}}
        begun: Message = {"id": self.started, "testCaseId": self.id, "attempt": 0, "timestamp": _moment(self.at)}
        if self.told.worker:
            begun["workerId"] = self.told.worker
        yield {"testCaseStarted": begun}
        for number, (_, told) in enumerate(self.steps):
            yield from self._step(number, told or StepTold("", "", 0))
        if self.untold or not self.steps:
            yield self._begun(self.verdict)
            yield from self._story(self.verdict)
            yield self._ended(self.verdict, "FAILED" if self.untold else "PASSED", 0.0, self.told.reason)
        yield {"testCaseFinished": {"testCaseStartedId": self.started, "timestamp": _moment(self.at),
                                    "willBeRetried": False}}  # fmt: skip

    def step(self, number: int) -> str:
        return f"{self.id}-step-{number}"

    def _step(self, number: int, told: StepTold) -> Iterator[Message]:
        yield self._begun(self.step(number))
        for note in told.notes:
            yield self._attached(self.step(number), note, LOG)
        for item in told.evidence:
            yield self._attached(self.step(number), in_columns(item), name=item.title)
        if number == self.telling:
            yield from self._story(self.step(number))
        status = STATUSES.get(told.status, "UNKNOWN")
        yield self._ended(self.step(number), status, told.seconds, told.error or "")

    def _story(self, step: str) -> Iterator[Message]:
        """What the scenario comes to, with all that belongs to no sentence."""
        told = self.told
        yield self._attached(step, f"{told.verdict}: {told.reason}" if told.reason else told.verdict, LOG)
        if told.counterexample:
            yield self._attached(step, told.counterexample, LOG)
        if drawn := picture(told, alone=True):
            yield self._attached(step, drawn, "image/svg+xml", "timeline.svg")
        for log in told.logs:
            yield self._attached(step, "\n".join(log.lines), name=f"Log of {log.source}")

    def _begun(self, step: str) -> Message:
        return {"testStepStarted": {"testCaseStartedId": self.started, "testStepId": step,
                                    "timestamp": _moment(self.at)}}  # fmt: skip

    def _ended(self, step: str, status: str, took: float, message: str) -> Message:
        self.at += took
        result: Message = {"status": status, "duration": _split(took)}
        if message:
            result["message"] = message
        return {"testStepFinished": {"testCaseStartedId": self.started, "testStepId": step,
                                     "testStepResult": result, "timestamp": _moment(self.at)}}  # fmt: skip

    def _attached(self, step: str, body: str, media: str = "text/plain", name: str = "") -> Message:
        """An attachment; pictures in BASE64, since the viewer shows no others."""
        coded = not media.startswith("text/")
        attachment: Message = {
            "testCaseStartedId": self.started,
            "testStepId": step,
            "body": base64.b64encode(body.encode()).decode() if coded else body,
            "contentEncoding": "BASE64" if coded else "IDENTITY",
            "mediaType": media,
        }
        if name:
            attachment["fileName"] = name
        return {"attachment": attachment}


def in_columns(item: Evidence) -> str:
    """Evidence as text: columns padded, rows that matter marked with >."""
    rows = [item.columns, *item.rows]
    count = max(map(len, rows))
    widths = [max(len(row[n]) if n < len(row) else 0 for row in rows) for n in range(count)]
    lines = ["  ".join(cell.ljust(wide) for cell, wide in zip(row, widths, strict=False)).rstrip() for row in rows]
    marks = ["  "] + ["> " if n in item.marked else "  " for n in range(len(item.rows))]
    return "\n".join([item.title, *(mark + line for mark, line in zip(marks, lines, strict=True))])


def _moment(epoch: float) -> dict[str, int]:
    return _split(epoch)


def _split(value: float) -> dict[str, int]:
    """Seconds as the format wants them: whole seconds and nanoseconds."""
    seconds, nanos = divmod(round(max(value, 0.0) * 1_000_000), 1_000_000)
    return {"seconds": seconds, "nanos": nanos * 1000}
