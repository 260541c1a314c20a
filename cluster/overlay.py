"""Settings laid over others from outside: KEY=VALUE, or a properties file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

NAME = re.compile(r"[A-Za-z0-9_.\-]+")


class Malformed(ValueError):
    """What was given is no setting; the message shows how one looks."""


def parse(
    given: Iterable[str], option: str = "--broker-config", example: str = "min.insync.replicas=1"
) -> dict[str, str]:
    """The settings of ``given``: each KEY=VALUE or the path of a .properties file, a later one over an earlier.

    Raises Malformed with ``option`` and an ``example``.
    """
    found: dict[str, str] = {}
    for entry in given:
        name, equals, value = entry.partition("=")
        if equals and NAME.fullmatch(name.strip()) and "\n" not in value:
            found[name.strip()] = value.strip()
        elif entry.endswith(".properties") and Path(entry).is_file():
            found |= read(Path(entry), option)
        else:
            file = " or name a .properties file that exists" if option == "--broker-config" else ""
            raise Malformed(f"{option} {entry}: write KEY=VALUE, such as {option} {example}{file}")
    return found


def read(file: Path, option: str) -> dict[str, str]:
    """The settings of a .properties file: KEY=VALUE lines, # and ! begin a comment. Raises Malformed."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(f"{option} {file}: cannot be read ({error}); write it as UTF-8 text") from error
    found = {}
    for number, line in enumerate(lines, 1):
        if (line := line.strip()) and line[0] not in "#!":
            name, equals, value = line.partition("=")
            if not equals or not NAME.fullmatch(name.strip()):
                raise Malformed(f"{option} {file}:{number}: this is not KEY=VALUE: {line}")
            found[name.strip()] = value.strip()
    return found
