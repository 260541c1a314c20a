"""Promises that begin or end with a release of Kafka, and what a run says of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reports.model import NOT_CHECKABLE, RunTold, ScenarioTold

Number = tuple[int, int]

SINCE = re.compile(r"since-(\d+)\.(\d+)")
UNTIL = re.compile(r"until-(\d+)\.(\d+)")


def since(tags: Iterable[str]) -> Number | None:
    """The release from which a scenario holds, (4, 0) for ``since-4.0``; the latest one named."""
    return max(_numbers(SINCE, tags), default=None)


def until(tags: Iterable[str]) -> Number | None:
    """The last release for which a scenario holds, (3, 6) for ``until-3.6``; the earliest one named."""
    return min(_numbers(UNTIL, tags), default=None)


def _numbers(form: re.Pattern[str], tags: Iterable[str]) -> list[Number]:
    found = [match.groups() for tag in tags if (match := form.fullmatch(tag))]
    return [(int(major), int(minor)) for major, minor in found]


def differences(run: RunTold) -> list[str]:
    """What this release does otherwise than later ones, and what it does not promise yet; a line each.

    ``differs with Kafka 2.4.1: DUR-8 (until 3.6)`` names entries of which a scenario ran that later
    releases are spared, ``not promised by Kafka 3.9.2: ELE-6 (from 4.1)`` those of which one was not
    checkable for want of a later release.
    """
    version = run.facts.get("Kafka", "")
    otherwise: dict[str, str] = {}
    later: dict[str, str] = {}
    for told in sorted(run.scenarios, key=lambda told: told.tags):
        begins, ends = since(told.tags), until(told.tags)
        for name in told.ids:
            if ends is not None:
                otherwise[name] = f"until {_dotted(ends)}"
            elif begins is not None and is_too_early(told, version):
                later[name] = f"from {_dotted(begins)}"
    for name in otherwise:
        later.pop(name, None)
    partly = {name for told in run.scenarios if not is_too_early(told, version) for name in told.ids}
    named = [f"{name} ({'in part ' if name in partly else ''}{when})" for name, when in later.items()]
    lines = [f"differs with Kafka {version}: {_listed(f'{n} ({w})' for n, w in otherwise.items())}"]
    lines += [f"not promised by Kafka {version}: {_listed(named)}"]
    return [line for line in lines if not line.endswith(": ")]


def is_too_early(told: ScenarioTold, version: str) -> bool:
    """Whether a scenario was passed over because the cluster's release comes before its own."""
    begins = since(told.tags)
    parts = re.findall(r"\d+", version)[:2]
    early = begins is not None and tuple(map(int, parts)) < begins
    return early and told.verdict == NOT_CHECKABLE


def _dotted(number: Number) -> str:
    return ".".join(map(str, number))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
