"""Each anomaly beside its innocent neighbour: who owns a partition of a group, and who reads it."""

from __future__ import annotations

import pytest

from tests.history.script import Script, good

GIVEN, TAKEN, LOST = "rebalance: assign", "rebalance: revoke", "rebalance: lost"


def group() -> Script:
    """Five records; a and b of group g, and a owns partition 0."""
    script = good(5)
    given(script, "a")
    return script


def given(script: Script, client: str, text: str | None = GIVEN, **told: object) -> None:
    script.add(client, script.op(client), "assign", "ok", group="g", partition=0, text=text, **told)


def taken(script: Script, client: str, text: str = TAKEN) -> None:
    script.add(client, script.op(client), "revoke", "ok", group="g", partition=0, text=text)


def read(script: Script, client: str, *offsets: int) -> None:
    script.poll(client, {offset: f"p:{offset}" for offset in offsets}, group="g")


def commit(script: Script, client: str, offset: int, phase: str = "ok") -> None:
    op, told = script.op(client), {"group": "g", "partition": 0, "offset": offset}
    script.add(client, op, "commit", "invoke", **told)
    script.add(client, op, "commit", phase, **told)


def test_two_owners_of_one_partition() -> None:
    script = group()
    given(script, "b")
    read(script, "a", 0, 1)
    taken(script, "a")
    findings = script.findings()
    assert findings.kinds == {"double-owner"}
    (found,) = findings.of("double-owner")
    assert found.text == "a and b of group g both owned orders-0 for 0.030 s"
    assert [event.client for event in found.events] == ["a", "b", "a"]


def test_two_that_assign_it_to_themselves() -> None:
    script = good(5)
    for client in ("a", "b"):
        given(script, client, "beginning")
        read(script, client, 0, 1)
    read(script, "a", 2)
    assert script.kinds() == {"double-owner"}


def test_one_after_the_other_is_innocent() -> None:
    script = group()
    taken(script, "a")
    given(script, "b")
    taken(script, "b")
    given(script, "a")
    assert script.kinds() == set()


def test_an_assignment_by_itself_replaces_the_one_before() -> None:
    script = good(5)
    given(script, "a", "beginning")
    script.add("a", script.op("a"), "assign", "ok", group="g", partition=1, text="beginning")
    given(script, "b", "beginning")
    read(script, "b", 0)
    assert script.kinds() == set()


def test_groups_do_not_share_partitions() -> None:
    script = group()
    script.add("b", script.op("b"), "assign", "ok", group="h", partition=0, text=GIVEN)
    read(script, "a", 0)
    assert script.kinds() == set()


def test_the_dead_own_nothing() -> None:
    script = group()
    script.remark("a", "kill", "a is killed")
    given(script, "b")
    read(script, "b", 0)
    assert script.kinds() == set()


@pytest.mark.parametrize("reads", [True, False])
def test_a_member_that_hears_late_that_it_is_out_is_a_zombie(reads: bool) -> None:
    script = group()
    given(script, "b")
    if reads:
        read(script, "a", 0, 1)
    taken(script, "a", LOST)
    findings = script.findings()
    assert findings.kinds == {"zombie-owner"}
    seconds = 0.03 if reads else 0.01
    assert findings.of("zombie-owner")[0].text == (
        f"a took orders-0 for its own after b had been given it, for {seconds:.3f} s"
    )


def test_a_member_that_does_nothing_more_is_a_zombie_and_one_that_goes_on_is_none() -> None:
    for verb, kinds in (
        (None, {"zombie-owner"}),
        (read, {"double-owner"}),
        (commit, {"double-owner"}),
    ):
        script = group()
        read(script, "a", 0)
        given(script, "b")
        if verb is not None:
            verb(script, "a", 1)
        assert script.kinds() == kinds


def test_a_zombie_whose_commit_is_refused_is_one_still() -> None:
    script = group()
    given(script, "b")
    commit(script, "a", 1, phase="fail")
    assert script.kinds() == {"zombie-owner"}


def test_reading_what_another_one_owns() -> None:
    script = group()
    script.add("b", script.op("b"), "assign", "ok", group="g", partition=1, text=GIVEN)
    read(script, "b", 3)
    findings = script.findings()
    assert findings.kinds == {"foreign-read"}
    assert findings.of("foreign-read")[0].text == "b read offset 3 of orders-0, which it did not own"
    assert findings.of("foreign-read")[0].values == ("p:3",)


def test_reading_on_after_a_revocation() -> None:
    script = group()
    read(script, "a", 0)
    taken(script, "a")
    read(script, "a", 1)
    assert script.kinds() == {"foreign-read"}


def test_committing_after_a_revocation() -> None:
    for phase, kinds in (("ok", {"foreign-read"}), ("fail", set()), ("unknown", set())):
        script = group()
        taken(script, "a")
        commit(script, "a", 1, phase)
        assert script.kinds() == kinds
    script = group()
    taken(script, "a")
    commit(script, "a", 1)
    assert script.findings().of("foreign-read")[0].text == (
        "a committed offset 1 of orders-0, which it did not own"
    )


def test_a_poll_or_commit_in_which_the_partition_comes_or_goes_is_innocent() -> None:
    script = good(5)
    for client, change in (("a", given), ("a", taken)):
        op = script.op(client)
        script.add(client, op, "poll", "invoke", group="g")
        change(script, client)
        script.add(client, op, "poll", "ok", group="g", records=[(0, 0, "p:0", 0)])
    given(script, "a")
    op, told = script.op("a"), {"group": "g", "partition": 0, "offset": 1}
    script.add("a", op, "commit", "invoke", **told)
    script.add("a", op, "commit", "ok", **told)
    taken(script, "a")
    assert script.kinds() == set()


def test_whoever_was_never_given_anything_is_no_member() -> None:
    script = good(5)
    commit(script, "x", 3)
    read(script, "y", 3)
    assert script.kinds() == set()
