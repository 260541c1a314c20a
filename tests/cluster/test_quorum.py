"""What keeps the controllers from being a whole quorum, in words."""

from __future__ import annotations

import pytest

from cluster.quorum import Active, Quorum

ENDS = {101: 40, 102: 40, 103: 40}


@pytest.mark.parametrize(
    ("quorum", "missing"),
    [
        (Quorum(Active(101, 3, 40, ENDS), ()), None),
        (Quorum(Active(101, 3, 40, {**ENDS, 101: 41}), ()), None),
        (Quorum(None, (101, 103)), "controller 101 does not answer"),
        (Quorum(None, ()), "no controller is active"),
        (Quorum(Active(102, 3, -1, ENDS), ()), "controller 102 has not heard of a majority yet"),
        (
            Quorum(Active(101, 3, 40, {**ENDS, 103: 12}), ()),
            "controller 103 has metadata up to 12 of 40",
        ),
        (
            Quorum(Active(101, 3, 40, {**ENDS, 103: -1}), ()),
            "controller 103 has not fetched from controller 101 yet",
        ),
    ],
)
def test_what_is_missing(quorum: Quorum, missing: str | None) -> None:
    assert quorum.what_is_missing() == missing
