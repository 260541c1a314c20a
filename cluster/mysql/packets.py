"""As much of MySQL's protocol as the fault proxy reads: frames, the handshake, statements, answers.

Source: MySQL internals, "Client/Server Protocol" (page_protocol_basic_packets,
page_protocol_connection_phase_packets, page_protocol_com_query).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

#: Bits of the capabilities in a handshake.
CONNECT_WITH_DB, COMPRESS, SSL = 1 << 3, 1 << 5, 1 << 11
PLUGIN_AUTH, CONNECT_ATTRIBUTES, LENGTH_ENCODED_AUTH = 1 << 19, 1 << 20, 1 << 21
ZSTD, QUERY_ATTRIBUTES = 1 << 26, 1 << 27
#: What would keep us from reading, and is therefore not offered to clients.
UNREADABLE = COMPRESS | SSL | ZSTD

QUERY = 0x03  # COM_QUERY
OK, ERR = 0x00, 0xFF
HEADER = 4  # bytes: three of length, one a sequence number
LONGEST = 0xFFFFFF  # a longer packet is sent in several frames


async def frame(reader: asyncio.StreamReader) -> bytes:
    """The next frame with its header; b"" when the other side has ended, in the middle or not."""
    try:
        header = await reader.readexactly(HEADER)
        return header + await reader.readexactly(int.from_bytes(header[:3], "little"))
    except (asyncio.IncompleteReadError, OSError):
        return b""


def payload(whole: bytes) -> bytes:
    return whole[HEADER:]


def begins_command(whole: bytes) -> bool:
    """Whether a client's frame is the first of a command: its sequence number starts anew."""
    return whole[3] == 0 and len(whole) > HEADER


@dataclass
class Greeting:
    """The server's first packet, without what we could not read afterwards."""

    passed_on: bytes
    connection: int = 0  # the server's number of it, as in its process list
    capabilities: int = 0


def greeting(whole: bytes) -> Greeting:
    """One that is an error ("too many connections") is passed on as it is."""
    body = bytearray(payload(whole))
    if not body or body[0] != 10:
        return Greeting(whole)
    place = body.index(0, 1) + 1  # behind the version
    connection = int.from_bytes(body[place : place + 4], "little")
    low = place + 4 + 8 + 1
    high = low + 2 + 1 + 2
    capabilities = int.from_bytes(body[low : low + 2] + body[high : high + 2], "little")
    offered = (capabilities & ~UNREADABLE).to_bytes(4, "little")
    body[low : low + 2], body[high : high + 2] = offered[:2], offered[2:]
    return Greeting(whole[:HEADER] + bytes(body), connection, capabilities)


@dataclass
class Login:
    """The client's answer to the greeting."""

    capabilities: int
    attributes: dict[str, str] = field(default_factory=dict)  # such as _pid, the client's process


def login(whole: bytes) -> Login:
    body = payload(whole)
    capabilities = int.from_bytes(body[:4], "little")
    found = Login(capabilities)
    if not capabilities & CONNECT_ATTRIBUTES:
        return found
    try:
        place = body.index(0, 32) + 1  # behind the user's name
        if capabilities & LENGTH_ENCODED_AUTH:
            length, place = length_encoded(body, place)
            place += length
        else:
            place += 1 + body[place]
        for present in (CONNECT_WITH_DB, PLUGIN_AUTH):
            if capabilities & present:
                place = body.index(0, place) + 1
        length, place = length_encoded(body, place)
        found.attributes = pairs(body[place : place + length])
    except (IndexError, ValueError):  # a client that writes it another way has no attributes for us
        pass
    return found


def pairs(data: bytes) -> dict[str, str]:
    """Length-encoded strings, two and two."""
    words, place = [], 0
    while place < len(data):
        length, place = length_encoded(data, place)
        words.append(data[place : place + length].decode(errors="replace"))
        place += length
    return dict(zip(words[::2], words[1::2], strict=False))


def length_encoded(data: bytes, place: int) -> tuple[int, int]:
    """A length-encoded integer, and the place behind it."""
    first = data[place]
    if first < 0xFB:
        return first, place + 1
    size = {0xFC: 2, 0xFD: 3, 0xFE: 8}[first]
    return int.from_bytes(data[place + 1 : place + 1 + size], "little"), place + 1 + size


def statement(whole: bytes, attributes: bool) -> str | None:
    """The SQL of a client's frame; None if it holds none.

    ``attributes``: both sides have agreed on query attributes, of which clients send none unless asked to.
    """
    body = payload(whole)
    if not begins_command(whole) or body[0] != QUERY:
        return None
    start = 1
    if attributes:
        count, start = length_encoded(body, start)
        start += 1  # the number of sets, always one
        if count:
            start += (count + 7) // 8 + 1  # the values are left in front of the text
    return body[start:].decode(errors="replace").strip().rstrip(";").strip()
