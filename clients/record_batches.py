"""Record batches as bytes: made field by field, and read as a log or an answer has them.

Any producer id, epoch and sequence can stand in one that is made here, its checksum is right
whatever they are, and it can be made wrong.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from kafka.record.default_records import DefaultRecordBatchBuilder
from kafka.record.memory_records import MemoryRecords

LARGEST_SEQUENCE = 2**31 - 1  # the next one is 0
_MAGIC = 2


@dataclass(frozen=True)
class BatchSeen:
    """One batch of a partition's log as a reader's bytes have it; sequences are -1 without idempotence."""

    base_offset: int
    last_offset: int
    producer_id: int
    epoch: int
    base_sequence: int
    leader_epoch: int
    transactional: bool
    control: bool
    values: tuple[bytes | None, ...]


def batch(
    values: Sequence[bytes],
    producer_id: int = -1,
    epoch: int = -1,
    base_sequence: int = -1,
    *,
    transactional: bool = False,
    timestamp: int | None = None,
) -> bytes:
    """A record batch of format 2 ("Record Batch" in Kafka's documentation), its CRC in place.

    ``timestamp`` in ms since the epoch. The sequence of record i is ``base_sequence + i``.
    """
    at = int(time.time() * 1000) if timestamp is None else timestamp
    size = sum(len(value) for value in values) + 1024 * (len(values) + 1)
    builder = DefaultRecordBatchBuilder(_MAGIC, 0, transactional, producer_id, epoch, base_sequence, size)
    for offset, value in enumerate(values):
        if builder.append(offset, at, None, value, []) is None:
            raise ValueError(f"record {offset} did not fit")
    return bytes(builder.build())


def broken(records: bytes) -> bytes:
    """A batch whose checksum is wrong, so that a broker that looks at it refuses it."""
    crc = 17  # where the checksum stands in a batch of format 2
    return records[:crc] + bytes(byte ^ 0xFF for byte in records[crc : crc + 4]) + records[crc + 4 :]


def batches(content: bytes) -> list[BatchSeen]:
    """The batches in a fetch answer or a segment file; a batch cut short at the end is left out."""
    return [
        BatchSeen(
            one.base_offset,
            one.last_offset,
            one.producer_id,
            one.producer_epoch,
            one.base_sequence,
            one.leader_epoch,
            one.is_transactional,
            one.is_control_batch,
            tuple(record.value for record in one),
        )
        for one in MemoryRecords(content)
    ]
