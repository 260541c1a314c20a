"""A run as JUnit XML, in the dialect that CI systems read: one suite a feature, one case a run."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import datetime, timezone

from reports import promises, words
from reports.model import ENVIRONMENT, GOOD, NOT_CHECKABLE, RunTold, ScenarioTold

#: What of the facts goes to each case, so that a case alone says what it was run against.
FACTS = ("Kafka", "Backend", "Clients", "Java")


def junit(run: RunTold) -> str:
    """The document as text, with its XML declaration."""
    root = ET.Element("testsuites", {"name": "Kafka Guarantees", **_totals(run.scenarios, run.seconds, run)})
    if run.environment_error:
        _suite_of_the_environment(root, run)
    by_uri: dict[str, list[ScenarioTold]] = {}
    for told in run.scenarios:
        by_uri.setdefault(told.uri, []).append(told)
    for uri, runs in by_uri.items():
        _suite(root, uri, runs, run)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _element(told: ScenarioTold, run: RunTold) -> str:
    """How JUnit calls what is not good."""
    if told.verdict == NOT_CHECKABLE:
        return "failure" if run.require_all else "skipped"
    return "error" if told.verdict == ENVIRONMENT else "failure"


def _totals(runs: list[ScenarioTold], seconds: float, run: RunTold) -> dict[str, str]:
    bad = [_element(told, run) for told in runs if told.verdict not in GOOD]
    return {
        "tests": str(len(runs)),
        "failures": str(bad.count("failure")),
        "errors": str(bad.count("error")),
        "skipped": str(bad.count("skipped")),
        "time": f"{seconds:.3f}",
    }


def _suite(root: ET.Element, uri: str, runs: list[ScenarioTold], run: RunTold) -> None:
    took = sum(told.seconds for told in runs)
    stamp = datetime.fromtimestamp(min(told.started for told in runs), timezone.utc)
    named = {"name": words.clean(runs[0].feature), "file": words.clean(uri)}
    stamped = {"timestamp": stamp.strftime("%Y-%m-%dT%H:%M:%S")}
    suite = ET.SubElement(root, "testsuite", {**named, **stamped, **_totals(runs, took, run)})
    overlays = [("settings laid over", item) for item in words.overlaid(run)]
    _properties(suite, [*run.facts.items(), *overlays])
    for told in runs:
        _case(suite, told, run)


def _case(suite: ET.Element, told: ScenarioTold, run: RunTold) -> None:
    case = ET.SubElement(
        suite, "testcase", name=words.clean(words.titled(told)), classname=words.clean(told.uri),
        file=words.clean(told.uri), line=str(words.failing_line(told)), time=f"{told.seconds:.3f}",
    )  # fmt: skip
    facts = [(name, run.facts[name]) for name in FACTS if name in run.facts]
    about = [("id", name) for name in told.ids] + [("verdict", told.verdict), ("kind", told.kind)]
    seed = [("seed", str(told.seed))] if told.seed is not None else []
    numbers = [(name, words.number(value)) for name, value in told.numbers.items()]
    _properties(case, [*about, *facts, *seed, *numbers])
    if told.verdict in GOOD:
        ET.SubElement(case, "system-out").text = words.clean(story(told))
        return
    ended = ET.SubElement(case, _element(told, run), message=words.clean(told.reason or told.verdict), type=told.verdict)
    ended.text = words.clean(story(told))


def _properties(parent: ET.Element, pairs: list[tuple[str, str]]) -> None:
    properties = ET.SubElement(parent, "properties")
    for name, value in pairs:
        ET.SubElement(properties, "property", name=words.clean(name), value=words.clean(value))


def _suite_of_the_environment(root: ET.Element, run: RunTold) -> None:
    """An error that no scenario carries still makes the document red."""
    root.set("tests", str(len(run.scenarios) + 1))
    root.set("errors", str(int(root.get("errors", "0")) + 1))
    suite = ET.SubElement(root, "testsuite", name="environment", tests="1", errors="1", failures="0", skipped="0",
                          time="0")  # fmt: skip
    case = ET.SubElement(suite, "testcase", name="The environment runs", classname="environment", time="0")
    error = ET.SubElement(case, "error", message=words.clean(promises.headline(run)), type=ENVIRONMENT)
    error.text = words.clean(run.environment_error or "")


def story(told: ScenarioTold) -> str:
    """A run as plain text: what was wrong, the counterexample, the sentences with their numbers."""
    lines = [f"{told.verdict}: {told.reason}" if told.reason else told.verdict]
    if told.counterexample:
        lines += ["", told.counterexample]
    lines.append("")
    for step in told.steps:
        mark = {"passed": " ", "failed": ">"}.get(step.status, "-")
        lines.append(f"{mark} {step.keyword} {step.text}")
        lines += [f"      {note}" for note in step.notes]
        lines += [f"      {line}" for line in (step.error or "").splitlines()]
    return "\n".join(lines)
