"""What both libraries' clients share: the shapes of arguments, and a record as a reader sees it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from clients.results import Read
from history.events import digest, value_in

#: (topic, partition, offset) rows.
Rows = Sequence[tuple[str, int, int]]
#: Told of "assign", "revoke" or "lost" with (topic, partition) rows.
Listener = Callable[[str, Sequence[tuple[str, int]]], None]
#: Told of (topic, partition, offset) rows about to be committed; what it gives back is told how that ended.
Committing = Callable[[Rows], Callable[["Exception | None"], None]]


def digested(
    topic: str,
    partition: int,
    offset: int,
    key: bytes | None,
    content: bytes | str | None,
    headers: list[tuple[str, bytes | None]],
    timestamp: int | None,
    leader_epoch: int | None,
) -> Read:
    """A record with its name and its digest, the same whichever library read it, as bytes or as text."""
    if isinstance(content, str):
        content = content.encode()
    seen = digest(key, content, headers, timestamp)
    value = value_in(content)
    return Read(topic, partition, offset, key, value, content, headers, timestamp, seen, leader_epoch)
