"""Each anomaly beside its innocent neighbour: records missing, foreign or damaged."""

from __future__ import annotations

import pytest

from history.judge import EXACTLY_ONCE_IN_ORDER, judge
from tests.history.script import Script, good


def test_a_good_history_has_nothing_wrong() -> None:
    findings = good(5).findings()
    assert findings.kinds == set()
    assert findings.line() == "acknowledged 5 · read 5 · lost 0 · repeated 0 · reordered 0"
    assert judge(findings, EXACTLY_ONCE_IN_ORDER, floor=5).word == "held"


def three(read: dict[int, str]) -> Script:
    """a, b and c are acknowledged at 0, 1 and 2; a consumer assigned from offset 0 reads some of them."""
    script = Script()
    for offset, value in enumerate("abc"):
        script.send(value, at=offset, client="p")
    script.do("c", "assign", partition=0, offset=0)
    script.poll("c", dict(read))
    return script


def test_lost_is_what_a_client_read_past() -> None:
    assert [one.values for one in three({2: "c"}).findings().of("lost")] == [("a",), ("b",)]
    assert [one.values for one in three({0: "a", 2: "c"}).findings().of("lost")] == [("b",)]


def test_what_lies_behind_the_last_read_is_only_unseen() -> None:
    findings = three({0: "a"}).findings()
    assert findings.numbers["lost"] == 0
    assert [one.values for one in findings.of("unseen")] == [("b",), ("c",)]
    assert judge(findings, {"lost"}).word == "unknown"


def test_a_reader_that_began_in_the_middle_proves_nothing_about_the_start() -> None:
    script = Script()
    script.send("p:0", at=0)
    script.send("p:1", at=1)
    script.poll("c", {1: "p:1"})
    assert script.findings().kinds == {"unseen"}
    script.end("reader", 2)
    assert script.findings().kinds == {"lost"}


def test_lost_where_another_record_took_its_offset() -> None:
    script = Script()
    script.send("a", at=0, client="p")
    script.send("b", at=0, client="q")
    script.send("d", at=2, client="q")
    script.poll("c", {0: "b", 2: "d"})
    findings = script.findings()
    assert findings.kinds == {"lost", "inconsistent-offset", "late-offset"}
    assert findings.of("lost")[0].text == (
        "record a was reported as delivered at offset 0 of orders-0, and is not in the log: offset 0 holds b"
    )


def crashed(read_a: bool) -> Script:
    """A transaction of a and b whose commit has no answer; someone reads on past b."""
    script = Script()
    script.do("p", "begin")
    script.send("a", at=0, partition=0, client="p")
    script.send("b", at=0, partition=1, client="p")
    script.add("p", script.op("p"), "commit-transaction", "invoke")
    script.send("d", phase="unknown", partition=None, client="q")
    if read_a:
        script.poll("c", {0: "a"})
    script.do("d", "assign", partition=1, offset=0)
    script.poll("d", {1: "d"}, partition=1)
    return script


def test_a_crashed_transaction_is_committed_once_any_of_it_is_read() -> None:
    assert crashed(read_a=False).kinds() == set()
    assert [one.values for one in crashed(read_a=True).findings().of("lost")] == [("b",)]


def test_the_records_of_an_aborted_transaction_are_not_lost_and_must_not_be_read() -> None:
    script = Script()
    script.do("p", "begin")
    script.send("p:0", at=0)
    script.do("p", "abort-transaction")
    script.send("p:1", at=2)
    script.do("c", "assign", partition=0, offset=0)
    script.poll("c", {2: "p:1"})
    script.end("c", 3)
    assert script.findings().kinds == set()
    script.poll("dirty", {0: "p:0", 2: "p:1"})
    assert script.findings().kinds == {"aborted-read"}


def test_a_send_without_known_outcome_is_never_lost_and_may_be_read() -> None:
    script = good(2)
    script.send("p:2", phase="unknown", partition=None)
    script.call("p:3")
    script.end("reader-2", 9)
    assert script.findings().kinds == set()
    script.poll("reader-3", {2: "p:2"})
    findings = script.findings()
    assert findings.kinds == set()
    assert (findings.numbers["unknown"], findings.numbers["read"]) == (2, 3)


def test_a_failed_send_must_not_be_read() -> None:
    script = good(2)
    script.send("p:2", phase="fail", partition=None, error=10, error_name="MESSAGE_TOO_LARGE")
    assert script.findings().kinds == set()
    script.poll("late", {2: "p:2"})
    assert script.findings().of("aborted-read")[0].text == (
        "record p:2 was read at offset 2 of orders-0, but its send ended in MESSAGE_TOO_LARGE"
    )


def test_a_delivery_report_without_offset_is_false_if_the_final_read_did_not_find_the_record() -> None:
    script = Script()
    script.send("p:0", at=0)
    script.send("p:1", at=None)
    script.poll("reader", {0: "p:0"})
    assert script.findings().kinds == {"unseen"}
    script.end("reader", 1)
    findings = script.findings()
    assert findings.kinds == {"lost"}
    assert findings.of("lost")[0].text == (
        "record p:1 was reported as delivered to orders-0, and is not in the log, which reader read to its end at 1"
    )


def test_what_was_acknowledged_after_the_final_read_began_may_lie_behind_its_end() -> None:
    script = Script()
    script.send("p:0", at=0)
    script.call("p:1")
    script.poll("reader", {0: "p:0"})
    script.answer("p:1", at=None)
    script.end("reader", 1)
    assert script.findings().kinds == {"unseen"}


def test_what_was_acknowledged_behind_the_end_of_the_log_was_cut_off() -> None:
    script = Script()
    script.send("p:0", at=0)
    script.send("p:1", at=1)
    script.poll("reader", {0: "p:0"})
    script.end("reader", 1)
    assert [one.values for one in script.findings().of("lost")] == [("p:1",)]


def test_a_delivery_without_partition_is_lost_once_all_partitions_were_read() -> None:
    script = Script()
    script.send("p:0", at=0, partition=0)
    script.send("p:1", at=0, partition=1)
    script.send("p:2", partition=None)
    for partition in (0, 1):
        script.poll("reader", {0: f"p:{partition}"}, partition=partition)
        assert script.findings().numbers["lost"] == 0
        script.end("reader", 1, partition=partition)
    assert [one.values for one in script.findings().of("lost")] == [("p:2",)]


@pytest.mark.parametrize("value", ["q:7", "p:99", "stray", "p:007"])
def test_a_record_that_nobody_sent(value: str) -> None:
    script = good(3)
    script.poll("late", {3: value})
    assert script.findings().kinds == {"unknown-read"}
    assert script.findings().of("unknown-read")[0].text == (
        f"record {value} was read at offset 3 of orders-0, which nobody sent to orders"
    )


@pytest.mark.parametrize("told_first", [True, False])
def test_a_record_in_another_partition_than_it_was_sent_to(told_first: bool) -> None:
    script = Script()
    script.call("p:0", partition=1)
    script.answer("p:0", at=None, partition=1)
    script.poll("c", {0: "p:0"}, partition=0)
    if not told_first:  # a consumer's file read before the producer's
        script.events = script.events[2:] + script.events[:2]
    assert script.kinds() == {"unknown-read"}


def test_topics_are_kept_apart() -> None:
    script = good(3)
    script.topic = "copies"
    script.send("p:0", at=0, client="copier")
    script.poll("copy-reader", {0: "p:0"})
    script.end("copy-reader", 1)
    assert script.findings().kinds == set()
    script.poll("copy-reader", {1: "p:1"})
    assert script.findings().kinds == {"unknown-read"}


def test_content_that_nobody_sent() -> None:
    script = Script()
    script.send("p:0", at=0)
    script.send("p:1", at=1)
    script.poll("reader", {0: "p:0", 1: None})
    script.end("reader", 2)
    findings = script.findings()
    assert findings.kinds == {"wrong-content"}
    assert findings.of("wrong-content")[0].text == (
        "at offset 1 of orders-0 reader read what nobody sent in place of p:1"
    )


def test_two_reads_of_one_record_that_differ() -> None:
    script = good(2)
    script.poll("x", {0: "p:0", 1: "p:1"}, digest=17)
    script.poll("y", {0: "p:0", 1: "p:1"}, digest=17)
    assert script.findings().kinds == set()
    script.poll("z", {1: "p:1"}, digest=18)
    assert script.findings().of("wrong-content")[0].text == (
        "record p:1 at offset 1 of orders-0 was read by z with another key, content, header or timestamp"
        " than before"
    )


def final_read(script: Script, client: str, rows: dict[int, str | None], end: int) -> None:
    """As clients write it: the invoke before the first poll."""
    op = script.op(client)
    script.add(client, op, "final-read", "invoke")
    script.poll(client, rows)
    script.add(client, op, "final-read", "ok", partition=0, offset=end)


@pytest.mark.parametrize("end", ["abort-transaction", None])
def test_a_final_reader_may_see_what_is_not_committed(end: str | None) -> None:
    script = Script()
    script.send("q:0", at=0)
    script.do("p", "begin")
    script.send("p:0", at=1)
    if end:
        script.do("p", end)
    script.send("q:1", at=3)
    script.poll("c", {0: "q:0"})
    script.poll("c", {3: "q:1"})
    final_read(script, "reader", {0: "q:0", 1: "p:0", 3: "q:1"}, 4)
    assert script.findings().kinds == set()
    script.poll("dirty", {1: "p:0"})
    assert script.findings().kinds == ({"aborted-read"} if end else set())


def test_a_failed_send_in_the_log_is_wrong_whoever_reads_it() -> None:
    script = good(2)
    script.send("p:2", phase="fail", partition=None)
    final_read(script, "reader-2", {0: "p:0", 1: "p:1", 2: "p:2"}, 3)
    assert script.findings().kinds == {"aborted-read"}


def nameless(at: int | None, phase: str = "ok") -> Script:
    """p sends content of the scenario's own at offset 2, which readers see as no record of ours."""
    script = good(2)
    op = script.op("p")
    script.add("p", op, "send", "invoke")
    script.add("p", op, "send", phase, partition=0, offset=at)
    return script


def test_records_without_a_name_are_counted_and_may_be_read_where_they_lie() -> None:
    script = nameless(at=2)
    assert script.findings().kinds == {"unseen"}
    final_read(script, "reader-2", {0: "p:0", 1: "p:1", 2: None}, 3)
    findings = script.findings()
    assert findings.kinds == set()
    assert (findings.numbers["acknowledged"], findings.numbers["read"]) == (3, 3)
    script.poll("late", {3: None})
    assert script.findings().kinds == {"wrong-content"}


def test_a_record_without_a_name_can_be_lost() -> None:
    script = nameless(at=2)
    final_read(script, "reader-2", {0: "p:0", 1: "p:1"}, 3)
    assert script.findings().of("lost")[0].values == ("p#2",)


def test_as_many_strange_reads_are_excused_as_nameless_records_may_lie_anywhere() -> None:
    script = nameless(at=None, phase="unknown")
    script.poll("late", {2: None})
    assert script.findings().kinds == set()
    script.poll("late", {3: None})
    assert script.findings().kinds == {"wrong-content"}
    script = nameless(at=None, phase="fail")
    script.poll("late", {2: None})
    assert script.findings().kinds == {"wrong-content"}
