"""What a program does, written down as it happens: a lane of its own in a history."""

from __future__ import annotations

import itertools
import os
import time
from pathlib import Path
from typing import Any

from history.events import INFO, INVOKE, Event, value_of


class Lane:
    """Writes events to a file of lines, each at once, so that a program that dies has left them all.

    Without a file nothing is written.
    """

    def __init__(self, name: str, file: Path | None = None) -> None:
        self.name = name
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._fd = None if file is None else os.open(file, flags, 0o644)
        self._ops = itertools.count(1)

    def begin(self, f: str, **about: Any) -> int:
        """An operation begins; its number."""
        op = next(self._ops)
        self._write(Event(time.monotonic(), self.name, op, f, INVOKE, **about))
        return op

    def end(self, op: int, f: str, phase: str, **about: Any) -> None:
        """It has ended."""
        self._write(Event(time.monotonic(), self.name, op, f, phase, **about))

    def done(self, f: str, phase: str, **about: Any) -> None:
        """Something whose beginning does not matter has ended."""
        self.end(next(self._ops), f, phase, **about)

    def remark(self, verb: str, words: str) -> None:
        """What befell the program."""
        text = f"{self.name} {words}"
        self._write(Event(time.monotonic(), self.name, next(self._ops), verb, INFO, text=text))

    def _write(self, event: Event) -> None:
        if self._fd is not None:
            os.write(self._fd, (event.line() + "\n").encode())


def name_of(account: int, number: int) -> str:
    """A transaction by a name as histories have it: "account-7:4"."""
    return value_of(f"account-{account}", number)
