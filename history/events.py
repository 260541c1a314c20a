"""The events that a history is made of, one JSON line each.

A client writes an *invoke* before it calls Kafka and a completion when it knows how the call
ended, so a client that was killed leaves an invoke without an end, and that is what it means:
the outcome is unknown.  Faults and brokers write into the same history as lanes of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any
from zlib import crc32

#: How an operation stands: begun; done; certainly not done; nobody can tell; a remark (faults, brokers).
INVOKE, OK, FAIL, UNKNOWN, INFO = "invoke", "ok", "fail", "unknown", "info"


@dataclass(slots=True)
class Event:
    """One line of a history.

    ``t`` is in seconds of CLOCK_MONOTONIC, one clock for every process of a machine.
    ``client`` names one incarnation ("producer-1"); a client started again has a new name.
    ``op`` numbers the operations of a client and links an invoke with its completion.
    ``f`` is the verb: send, poll, commit, seek, assign, revoke, position, begin, commit-transaction,
    abort-transaction, final-read, process, committed (somebody asked for it), store (a database transaction
    of a program under test); for INFO events kill, stop,
    pause, resume, start, error, armed, fired, released, leader, and outage and over around a stretch in which
    records may have to go on.
    ``value`` is the name of a record, see :func:`value_of`.
    ``records`` belongs to polls: rows of (partition, offset, value, digest), where ``digest`` is
    :func:`digest` of what was read.  ``epochs`` belongs to them: rows of (partition, offset, leader
    epoch), one where a poll's first record of a partition lies and one wherever the epoch changes.
    ``offset`` of a *final-read* is the end offset up to which the partition was read from 0.
    ``error`` is Kafka's error code (protocol guide, "Error Codes"), ``error_name`` its name, or
    a client's own word where no broker answered (code None).
    """

    t: float
    client: str
    op: int
    f: str
    phase: str
    topic: str | None = None
    partition: int | None = None
    value: str | None = None
    key: str | None = None
    offset: int | None = None
    group: str | None = None
    records: list[tuple[int, int, str | None, int]] | None = None
    epochs: list[tuple[int, int, int]] | None = None
    error: int | None = None
    error_name: str | None = None
    text: str | None = None

    def line(self) -> str:
        """The event as one line of JSON; fields that are None are left out."""
        told = {name: got for name in NAMES if (got := getattr(self, name)) is not None}
        return json.dumps(told, separators=(",", ":"), ensure_ascii=False)


NAMES = tuple(field.name for field in fields(Event))


def parse(line: str) -> Event:
    """The event that a line tells; a field that is not known is an error, so typing errors show."""
    return Event(**json.loads(line))


def read(lines: Iterable[str]) -> Iterator[Event]:
    """The events of a file. A last line cut short by SIGKILL is no event and is left out."""
    for line in lines:
        if line.endswith("\n"):
            yield parse(line)


def value_of(client: str, sequence: int) -> str:
    """The name of a record: its writer and its number there, so any read names its writer."""
    return f"{client}:{sequence}"


def writer_of(value: str) -> tuple[str, int] | None:
    """Writer and number of a record's name, or None if no client of ours can have written it."""
    client, colon, sequence = value.rpartition(":")
    return (client, int(sequence)) if colon and sequence.isdigit() else None


def content_of(value: str, size: int = 0) -> bytes:
    """The bytes sent for a record: its name, filled with a pattern up to ``size`` bytes.

    The filling follows from the name, so a reader can tell a damaged record from a whole one.
    """
    head = value.encode()
    if len(head) >= size:
        return head
    pattern = b"|%08x" % crc32(head)
    return (head + pattern * (size // len(pattern) + 1))[:size]


def value_in(content: bytes | None) -> str | None:
    """The name of the record that ``content`` holds, or None if it is not what anyone would have sent."""
    if content is None:
        return None
    head = content.partition(b"|")[0]
    try:
        value = head.decode()
    except UnicodeDecodeError:
        return None
    whole = writer_of(value) is not None and content_of(value, len(content)) == content
    return value if whole else None


def digest(key: bytes | None, content: bytes | None, headers: Any, timestamp: int | None) -> int:
    """One number for all that a reader sees of a record; equal records have equal digests."""
    return crc32(repr((key, content, list(headers or ()), timestamp)).encode())
