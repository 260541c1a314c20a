"""What is read of every frame without decoding it agrees with kafka-python's classes."""

from __future__ import annotations

import pytest

from cluster.proxy.messages import REQUESTS
from cluster.proxy.wire import Head, framed, head_of, is_answered
from tests.proxy.peer import request_frame


def produce_frame(version: int, acks: int, transactional_id: str | None) -> bytes:
    """A Produce whose timeout has no zero byte, so that a field read at a wrong place shows."""
    request = REQUESTS[0](version=version, acks=acks, timeout_ms=0x7F7F7F7F, topic_data=[],
                          transactional_id=transactional_id)
    return request_frame(request, 7, "a client")


@pytest.mark.parametrize("version", range(3, 14))
@pytest.mark.parametrize("transactional_id", [None, "", "some id", "x" * 200])
def test_acks(version: int, transactional_id: str | None) -> None:
    for acks in (0, 1, -1):
        data = produce_frame(version, acks, transactional_id)
        head = head_of(data, 0, len(data))
        assert head is not None
        assert head[:4] == (0, version, 7, "a client")
        assert is_answered(head, data, 0, len(data)) is (acks != 0)
        shifted = b"???" + data
        assert is_answered(head, shifted, 3, len(shifted)) is (acks != 0)


@pytest.mark.parametrize("version", [3, 9])
def test_acks_that_are_not_there_yet(version: int) -> None:
    """A frame cut anywhere before its acks tells nothing; it never tells the wrong thing."""
    data = produce_frame(version, 0, "some id")
    told = []
    for end in range(len(data)):
        head = head_of(data, 0, end)
        told.append(is_answered(head, data[:end], 0, end) if head else None)
    assert set(told) == {None, False}
    assert told == sorted(told, key=lambda one: one is False)


def test_tagged_fields_in_the_header_are_skipped() -> None:
    data = produce_frame(9, 0, "some id")
    head = head_of(data, 0, len(data))
    assert head is not None and data[head.end] == 0
    tagged = framed(data[4:head.end], b"\x02\x00\x03abc\x81\x01\x01z", data[head.end + 1:])
    assert is_answered(head, tagged, 0, len(tagged)) is False


def test_other_requests_are_answered() -> None:
    assert is_answered(Head(3, 1, 1, "", 14), b"", 0, 0) is True
