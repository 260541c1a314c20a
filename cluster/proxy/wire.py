"""The few bytes of Kafka's protocol that every frame needs read, without decoding its message.

Source: https://kafka.apache.org/protocol ("Protocol Primitive Types", "Request Header").
"""

from __future__ import annotations

from struct import Struct
from struct import error as BadStruct
from typing import NamedTuple

Bytes = bytes | bytearray | memoryview

PRODUCE = 0
#: Stands for the number of an API in messages that are not Kafka's.
FOREIGN = -2
#: A length beyond this is no Kafka frame (a broker's socket.request.max.bytes is 100 MiB by default).
LARGEST = 256 * 1024 * 1024
#: So many bytes of a request are waited for before it is looked at; nearly always they hold the head.
HEAD_BYTES = 1024

LENGTH = Struct(">i")
FIXED = Struct(">hhih")
SHORT = Struct(">h")


class Head(NamedTuple):
    """A request's header. ``end`` is where it ends in the frame (its tagged fields not counted)."""

    api: int
    version: int
    correlation: int
    client_id: str
    end: int


def head_of(data: Bytes, at: int, end: int) -> Head | None:
    """The header of the request that begins at ``at``, or None if it is not there up to ``end``."""
    if end - at < 14:
        return None
    api, version, correlation, length = FIXED.unpack_from(data, at + 4)
    stop = at + 14 + max(length, 0)
    if stop > end:
        return None
    client_id = str(data[at + 14:stop], "utf-8", "replace") if length > 0 else ""
    return Head(api, version, correlation, client_id, stop - at)


def varint(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """An unsigned varint and where it ends; IndexError when it is cut short."""
    value = shift = 0
    while at < end:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise IndexError("varint cut short")


def after_tags(data: Bytes, at: int, end: int) -> int:
    """Where a section of tagged fields ends."""
    count, at = varint(data, at, end)
    for _ in range(count):
        _, at = varint(data, at, end)
        size, at = varint(data, at, end)
        at += size
    return at


def is_answered(head: Head, data: Bytes, at: int, end: int) -> bool | None:
    """Whether a broker answers this request: Produce with acks=0 is not. None if that cannot be seen yet."""
    if head.api != PRODUCE:
        return True
    place = at + head.end
    try:
        if head.version >= 9:
            place = after_tags(data, place, end)
            size, place = varint(data, place, end)
            place += max(size - 1, 0)
        elif head.version >= 3:
            place += 2 + max(SHORT.unpack_from(data, place)[0], 0)
        if place + 2 > end:
            return None
        return bool(SHORT.unpack_from(data, place)[0] != 0)
    except (IndexError, BadStruct):  # the bytes end too early
        return None


def framed(*parts: Bytes) -> bytes:
    """A frame of these parts, its length in front."""
    body = b"".join(parts)
    return LENGTH.pack(len(body)) + body
