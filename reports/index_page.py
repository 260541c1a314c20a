"""Our page: ``index.html``, one file that needs no network and no script."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from reports import page, promises, releases, words
from reports.gherkin_docs import FeatureDoc
from reports.model import NOT_CHECKABLE, VERDICTS, RunTold, ScenarioTold

TEMPLATES = Path(__file__).parent / "templates"
COLUMNS = (*words.CLIENTS, "")  # of the table of promises; "" takes what rests on no one client
LINKS = re.compile(r"(?P<issue>\bKAFKA-\d+\b)|(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:)])")


@dataclass
class Chip:
    """A verdict in a cell, and how many runs of the cell ended so."""

    verdict: str
    anchor: str
    count: int


@dataclass
class Cell:
    client: str
    chips: list[Chip]


@dataclass
class Row:
    """An entry of the catalogue as a row of the table."""

    entry: promises.Entry
    shared: bool  # whether other rows have the same rule, so that the title must tell them apart
    cells: list[Cell]


@dataclass
class Chapter:
    name: str
    rows: list[Row]


def html(run: RunTold, docs: dict[str, FeatureDoc]) -> str:
    """The page for a run; ``docs`` has the feature of each uri that the run names."""
    told = promises.counts(run)
    tally = [(verdict, told.scenarios[verdict]) for verdict in words.WORST_FIRST if told.scenarios[verdict]]
    problems = promises.problems(run)
    return _environment().get_template("index.html.j2").render(
        run=run,
        headline=promises.headline(run),
        clauses=promises.headline(run).split("; "),
        standing=promises.standing(run),
        meta=_meta(run, told.total),
        facts=[("Date", words.moment(run.started)), ("Took", words.seconds(run.seconds)), *run.facts.items()],
        overlays=words.overlaid(run),
        problems=problems,
        differences=releases.differences(run),
        lacking=_lacking(run),
        tally=tally,
        total=told.total,
        catalogue=catalogue(run),
        clients=_clients(run),
        chapters=page.chapters(run, docs),
        seeds=sorted({item.seed for item in run.scenarios if item.seed is not None}),
    )  # fmt: skip


def catalogue(run: RunTold) -> list[Chapter]:
    """The table of promises: chapters with their rows."""
    found = promises.entries(run)
    rules = [(entry.first.uri, entry.rule) for entry in found]
    told: dict[str, Chapter] = {}
    for entry, rule in zip(found, rules, strict=True):
        cells = [_cell(name, entry) for name in _clients(run)]
        row = Row(entry, rules.count(rule) > 1 and entry.rule != entry.first.title, cells)
        told.setdefault(entry.chapter, Chapter(entry.chapter, [])).rows.append(row)
    return list(told.values())


def _lacking(run: RunTold) -> list[tuple[str, list[ScenarioTold]]]:
    """What is not checkable here, by reason, those with the most scenarios first."""
    found: dict[str, list[ScenarioTold]] = {}
    for told in run.scenarios:
        if told.verdict == NOT_CHECKABLE:
            found.setdefault(told.reason or "No reason was given.", []).append(told)
    return sorted(found.items(), key=lambda pair: -len(pair[1]))


def _clients(run: RunTold) -> list[str]:
    """The columns that have something in them."""
    there = {_column(told) for told in run.scenarios}
    return [name for name in COLUMNS if name in there]


def _column(told: ScenarioTold) -> str:
    return words.client(told) if words.client(told) in COLUMNS else ""


def _cell(column: str, entry: promises.Entry) -> Cell:
    runs = [told for told in entry.runs if _column(told) == column]
    chips = []
    for verdict in words.WORST_FIRST:
        alike = [told for told in runs if told.verdict == verdict]
        if alike:
            chips.append(Chip(verdict, words.anchor(alike[0]), len(alike)))
    return Cell(column, chips)


def _meta(run: RunTold, total: int) -> list[str]:
    """What stands under the headline: when, how long, with what."""
    said = [words.moment(run.started), f"{words.plural(total, 'scenario')} in {words.seconds(run.seconds)}"]
    for name in ("Kafka", "Backend"):
        if name in run.facts:
            said.append(f"{name} {run.facts[name]}")
    return said


def linked(said: str) -> Markup:
    """A text of a feature, with links to what it names: Kafka's issues and addresses."""
    done, at = Markup(), 0
    for found in LINKS.finditer(said):
        url = found["url"] or f"https://issues.apache.org/jira/browse/{found['issue']}"
        done += escape(said[at : found.start()]) + Markup('<a href="{}">{}</a>').format(url, found[0])
        at = found.end()
    return done + escape(said[at:])


def local(path: str) -> str:
    """A file below the report folder as an address; one that would lead elsewhere leads nowhere."""
    return "#" if path.startswith("/") or ".." in path.split("/") else quote(path)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(
        slug=words.slug, seconds=words.seconds, anchor=words.anchor, label=words.label, linked=linked, local=local
    )
    environment.globals.update(
        signs={**dict.fromkeys(VERDICTS, "?"), **words.SIGNS},
        meanings=words.MEANINGS,
        verdicts=VERDICTS,
        most_beside=page.MOST_BESIDE,
    )
    return environment
