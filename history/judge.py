"""From findings to verdicts. What was found is one thing, what may not be found is another.

The same findings serve a promise and its twin with opposite expectations.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from heapq import nsmallest
from operator import itemgetter

from history import losses, order, progress, reading  # noqa: F401  they register their detections
from history.anomalies import DETECTIONS, Anomaly, Case
from history.record import History
from history.rows import ACKNOWLEDGED, FAILED, OPEN, UNSENT
from history.story import story
from history.verdicts import Inconclusive, NotShown, Violated

#: How many findings of a kind are told in words; all are counted.
TOLD = 20

HELD, VIOLATED, UNKNOWN, WEAK = "held", "violated", "unknown", "weak"

#: Findings that no setting excuses, short of an unclean election.
ALWAYS = frozenset({"inconsistent-offset", "late-offset", "unknown-read", "wrong-content", "epoch-regress"})
#: acks=all, three replicas, min ISR 2, clean elections; a failed send is retried.
AT_LEAST_ONCE = ALWAYS | {"lost"}
#: No retries: each record at most once.
AT_MOST_ONCE = ALWAYS | {"duplicate"}
#: The idempotent producer, within one session.
EXACTLY_ONCE_IN_ORDER = AT_LEAST_ONCE | {"duplicate", "reordered", "nonmonotonic-send"}
#: Order alone, duplicates and losses apart.
IN_ORDER = frozenset({"reordered", "nonmonotonic-send"})
#: A consumer with assigned partitions reads each log forwards and without jumps.
READ_IN_ORDER = frozenset({"nonmonotonic-poll", "poll-skip"})
#: A member of a group goes on where its group had committed.
RESUMED = frozenset({"stale-resume", "forward-resume"})
#: Availability: records go on through what the history marks as an outage.
GOES_ON = frozenset({"no-progress"})
#: read_committed.
COMMITTED_ONLY = frozenset({"aborted-read"})

PROFILES = {
    "always": ALWAYS,
    "at least once": AT_LEAST_ONCE,
    "at most once": AT_MOST_ONCE,
    "exactly once, in order": EXACTLY_ONCE_IN_ORDER,
    "in order": IN_ORDER,
    "read in order": READ_IN_ORDER,
    "resumed": RESUMED,
    "goes on": GOES_ON,
    "committed only": COMMITTED_ONLY,
}

#: How the numbers line names what was found.
WORDS = {
    "duplicate": "repeated",
    "unknown": "outcome unknown",
    "nonmonotonic-send": "acknowledged out of turn",
    "no-progress": "without progress",
}


@dataclass
class Findings:
    """All that is wrong with a history, judged by nobody yet. ``numbers`` counts every finding."""

    history: History
    numbers: dict[str, int]
    told: dict[str, list[Anomaly]] = field(default_factory=dict)

    def of(self, kind: str) -> list[Anomaly]:
        """The findings of a kind, the first few by offset; ``numbers[kind]`` says how many there are."""
        _known([kind])
        return self.told.get(kind, [])

    @property
    def kinds(self) -> set[str]:
        """What kinds were found."""
        return set(self.told)

    def line(self, *more: str) -> str:
        """ "acknowledged 1,000 · read 1,000 · lost 0 · repeated 0 · reordered 0", and ``more`` kinds."""
        names = ["acknowledged", "read", "lost", "duplicate", "reordered", *more]
        names += [kind for kind in self.numbers if kind in self.told and kind not in names]
        return " · ".join(f"{WORDS.get(name, name)} {self.numbers[name]:,}" for name in names)


class Counted:
    """Cases, counted while they go by, so that none but the first few need to be kept."""

    def __init__(self, cases: Iterator[Case]) -> None:
        self.cases = cases
        self.number = 0

    def __iter__(self) -> Iterator[Case]:
        for case in self.cases:
            self.number += 1
            yield case


def detect(history: History) -> Findings:
    """Run all detections over a history. Linear in its length; no search."""
    findings = Findings(history, counts(history))
    for kind, detection in DETECTIONS.items():
        counted = Counted(detection(history))
        first = nsmallest(TOLD, counted, key=itemgetter(0))
        findings.numbers[kind] = counted.number
        if first:
            findings.told[kind] = [tell() for _, tell in first]
    return findings


def counts(history: History) -> dict[str, int]:
    """Records attempted, acknowledged, failed, with unknown outcome, and read (each counted once)."""
    topics = history.topics.values()

    def count(*outcomes: int, read: bool | None = None) -> int:
        return sum(topic.count(outcome, read) for topic in topics for outcome in outcomes)

    return {
        "attempted": count(OPEN, ACKNOWLEDGED, FAILED),
        "acknowledged": count(ACKNOWLEDGED),
        "failed": count(FAILED),
        "unknown": count(OPEN),
        "read": count(UNSENT, OPEN, ACKNOWLEDGED, FAILED, read=True),
        "polls": history.polls,
    }


def _known(kinds: Collection[str]) -> None:
    if strange := set(kinds) - set(DETECTIONS):
        raise ValueError(f"no such finding: {', '.join(sorted(strange))}; there are {', '.join(DETECTIONS)}")


@dataclass
class Verdict:
    """What findings mean for a promise: ``word`` is held, violated, unknown or weak."""

    word: str
    reason: str
    violations: list[Anomaly]
    findings: Findings

    @property
    def numbers(self) -> dict[str, int]:
        return self.findings.numbers

    def counterexample(self) -> str | None:
        """The smallest story that shows the violation, or None without one."""
        return story(self.findings.history, self.violations[0]) if self.violations else None

    def require(self) -> None:
        """Raise :class:`Violated` or, where nothing is proven, :class:`Inconclusive`, unless it was held."""
        if self.word == VIOLATED:
            raise Violated(self.reason, self.counterexample())
        if self.word != HELD:
            raise Inconclusive(self.reason)


def judge(findings: Findings, forbidden: Collection[str], floor: int = 1) -> Verdict:
    """Judge findings by what may not be found; ``floor`` acknowledged and read records must be there.

    A violation stands however thin the run was; a floor of 0 demands no traffic at all. Records that may have been lost and have not been
    seen since make it *unknown* where losses are forbidden.
    """
    _known(forbidden)
    found = [kind for kind in DETECTIONS if kind in forbidden and kind in findings.told]
    if found:
        violations = sorted((one for kind in found for one in findings.of(kind)), key=size)
        counted = ", ".join(f"{findings.numbers[kind]:,} {WORDS.get(kind, kind)}" for kind in found)
        return Verdict(VIOLATED, f"{violations[0].text} ({counted})", violations, findings)
    weak = [one.text for one in findings.of("weak-run") if one.events or floor > 0]
    for name in ("acknowledged", "read"):
        if 0 < findings.numbers[name] < floor:
            weak.append(f"only {findings.numbers[name]:,} records were {name}, {floor:,} are needed")
    if weak:
        return Verdict(WEAK, "; ".join(weak), [], findings)
    if "lost" in forbidden and findings.numbers["unseen"]:
        reason = f"{findings.numbers['unseen']:,} acknowledged records were not seen yet: {findings.of('unseen')[0].text}"
        return Verdict(UNKNOWN, reason, [], findings)
    return Verdict(HELD, findings.line(), [], findings)


def size(anomaly: Anomaly) -> tuple[int, int]:
    """What makes a counterexample small: few operations, an early offset."""
    operations = {(event.client, event.op) for event in anomaly.events}
    return len(operations), min(anomaly.offsets, default=0)


def shows(findings: Findings, kind: str) -> Anomaly:
    """The smallest finding of a kind that a twin or a limit must show, else :class:`NotShown`."""
    if not findings.of(kind):
        seen = ", ".join(f"{findings.numbers[other]:,} {WORDS.get(other, other)}" for other in findings.told)
        raise NotShown(f"no {kind} was seen; {findings.line()}" + (f"; found {seen}" if seen else ""))
    return min(findings.of(kind), key=size)
