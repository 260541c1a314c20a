"""The glossary of sentences, ``steps/README.md``: made from the steps, their words and the features."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from fixtures import feature_text, phrases
from fixtures.feature_text import PLACEHOLDER, FeatureText, ScenarioText

HERE = Path(__file__).parent
FEATURES = HERE.parent / "features"
#: Comment lines above an entry of ``phrases.WORDS``, and the entry's name.
EXPLAINED = re.compile(r'((?: {4}# .*\n)+) {4}"(\w+)": word\(')
#: Words that are one of a few.
LISTS: Mapping[str, Iterable[str]] = {"Client": phrases.CLIENTS, "OutOfTurn": phrases.OUT_OF_TURN}

HEAD = """\
# What can be said

The sentences that features are made of, by the noun that they are about. `make docs` writes this file
from the steps and the features; do not edit it.

A sentence fits exactly one step. A `{Word}` in it is typed: what may stand there is in the
[list of words](#words). In a `Scenario Outline` a column of the Examples may stand there too, such as
`<client>`. A sentence that begins with `Given` may also follow as `And` or `But` after another `Given`,
and so may the others.
"""


@dataclass
class Entry:
    """A step: the sentences that it knows, what it means, and where features say so."""

    contexts: list[StepFunctionContext]
    means: str
    example: str = ""  # the first sentence of a feature that it matches
    features: set[str] = field(default_factory=set)

    @property
    def kind(self) -> str:
        return str(self.contexts[0].type or "*").capitalize()

    @property
    def sentences(self) -> list[str]:
        """As they are written, each field as its type."""
        return [phrases.FIELD.sub(r"{\2}", context.parser.name) for context in self.contexts]


def modules() -> list[str]:
    """The names of the modules that have steps."""
    return sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def entries(module: str) -> list[Entry]:
    """The steps of a module of this folder, in the order in which they stand there."""
    loaded = importlib.import_module(f"steps.{module}")
    by_function: dict[Callable[..., object], list[StepFunctionContext]] = {}
    for context in step_function_context_registry.values():
        if inspect.unwrap(context.step_func).__globals__ is vars(loaded):
            by_function.setdefault(context.step_func, []).append(context)
    functions = sorted(by_function, key=lambda function: function.__code__.co_firstlineno)
    # The decorator that stands last is applied first.
    return [Entry(by_function[one][::-1], inspect.getdoc(one) or "") for one in functions]


def features() -> list[FeatureText]:
    """All features, read."""
    return [feature_text.read(path) for path in sorted(FEATURES.rglob("*.feature"))]


def said(scenario: ScenarioText) -> Iterator[tuple[str | None, str]]:
    """Kind and text of every sentence of a scenario, each row of its Examples filled in."""
    rows = [dict(zip(part.names, cells, strict=True)) for part in scenario.examples for _, cells in part.rows]
    for row in rows or [{}]:
        for sentence in [*scenario.background, *scenario.sentences]:
            yield sentence.kind, filled(sentence.text, row)


def filled(text: str, row: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: row.get(found[1], found[0]), text)


def note_uses(found: Iterable[Entry], read: Iterable[FeatureText]) -> None:
    """Notes in each entry the features that say it, and its first use as an example."""
    found = list(found)
    known: dict[tuple[str | None, str], list[Entry]] = {}
    for feature in read:
        for scenario in feature.scenarios:
            for kind, text in said(scenario):
                if (kind, text) not in known:
                    known[kind, text] = [
                        entry
                        for entry in found
                        for context in entry.contexts
                        if context.type in (None, kind) and context.parser.is_matching(text)
                    ]
                for entry in known[kind, text]:
                    entry.features.add(feature.path.name)
                    entry.example = entry.example or text


def glossary() -> str:
    """The whole of ``steps/README.md``."""
    by_module = {name: entries(name) for name in modules()}
    note_uses([entry for found in by_module.values() for entry in found], features())
    parts = [HEAD]
    for name, found in by_module.items():
        about = (inspect.getdoc(importlib.import_module(f"steps.{name}")) or "").splitlines()[0]
        parts.append(f"## {name.capitalize()}\n\n{about} ([{name}.py]({name}.py))\n")
        parts += [told(entry) for entry in found]
    return "\n".join([*parts, words(), ways()])


def told(entry: Entry) -> str:
    """A step as an item of a list: its sentences, its meaning, an example where there are words in it."""
    lines = [f"- `{entry.kind} {sentence}`" for sentence in entry.sentences]
    shown = "<br>\n  ".join([lines[0], *(line.removeprefix("- ") for line in lines[1:])])
    means = " ".join(entry.means.split()).replace("``", "`")
    example = f' As in "{entry.example}".' if entry.example and "{" in shown else ""
    count = len(entry.features)
    uses = "1 feature" if count == 1 else f"{count} features"
    return f"{shown}<br>\n  {means}{example} *In {uses}.*\n"


def words() -> str:
    """What may stand in a sentence where it has a typed word."""
    source = Path(phrases.__file__).read_text(encoding="utf-8")
    lines = ["## Words\n", "| word | what may stand there, and what the step receives |", "|---|---|"]
    for comment, name in EXPLAINED.findall(source):
        meaning = " ".join(line.strip().lstrip("# ") for line in comment.splitlines())
        if name in LISTS:
            meaning += f". One of: {', '.join(LISTS[name])}"
        lines.append(f"| `{name}` | {cell(meaning)} |")
    return "\n".join(lines) + "\n"


def ways() -> str:
    """The words that stand for settings, with the settings."""
    lines = ["Words that stand for settings:\n", "| word | written | stands for |", "|---|---|---|"]
    for name, table in (("Manner", phrases.MANNERS), ("Flaw", phrases.FLAWS)):
        for text, settings in table.items():
            shown = ", ".join(f"`{key}={value}`" for key, value in settings.items())
            lines.append(f"| `{name}` | {cell(text.strip(' ,'))} | {shown} |")
    return "\n".join(lines) + "\n"


def cell(text: str) -> str:
    """A text as a cell of a table."""
    return text.replace("|", "\\|")
