"""Answers that the proxy makes can be read by a client, in every version that kafka-python knows."""

from __future__ import annotations

from typing import Any

import pytest

from cluster.proxy.frames import Frame
from cluster.proxy.made import error_answer
from cluster.proxy.messages import KEYS, REQUESTS, errors_in, read
from cluster.proxy.topics import Topics
from cluster.proxy.wire import Head, head_of
from tests.proxy.peer import TOPIC_ID, produce, request_frame


def asked(api: str, version: int) -> Any:
    """A request of this API that names topic t, partitions 0 and 1, where it names any."""
    kind = REQUESTS[KEYS[api]]
    request = kind(version=version)
    if api == "Produce":
        return produce("t", 1, version=version)
    if api == "Fetch":
        topic = kind.FetchTopic(version=version, topic="t", topic_id=TOPIC_ID, partitions=[
            kind.FetchTopic.FetchPartition(version=version, partition=number) for number in (0, 1)])
        request.topics = [topic]
    elif api in ("ListOffsets", "OffsetCommit", "TxnOffsetCommit"):
        topic_kind = getattr(kind, {"ListOffsets": "ListOffsetsTopic", "OffsetCommit": "OffsetCommitRequestTopic",
                                    "TxnOffsetCommit": "TxnOffsetCommitRequestTopic"}[api])
        part_kind = getattr(topic_kind, topic_kind._struct.fields["partitions"].type_str)
        request.topics = [topic_kind(version=version, name="t", partitions=[
            part_kind(version=version, partition_index=number) for number in (0, 1)])]
        if api == "OffsetCommit" and version >= 10:
            request.topics[0].topic_id = TOPIC_ID
    elif api == "OffsetFetch" and version >= 8:
        request.groups = [kind.OffsetFetchRequestGroup(version=version, group_id=name) for name in ("g", "h")]
    elif api == "OffsetFetch":
        request.topics = [kind.OffsetFetchRequestTopic(version=version, name="t", partition_indexes=[0, 1])]
    elif api == "AddPartitionsToTxn" and version < 4:
        request.v3_and_below_topics = [kind.AddPartitionsToTxnTopic(version=version, name="t", partitions=[0, 1])]
    elif api == "FindCoordinator" and version >= 4:
        request.coordinator_keys = ["one", "two"]
    return request


MADE = ["Produce", "Fetch", "ListOffsets", "OffsetCommit", "TxnOffsetCommit", "AddPartitionsToTxn", "FindCoordinator",
        "InitProducerId", "EndTxn", "AddOffsetsToTxn", "OffsetFetch", "JoinGroup", "SyncGroup", "Heartbeat", "LeaveGroup"]
LOWEST = {"Produce": 3, "Fetch": 4, "ListOffsets": 1}


@pytest.mark.parametrize("api, version", [
    (api, version) for api in MADE
    for version in range(LOWEST.get(api, 0), REQUESTS[KEYS[api]].max_version + 1)])
def test_made_answer(api: str, version: int) -> None:
    data = request_frame(asked(api, version), 77, "client")
    head = head_of(data, 0, len(data))
    assert head is not None
    made = error_answer(Frame(head, data=data), 41)
    assert made is not None
    assert int.from_bytes(made[:4], "big") == len(made) - 4
    assert int.from_bytes(made[4:8], "big") == 77
    frame = Frame(Head(head.api, version, 77, "client", 0), "response", data=made)
    answer = read(frame)
    codes = errors_in(answer)
    assert 41 in codes and set(codes) <= {0, 41}
    partitions = {number for _, number in Topics().partitions(answer)} - {None}
    asked_for = {number for _, number in Topics().partitions(read(Frame(head, data=data)))} - {None}
    assert partitions == asked_for or (api == "OffsetFetch" and version >= 2)


def test_what_cannot_be_made() -> None:
    """An API that kafka-python does not know; an answer that has no place for an error."""
    assert error_answer(Frame(Head(KEYS["BrokerHeartbeat"], 1, 5, "1", 15), data=b"\0" * 40), 41) is None
    data = request_frame(REQUESTS[KEYS["DescribeGroups"]](version=4, groups=["g"]), 77, "client")
    head = head_of(data, 0, len(data))
    assert head is not None
    assert error_answer(Frame(head, data=data), 41) is None
