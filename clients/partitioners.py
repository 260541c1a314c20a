"""Where a key goes: the default function of each library, for scenarios that need a key of a partition."""

from __future__ import annotations

from zlib import crc32

from kafka.partitioner.default import murmur2

from clients.settings import KAFKA_PYTHON, check_library


def partition_of(library: str, key: bytes, partitions: int) -> int:
    """The partition that a producer with its default partitioner sends ``key`` to.

    kafka-python has Java's murmur2 (Protocol Guide, "Partitioning Strategies"); librdkafka's default,
    consistent_random, is CRC-32 (CONFIGURATION.md, "partitioner").
    """
    hashed = murmur2(key) & 0x7FFFFFFF if check_library(library) == KAFKA_PYTHON else crc32(key)
    return int(hashed) % partitions
