"""How verdicts, times and places are written, the same in every report."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from reports.model import (
    ENVIRONMENT,
    HELD,
    INVALID,
    LIMIT_SEEN,
    NOT_CHECKABLE,
    TWIN_SEEN,
    VIOLATED,
    RunTold,
    ScenarioTold,
)

#: From worst to best: a row that stands for several scenarios shows the worst of them.
WORST_FIRST = (VIOLATED, ENVIRONMENT, INVALID, NOT_CHECKABLE, LIMIT_SEEN, TWIN_SEEN, HELD)

#: A sign beside each word, so that nothing rests on colour. None of them is an emoji in common fonts.
SIGNS = {
    HELD: "✓",
    TWIN_SEEN: "◑",
    LIMIT_SEEN: "△",
    VIOLATED: "✗",
    INVALID: "?",
    NOT_CHECKABLE: "–",
    ENVIRONMENT: "!",
}

MEANINGS = {
    HELD: "the promise was kept",
    TWIN_SEEN: "with the weaker setting the loss, the duplicate or the inversion was seen, as it must be",
    LIMIT_SEEN: "a promise that today's software is known to break, and broke here",
    VIOLATED: "a promise was broken",
    INVALID: "nothing was proven: a fault did not fire, a twin or limit showed nothing, too little traffic",
    NOT_CHECKABLE: "this cluster lacks what the scenario needs",
    ENVIRONMENT: "Kafka or a machine would not run",
}

#: What XML forbids (XML 1.0, "Characters").
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

CLIENTS = ("kafka-python", "confluent-kafka")

#: The chapters in the order in which they are read.
CHAPTERS = (
    "log", "ordering", "producing", "replication", "consuming",
    "groups", "sink", "security", "operations", "installation",
)  # fmt: skip


def worst(verdicts: list[str]) -> str:
    """The worst of some verdicts; of none: ``invalid``, since nothing was proven."""
    return min(verdicts, key=rank, default=INVALID)


def rank(verdict: str) -> int:
    """0 for the worst verdict; a word that is not known counts as invalid."""
    return WORST_FIRST.index(verdict if verdict in WORST_FIRST else INVALID)


def chapter(uri: str) -> str:
    """The folder of a feature file: "features/ordering/partition_order.feature" → "ordering"."""
    parts = uri.split("/")
    return parts[-2] if len(parts) > 1 and parts[-2] != "features" else "features"


def chapter_rank(name: str) -> tuple[int, str]:
    """Sorts chapters as they are read; those that are not known come last, by name."""
    return (CHAPTERS.index(name) if name in CHAPTERS else len(CHAPTERS), name)


def slug(text: str) -> str:
    """A text as part of an anchor or an id: letters, digits, - and _ only."""
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-")


def anchor(told: ScenarioTold) -> str:
    """The anchor of a scenario on our page; the rows of an outline share one."""
    stem = told.uri.rpartition("/")[2].removesuffix(".feature")
    return f"{slug(chapter(told.uri))}-{slug(stem)}-{told.line}"


def client(told: ScenarioTold) -> str:
    """The client library of a run: that of its Examples, else the only one its sentences name, else ""."""
    said = " ".join(step.text for step in told.steps)
    named = [name for name in CLIENTS if name in said]
    return told.example.get("client") or (named[0] if len(named) == 1 else "")


def label(told: ScenarioTold) -> str:
    """What tells the rows of an outline apart: "kafka-python", "confluent-kafka, acks=1"; "" without a row."""
    return ", ".join(value if name == "client" else f"{name}={value}" for name, value in told.example.items())


def titled(told: ScenarioTold) -> str:
    """The title, with the row of Examples where there is one."""
    return f"{told.title} [{label(told)}]" if told.example else told.title


def seconds(value: float) -> str:
    """A duration in words: "0.04 s", "1.2 s", "34 s", "2 min 05 s"."""
    if value < 9.95:
        return f"{value:.2f} s" if value < 0.095 else f"{value:.1f} s"
    whole = round(value)
    if whole < 100:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def number(value: float) -> str:
    """A number with separators: 1000000 → "1,000,000"."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3g}"


def moment(epoch: float) -> str:
    """A moment, in UTC: "2026-11-25 03:06 UTC"."""
    return datetime.fromtimestamp(epoch, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def plural(count: int, one: str, many: str | None = None) -> str:
    """ "1 promise", "2 promises"."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def failing_line(told: ScenarioTold) -> int:
    """The line of the sentence that failed, else that of the scenario."""
    return next((step.line for step in told.steps if step.status == "failed"), told.line)


def overlaid(run: RunTold) -> list[str]:
    """The settings laid over: "producer enable.idempotence=false"."""
    return [f"{name}={value}" for name, value in run.overlays.items()]


def clean(text: str) -> str:
    """A text without the control characters that XML forbids; they become U+FFFD."""
    return FORBIDDEN.sub("\ufffd", text)
