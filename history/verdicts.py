"""The ways in which a scenario can end other than well."""

from __future__ import annotations


class Violated(AssertionError):
    """A promise was broken. ``counterexample`` is the smallest story that shows it, in lines."""

    def __init__(self, reason: str, counterexample: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.counterexample = counterexample


class StandingViolated(Violated):
    """What every scenario promises was broken, so that it is violated even where a loss is to be shown."""


class NotShown(AssertionError):
    """A twin or a limit did not show what it is there to show, so the check proves nothing."""


class KnownDefect(Exception):
    """A client met a defect that is described as a limit, by chance, and the scenario came to nothing because of it."""


class Inconclusive(Exception):
    """Nothing was proven: a fault did not fire, or there was too little traffic."""
