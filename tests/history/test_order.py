"""Each anomaly beside its innocent neighbour: records repeated, in conflict, or out of order."""

from __future__ import annotations

from tests.history.script import Script, good


def test_one_record_at_two_offsets() -> None:
    script = good(3)
    script.poll("late", {2: "p:2", 3: "p:1"})
    findings = script.findings()
    assert findings.kinds == {"duplicate"}
    one = findings.of("duplicate")[0]
    assert (one.text, one.offsets) == ("record p:1 is at offsets 1 and 3 of orders-0", (1, 3))


def test_one_offset_read_twice_is_no_duplicate() -> None:
    script = good(3)
    script.poll("other", {0: "p:0", 1: "p:1"})
    script.do("other", "seek", partition=0, offset=0)
    script.poll("other", {0: "p:0"})
    assert script.findings().kinds == set()


def test_one_record_in_two_partitions() -> None:
    script = good(3)
    script.poll("late", {7: "p:1"}, partition=1)
    findings = script.findings()
    assert findings.kinds == {"duplicate"}
    assert findings.of("duplicate")[0].text == (
        "record p:1 is in orders-0 at offset 1 and in orders-1 at offset 7"
    )


def test_a_repeated_batch_is_a_repetition_and_no_disorder() -> None:
    script = good(3)
    script.poll("late", {3: "p:0", 4: "p:1", 5: "p:2"})
    findings = script.findings()
    assert findings.kinds == {"duplicate"}
    assert findings.numbers["duplicate"] == 3


def test_a_record_acknowledged_at_one_offset_and_read_at_another() -> None:
    script = Script()
    script.send("p:0", at=0)
    script.poll("c", {4: "p:0"})
    assert script.kinds() == {"duplicate"}


def test_one_offset_acknowledged_for_two_records() -> None:
    script = Script()
    script.send("p:0", at=5)
    script.send("q:0", at=5)
    assert "inconsistent-offset" in script.kinds()


def test_one_offset_read_with_two_records() -> None:
    script = Script()
    script.send("p:0", at=None)
    script.send("p:1", at=None)
    script.poll("c", {0: "p:0"})
    script.poll("d", {0: "p:1"})
    findings = script.findings()
    assert findings.kinds - {"unseen"} == {"inconsistent-offset"}
    one = findings.of("inconsistent-offset")[0]
    assert one.text == "offset 0 of orders-0 held both p:0 and p:1"
    assert [event.client for event in one.events] == ["c", "d"]


def test_an_uncertain_send_does_not_claim_its_offset() -> None:
    script = Script()
    script.send("p:0", at=0, phase="unknown")
    script.send("q:0", at=0)
    assert script.kinds() == set()


def test_a_crashed_transaction_claims_its_offsets_once_it_is_read() -> None:
    script = Script()
    script.do("p", "begin")
    script.send("p:0", at=0)
    script.send("p:1", at=None, partition=1)
    script.send("q:0", at=0)
    assert script.kinds() == set()
    script.poll("c", {5: "p:1"}, partition=1)
    assert script.kinds() == {"inconsistent-offset", "late-offset"}


def overtaken(outcome: str = "ok") -> Script:
    """Records 0 and 1 are in flight together, the batch of 0 is retried and lands behind 1."""
    script = Script()
    script.call("p:0")
    script.call("p:1")
    script.answer("p:1", at=0)
    script.answer("p:0", at=1 if outcome == "ok" else None, phase=outcome, partition=0)
    script.poll("c", {0: "p:1", 1: "p:0"})
    script.end("c", 2)
    return script


def test_a_record_behind_one_sent_after_it() -> None:
    findings = overtaken().findings()
    assert findings.kinds == {"reordered", "nonmonotonic-send"}
    assert findings.of("reordered")[0].text == (
        "record p:0 was sent before p:1, but lies behind it in orders-0"
    )
    assert findings.of("nonmonotonic-send")[0].text == (
        "record p:1 was sent after p:0, but acknowledged at offset 0 of orders-0, not behind offset 1"
    )


def test_disorder_is_judged_by_the_log_even_without_acknowledgements() -> None:
    assert overtaken("unknown").findings().kinds == {"reordered"}


def test_answers_may_come_in_any_order() -> None:
    script = Script()
    script.call("p:0")
    script.call("p:1")
    script.answer("p:1", at=1)
    script.answer("p:0", at=0)
    assert script.kinds() == set()


def test_producers_have_no_order_among_each_other_and_partitions_neither() -> None:
    script = Script()
    script.call("p:0")
    script.call("q:0")
    script.answer("q:0", at=0)
    script.answer("p:0", at=1)
    script.call("p:1")
    script.answer("p:1", at=0, partition=1)
    assert script.kinds() == set()


def test_order_is_that_of_the_calls_not_of_the_numbers() -> None:
    script = Script()
    script.send("p:9", at=0)
    script.send("p:3", at=1)
    assert script.kinds() == set()


def test_gaps_in_the_offsets_are_normal() -> None:
    script = Script()
    for number, offset in enumerate((3, 4, 7, 200_000, 5_000_000_000)):
        script.send(f"p:{number}", at=offset)
    script.poll("c", {3: "p:0", 4: "p:1", 7: "p:2", 200_000: "p:3", 5_000_000_000: "p:4"})
    script.end("c", 5_000_000_001)
    assert script.findings().kinds == set()


def test_an_offset_below_one_that_was_known_when_the_send_began() -> None:
    script = Script()
    script.send("p:0", at=8)
    script.send("q:0", at=7)
    findings = script.findings()
    assert findings.kinds - {"unseen", "weak-run"} == {"late-offset"}
    one = findings.of("late-offset")[0]
    assert one.text == "record q:0 was sent after offset 8 of orders-0 was known, but got offset 7"
    assert [event.client for event in one.events] == ["p", "q", "q"]


def test_an_offset_that_a_poll_had_shown() -> None:
    script = Script()
    script.send("p:0", phase="unknown", partition=None)
    script.poll("c", {8: "p:0"})
    script.send("q:0", at=7)
    assert script.kinds() == {"late-offset"}


def test_sends_in_flight_together_may_land_in_any_order() -> None:
    script = Script()
    script.call("q:0")
    script.send("p:0", at=8)
    script.answer("q:0", at=7)
    assert script.kinds() == set()


def test_a_record_sent_twice_by_its_application_is_repeated_and_says_so() -> None:
    script = Script()
    script.send("p:0", phase="unknown", partition=None)
    script.send("p:1", at=1)
    script.send("p:0", at=2)
    script.poll("c", {0: "p:0", 1: "p:1", 2: "p:0"})
    findings = script.findings()
    assert findings.kinds == {"duplicate"}
    assert findings.of("duplicate")[0].text == (
        "record p:0 is at offsets 0 and 2 of orders-0 (it was sent more than once)"
    )
