"""Reading and changing messages, with kafka-python's protocol classes.

kafka-python knows the client's side of the protocol.  A message that it does not know (the controller's
own ones, or a newer version) is read as None and passes untouched.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from struct import Struct
from typing import Any
from uuid import UUID

import kafka.protocol.admin as admin
import kafka.protocol.consumer as consumer
import kafka.protocol.metadata as metadata
import kafka.protocol.producer as producer
from kafka.protocol.api_key import ApiKey

from cluster.proxy.faults import REQUEST
from cluster.proxy.frames import Frame
from cluster.proxy.wire import Head, after_tags, framed

API_VERSIONS = 18
NAMES: dict[int, str] = {int(key): key.name for key in ApiKey}
KEYS: dict[str, int] = {name: key for key, name in NAMES.items()}
#: Fields that list topics; other lists of named things (configurations, protocols) are not topics.
TOPIC_LISTS = (
    "topic_data", "topics", "responses", "v3_and_below_topics", "results_by_topic_v3_and_below", "topic_results"
)
ERROR_FIELDS = ("error_code", "partition_error_code")
BATCH = Struct(">qiibIhiqqqhii")


def _classes(suffix: str) -> dict[int, Any]:
    found = {}
    for module in (producer, consumer, metadata, admin):
        for name in module.__all__:
            if name.endswith(suffix):
                kind = getattr(module, name)
                found[int(kind.API_KEY)] = kind
    return found


REQUESTS, RESPONSES = _classes("Request"), _classes("Response")


def api_name(api: int) -> str:
    """The protocol guide's name of an API, or its number in words where we know no name."""
    return NAMES.get(api, str(api))


def api_key(api: str | int) -> int:
    """The number of an API. Raises ValueError for a name that does not exist."""
    if isinstance(api, int):
        return api
    if api not in KEYS:
        raise ValueError(f"no API is called {api!r}; names are those of the protocol guide, as Produce")
    return KEYS[api]


def complain(text: str) -> None:
    """One line for the proxy's log, which is its stderr."""
    print(f"proxy: {text}", file=sys.stderr, flush=True)


def class_of(head: Head, direction: str) -> Any | None:
    """The class that reads this message in this version, or None."""
    kind = (REQUESTS if direction == REQUEST else RESPONSES).get(head.api)
    return kind if kind is not None and 0 <= head.version <= kind.max_version else None


def read(frame: Frame) -> Any | None:
    """The decoded message of a frame, or None if it cannot be read. It is decoded once."""
    if frame.message is None and not frame.unreadable:
        kind = class_of(frame.head, frame.direction)
        try:
            frame.message = kind and kind.decode(memoryview(frame.data)[_body(frame, kind):],
                                                 version=frame.head.version)
        except Exception as error:  # whatever a peer sent, the proxy passes it
            complain(f"cannot read {frame.direction} {api_name(frame.head.api)} v{frame.head.version}: {error!r}")
        frame.unreadable = frame.message is None
    return frame.message


def _body(frame: Frame, kind: Any) -> int:
    """Where the message begins, after length and header."""
    flexible = kind.flexible_version_q(frame.head.version)
    if frame.direction == REQUEST:
        return after_tags(frame.data, frame.head.end, len(frame.data)) if flexible else frame.head.end
    return after_tags(frame.data, 8, len(frame.data)) if flexible and frame.head.api != API_VERSIONS else 8


def response_frame(head: Head, message: Any) -> bytes:
    """A response message as the bytes that answer the request of ``head``."""
    flexible = type(message).flexible_version_q(head.version) and head.api != API_VERSIONS
    tags = b"\0" if flexible else b""
    return framed(head.correlation.to_bytes(4, "big", signed=True), tags, message.encode())


def parts(message: Any) -> Iterator[Any]:
    """A message and every structure in it."""
    yield message
    for field in message._struct._fields:
        if field.is_struct_array():
            for child in getattr(message, field.name) or ():
                yield from parts(child)
        elif field.is_struct():
            child = getattr(message, field.name)
            if child is not None:
                yield from parts(child)


def errors_in(message: Any) -> list[int]:
    """Every error code of a message, in its order. Empty if it has none."""
    return [
        getattr(part, field.name)
        for part in parts(message)
        for field in part._struct._fields
        if field.name in ERROR_FIELDS and field.for_version_q(message.version)
    ]


def set_errors(message: Any, code: int) -> None:
    """Makes every error code of a message this one, and offsets of a Produce answer -1 as a broker does."""
    for part in parts(message):
        for field in part._struct._fields:
            if field.name in ERROR_FIELDS and field.for_version_q(message.version):
                setattr(part, field.name, code)
            elif field.name == "base_offset" and code:
                part.base_offset = -1


def topics_in(message: Any) -> Iterator[tuple[str | UUID, Any]]:
    """(name or id, structure) of each topic that a message speaks of."""
    for field in message._struct._fields:
        if not field.is_struct_array() or not field.for_version_q(message.version):
            continue
        for child in getattr(message, field.name) or ():
            topic = _topic(child) if field.name in TOPIC_LISTS else None
            if topic:
                yield topic, child
            else:
                yield from topics_in(child)


def _topic(part: Any) -> str | UUID | None:
    fields = part._struct.fields
    for name in ("name", "topic", "topic_id"):
        value = getattr(part, name) if name in fields else None
        if value and (not isinstance(value, UUID) or value.int):
            return value  # type: ignore[no-any-return]
    return None


def partitions_in(topic: Any) -> Iterator[tuple[int, Any]]:
    """(number, structure or None) of each partition under a topic's structure."""
    for field in topic._struct._fields:
        for child in _listed(getattr(topic, field.name)):
            if isinstance(child, int):
                yield child, None
                continue
            for name in ("index", "partition", "partition_index"):
                if name in getattr(child, "_struct", topic._struct).fields and hasattr(child, "_struct"):
                    yield getattr(child, name), child
                    break


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def batches_in(message: Any) -> list[dict[str, int]]:
    """The heads of all record batches of a Produce request or Fetch response."""
    found: list[dict[str, int]] = []
    for _, topic in topics_in(message):
        for _, partition in partitions_in(topic):
            records = getattr(partition, "records", None) if partition is not None else None
            if records:
                found.extend(_batches(bytes(records)))
    return found


def _batches(records: bytes) -> Iterator[dict[str, int]]:
    at = 0
    while at + BATCH.size <= len(records):
        _, length, _, magic, _, _, last, _, _, writer, epoch, first, count = BATCH.unpack_from(records, at)
        if magic != 2 or length <= 0:
            return
        yield {
            "producer_id": writer,
            "producer_epoch": epoch,
            "base_sequence": first,
            "last_sequence": first + last if first >= 0 else first,
            "records": count,
        }
        at += 12 + length


def answer_told(frame: Frame) -> dict[str, Any]:
    """Error codes and base offset of a response, as the control socket tells them."""
    message = read(frame)
    if message is None:
        return {"errors": [], "base_offset": None}
    offsets = [part.base_offset for part in parts(message) if "base_offset" in part._struct.fields]
    return {"errors": errors_in(message), "base_offset": offsets[0] if offsets else None}
