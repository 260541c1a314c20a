"""What a feature file says to its reader: why, rules, scenarios, Examples, with line numbers."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gherkin.errors import ParserError
from gherkin.parser import Parser

from reports.model import ScenarioTold


@dataclass
class StepDoc:
    keyword: str
    text: str  # as written, with <placeholders>
    line: int
    table: list[list[str]] | None = None
    docstring: str | None = None


@dataclass
class ExamplesDoc:
    name: str
    tags: list[str]
    columns: list[str]
    rows: list[list[str]]


@dataclass
class ScenarioDoc:
    title: str
    line: int
    tags: list[str]  # its own, without @
    steps: list[StepDoc]  # without those of a Background
    examples: list[ExamplesDoc] = field(default_factory=list)
    description: str = ""


@dataclass
class RuleDoc:
    sentence: str  # "" for the scenarios that stand under no rule
    line: int
    tags: list[str] = field(default_factory=list)
    description: str = ""
    background: list[StepDoc] = field(default_factory=list)
    scenarios: list[ScenarioDoc] = field(default_factory=list)


@dataclass
class FeatureDoc:
    uri: str
    title: str
    line: int
    why: list[str]  # paragraphs
    documented: str  # where Kafka's documentation says it; "" if the feature does not tell
    tags: list[str] = field(default_factory=list)
    background: list[StepDoc] = field(default_factory=list)
    rules: list[RuleDoc] = field(default_factory=list)


def place(features_root: Path, uri: str) -> Path:
    """Where the feature file of ``uri`` lies, if ``features_root`` is the folder that uris begin with."""
    inside = features_root.parent / uri
    return inside if inside.exists() else features_root / uri


def load(features_root: Path, uri: str) -> FeatureDoc:
    """The feature file as a reader sees it.

    OSError: it cannot be read. ValueError: it is not Gherkin.
    """
    return parse(place(features_root, uri).read_text(encoding="utf-8"), uri)


def parse(text: str, uri: str) -> FeatureDoc:
    """The feature that a text states. ValueError, naming ``uri``: it is not Gherkin or holds no feature."""
    try:
        feature = Parser().parse(text).get("feature")
    except ParserError as error:
        raise ValueError(f"{uri} is not Gherkin: {error}") from error
    if not feature:
        raise ValueError(f"{uri} holds no feature")
    return _feature(feature, uri)


def _feature(node: Any, uri: str) -> FeatureDoc:
    why, documented = _description(node["description"])
    doc = FeatureDoc(uri, node["name"], node["location"]["line"], why, documented, _tags(node))
    bare = RuleDoc("", doc.line)
    for child in node["children"]:
        if "background" in child:
            doc.background = _steps(child["background"])
        elif "rule" in child:
            doc.rules.append(_rule(child["rule"]))
        else:
            bare.scenarios.append(_scenario(child["scenario"]))
    if bare.scenarios:
        doc.rules.insert(0, bare)
    return doc


def _rule(node: Any) -> RuleDoc:
    rule = RuleDoc(node["name"], node["location"]["line"], _tags(node), _flowing(node["description"]))
    for child in node["children"]:
        if "background" in child:
            rule.background = _steps(child["background"])
        else:
            rule.scenarios.append(_scenario(child["scenario"]))
    return rule


def _scenario(node: Any) -> ScenarioDoc:
    return ScenarioDoc(
        node["name"],
        node["location"]["line"],
        _tags(node),
        _steps(node),
        [_examples(item) for item in node["examples"]],
        _flowing(node["description"]),
    )


def _examples(node: Any) -> ExamplesDoc:
    header = node.get("tableHeader")
    return ExamplesDoc(
        node["name"],
        _tags(node),
        _cells(header) if header else [],
        [_cells(row) for row in node.get("tableBody", [])],
    )


def _steps(node: Any) -> list[StepDoc]:
    return [
        StepDoc(
            step["keyword"].strip(),
            step["text"],
            step["location"]["line"],
            [_cells(row) for row in step["dataTable"]["rows"]] if "dataTable" in step else None,
            step["docString"]["content"] if "docString" in step else None,
        )
        for step in node["steps"]
    ]


def _cells(row: Any) -> list[str]:
    return [cell["value"] for cell in row["cells"]]


def _tags(node: Any) -> list[str]:
    return [tag["name"].removeprefix("@") for tag in node["tags"]]


def _description(text: str) -> tuple[list[str], str]:
    """The paragraphs that say why, and what the one that begins with "Documented:" names."""
    blocks = re.split(r"\n\s*\n", textwrap.dedent(text).strip())
    paragraphs = [_flowing(block) for block in blocks if block.strip()]
    named = [paragraph for paragraph in paragraphs if paragraph.startswith("Documented:")]
    why = [paragraph for paragraph in paragraphs if paragraph not in named]
    return why, " ".join(paragraph.removeprefix("Documented:").strip() for paragraph in named)


def _flowing(text: str) -> str:
    return " ".join(text.split())


def from_told(uri: str, runs: list[ScenarioTold]) -> FeatureDoc:
    """What the runs alone tell of a feature, for when its file cannot be had."""
    doc = FeatureDoc(uri, runs[0].feature, 1, [], "")
    for told in runs:
        rule = next((known for known in doc.rules if known.sentence == (told.rule or "")), None)
        if rule is None:
            rule = RuleDoc(told.rule or "", told.line)
            doc.rules.append(rule)
        if all(known.line != told.line for known in rule.scenarios):
            steps = [StepDoc(s.keyword, s.text, s.line, s.table, s.docstring) for s in told.steps]
            rule.scenarios.append(ScenarioDoc(told.title, told.line, told.tags, steps))
    return doc
