"""Each anomaly beside its innocent neighbour: how clients read, and where they go on."""

from __future__ import annotations

import pytest

from tests.history.script import Script, good

ROWS = {number: f"p:{number}" for number in range(5)}


def rows(*offsets: int) -> dict[int, str | None]:
    return {offset: ROWS[offset] for offset in offsets}


def reading(*polls: tuple[int, ...]) -> Script:
    script = good(5)
    for offsets in polls:
        script.poll("x", rows(*offsets))
    return script


@pytest.mark.parametrize("polls", [[(0, 1), (1, 2)], [(0, 1), (0,)], [(2, 1)], [(0, 1, 1)]])
def test_reading_backwards(polls: list[tuple[int, ...]]) -> None:
    script = good(5)
    for offsets in polls:
        script.poll("x", [(offset, ROWS[offset]) for offset in offsets])
    assert script.kinds() == {"nonmonotonic-poll"}


@pytest.mark.parametrize("polls", [[(0, 1), (3, 4)], [(0, 2)]])
def test_jumping_over_records(polls: list[tuple[int, ...]]) -> None:
    assert reading(*polls).kinds() == {"poll-skip"}


def test_the_words_for_both() -> None:
    assert reading((3,), (1,)).findings().of("nonmonotonic-poll")[0].text == (
        "x read offset 1 of orders-0 after it had read offset 3"
    )
    assert reading((0,), (4,)).findings().of("poll-skip")[0].text == (
        "x read offset 4 of orders-0 right after offset 0, and skipped p:1 at offset 1 and 2 more"
    )


def test_reading_on_is_innocent() -> None:
    assert reading((0, 1), (2,), (3, 4)).kinds() == set()


def test_a_hole_is_jumped_over_only_where_a_record_is_known() -> None:
    """Offsets 1, 2, then 4, then 7: another client read 3, someone was acknowledged 6, nobody knows 5."""
    script = Script()
    for number in (1, 2, 3, 4, 7):
        script.send(f"p:{number}", phase="unknown", partition=None)
    script.poll("x", {1: "p:1", 2: "p:2"})
    script.poll("y", {3: "p:3"})
    script.poll("x", {4: "p:4"})
    script.send("q:6", at=6)
    script.poll("x", {7: "p:7"})
    skips = script.findings().of("poll-skip")
    assert [one.values for one in skips] == [("p:3",), ("q:6",)]


@pytest.mark.parametrize("verb", ["seek", "assign", "subscribe", "revoke"])
@pytest.mark.parametrize("partition", [None, 0])
def test_no_order_spans_a_new_position(verb: str, partition: int | None) -> None:
    for first, second in (((3, 4), (0, 1)), ((0,), (3, 4))):
        script = reading(first)
        script.do("x", verb, partition=partition)
        script.poll("x", rows(*second))
        assert script.kinds() == set()


def test_a_new_position_elsewhere_excuses_nothing() -> None:
    script = reading((3, 4))
    script.do("x", "seek", partition=1, offset=0)
    script.do("y", "assign", partition=0)
    script.poll("x", rows(0))
    assert script.kinds() == {"nonmonotonic-poll"}


@pytest.mark.parametrize("phase", ["fail", "unknown"])
def test_a_poll_that_failed_does_not_move_the_position(phase: str) -> None:
    script = reading((0, 1))
    script.poll("x", rows(2, 3), phase=phase)
    script.poll("x", rows(2, 3))
    assert script.kinds() == set()
    script.poll("x", rows(4), phase=phase)
    script.poll("x", rows(0, 1))
    assert script.kinds() == {"nonmonotonic-poll"}


@pytest.mark.parametrize("phase", ["fail", "unknown"])
def test_after_a_failed_poll_going_on_is_a_jump(phase: str) -> None:
    script = reading((0,))
    script.poll("x", rows(1, 2), phase=phase)
    script.poll("x", rows(3, 4))
    assert script.kinds() == {"poll-skip"}


def test_what_only_a_failed_poll_showed_is_not_read() -> None:
    script = Script()
    script.send("p:0", at=0)
    script.poll("c", {0: "p:0"}, phase="unknown")
    findings = script.findings()
    assert (findings.numbers["read"], findings.numbers["unseen"]) == (0, 1)


def member(committed: int | None, first: int, phase: str = "ok") -> Script:
    """a reads, commits an offset; b takes the partition over and goes on at ``first``."""
    script = good(5)
    script.do("a", "subscribe", group="g")
    script.poll("a", rows(0, 1, 2, 3, 4))
    if committed is not None:
        op = script.op("a")
        told = {"group": "g", "partition": 0, "offset": committed}
        script.add("a", op, "commit", "invoke", **told)
        if phase != "open":
            script.add("a", op, "commit", phase, **told)
    script.do("b", "assign", group="g", partition=0)
    script.poll("b", rows(*range(first, 5)))
    return script


def test_going_on_below_the_committed_offset() -> None:
    findings = member(committed=3, first=2).findings()
    assert findings.kinds == {"stale-resume"}
    assert findings.of("stale-resume")[0].text == (
        "b went on at offset 2 of orders-0, below the committed offset 3 of group g"
    )


def test_going_on_above_the_committed_offset() -> None:
    findings = member(committed=1, first=3).findings()
    assert findings.kinds == {"forward-resume"}
    assert findings.of("forward-resume")[0].offsets == (3, 1)


def test_going_on_at_the_committed_offset_or_without_one_or_not_knowing() -> None:
    assert member(committed=3, first=3).kinds() == set()
    assert member(committed=None, first=0).kinds() == set()
    for phase in ("fail", "unknown", "open"):
        assert member(committed=3, first=0, phase=phase).kinds() == set()
        assert member(committed=3, first=3, phase=phase).kinds() == set()


def test_an_uncertain_commit_leaves_two_places_to_go_on() -> None:
    for first, kinds in ((1, {"stale-resume"}), (2, set()), (4, set())):
        script = good(5)
        script.do("a", "subscribe", group="g")
        script.do("a", "commit", group="g", partition=0, offset=2)
        op = script.op("a")
        script.add("a", op, "commit", "invoke", group="g", partition=0, offset=4)
        script.do("b", "assign", group="g", partition=0)
        script.poll("b", rows(*range(first, 5)))
        assert script.kinds() == kinds, first


def test_a_commit_on_its_way_during_the_assignment_may_count_or_not() -> None:
    for first in (2, 4):
        script = good(5)
        script.do("a", "commit", group="g", partition=0, offset=2)
        script.add("b", script.op("b"), "assign", "invoke", group="g", partition=0)
        script.do("a", "commit", group="g", partition=0, offset=4)
        script.add("b", 0, "assign", "ok", group="g", partition=0)
        script.poll("b", rows(*range(first, 5)))
        assert script.kinds() == set()


def test_after_a_seek_the_committed_offset_does_not_matter() -> None:
    script = good(5)
    script.do("a", "commit", group="g", partition=0, offset=3)
    script.do("b", "assign", group="g", partition=0)
    script.do("b", "seek", partition=0, offset=0)
    script.poll("b", rows(0, 1))
    assert script.kinds() == set()


def test_an_assignment_that_names_its_position_does_not_go_on_at_the_committed_offset() -> None:
    for told in ({"offset": 1}, {"text": "beginning"}, {"text": "end"}):
        script = good(5)
        script.do("a", "commit", group="g", partition=0, offset=3)
        script.do("b", "assign", group="g", partition=0, **told)
        script.poll("b", rows(1, 2))
        assert script.kinds() == set()
    script = good(5)
    script.do("a", "commit", group="g", partition=0, offset=3)
    script.do("b", "assign", group="g", partition=0, text="rebalance: assign")
    script.poll("b", rows(1, 2))
    assert script.kinds() == {"stale-resume"}


def test_a_leader_epoch_falls_along_the_partition() -> None:
    script = good(5)
    script.poll("x", rows(0, 1, 2), epochs={0: 1, 2: 3})
    script.poll("x", rows(3, 4), epochs={3: 2})
    assert script.kinds() == {"epoch-regress"}
    (found,) = script.findings().of("epoch-regress")
    assert (found.offsets, found.values, len(found.events)) == ((3, 2), ("p:3", "p:2"), 2)
    assert found.text == ("x read offset 3 of orders-0 in leader epoch 2, behind offset 2 in leader epoch 3")


def test_a_leader_epoch_falls_inside_one_poll() -> None:
    script = good(5)
    script.poll("x", rows(0, 1, 2), epochs={0: 4, 2: 3})
    assert script.kinds() == {"epoch-regress"}


def test_a_leader_epoch_that_rises_or_stays_is_innocent() -> None:
    script = good(5)
    script.poll("x", rows(0, 1), epochs={0: 1, 1: 2})
    script.poll("x", rows(2, 3), epochs={2: 2})
    script.poll("x", rows(4), epochs={4: 7})
    assert script.kinds() == set()


def test_a_lower_leader_epoch_further_back_is_innocent() -> None:
    """A reader that goes back comes from a high epoch to a low one; falling again on the way up is not."""
    script = good(5)
    script.poll("x", rows(0, 1, 2, 3), epochs={0: 1, 3: 5})
    script.do("x", "seek", partition=0, offset=1)
    script.poll("x", rows(1, 2, 3), epochs={1: 1, 3: 5})
    assert script.kinds() == set()
    script.do("x", "seek", partition=0, offset=2)
    script.poll("x", rows(2), epochs={2: 5})
    script.poll("x", rows(3), epochs={3: 1})
    assert script.kinds() == {"epoch-regress"}


def test_epochs_are_compared_within_one_reader_and_one_partition() -> None:
    """After a log was cut, what x read before it lies above what y reads under a newer leader."""
    script = good(5)
    script.poll("x", rows(3, 4), epochs={3: 1})
    script.poll("y", rows(0, 1, 2), epochs={0: 1, 2: 2})
    script.send("q:0", at=0, partition=1)
    script.poll("y", {0: "q:0"}, partition=1, epochs={0: 0})
    assert script.kinds() == set()


def test_groups_are_kept_apart() -> None:
    script = good(5)
    script.do("a", "commit", group="g", partition=0, offset=3)
    script.do("b", "assign", group="h", partition=0)
    script.poll("b", rows(0, 1))
    assert script.kinds() == set()


def test_a_run_without_traffic_is_weak() -> None:
    assert [one.text for one in Script().findings().of("weak-run")] == [
        "no record was acknowledged",
        "no record was read",
    ]
    assert good(1).findings().kinds == set()


def test_a_fault_that_never_fired_makes_the_run_weak() -> None:
    script = good(2)
    script.remark("network", "armed", "drop of one acknowledgement", op=1)
    script.remark("network", "armed", "cut of broker-2", op=2)
    script.remark("network", "fired", "drop of one acknowledgement", op=1)
    assert [one.text for one in script.findings().of("weak-run")] == ["the fault cut of broker-2 never fired"]
