"""The page of a CI job: a summary in Markdown, and marks at lines of the feature files."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reports import promises, releases, words
from reports.model import ENVIRONMENT, VIOLATED, RunTold, ScenarioTold

#: GitHub shows no more annotations of one kind for a step than this.
MOST_ANNOTATIONS = 10


def summary(run: RunTold) -> str:
    """The headline, the counts, what is not good with its reason, and the full table folded away."""
    sign = words.SIGNS[promises.standing(run)]
    parts = [f"## {sign} {text(promises.headline(run))}", text(_about(run))]
    if run.overlays:
        parts.append("**Settings laid over:** " + ", ".join(map(code, words.overlaid(run))))
    if run.environment_error:
        parts.append("**The environment failed:**\n\n" + fence(run.environment_error))
    if run.scenarios:
        parts.append(_counts(run))
        parts += map(text, releases.differences(run))
        parts += [_problem(told) for told in promises.problems(run)]
        parts.append(_table(run))
    return "\n\n".join(parts) + "\n"


def _about(run: RunTold) -> str:
    facts = [f"{name} {run.facts[name]}" for name in ("Kafka", "Clients", "Backend") if name in run.facts]
    return " · ".join([words.moment(run.started), words.seconds(run.seconds), *facts])


def _counts(run: RunTold) -> str:
    told = promises.counts(run)
    head = "| | promises | twins | limits | scenarios run |\n|---|--:|--:|--:|--:|"
    rows = []
    for verdict in reversed(words.WORST_FIRST):
        numbers = [len(told.promises[verdict]), len(told.twins[verdict]), len(told.limits[verdict])]
        if told.scenarios[verdict]:
            cells = " | ".join(str(number or "") for number in [*numbers, told.scenarios[verdict]])
            rows.append(f"| {words.SIGNS[verdict]} {verdict} | {cells} |")
    return "\n".join([head, *rows])


def _problem(told: ScenarioTold) -> str:
    ids = " ".join(map(code, told.ids))
    head = f"### {words.SIGNS[told.verdict]} {told.verdict}: {ids} {text(words.titled(told))}".replace("  ", " ")
    where = code(f"{told.uri}:{words.failing_line(told)}")
    step = next((step for step in told.steps if step.status == "failed" or step.error), None)
    said = [f"{text(told.reason)} {where}".strip()]
    if step:
        said.append(fence("\n".join(filter(None, [f"> {step.keyword} {step.text}", step.error or ""]))))
    if told.counterexample:
        said.append(fence(told.counterexample))
    return "\n\n".join([head, *said])


def _table(run: RunTold) -> str:
    rows = ["| | id | promise | verdict | time |", "|---|---|---|---|--:|"]
    for entry in promises.entries(run):
        verdicts = dict.fromkeys(sorted((told.verdict for told in entry.runs), key=words.rank))
        sign = words.SIGNS[entry.verdict]
        rows.append(
            f"| {sign} | {entry.id} | {text(entry.rule)} | {', '.join(verdicts)} | {words.seconds(entry.seconds)} |"
        )
    count = words.plural(len(rows) - 2, "entry", "entries")
    return f"<details><summary>All {count}</summary>\n\n" + "\n".join(rows) + "\n\n</details>"


def text(said: str) -> str:
    """A text that Markdown takes as it stands, on one line, fit for a cell of a table."""
    return re.sub(r"([\\`*_{}\[\]<>|#~])", r"\\\1", " ".join(words.clean(said).split()))


def code(said: str) -> str:
    """A text as code within a line."""
    plain = " ".join(words.clean(said).split()).replace("|", "\\|")
    ticks = "`" * (max(map(len, re.findall("`+", plain)), default=0) + 1)
    space = " " if "`" in plain else ""
    return f"{ticks}{space}{plain}{space}{ticks}"


def fence(said: str) -> str:
    """Lines as code; the fence is longer than any in them."""
    ticks = "`" * max(3, max(map(len, re.findall("`+", said)), default=0) + 1)
    return f"{ticks}text\n{words.clean(said)}\n{ticks}"


def marks(run: RunTold, environment: Mapping[str, str]) -> list[str]:
    """Lines to print so that GitHub marks the sentences that failed; none elsewhere.

    The worst come first, since GitHub shows ten of a kind.
    """
    if environment.get("GITHUB_ACTIONS") != "true":
        return []
    lines = []
    if run.environment_error:
        lines.append(f"::error title={escape_property('The environment failed')}::{escape_data(run.environment_error)}")
    for told in promises.problems(run)[:MOST_ANNOTATIONS]:
        kind = "error" if told.verdict in (VIOLATED, ENVIRONMENT) else "warning"
        title = f"{told.verdict}: {' '.join(told.ids)} {words.titled(told)}".replace("  ", " ")
        said = "\n".join(filter(None, [told.reason or told.verdict, told.counterexample]))
        lines.append(
            f"::{kind} file={escape_property(told.uri)},line={words.failing_line(told)},"
            f"title={escape_property(title)}::{escape_data(said)}"
        )
    return lines


def escape_data(said: str) -> str:
    """A message for a workflow command (GitHub: "Workflow commands")."""
    return said.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(said: str) -> str:
    """A property's value for a workflow command."""
    return escape_data(said).replace(":", "%3A").replace(",", "%2C")
