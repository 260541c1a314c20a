"""Answers that the proxy makes itself: a well-formed response that carries one error for everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cluster.proxy.faults import RESPONSE
from cluster.proxy.frames import Frame
from cluster.proxy.messages import (
    KEYS,
    class_of,
    errors_in,
    partitions_in,
    parts,
    read,
    response_frame,
    set_errors,
    topics_in,
)


def error_answer(frame: Frame, code: int) -> bytes | None:
    """The bytes that answer this request with ``code``, or None if we cannot make them."""
    kind = class_of(frame.head, RESPONSE)
    request = read(frame)
    if kind is None or request is None:
        return None
    answer = kind(version=frame.head.version)
    build = BUILDERS.get(frame.head.api)
    if build is not None:
        build(answer, request)
    set_errors(answer, code)
    if code not in errors_in(answer):
        return None  # this answer has no place for an error
    if frame.head.api == KEYS["Fetch"] and answer.responses:
        answer.error_code = 0  # the session is well, the partitions are not
    return response_frame(frame.head, answer)


def _topics(answer: Any, request: Any, into: str, index: str) -> list[Any]:
    """For every topic and partition of the request, a structure of the answer's list ``into``."""
    kind = _kind(answer, into)
    made = []
    for _, asked in topics_in(request):
        topic = kind(version=request.version)
        for name in ("name", "topic", "topic_id"):
            if name in topic._struct.fields:
                setattr(topic, name, _same(asked, name))
        inner = next(child for child in topic._struct._fields if child.is_struct_array())
        part = _kind(topic, inner.name)
        numbers = [number for number, _ in partitions_in(asked)]
        setattr(topic, inner.name, [part(version=request.version, **{index: number}) for number in numbers])
        made.append(topic)
    setattr(answer, into, made)
    return made


def _kind(whole: Any, name: str) -> Any:
    """The class of the structures that a list holds."""
    return getattr(type(whole), whole._struct.fields[name].type_str)


def _same(asked: Any, name: str) -> Any:
    other = {"name": "topic", "topic": "name"}.get(name, name)
    return getattr(asked, name if name in asked._struct.fields else other)


def _produce(answer: Any, request: Any) -> None:
    _topics(answer, request, "responses", "index")


def _fetch(answer: Any, request: Any) -> None:
    _topics(answer, request, "responses", "partition_index")
    answer.session_id = request.session_id
    for topic in answer.responses:
        for partition in topic.partitions:
            partition.high_watermark = -1
            partition.records = b""


def _by_topic(answer: Any, request: Any) -> None:
    _topics(answer, request, "topics", "partition_index")


def _added(answer: Any, request: Any) -> None:
    if request.version < 4:
        _topics(answer, request, "results_by_topic_v3_and_below", "partition_index")


def _coordinator(answer: Any, request: Any) -> None:
    answer.node_id, answer.host, answer.port = -1, "", -1
    if request.version >= 4:
        kind = _kind(answer, "coordinators")
        answer.coordinators = [
            kind(version=request.version, key=key, node_id=-1, host="", port=-1) for key in request.coordinator_keys
        ]


def _fetched_offsets(answer: Any, request: Any) -> None:
    if request.version >= 8:
        kind = _kind(answer, "groups")
        answer.groups = [
            kind(version=request.version, group_id=group.group_id, topics=[]) for group in request.groups
        ]
    elif request.version < 2:
        _topics(answer, request, "topics", "partition_index")
        for part in parts(answer):
            if "committed_offset" in part._struct.fields:
                part.committed_offset, part.metadata = -1, ""


def _init_producer(answer: Any, _: Any) -> None:
    answer.producer_id, answer.producer_epoch = -1, -1


BUILDERS: dict[int, Callable[[Any, Any], None]] = {
    KEYS["Produce"]: _produce,
    KEYS["Fetch"]: _fetch,
    KEYS["ListOffsets"]: _by_topic,
    KEYS["OffsetCommit"]: _by_topic,
    KEYS["OffsetFetch"]: _fetched_offsets,
    KEYS["TxnOffsetCommit"]: _by_topic,
    KEYS["AddPartitionsToTxn"]: _added,
    KEYS["FindCoordinator"]: _coordinator,
    KEYS["InitProducerId"]: _init_producer,
}
