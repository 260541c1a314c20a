"""Each anomaly beside its innocent neighbour: what a group commits, and what it makes of its records."""

from __future__ import annotations

import pytest

from history.events import INVOKE, OK
from history.judge import PROCESSED_AT_LEAST_ONCE, PROCESSED_ONCE, judge
from history.story import story
from tests.history.script import Script, good


class Group(Script):
    """Five records at offsets 0 to 4, and a member ``c`` of group g that does with them what a test says."""

    def __init__(self) -> None:
        super().__init__()
        self.events, self.ops = good(5).events, good(5).ops

    def hand(self, *offsets: int, client: str = "m") -> None:
        self.poll(client, {offset: f"p:{offset}" for offset in offsets}, group="g")

    def process(self, *offsets: int, client: str = "m") -> None:
        for offset in offsets:
            self.do(client, "process", partition=0, offset=offset, value=f"p:{offset}", group="g")

    def commit(self, offset: int, client: str = "m") -> None:
        self.do(client, "commit", partition=0, offset=offset, group="g")

    def told(self, offset: int | None) -> None:
        """Somebody else asks for the committed offset."""
        self.add("asker", self.op("asker"), "committed", OK, partition=0, offset=offset, group="g")


def test_process_then_commit_is_innocent() -> None:
    group = Group()
    for batch in ((0, 1), (2, 3), (4,)):
        group.hand(*batch)
        group.process(*batch)
        group.commit(batch[-1] + 1)
    group.told(5)
    assert group.kinds() == set()


def test_a_commit_above_all_that_was_handed_out() -> None:
    group = Group()
    group.hand(0, 1)
    group.commit(4)
    found = group.findings()
    (one,) = found.of("commit-ahead")
    assert (one.values, one.offsets) == (("p:2",), (2,))
    assert one.text == (
        "group g has offset 4 of orders-0 committed, and was handed nothing above offset 1: p:2 at offset 2"
        " is skipped"
    )
    assert "commit 4" in story(found.history, one)


def test_what_a_library_commits_by_itself_shows_when_somebody_asks() -> None:
    group = Group()
    group.hand(0, 1)
    group.told(4)
    assert group.kinds() == {"commit-ahead"}


@pytest.mark.parametrize("offset", [None, 0, 1, 2])
def test_up_to_what_was_handed_out_anything_may_be_committed(offset: int | None) -> None:
    group = Group()
    group.hand(0, 1)
    group.told(offset)
    assert group.kinds() == set()


def test_a_marker_behind_the_last_record_may_be_committed() -> None:
    group = Group()
    group.hand(0, 1, 2, 3, 4)
    group.commit(6)
    assert group.kinds() == set()


def test_a_group_that_was_handed_nothing_may_have_its_reasons() -> None:
    """The reset policy may have put it at the end of the log."""
    group = Group()
    group.commit(5)
    assert group.kinds() == set()


def test_a_position_that_was_sought_may_be_committed() -> None:
    group = Group()
    group.hand(0, 1)
    group.do("m", "seek", partition=0, offset=4)
    group.hand(4)
    group.commit(5)
    assert group.kinds() == set()


def test_what_another_member_was_handed_counts() -> None:
    group = Group()
    group.hand(0, 1)
    group.hand(2, 3, client="n")
    group.commit(4)
    assert group.kinds() == set()


def test_a_commit_that_failed_or_was_not_answered_says_nothing() -> None:
    group = Group()
    group.hand(0)
    group.add("m", group.op("m"), "commit", INVOKE, partition=0, offset=4, group="g")
    op = group.op("m")
    group.add("m", op, "commit", INVOKE, partition=0, offset=4, group="g")
    group.add("m", op, "commit", "fail", partition=0, offset=4, group="g")
    assert group.kinds() == set()


def test_a_commit_before_its_records_are_processed() -> None:
    group = Group()
    group.hand(0, 1, 2)
    group.process(0)
    group.commit(3)
    group.process(1, 2)
    found = group.findings()
    assert found.kinds - {"unseen"} == {"early-commit"}
    assert [one.values[0] for one in found.of("early-commit")] == ["p:1", "p:2"]
    assert found.of("early-commit")[0].text == (
        "group g had offset 3 of orders-0 committed before p:1 at offset 1 was processed"
    )


def test_each_record_is_told_with_the_first_commit_above_it() -> None:
    group = Group()
    group.hand(0, 1, 2)
    for offset in (1, 2, 3):
        group.commit(offset)
    group.process(0)
    assert group.findings().numbers["early-commit"] == 3


def test_the_commit_of_a_record_still_being_processed_is_early() -> None:
    """Auto commit in the middle of a record: the library's commit shows when somebody asks."""
    group = Group()
    group.hand(0)
    group.add("m", group.op("m"), "process", INVOKE, partition=0, offset=0, value="p:0", group="g")
    group.told(1)
    assert group.kinds() == {"early-commit"}


def test_a_group_that_does_not_tell_what_it_processes_is_not_judged_by_it() -> None:
    group = Group()
    group.hand(0, 1)
    group.commit(2)
    assert group.kinds() == set()


def test_records_that_a_group_passed_over() -> None:
    group = Group()
    group.hand(0, 1, 2)
    group.process(0)
    group.commit(3)
    group.hand(3, 4, client="n")
    group.process(3, 4, client="n")
    found = group.findings()
    assert [one.values[0] for one in found.of("passed-over")] == ["p:1", "p:2"]
    assert found.of("passed-over")[0].text == (
        "group g never processed p:1 at offset 1 of orders-0, and has processed the record at offset 4"
    )
    told = judge(found, PROCESSED_AT_LEAST_ONCE).counterexample() or ""
    assert "commit 3" in told or "process p:4" in told


def test_what_was_not_processed_yet_is_not_passed_over() -> None:
    group = Group()
    group.hand(0, 1, 2, 3, 4)
    group.process(0, 1)
    assert group.kinds() == set()


def test_what_lies_before_a_group_began_is_not_passed_over() -> None:
    group = Group()
    group.hand(3, 4)
    group.process(3, 4)
    assert group.kinds() == set()


def test_a_record_processed_twice_by_a_group() -> None:
    group = Group()
    group.hand(0, 1)
    group.process(0, 1)
    group.hand(1, 2, client="n")
    group.process(1, 2, client="n")
    found = group.findings()
    (one,) = found.of("processed-again")
    assert one.text == "group g processed p:1 at offset 1 of orders-0 2 times"
    assert judge(found, PROCESSED_AT_LEAST_ONCE).word == "held"
    assert judge(found, PROCESSED_ONCE).word == "violated"


def test_two_groups_may_process_the_same_record() -> None:
    group = Group()
    group.hand(0)
    group.process(0)
    group.poll("x", {0: "p:0"}, group="h")
    group.do("x", "process", partition=0, offset=0, value="p:0", group="h")
    assert group.kinds() == set()


def test_who_asks_for_a_committed_offset_is_no_member() -> None:
    group = Group()
    group.hand(0)
    group.poll("asker", {offset: f"p:{offset}" for offset in range(5)})
    group.told(4)
    assert group.kinds() == {"commit-ahead"}
