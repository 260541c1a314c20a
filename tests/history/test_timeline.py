"""The picture of a history: lanes, marks, bands, and what happens when there is too much to draw."""

from __future__ import annotations

import random
from dataclasses import replace

from history.events import INVOKE, Event
from history.timeline import Band, Lane, Mark, from_plain, thinned, timeline
from tests.history.script import Script, good


def test_operations_last_from_call_to_answer() -> None:
    script = Script()
    script.send("p:0", at=7)
    script.poll("c", {7: "p:0"})
    script.poll("c", {})
    told = timeline(script.events, notes={"p": "confluent-kafka"})
    assert told.lanes == [Lane("p", "client", "confluent-kafka"), Lane("c", "client")]
    assert told.marks == [
        Mark("p", 0.0, 0.01, "send", "ok", "send 0 to orders-0 → offset 7"),
        Mark("c", 0.02, 0.03, "poll", "ok", "poll → 1 record of orders from offset 7"),
        Mark("c", 0.04, 0.05, "poll", "ok", "poll → nothing"),
    ]
    assert told.seconds == 0.05
    assert from_plain(told.plain()) == told


def test_a_database_has_a_lane_of_its_own_below_the_clients() -> None:
    script = Script()
    script.remark("broker-2", "kill", "broker 2 is killed")
    script.remark("database", "kill", "the database is killed")
    script.send("p:0", at=0)
    script.remark("database", "start", "the database is back")
    told = timeline(script.events)
    assert [(lane.name, lane.kind) for lane in told.lanes] == [
        ("p", "client"),
        ("database", "database"),
        ("broker-2", "broker"),
    ]


def test_a_sinks_database_transaction_names_what_it_stores() -> None:
    begun = Event(0.0, "sink-1", 1, "store", INVOKE, "t", 0, value="account-7:4", offset=3)
    known = replace(begun, t=0.01, phase="ok", text="1 known already")
    again = replace(begun, t=0.02, op=2)
    refused = replace(again, t=0.02, phase="fail", text="refused: partition 0 is not at offset 3")
    several = replace(begun, t=0.03, op=3, phase="ok", value=None)
    marks = timeline([begun, known, again, refused, several]).marks
    assert [mark.label for mark in marks] == [
        "store account-7:4 → 1 known already",
        "store account-7:4 → refused: partition 0 is not at offset 3",
        "store records",
    ]


def test_what_never_ended_lasts_to_the_end_with_an_unknown_outcome() -> None:
    script = Script()
    script.call("p:0")
    script.send("q:0", phase="fail", partition=None, error_name="MESSAGE_TOO_LARGE")
    marks = timeline(script.events).marks
    assert marks[0] == Mark("p", 0.0, 0.02, "send", "unknown", "send 0 to orders → unknown")
    assert marks[1].label == "send 0 to orders → MESSAGE_TOO_LARGE"


def test_faults_are_bands_on_their_lanes() -> None:
    script = Script()
    script.send("p:0", at=0)  # 0.00, 0.01
    script.remark("network", "armed", "loss of an answer", op=1)  # 0.02
    script.remark("broker-2", "kill", "broker 2 is killed")  # 0.03
    script.remark("network", "armed", "cut of broker-3", op=2)  # 0.04
    script.remark("network", "fired", "loss of an answer", op=1)  # 0.05
    script.remark("broker-2", "start", "broker 2 starts")  # 0.06
    script.remark("controller-101", "leader", "controller 101 leads")  # 0.07
    script.remark("network", "released", "loss of an answer", op=1)  # 0.08
    script.remark("p", "pause", "p is stopped")  # 0.09
    script.remark("p", "resume", "p goes on")  # 0.10
    script.remark("broker-2", "kill", "broker 2 is killed again")  # 0.11
    script.send("p:1", at=1)  # 0.12, 0.13
    told = timeline(script.events)
    assert [(lane.name, lane.kind) for lane in told.lanes] == [
        ("p", "client"),
        ("network", "network"),
        ("broker-2", "broker"),
        ("controller-101", "controller"),
    ]
    assert told.bands == [
        Band(0.03, 0.06, "broker 2 is killed", ["broker-2"]),
        Band(0.04, 0.13, "cut of broker-3 (armed, did not fire)", ["network"]),
        Band(0.05, 0.08, "loss of an answer", ["network"]),
        Band(0.09, 0.10, "p is stopped", ["p"]),
        Band(0.11, 0.13, "broker 2 is killed again", ["broker-2"]),
    ]
    assert Mark("broker-2", 0.03, None, "kill", "info", "broker 2 is killed") in told.marks


def test_a_fault_that_fires_often_is_one_band() -> None:
    script = Script()
    for verb in ("armed", "fired", "fired", "fired", "released"):
        script.remark("network", verb, "every fetch is held")
    script.send("p:0", at=0)
    assert timeline(script.events).bands == [Band(0.01, 0.04, "every fetch is held", ["network"])]


def test_too_many_marks_are_merged_but_the_chosen_stay() -> None:
    script = Script(step=0.001)
    for number in range(5_000):
        script.send(f"p:{number}", at=number)
        if number % 100 == 99:
            script.poll("c", {at: f"p:{at}" for at in range(number - 99, number + 1)})
    chosen = [event for event in script.events if event.value == "p:2500"]
    told = timeline(script.events, chosen)
    assert len(told.marks) <= 400
    assert sum(mark.count for mark in told.marks) == 5_050
    assert [mark.label for mark in told.marks if mark.chosen] == ["send 2500 to orders-0 → offset 2500"]
    assert {mark.label for mark in told.marks if mark.count > 1 and mark.kind == "poll"} <= {
        f"{count} × poll" for count in range(2, 51)
    }


def test_a_failure_among_many_successes_can_still_be_seen() -> None:
    script = Script(step=0.001)
    for number in range(2_000):
        script.send(f"p:{number}", at=number, phase="fail" if number == 1_000 else "ok")
    failed = [mark for mark in timeline(script.events).marks if mark.outcome == "fail"]
    assert [(mark.start, mark.count) for mark in failed] == [(2.0, 1)]


def test_any_crowd_is_thinned_and_nobody_is_dropped() -> None:
    dice = random.Random(7)
    for _ in range(20):
        marks = []
        for _ in range(dice.randrange(1, 3_000)):
            start = dice.random() * 60
            end = dice.choice([None, start + dice.random()])
            outcome = dice.choice(["ok", "ok", "fail", "unknown"]) if end else "info"
            marks.append(Mark(dice.choice("pqc"), start, end, dice.choice(["send", "poll"]), outcome, ""))
        count = len(marks)
        few = thinned(marks, 200)
        assert len(few) <= 200
        assert sum(mark.count for mark in few) == count


def test_a_long_history_is_merged_while_it_streams_in() -> None:
    def long() -> object:
        for at in range(60):
            script = good(500)
            for event in script.events:
                event.t += at * 100.0
                yield event

    told = timeline(long())  # type: ignore[arg-type]
    assert len(told.marks) <= 400
    assert sum(mark.count for mark in told.marks) == 60 * 503


def test_an_empty_history_is_an_empty_picture() -> None:
    told = timeline([])
    assert (told.seconds, told.lanes, told.marks, told.bands) == (0.0, [], [], [])
