"""Verdicts: the same findings, different expectations; the smallest counterexample in words."""

from __future__ import annotations

import pytest

from history.anomalies import DETECTIONS
from history.judge import (
    AT_LEAST_ONCE,
    AT_MOST_ONCE,
    EXACTLY_ONCE_IN_ORDER,
    IN_ORDER,
    PROFILES,
    READ_IN_ORDER,
    judge,
    shows,
)
from history.verdicts import Inconclusive, NotShown, Violated
from tests.history.script import Script, good


def repeated() -> Script:
    """Record 1 is acknowledged at 1, and again at 3, where everyone reads it too."""
    script = Script()
    for number in range(3):
        script.send(f"producer-1:{number}", at=number)
    script.poll("reader", {0: "producer-1:0", 1: "producer-1:1", 2: "producer-1:2", 3: "producer-1:1"})
    script.end("reader", 4)
    return script


def reordered() -> Script:
    script = Script(step=0.012)
    script.send("warm-up", at=0)
    for number in range(5):
        script.call(f"producer-1:{number}")
    for number in range(1, 5):
        script.answer(f"producer-1:{number}", at=number)
    script.answer("producer-1:0", at=5)
    script.poll("reader", {0: "warm-up", **{n: f"producer-1:{n}" for n in range(1, 5)}, 5: "producer-1:0"})
    script.end("reader", 6)
    return script


def test_one_finding_breaks_one_promise_and_not_another() -> None:
    findings = repeated().findings()
    assert judge(findings, AT_LEAST_ONCE).word == "held"
    assert judge(findings, IN_ORDER).word == "held"
    for forbidden in (AT_MOST_ONCE, EXACTLY_ONCE_IN_ORDER, {"duplicate"}):
        assert judge(findings, forbidden).word == "violated"
    assert findings.line() == "acknowledged 3 · read 3 · lost 0 · repeated 1 · reordered 0"


def test_a_verdict_that_holds_lets_pass() -> None:
    verdict = judge(good(5).findings(), EXACTLY_ONCE_IN_ORDER | READ_IN_ORDER)
    verdict.require()
    assert (verdict.word, verdict.counterexample(), verdict.numbers["acknowledged"]) == ("held", None, 5)


def test_a_broken_promise_is_raised_with_its_counterexample() -> None:
    with pytest.raises(Violated) as raised:
        judge(repeated().findings(), {"duplicate", "lost"}).require()
    assert raised.value.reason == "record producer-1:1 is at offsets 1 and 3 of orders-0 (1 repeated)"
    assert (
        raised.value.counterexample
        == """\
record producer-1:1 is at offsets 1 and 3 of orders-0
      0.020 s  producer-1  send 1  invoked
      0.030 s  producer-1  send 1  acknowledged at offset 1
      0.070 s  reader      poll    read 0 producer-1:0 · 1 producer-1:1 · 2 producer-1:2 · 3 producer-1:1
  log of orders-0:  0 producer-1:0 · 1 producer-1:1 ← · 2 producer-1:2 · 3 producer-1:1 ←"""
    )


def test_disorder_in_words() -> None:
    verdict = judge(reordered().findings(), {"reordered"})
    assert (
        verdict.counterexample()
        == """\
record producer-1:0 was sent before producer-1:1, but lies behind it in orders-0
      0.024 s  producer-1  send 0  invoked
      0.036 s  producer-1  send 1  invoked
      0.084 s  producer-1  send 1  acknowledged at offset 1
      0.132 s  producer-1  send 0  acknowledged at offset 5
  log of orders-0:  0 warm-up · 1 producer-1:1 · 2 producer-1:2 · 3 producer-1:3 · 4 producer-1:4 · 5 producer-1:0 ←"""
    )


def test_a_loss_in_words() -> None:
    script = Script()
    for number in range(20):
        script.send(f"p:{number}", at=number)
    script.do("reader", "assign", partition=0, offset=0)
    script.poll("reader", {number: f"p:{number}" for number in range(20) if number != 11})
    script.end("reader", 20)
    assert (
        judge(script.findings(), {"lost"}).counterexample()
        == """\
record p:11 was reported as delivered at offset 11 of orders-0, and is not in the log, which reader read to its end at 20
      0.220 s  p  send 11  invoked
      0.230 s  p  send 11  acknowledged at offset 11
  log of orders-0:  8 p:8 · 9 p:9 · 10 p:10 · 11 p:11 (never read) ← · 12 p:12 · 13 p:13 · 14 p:14"""
    )


def test_a_duplicate_over_two_partitions_shows_both_logs() -> None:
    script = good(3)
    script.poll("late", {7: "p:1"}, partition=1)
    told = judge(script.findings(), {"duplicate"}).counterexample()
    assert told is not None
    assert told.splitlines()[-2:] == [
        "  log of orders-0:  0 p:0 · 1 p:1 ← · 2 p:2",
        "  log of orders-1:  7 p:1 ←",
    ]


@pytest.mark.parametrize(("offset", "first"), [(2, "stale-resume"), (4, "forward-resume")])
def test_a_resumption_in_words(offset: int, first: str) -> None:
    script = good(5)
    script.do("a", "commit", group="g", partition=0, offset=3)
    script.do("b", "assign", group="g", partition=0)
    script.poll("b", {at: f"p:{at}" for at in range(offset, 5)})
    told = judge(script.findings(), {first}).counterexample()
    assert told is not None
    lines = told.splitlines()
    assert lines[1].endswith("a  commit 3  done")
    assert f"b  poll      read {offset} p:{offset}" in lines[2]
    assert f"{offset} p:{offset} ←" in lines[3]


@pytest.mark.parametrize(("on", "found"), [(4, 0), (5, 1)])
def test_a_member_that_keeps_its_partition_may_go_on_where_it_was(on: int, found: int) -> None:
    script = good(6)
    script.do("a", "assign", group="g", partition=0)
    script.poll("a", {at: f"p:{at}" for at in range(2)})
    script.do("a", "commit", group="g", partition=0, offset=2)
    script.poll("a", {2: "p:2", 3: "p:3"})
    script.do("a", "revoke", group="g", partition=0)
    script.do("a", "assign", group="g", partition=0)
    script.poll("a", {at: f"p:{at}" for at in range(on, 6)})
    assert script.findings().numbers["forward-resume"] == found


def test_every_kind_can_be_told() -> None:
    """Whatever is found can be told with at least one operation and the log around it."""
    scripts = [repeated(), reordered(), good(2), good(2), good(2), good(2), good(3)]
    scripts[2].poll("x", {2: None, 3: "stranger:1"})
    scripts[3].send("q:0", at=0)
    scripts[4].send("p:5", phase="fail", partition=None)
    scripts[4].poll("x", {5: "p:5"})
    scripts[5].poll("x", {1: "p:1"})
    scripts[5].poll("x", {0: "p:0"})
    scripts[6].poll("x", {0: "p:0"})
    scripts[6].poll("x", {2: "p:2"})
    seen = set()
    for script in scripts:
        findings = script.findings()
        for kind in findings.kinds:
            told = judge(findings, {kind}).counterexample()
            assert told is not None
            assert " s  " in told and "←" in told, told
            seen.add(kind)
    assert seen >= {
        "duplicate",
        "reordered",
        "nonmonotonic-send",
        "wrong-content",
        "unknown-read",
        "inconsistent-offset",
        "late-offset",
        "aborted-read",
        "nonmonotonic-poll",
        "poll-skip",
    }


def test_the_smallest_counterexample_has_the_earliest_offset() -> None:
    script = good(50)
    script.poll("late", {number: f"p:{number - 40}" for number in range(89, 60, -1)})
    findings = script.findings()
    assert findings.numbers["duplicate"] == 29
    assert len(findings.of("duplicate")) == 20
    assert judge(findings, {"duplicate"}).violations[0].values == ("p:21",)


def test_too_little_traffic_proves_nothing() -> None:
    verdict = judge(good(5).findings(), AT_LEAST_ONCE, floor=6)
    assert verdict.word == "weak"
    with pytest.raises(Inconclusive, match="only 5 records were acknowledged, 6 are needed"):
        verdict.require()
    with pytest.raises(Inconclusive, match="no record was acknowledged; no record was read"):
        judge(Script().findings(), AT_LEAST_ONCE).require()
    judge(Script().findings(), AT_LEAST_ONCE, floor=0).require()


def test_a_fault_that_never_fired_proves_nothing() -> None:
    script = good(5)
    script.remark("network", "armed", "loss of an answer", op=1)
    with pytest.raises(Inconclusive, match="the fault loss of an answer never fired"):
        judge(script.findings(), AT_LEAST_ONCE, floor=0).require()


def test_a_violation_stands_however_thin_the_run() -> None:
    assert judge(repeated().findings(), {"duplicate"}, floor=1000).word == "violated"


def test_what_was_not_seen_yet_leaves_losses_open() -> None:
    script = good(5)
    script.send("p:5", at=5)
    findings = script.findings()
    assert judge(findings, {"duplicate"}).word == "held"
    with pytest.raises(Inconclusive, match="1 acknowledged records were not seen yet"):
        judge(findings, {"lost"}).require()


def test_a_twin_must_show_its_anomaly() -> None:
    assert shows(repeated().findings(), "duplicate").offsets == (1, 3)
    with pytest.raises(NotShown, match=r"no lost was seen; acknowledged 3 · .*; found 1 repeated"):
        shows(repeated().findings(), "lost")


def test_a_misspelt_expectation_is_refused() -> None:
    with pytest.raises(ValueError, match="no such finding: losst"):
        judge(good(1).findings(), {"losst"})
    with pytest.raises(ValueError, match="no such finding"):
        shows(good(1).findings(), "duplicated")


def test_profiles_name_detections_only() -> None:
    for profile in PROFILES.values():
        assert profile and profile <= set(DETECTIONS)


def test_every_detection_has_its_definition() -> None:
    for kind, detection in DETECTIONS.items():
        assert len((detection.__doc__ or "").split()) > 8, kind
