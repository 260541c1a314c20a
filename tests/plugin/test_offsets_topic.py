"""Which partition of the offsets topic a group is kept in."""

from __future__ import annotations

from typing import cast

import pytest

from cluster.local.embedded import EmbeddedCluster
from fixtures.clients import Topic
from fixtures.offsets_topic import OFFSETS, group_kept_in, partition_of

#: Names and what Java's String.hashCode says of them.
CODES = [
    ("", 0),
    ("abc", 96354),
    ("kafka guarantees", 765009957),
    ("another group of that name", -930704743),
]


@pytest.mark.parametrize(("group", "code"), CODES)
def test_a_group_is_kept_where_javas_hash_of_its_name_says(group: str, code: int) -> None:
    assert partition_of(group, 50) == abs(code) % 50


@pytest.mark.parametrize("partition", [0, 1, 2])
def test_a_group_of_each_partition_is_found(partition: int) -> None:
    offsets = Topic(OFFSETS, 3, cast(EmbeddedCluster, None))
    found = group_kept_in(offsets, partition, "some.group")
    assert found.startswith("some.group-") and partition_of(found, 3) == partition
