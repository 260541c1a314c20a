"""Settings laid over others from outside: "key=value", or a properties file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path


class Malformed(ValueError):
    """What was given is no setting; the message shows how one looks."""


def parse(items: Iterable[str], option: str = "--broker-config") -> dict[str, str]:
    """The settings of ``items``: each "key=value" or the path of a properties file; the last wins."""
    found: dict[str, str] = {}
    for item in items:
        if "=" in item:
            key, value = pair(item, f"{option} {item}")
            found[key] = value
        elif item.endswith(".properties") or Path(item).is_file():
            found.update(read(Path(item), option))
        else:
            raise Malformed(
                f"{option} {item}: give KEY=VALUE, such as {example(option)}, or a .properties file"
            )
    return found


def read(file: Path, option: str) -> dict[str, str]:
    """The settings of a properties file; comments and empty lines are passed over."""
    try:
        lines = file.read_text().splitlines()
    except OSError as error:
        raise Malformed(f"{option} {file}: cannot be read ({error.strerror})") from error
    numbered = [(number, line.strip()) for number, line in enumerate(lines, 1)]
    return dict(
        pair(line, f"{option} {file}:{number}: {line!r}")
        for number, line in numbered
        if line and line[0] not in "#!"
    )


def pair(text: str, where: str) -> tuple[str, str]:
    key, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not re.fullmatch(r"[A-Za-z0-9._-]+", key) or "\n" in value:
        raise Malformed(f"{where}: give KEY=VALUE, such as min.insync.replicas=1")
    return key, value


def example(option: str) -> str:
    return "enable.idempotence=false" if "producer" in option else "min.insync.replicas=1"
