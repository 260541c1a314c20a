"""What a run comes to: the catalogue's entries and their verdicts, counts, and the headline."""

from __future__ import annotations

from dataclasses import dataclass, field

from reports import words
from reports.model import (
    ENVIRONMENT,
    GOOD,
    HELD,
    INVALID,
    NOT_CHECKABLE,
    VERDICTS,
    VIOLATED,
    RunTold,
    ScenarioTold,
)


@dataclass
class Entry:
    """An entry of the catalogue ("IDM-1") and the scenarios that are about it.

    Scenarios without an id are kept by their rule, so that none is missing; ``id`` is then "".
    """

    id: str
    runs: list[ScenarioTold] = field(default_factory=list)

    @property
    def first(self) -> ScenarioTold:
        """The scenario that speaks for the entry: a promise rather than its twin, and of this entry alone."""
        return min(self.promises or self.runs, key=lambda run: len(run.ids))

    @property
    def chapter(self) -> str:
        return words.chapter(self.first.uri)

    @property
    def rule(self) -> str:
        """The promise as one sentence."""
        return self.first.rule or self.first.title

    @property
    def promises(self) -> list[ScenarioTold]:
        """The runs that prove the promise itself; twins and limits left out."""
        return [run for run in self.runs if run.kind == "promise"]

    @property
    def verdict(self) -> str:
        return words.worst([run.verdict for run in self.runs])

    @property
    def seconds(self) -> float:
        return sum(run.seconds for run in self.runs)


def entries(run: RunTold) -> list[Entry]:
    """The entries that the run is about: by chapter as it is read, then as the features have them.

    Not in the order in which scenarios ended, which is another one each time when they run side by side.
    """
    found: dict[tuple[str, ...], Entry] = {}
    for told in sorted(run.scenarios, key=lambda told: (told.uri, told.line)):
        keys: list[tuple[str, ...]] = [(name,) for name in told.ids]
        for key in keys or [("", told.uri, told.rule or told.title)]:
            found.setdefault(key, Entry(key[0])).runs.append(told)
    return sorted(found.values(), key=lambda entry: words.chapter_rank(entry.chapter))


@dataclass
class Counts:
    """A run in numbers. ``scenarios`` counts runs (each row of Examples), all else distinct things."""

    scenarios: dict[str, int]  # verdict → runs
    promises: dict[str, list[str]]  # verdict → names of the entries whose promise ended so
    twins: dict[str, list[str]]  # verdict → names
    limits: dict[str, list[str]]  # verdict → names

    @property
    def total(self) -> int:
        """The number of runs."""
        return sum(self.scenarios.values())


def counts(run: RunTold) -> Counts:
    """How many scenarios, promises, twins and limits ended with each verdict; the worst run counts."""
    scenarios = dict.fromkeys(VERDICTS, 0)
    for told in run.scenarios:
        scenarios[told.verdict] = scenarios.get(told.verdict, 0) + 1
    promises = [(entry.id or entry.rule, entry.promises) for entry in entries(run) if entry.promises]
    return Counts(
        scenarios,
        _by_verdict(promises),
        _by_verdict(_alike(run, "twin")),
        _by_verdict(_alike(run, "limit")),
    )


def _alike(run: RunTold, kind: str) -> list[tuple[str, list[ScenarioTold]]]:
    """The scenarios of a kind with all their rows, by name: the id where there is one, else the title."""
    found: dict[tuple[str, int], list[ScenarioTold]] = {}
    for told in run.scenarios:
        if told.kind == kind:
            found.setdefault((told.uri, told.line), []).append(told)
    return [(", ".join(runs[0].ids) or runs[0].title, runs) for runs in found.values()]


def _by_verdict(named: list[tuple[str, list[ScenarioTold]]]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {verdict: [] for verdict in VERDICTS}
    for name, runs in named:
        told.setdefault(words.worst([run.verdict for run in runs]), []).append(name)
    return told


def problems(run: RunTold) -> list[ScenarioTold]:
    """What is not as it should be, the worst first: what is not good, and what met a defect that is known.

    What is not checkable is told by its reasons.
    """
    fine = (*GOOD, NOT_CHECKABLE)
    bad = [told for told in run.scenarios if told.verdict not in fine or (told.verdict in GOOD and told.reason)]
    return sorted(bad, key=lambda told: words.rank(told.verdict))


def standing(run: RunTold) -> str:
    """One verdict for the run: ``held`` only if every scenario is good and something was checked."""
    if run.environment_error:
        return ENVIRONMENT if VIOLATED not in {told.verdict for told in run.scenarios} else VIOLATED
    verdict = words.worst([told.verdict for told in run.scenarios])
    if verdict not in GOOD and verdict != NOT_CHECKABLE:
        return verdict
    return INVALID if run.interrupted else verdict if verdict == NOT_CHECKABLE else HELD


def headline(run: RunTold) -> str:
    """The run in one sentence: "All 31 promises held; every twin and limit was seen"."""
    told = counts(run)
    before = "Interrupted. " if run.interrupted else ""
    if run.environment_error:
        before += "The environment failed. "
    if not told.total:
        return before + "No promise was checked"
    return before + _sentence(_promises_in_words(told, not before) + _companions_in_words(told))


def _sentence(clauses: list[str]) -> str:
    said = "; ".join(clauses)
    return said[:1].upper() + said[1:]


def _promises_in_words(told: Counts, whole_run: bool) -> list[str]:
    total = sum(map(len, told.promises.values()))
    held, violated = len(told.promises[HELD]), told.promises[VIOLATED]
    said = []
    if violated:
        said.append(f"{words.plural(len(violated), 'promise')} violated ({_few(violated)})")
        if held:
            said.append(f"{held} held")
    elif held == total:
        whole = "All " if whole_run and total > 1 else ""
        said += [f"{whole}{words.plural(total, 'promise')} held"] if total else []
    else:
        said.append(f"{held} of {words.plural(total, 'promise')} held")
    for verdict, phrase in ((INVALID, "not proven"), (ENVIRONMENT, "met a failing environment")):
        if names := told.promises[verdict]:
            said.append(f"{len(names)} {phrase} ({_few(names)})")
    if names := told.promises[NOT_CHECKABLE]:
        said.append(f"{len(names)} not checkable here")
    return said


def _companions_in_words(told: Counts) -> list[str]:
    """Twins and limits: together where all were seen, else what was not."""
    said, fine = [], []
    for noun, group in (("twin", told.twins), ("limit", told.limits)):
        total = sum(map(len, group.values()))
        silent = [name for verdict in (VIOLATED, INVALID, ENVIRONMENT) for name in group[verdict]]
        if silent:
            said.append(f"{words.plural(len(silent), noun)} not seen ({_few(silent)})")
        if absent := group[NOT_CHECKABLE]:
            said.append(f"{words.plural(len(absent), noun)} not checkable here")
        if total and not silent and not absent:
            fine.append(noun)
    return said + ([f"every {' and '.join(fine)} was seen"] if fine else [])


def _few(names: list[str], most: int = 4) -> str:
    more = [f"{len(names) - most} more"] if len(names) > most else []
    return ", ".join(names[:most] + more)
