"""The house rules that a machine can judge without argument. Each gives ``file:line: what is wrong``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pytest_bdd.steps import StepFunctionContext

from fixtures.feature_text import PLACEHOLDER, FeatureText, ScenarioText, Sentence
from reports.model import is_id

STEPS_AT_MOST, BACKGROUND_AT_MOST = 6, 2
COLUMNS_AT_MOST, FILE_LINES_AT_MOST, FUNCTION_LINES_AT_MOST = 100, 300, 40
CLIENT_LIBRARIES = {"kafka", "confluent_kafka"}
#: Not said in a sentence, and what is said instead.
BANNED = {
    r"\bI\b": "the third person",
    r"\bshould\b": "the present tense",
    r"\b[Vv]erif(?:y|ies)\b|\b[Cc]hecks?\b that": "what is seen",
    r"\bwaits?\b(?! for each other)|\bsleeps?\b|\bafter \d[\d.]* (?:s|seconds?|minutes?)\b": "the event",
    r"https?://|\blocalhost\b|:\d{4,5}\b": "the name of the thing",
}
#: A comment that says which twin another id has, or why there is none.
TWIN_COMMENT = re.compile(
    r"#\s*(?:the twin of ([A-Z]{3}-\d+) is ([A-Z]{3}-\d+)|no twin for ([A-Z]{3}-\d+): (\S.*))"
)


def lines_of_features(features: Iterable[FeatureText]) -> Iterator[str]:
    """No line is longer than a page is wide."""
    for feature in features:
        for number, line in enumerate(feature.path.read_text(encoding="utf-8").splitlines(), 1):
            if len(line) > COLUMNS_AT_MOST:
                yield f"{feature.path}:{number}: {len(line)} columns, at most {COLUMNS_AT_MOST}"


def shape(features: Iterable[FeatureText]) -> Iterator[str]:
    """A scenario is short, a background only sets the scene, a feature says where it is documented."""
    for feature in features:
        if "Documented:" not in feature.description:
            yield f"{feature.path}:{feature.line}: it does not say where Kafka documents it (Documented: …)"
        for sentence in feature.backgrounds:
            if sentence.kind != "given":
                yield f"{feature.path}:{sentence.line}: a Background only has Given"
        for scenario in feature.scenarios:
            if len(scenario.sentences) > STEPS_AT_MOST:
                yield f"{feature.path}:{scenario.line}: {len(scenario.sentences)} steps, at most {STEPS_AT_MOST}"
            if len(scenario.background) > BACKGROUND_AT_MOST:
                yield f"{feature.path}:{scenario.line}: a Background has at most {BACKGROUND_AT_MOST} steps"


def titles(features: Iterable[FeatureText]) -> Iterator[str]:
    """A title names one scenario of the whole suite."""
    first: dict[str, str] = {}
    for feature in features:
        for scenario in feature.scenarios:
            place = f"{feature.path}:{scenario.line}"
            if scenario.title in first:
                yield f'{place}: the title "{scenario.title}" stands in {first[scenario.title]} already'
            first.setdefault(scenario.title, place)


def words(features: Iterable[FeatureText]) -> Iterator[str]:
    """Sentences state what is; they do not order, hope or wait."""
    for feature in features:
        said = [(sentence.line, sentence.text) for sentence in feature.backgrounds]
        for scenario in feature.scenarios:
            said += [(sentence.line, sentence.text) for sentence in scenario.sentences]
            said.append((scenario.line, scenario.title.replace("wait", "")))
        for line, text in said:
            for pattern, instead in BANNED.items():
                if found := re.search(pattern, text):
                    yield f'{feature.path}:{line}: instead of "{found[0]}" say {instead}'


def twins(features: Iterable[FeatureText]) -> Iterator[str]:
    """Each id that is promised has a twin, or a comment says which other one serves or why none does."""
    promised: dict[str, str] = {}
    shown: set[str] = set()
    excused: dict[str, tuple[str, str]] = {}
    for feature in features:
        for scenario in feature.scenarios:
            ids = {tag for tag in scenario.tag_names if is_id(tag)}
            if {"twin", "limit"} & scenario.tag_names:
                shown |= ids if "twin" in scenario.tag_names else set()
            else:
                promised |= {one: f"{feature.path}:{scenario.line}" for one in ids - promised.keys()}
        for line, text in feature.comments:
            if found := TWIN_COMMENT.fullmatch(text):
                served, by, alone, _ = found.groups()
                excused[served or alone] = (f"{feature.path}:{line}", by or "")
    for one, place in promised.items():
        if one not in shown and one not in excused:
            yield f"{place}: {one} has no @twin; write it, or say why not: # no twin for {one}: …"
    for one, (place, by) in excused.items():
        if one not in promised:
            yield f"{place}: {one} is promised nowhere"
        elif by and by not in shown:
            yield f"{place}: {by} is no twin"
        elif one in shown:
            yield f"{place}: {one} has a twin of its own"


def rendered(scenario: ScenarioText) -> Iterator[Sentence]:
    """The sentences of a scenario with each row of its Examples filled in."""
    rows = [
        dict(zip(part.names, cells, strict=True)) for part in scenario.examples for _, cells in part.rows
    ] or [{}]
    for row in rows:
        for sentence in [*scenario.background, *scenario.sentences]:
            text = sentence.text
            for name in PLACEHOLDER.findall(text):
                text = text.replace(f"<{name}>", row.get(name, f"<{name}>"))
            yield Sentence(sentence.keyword, sentence.kind, text, sentence.line)


def sentences(features: Iterable[FeatureText], steps: Iterable[StepFunctionContext]) -> Iterator[str]:
    """Each sentence is one step's, and each step has a sentence."""
    steps = list(steps)
    used: set[int] = set()
    told: set[str] = set()  # a background's sentence is met with every scenario
    known: dict[tuple[str | None, str], list[int]] = {}
    for feature in features:
        for scenario in feature.scenarios:
            for sentence in rendered(scenario):
                key = (sentence.kind, sentence.text)
                if key not in known:
                    known[key] = [
                        number
                        for number, step in enumerate(steps)
                        if step.type in (None, sentence.kind) and step.parser.is_matching(sentence.text)
                    ]
                used |= set(known[key])
                what = f"{feature.path}:{sentence.line}: {len(known[key])} steps for "
                what += f'"{sentence.keyword} {sentence.text}"'
                if len(known[key]) != 1 and what not in told:
                    told.add(what)
                    yield what
    for number, step in enumerate(steps):
        if number not in used:
            code = step.step_func.__code__
            yield f'{code.co_filename}:{code.co_firstlineno}: no feature says "{step.parser.name}"'


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of every module imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def client_libraries(files: Iterable[Path]) -> Iterator[str]:
    """A step knows nouns and verbs, not how a client library spells them."""
    for path in files:
        for line, name in imports(ast.parse(path.read_text(encoding="utf-8"))):
            if name.partition(".")[0] in CLIENT_LIBRARIES:
                yield f"{path}:{line}: a step imports {name}; ask a fixture"


def sleeps(files: Iterable[Path]) -> Iterator[str]:
    """Waiting for a condition is not sleeping."""
    for path in files:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in ("time.sleep", "asyncio.sleep"):
                yield f"{path}:{node.lineno}: {ast.unparse(node)}; use eventually of cluster/waiting.py"
        for line, name in imports(tree):
            if name in ("time.sleep", "asyncio.sleep"):
                yield f"{path}:{line}: {name}; use eventually of cluster/waiting.py"


def dependencies(files: Iterable[Path], allowed: dict[str, set[str]]) -> Iterator[str]:
    """Dependencies point one way; ``allowed`` has what of ours each package may import."""
    for path in files:
        package = path.parts[0]
        for line, name in imports(ast.parse(path.read_text(encoding="utf-8"))):
            head = name.partition(".")[0]
            if head in allowed and head != package and head not in allowed.get(package, set()):
                yield f"{path}:{line}: {package} must not import {head}"


def sizes(files: Iterable[Path]) -> Iterator[str]:
    """What does not fit on a screen or two has more than one reason to exist."""
    for path in files:
        text = path.read_text(encoding="utf-8")
        if (count := len(text.splitlines())) > FILE_LINES_AT_MOST:
            yield f"{path}:1: {count} lines, at most {FILE_LINES_AT_MOST}"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES_AT_MOST:
                    yield f"{path}:{node.lineno}: {node.name} has {length} lines, at most {FUNCTION_LINES_AT_MOST}"
