"""The table of contents of the promises, ``features/README.md``: made from the features alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from fixtures.feature_text import FeatureText, ScenarioText
from reports.model import is_id
from reports.words import chapter_rank
from steps._glossary import FEATURES, cell, features

#: The sections of the articles that the suite grew from, with the entries of the catalogue that each asks for.
SECTIONS = {
    "S1 Basics": "BAS-1..6 DUR-1 DUR-7 DUR-9 DUR-10 ELE-1 ELE-7 GRP-1 KRF-1 RCK-1",
    "S2 Installation": "INS-1..3 SEC-1 SEC-5 KRF-3 ADM-1 CFG-2",
    "S3 Producing": "KEY-1..4 ORD-1..4 DUR-1..6 RTY-1 RTY-2 RTY-4 ELE-2 ELE-3 BAS-4 ADM-1",
    "S4 Consuming": "BAS-3 GRP-1 GRP-2 GRP-4 CMT-1..7 RST-1 RST-2 POS-1 POS-2",
    "S5 A database as the sink": "SNK-1..9 RTY-3 EOS-1",
    "S6 The consumer in depth": "POS-1 POS-2 GRP-1..8 NGP-1..4 RST-1 CMT-5",
    "S7 Retries and idempotent writes": "RTY-1..5 IDM-1..9 TXN-1..10 EOS-1..4",
}
KINDS = ("promise", "twin", "limit")

HEAD = """\
# What is promised, and where

Every promise is a `Rule` of a feature, and the scenarios below it show it. `make docs` writes this file
from the features; do not edit it.

- A *promise* is kept by Kafka under the settings that the scenario names.
- A *twin* is the same workload under the same fault with the protecting setting weakened. The loss, the
  duplicate or the inversion must be seen, else the promise beside it proves little.
- A *limit* is a promise that software of today breaks under its strong settings, and how.

An entry such as `IDM-1` is a tag: `pytest -m IDM-1` runs it, with its twins. A scenario counts once here,
however many rows its Examples have.
"""


def kind(scenario: ScenarioText) -> str:
    """``promise``, ``twin`` or ``limit``."""
    return "twin" if "twin" in scenario.tag_names else "limit" if "limit" in scenario.tag_names else "promise"


def ids(scenarios: Iterable[ScenarioText]) -> list[str]:
    """The entries of the catalogue that some scenarios are about, sorted by family and number."""
    return in_order({tag for scenario in scenarios for tag in scenario.tag_names if is_id(tag)})


def in_order(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (name[:3], int(name[4:])))


def expanded(entries: str) -> list[str]:
    """``"BAS-1..3 DUR-1"`` → BAS-1, BAS-2, BAS-3, DUR-1."""
    found: list[str] = []
    for family, first, last in re.findall(r"([A-Z]{3})-(\d+)(?:\.\.(\d+))?", entries):
        found += [f"{family}-{number}" for number in range(int(first), int(last or first) + 1)]
    return found


def compact(names: Iterable[str]) -> str:
    """BAS-1, BAS-2, BAS-3, DUR-1 → ``BAS-1..3, DUR-1``; of nothing: ``none``."""
    runs: list[list[str]] = []
    for name in in_order(set(names)):
        family, number = name[:3], int(name[4:])
        if runs and runs[-1][-1] == f"{family}-{number - 1}":
            runs[-1].append(name)
        else:
            runs.append([name])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}..{run[-1][4:]}" for run in runs) or "none"


def contents() -> str:
    """The whole of ``features/README.md``."""
    read = features()
    by_chapter: dict[str, list[FeatureText]] = {}
    for feature in read:
        by_chapter.setdefault(feature.path.relative_to(FEATURES).parts[0], []).append(feature)
    parts = [HEAD, counted([scenario for feature in read for scenario in feature.scenarios])]
    for chapter in sorted(by_chapter, key=chapter_rank):
        parts.append(f"## {chapter.capitalize()}\n")
        parts += [about(feature) for feature in by_chapter[chapter]]
    return "\n".join([*parts, sections(read)])


def counted(scenarios: list[ScenarioText]) -> str:
    """How much there is, in a sentence."""
    found = Counter(kind(scenario) for scenario in scenarios)
    core = sum("core" in scenario.tag_names for scenario in scenarios)
    return (
        f"There are {len(scenarios)} scenarios about {len(ids(scenarios))} entries: {in_words(found)}; "
        f"{core} of them belong to the core that `make verify` runs.\n"
    )


def in_words(found: Counter[str]) -> str:
    """``2 promises, 1 twin``"""
    parts = [f"{found[name]} {name}{'s' if found[name] > 1 else ''}" for name in KINDS if found[name]]
    return ", ".join(parts)


def about(feature: FeatureText) -> str:
    """A feature: what it says of itself, the documentation that it rests on, its rules."""
    where = feature.path.relative_to(FEATURES).as_posix()
    why, _, documented = " ".join(feature.description.split()).partition("Documented:")
    lines = [f"### [{feature.title}]({where})\n", f"{why.strip()}\n"]
    lines += [f"Documented: {documented.strip()}\n", "| rule | entries | shown by |", "|---|---|---|"]
    rules = [rule for rule, _ in feature.rules]
    for rule in [*rules, None]:
        below = [scenario for scenario in feature.scenarios if scenario.rule == rule]
        if below:
            shown = in_words(Counter(kind(scenario) for scenario in below))
            lines.append(f"| {cell(rule or feature.title)} | {', '.join(ids(below))} | {shown} |")
    return "\n".join(lines) + "\n"


def sections(read: Iterable[FeatureText]) -> str:
    """Which entries each section asks for, and which of them are there."""
    there = ids(scenario for feature in read for scenario in feature.scenarios)
    lines = [
        "## By section of the articles\n",
        "The suite grew from seven articles on learning Kafka with Python. What they say or show is the",
        "first part of its catalogue:\n",
        "| section | there | not there yet |",
        "|---|---|---|",
    ]
    asked: set[str] = set()
    for section, entries in SECTIONS.items():
        wanted = expanded(entries)
        asked |= set(wanted)
        has = {one for one in wanted if one in there}
        lines.append(f"| {section} | {compact(has)} | {compact(set(wanted) - has)} |")
    if beyond := [one for one in there if one not in asked]:
        lines.append(f"| beyond them | {compact(beyond)} | |")
    return "\n".join(lines) + "\n"
