"""Histories on disk: one file a client, one line an event."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from history.events import Event, parse


class Malformed(ValueError):
    """A complete line that is no event: the writer is broken, so nothing may be judged from it."""


def files(*places: str | Path) -> list[Path]:
    """The history files (``*.jsonl``) in folders, in order of their names; files stand for themselves."""
    found: list[Path] = []
    for place in map(Path, places):
        found += sorted(place.rglob("*.jsonl")) if place.is_dir() else [place]
    return found


def events_in(*places: str | Path) -> Iterator[Event]:
    """The events of all files, each client's in the order in which it wrote them.

    A last line without its end was cut short by SIGKILL and is left out; a complete line that is
    no event raises :class:`Malformed` with file and line number.
    """
    for path, number, line in _lines(*places):
        try:
            event = parse(line.decode())
        except (ValueError, TypeError) as error:
            raise Malformed(f"{path}:{number}: no event: {error}") from error
        yield event


def tell(into: Callable[[Event], None], *places: str | Path) -> None:
    """Hand all events to ``into``; what it refuses with a ValueError is malformed too."""
    for path, number, line in _lines(*places):
        try:
            into(parse(line.decode()))
        except (ValueError, TypeError) as error:
            raise Malformed(f"{path}:{number}: no event: {error}") from error


def _lines(*places: str | Path) -> Iterator[tuple[Path, int, bytes]]:
    for path in files(*places):
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.endswith(b"\n"):
                    yield path, number, line
