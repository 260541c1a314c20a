"""What our page shows, worked out from a run and its feature files. The look is in ``templates``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from reports import words
from reports.gherkin_docs import FeatureDoc, RuleDoc, ScenarioDoc, StepDoc
from reports.model import GOOD, Evidence, RunTold, ScenarioTold, StepTold
from reports.timeline_svg import picture

#: With more runs of one scenario than this, numbers stand in a table below instead of beside the sentences.
MOST_BESIDE = 2


@dataclass
class Beside:
    """What one run (or all, if ``label`` is "") has to say beside a sentence."""

    label: str
    notes: list[str]
    error: str | None = None


@dataclass
class StepView:
    keyword: str
    parts: list[tuple[str, bool]]  # pieces of the sentence; True: a placeholder of the Examples
    state: str  # passed | failed | skipped, the worst of all runs
    table: list[list[str]] | None
    docstring: str | None
    beside: list[Beside] = field(default_factory=list)
    evidence: list[tuple[str, Evidence]] = field(default_factory=list)


@dataclass
class RunView:
    label: str
    told: ScenarioTold
    picture: str  # SVG, "" without
    numbers: str
    notes: list[str]  # for the table below, only used where notes do not stand beside

    @property
    def good(self) -> bool:
        return self.told.verdict in GOOD


@dataclass
class ScenarioView:
    anchor: str
    title: str
    kind: str
    ids: list[str]
    tags: list[str]
    description: str
    verdict: str
    steps: list[StepView]
    runs: list[RunView]

    @property
    def seconds(self) -> float:
        return sum(run.told.seconds for run in self.runs)

    @property
    def several(self) -> bool:
        return len(self.runs) > 1


@dataclass
class RuleView:
    sentence: str
    description: str
    given: list[StepDoc]
    scenarios: list[ScenarioView]

    @property
    def kind(self) -> str:
        """``promise``, ``twin``, ``limit``: that of the scenarios under it."""
        return self.scenarios[0].kind


@dataclass
class Pair:
    """A promise or a limit, and the twins that follow it, to stand beside it."""

    left: list[RuleView] = field(default_factory=list)
    right: list[RuleView] = field(default_factory=list)

    @property
    def pictures(self) -> list[tuple[ScenarioView, RunView]]:
        rules = [*self.left, *self.right]
        return [
            (item, run) for rule in rules for item in rule.scenarios for run in item.runs if run.picture
        ]


@dataclass
class FeatureView:
    doc: FeatureDoc
    anchor: str
    pairs: list[Pair]
    verdicts: list[tuple[str, int]]  # verdict, runs
    left_out: int  # scenarios of the file that were not run


@dataclass
class ChapterView:
    name: str
    features: list[FeatureView] = field(default_factory=list)


def chapters(run: RunTold, docs: dict[str, FeatureDoc]) -> list[ChapterView]:
    """The chapters as they are read, with the features of the run; ``docs`` has one for each uri."""
    by_uri: dict[str, list[ScenarioTold]] = {}
    for told in run.scenarios:
        by_uri.setdefault(told.uri, []).append(told)
    order = sorted(by_uri, key=lambda uri: (words.chapter_rank(words.chapter(uri)), uri))
    told_of: dict[str, ChapterView] = {}
    for uri in order:
        name = words.chapter(uri)
        told_of.setdefault(name, ChapterView(name)).features.append(_feature(docs[uri], by_uri[uri]))
    return list(told_of.values())


def _feature(doc: FeatureDoc, runs: list[ScenarioTold]) -> FeatureView:
    by_line: dict[int, list[ScenarioTold]] = {}
    for told in runs:
        by_line.setdefault(told.line, []).append(told)
    rules = [view for rule in doc.rules for view in _rules(rule, by_line)]
    known = {item.line for rule in doc.rules for item in rule.scenarios}
    strays = [_stray(found) for line, found in by_line.items() if line not in known]
    if strays:
        rules.append(RuleView("", "", [], strays))
    verdicts = [(verdict, sum(told.verdict == verdict for told in runs)) for verdict in words.WORST_FIRST]
    stem = doc.uri.rpartition("/")[2].removesuffix(".feature")
    return FeatureView(
        doc,
        f"feature-{words.slug(words.chapter(doc.uri))}-{words.slug(stem)}",
        _pairs(rules),
        [(verdict, count) for verdict, count in verdicts if count],
        len(known - set(by_line)),
    )


def _rules(rule: RuleDoc, by_line: dict[int, list[ScenarioTold]]) -> list[RuleView]:
    """A rule with what was run of it; parted in two where it holds a promise and its twin."""
    views = [_scenario(item, by_line[item.line]) for item in rule.scenarios if item.line in by_line]
    kept = [view for view in views if view.kind == "promise"]
    others = [view for view in views if view.kind != "promise"]
    return [
        RuleView(rule.sentence, rule.description, rule.background, part) for part in (kept, others) if part
    ]


def _stray(runs: list[ScenarioTold]) -> ScenarioView:
    """A scenario that the feature file does not hold (any more), shown as it was run."""
    steps = [StepDoc(s.keyword, s.text, s.line, s.table, s.docstring) for s in runs[0].steps]
    return _scenario(ScenarioDoc(runs[0].title, runs[0].line, runs[0].tags, steps), runs)


def _pairs(rules: list[RuleView]) -> list[Pair]:
    pairs: list[Pair] = []
    for rule in rules:
        if rule.kind == "twin" and pairs:
            pairs[-1].right.append(rule)
        else:
            pairs.append(Pair([rule]))
    return pairs


def _scenario(doc: ScenarioDoc, runs: list[ScenarioTold]) -> ScenarioView:
    first = runs[0]
    plain = {*first.ids, "twin", "limit", "core", words.chapter(first.uri)}
    return ScenarioView(
        words.anchor(first),
        doc.title if len(runs) > 1 else first.title,
        first.kind,
        first.ids,
        [tag for tag in dict.fromkeys(tag for told in runs for tag in told.tags) if tag not in plain],
        doc.description,
        words.worst([told.verdict for told in runs]),
        _steps(doc, runs),
        [_run(told) for told in runs],
    )


def _run(told: ScenarioTold) -> RunView:
    numbers = " · ".join(f"{name} {words.number(value)}" for name, value in told.numbers.items())
    notes = [note for step in told.steps for note in step.notes]
    return RunView(words.label(told), told, picture(told), numbers, notes)


def _steps(doc: ScenarioDoc, runs: list[ScenarioTold]) -> list[StepView]:
    """The sentences, and those of the Background that have something to say in these runs."""
    own = {step.line: step for step in doc.steps}
    order: dict[int, StepDoc] = {}
    for told in runs:
        for step in told.steps:
            if step.line in own or step.notes or step.error or step.evidence or step.status == "failed":
                order[step.line] = own.get(step.line) or _as_run(step)
    for line, step_doc in own.items():
        order.setdefault(line, step_doc)
    views = [_step(order[line], runs) for line in sorted(order)]
    if views and views[0].keyword in ("And", "But"):
        views[0].keyword = "Given"  # the Background's first sentence is told elsewhere
    return views


def _as_run(step: StepTold) -> StepDoc:
    return StepDoc(step.keyword, step.text, step.line, step.table, step.docstring)


def _step(doc: StepDoc, runs: list[ScenarioTold]) -> StepView:
    of_runs = [(told, step) for told in runs for step in told.steps if step.line == doc.line]
    states = [step.status for _, step in of_runs]
    state = next((state for state in ("failed", "skipped") if state in states), "passed" if states else "skipped")
    alone = len(runs) == 1
    text = of_runs[0][1].text if alone and of_runs else doc.text
    shown = of_runs[0][1] if alone and of_runs else doc
    return StepView(
        doc.keyword,
        placeholders(text, set(runs[0].example) if not alone else set()),
        state,
        shown.table,
        shown.docstring,
        _beside(of_runs, len(runs)),
        [("" if alone else words.label(told), item) for told, step in of_runs for item in step.evidence],
    )


def _beside(of_runs: list[tuple[ScenarioTold, StepTold]], runs: int) -> list[Beside]:
    """Notes and errors, told once where all runs say the same; of many runs only what went wrong."""
    said = [(words.label(told), step.notes, step.error) for told, step in of_runs]
    if len(said) == runs and all(item[1:] == said[0][1:] for item in said):
        said = [("", *said[0][1:])]
    elif runs > MOST_BESIDE:
        said = [item for item in said if item[2]]
    return [Beside(*item) for item in said if item[1] or item[2]]


def placeholders(text: str, names: set[str]) -> list[tuple[str, bool]]:
    """The pieces of a sentence: "an <client> producer" → ("an ", False), ("client", True), (" producer", False)."""
    pieces = re.split(r"(<[^<>]+>)", text)
    return [
        (piece[1:-1], True) if piece[:1] == "<" and piece[1:-1] in names else (piece, False)
        for piece in pieces
        if piece
    ]
