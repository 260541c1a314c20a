"""The part of Cucumber's messages that comes from the feature files, and which pickle a run belongs to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gherkin.stream.gherkin_events import GherkinEvents

from reports import gherkin_docs
from reports.model import ScenarioTold, StepTold

Message = dict[str, Any]


class Sources:
    """``source``, ``gherkinDocument`` and ``pickle`` messages for the features that were run.

    A pickle is found by its feature file, the line of its scenario and its row of Examples; if the
    file has changed meanwhile, by its name and sentences. A run that fits none gets a feature file
    of its own, made from what was run, so that nothing is left out.
    """

    def __init__(self, runs: list[ScenarioTold], features_root: Path) -> None:
        self.messages: list[Message] = []
        self._gherkin = GherkinEvents(GherkinEvents.Options(True, True, True))
        self._by_place: dict[tuple[object, ...], Message] = {}
        self._by_name: dict[tuple[object, ...], Message] = {}
        self._own: dict[int, Message] = {}
        for uri in dict.fromkeys(told.uri for told in runs):
            try:
                text = gherkin_docs.place(features_root, uri).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            self._add(uri, text)
        for number, told in enumerate(runs):
            if self._find(told) is None:
                self._state_anew(number, told)

    def pickle(self, told: ScenarioTold) -> Message:
        """The pickle that ``told`` is a run of."""
        return self._find(told) or self._own[id(told)]

    def _find(self, told: ScenarioTold) -> Message | None:
        texts = tuple(step.text for step in told.steps)
        place = (told.uri, told.line, tuple(sorted(told.example.items())))
        found = self._by_place.get(place)
        if found and tuple(step["text"] for step in found["steps"]) == texts:
            return found
        return self._by_name.get((told.uri, told.title, texts))

    def _add(self, uri: str, text: str) -> list[Message]:
        """Takes up a feature; gives its pickles. One that is no Gherkin is left out."""
        source = {"uri": uri, "data": text, "mediaType": "text/x.cucumber.gherkin+plain"}
        told: Any = {"source": source}
        events: list[Any] = list(self._gherkin.enum(told))
        if any("parseError" in event for event in events):
            return []
        pickles = [event["pickle"] for event in events if "pickle" in event]
        document = next(event["gherkinDocument"] for event in events if "gherkinDocument" in event)
        nodes = _nodes(document)
        for pickle in pickles:
            self._by_name[(uri, pickle["name"], tuple(step["text"] for step in pickle["steps"]))] = pickle
            line, row = _place(pickle, nodes)
            self._by_place[(uri, line, row)] = pickle
        self.messages += events
        return pickles

    def _state_anew(self, number: int, told: ScenarioTold) -> None:
        uri = f"{told.uri.removesuffix('.feature')}.run-{number}.feature"
        (self._own[id(told)],) = self._add(uri, _as_gherkin(told))


def _nodes(node: Any) -> dict[str, Any]:
    """All nodes of a document that have an id."""
    found: dict[str, Any] = {}
    if isinstance(node, dict):
        if "id" in node:
            found[node["id"]] = node
        for item in node.values():
            found.update(_nodes(item))
    elif isinstance(node, list):
        for item in node:
            found.update(_nodes(item))
    return found


def _place(pickle: Message, nodes: dict[str, Any]) -> tuple[int, tuple[tuple[str, str], ...]]:
    """The line of the scenario, and its row of Examples as sorted pairs."""
    scenario = nodes[pickle["astNodeIds"][0]]
    row: Any = nodes[pickle["astNodeIds"][1]] if len(pickle["astNodeIds"]) > 1 else None
    pairs: list[tuple[str, str]] = []
    for examples in scenario["examples"]:
        if row in examples.get("tableBody", []):
            names = [cell["value"] for cell in examples["tableHeader"]["cells"]]
            pairs = list(zip(names, [cell["value"] for cell in row["cells"]], strict=True))
    return scenario["location"]["line"], tuple(sorted(pairs))


def _as_gherkin(told: ScenarioTold) -> str:
    """A feature file that states one run."""
    tags = " ".join(f"@{tag}" for tag in told.tags if tag and not set(tag) & set(" \t\n@#"))
    lines = [tags, f"Feature: {_line(told.feature)}", f"  Scenario: {_line(told.title)}"]
    for step in told.steps:
        lines += [f"    {step.keyword} {_line(step.text)}", *_table(step), *_docstring(step)]
    return "\n".join(lines) + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def _table(step: StepTold) -> list[str]:
    rows = step.table or []
    escaped = [[cell.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\n") for cell in row] for row in rows]
    return [f"      | {' | '.join(row)} |" for row in escaped]


def _docstring(step: StepTold) -> list[str]:
    if step.docstring is None:
        return []
    return ['      """', *("      " + line for line in step.docstring.replace('"""', '\\"\\"\\"').split("\n")), '      """']
