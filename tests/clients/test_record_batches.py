"""Batches made by hand are what Kafka's documentation says a batch is."""

from __future__ import annotations

import struct

import pytest
from kafka.record.memory_records import MemoryRecords

from clients.record_batches import LARGEST_SEQUENCE, batch, batches

#: base offset, length, leader epoch, magic, crc, attributes, last delta, 2 timestamps, id, epoch, sequence, count
HEADER = struct.Struct(">qiibIhiqqqhii")


def test_the_header_holds_what_was_asked_for() -> None:
    made = batch([b"one", b"two"], 4711, 3, LARGEST_SEQUENCE, transactional=True, timestamp=1000)
    told = HEADER.unpack_from(made)
    base, length, _, magic, _, attributes, last, first_time, last_time, producer, epoch, sequence, count = (
        told
    )
    assert (base, length, magic, last, count) == (0, len(made) - 12, 2, 1, 2)
    assert (first_time, last_time) == (1000, 1000)
    assert attributes & 0b10000, "the transactional bit"
    assert (producer, epoch, sequence) == (4711, 3, LARGEST_SEQUENCE)


def test_without_a_producer_there_is_no_sequence() -> None:
    (seen,) = batches(batch([b"x"]))
    assert (seen.producer_id, seen.epoch, seen.base_sequence) == (-1, -1, -1)


def test_the_checksum_fits_and_notices_a_flipped_bit() -> None:
    made = bytearray(batch([b"some content"], 1, 0, 0))
    (whole,) = MemoryRecords(bytes(made))
    assert whole.validate_crc()
    made[-3] ^= 1
    (damaged,) = MemoryRecords(bytes(made))
    assert not damaged.validate_crc()


def test_batches_are_read_back_and_a_cut_one_is_left_out() -> None:
    log = batch([b"a", b"b"], 1, 0, 0) + batch([b"c"], 1, 0, 2) + batch([b"d"], 1, 0, 3)[:-1]
    assert [(one.base_sequence, one.values) for one in batches(log)] == [(0, (b"a", b"b")), (2, (b"c",))]


@pytest.mark.parametrize("size", [0, 1, 100_000])
def test_values_of_any_size_fit(size: int) -> None:
    (seen,) = batches(batch([b"x" * size, b""], 1, 0, 0))
    assert seen.values == (b"x" * size, b"")
