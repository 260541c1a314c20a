"""A figure beside its aim, and the table of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """``ratio`` compares with ``beside``, measured in the same run: absolute times hang on the machine."""

    what: str
    measured: float
    unit: str
    aim: float
    at_least: bool = False  # the aim is to be reached from below
    beside: str = ""
    ratio: float | None = None

    @property
    def reached(self) -> bool:
        return self.measured >= self.aim if self.at_least else self.measured <= self.aim

    def cells(self) -> list[str]:
        sign = ">=" if self.at_least else "<="
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} x"
        return [
            self.what,
            f"{self.measured:.4g} {self.unit}",
            f"{sign} {self.aim:g} {self.unit}",
            "yes" if self.reached else "no",
            ratio,
            self.beside,
        ]


HEAD = ["figure", "measured", "aim", "reached", "ratio", "to what"]


def table(figures: Sequence[Figure]) -> str:
    """Plain text, a line a figure."""
    rows = [HEAD, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def machine() -> str:
    """How busy the machine is: with others at work, ratios tell more than times."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
