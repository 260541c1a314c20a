"""Random histories, mostly absurd, judged twice: on flat arrays, and by the definitions word for word.

The naive judge below keeps sets and dicts of objects and looks at every pair; what takes it long it
does without any cleverness that could be wrong.
"""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from history.events import FAIL, INVOKE, OK, UNKNOWN, Event
from history.judge import Findings, detect, judge
from history.record import History

VALUES = ["p:0", "p:1", "p:2", "q:0", "q:1", "stray"]


def absurd(seed: int) -> list[Event]:
    """Up to 30 operations of two producers and two consumers on two short partitions.

    Every record is sent once at most; some are read that were never sent.
    """
    dice = random.Random(seed)
    events: list[Event] = []
    t, op = 0.0, 0
    unsent = {"p": ["p:0", "p:1", "p:2"], "q": ["q:0", "q:1"]}
    open_: list[tuple[str, int, str]] = []
    for _ in range(dice.randint(1, 30)):
        t, op = t + 1.0, op + 1
        lot = dice.random()
        if lot < 0.25 and (left := [who for who in unsent if unsent[who]]):
            who = dice.choice(left)
            value = unsent[who].pop(0)
            open_.append((who, op, value))
            events.append(Event(t, who, op, "send", INVOKE, "orders", value=value))
        elif lot < 0.5 and open_:
            who, called, value = open_.pop(dice.randrange(len(open_)))
            phase = dice.choice([OK, OK, OK, FAIL, UNKNOWN])
            offset = dice.choice([None, 0, 1, 2, 3, 4]) if phase == OK else None
            partition = dice.choice([0, 0, 1])
            events.append(Event(t, who, called, "send", phase, "orders", partition, value, offset=offset))
        elif lot < 0.85:
            rows = [
                (dice.choice([0, 0, 1]), dice.randint(0, 5), dice.choice([*VALUES, None]), 0)
                for _ in range(dice.randint(1, 3))
            ]
            phase = dice.choice([OK, OK, OK, FAIL])
            events.append(Event(t, dice.choice("cd"), op, "poll", phase, "orders", records=rows))
        elif lot < 0.95:
            f = dice.choice(["seek", "assign", "revoke"])
            offset = dice.choice([None, 0, 3])
            events.append(
                Event(t, dice.choice("cd"), op, f, OK, "orders", dice.choice([0, 1, None]), offset=offset)
            )
        else:
            end = dice.randint(0, 6)
            events.append(Event(t, "e", op, "final-read", OK, "orders", dice.choice([0, 1]), offset=end))
    return events


class Naive:
    """The definitions, word for word."""

    def __init__(self, events: list[Event]) -> None:
        sends = [event for event in events if event.f == "send"]
        self.began = {e.value: e.t for e in sends if e.phase == INVOKE}
        self.client = {e.value: e.client for e in sends}
        self.outcome = {e.value: e.phase for e in sends}  # the last line of each
        self.acks = {e.value: e for e in sends if e.phase == OK}
        self.polls = [event for event in events if event.f == "poll"]
        self.rows = [(row, e) for e in self.polls for row in e.records or []]
        self.read = {row[2] for row, e in self.rows if e.phase == OK and row[2]}

    def places(self) -> dict[str, set[tuple[int, int]]]:
        """Where each record was acknowledged or seen by any poll."""
        found: dict[str, set[tuple[int, int]]] = {}
        for value, ack in self.acks.items():
            if ack.offset is not None:
                found.setdefault(value or "", set()).add((ack.partition or 0, ack.offset))
        for (partition, offset, value, _), _ in self.rows:
            if value:
                found.setdefault(value, set()).add((partition, offset))
        return found

    def duplicate(self) -> set[str]:
        return {value for value, places in self.places().items() if len(places) > 1}

    def inconsistent_offset(self) -> set[tuple[int, int]]:
        held: dict[tuple[int, int], set[str]] = {}
        for value, places in self.places().items():
            for place in places:
                held.setdefault(place, set()).add(value)
        return {place for place, values in held.items() if len(values) > 1}

    def unknown_read(self) -> set[str]:
        unsent = {value for value in self.read if value not in self.outcome}
        astray = {
            value
            for value, places in self.places().items()
            if value in self.acks and {partition for partition, _ in places} != {self.acks[value].partition}
        }
        return unsent | (astray - self.duplicate())

    def aborted_read(self) -> set[str]:
        return {value for value in self.read if self.outcome.get(value) == FAIL}

    def late_offset(self) -> set[str]:
        known = [(ack.t, ack.partition, ack.offset) for ack in self.acks.values() if ack.offset is not None]
        known += [(e.t, row[0], row[1]) for row, e in self.rows]
        return {
            value or ""
            for value, ack in self.acks.items()
            if ack.offset is not None
            and any(
                t < self.began[value] and partition == ack.partition and offset >= ack.offset
                for t, partition, offset in known
            )
        }

    def nonmonotonic_send(self) -> set[str]:
        placed = [ack for ack in self.acks.values() if ack.offset is not None]
        placed.sort(key=lambda ack: ack.op)
        found, last = set(), dict[tuple[str, int | None], int]()
        for ack in placed:
            key = ack.client, ack.partition
            if ack.offset is not None and ack.offset <= last.get(key, -1):
                found.add(ack.value or "")
            last[key] = ack.offset or 0
        return found

    def missing(self) -> set[str]:
        """Lost or unseen."""
        damaged = {(row[0], row[1]) for row, _ in self.rows if row[2] is None}
        return {
            value or ""
            for value, ack in self.acks.items()
            if value not in self.read
            and not damaged & (self.places().get(value or "", set()) & {(ack.partition, ack.offset)})
        }

    def reordered(self) -> set[str]:
        """Only where no record has two places and no offset two records, so that the log is one order."""
        first = {value: min(places) for value, places in self.places().items()}
        sent = [value for value in first if value in self.began]
        found = set()
        for a, b in combinations(sent, 2):
            one, other = sorted((a, b), key=lambda value: self.began[value])
            same = self.client[one] == self.client[other] and first[one][0] == first[other][0]
            if same and first[one] > first[other]:
                found.add(one)
        return found


def values(findings: Findings, kind: str) -> set[str]:
    return {one.values[0] for one in findings.of(kind)}


@pytest.mark.parametrize("start", range(0, 1600, 400))
def test_both_judges_agree(start: int) -> None:
    for seed in range(start, start + 400):
        events = absurd(seed)
        naive, found = Naive(events), detect(History.of(events))
        places = {(one.partition, one.offsets[0]) for one in found.of("inconsistent-offset")}
        assert places == naive.inconsistent_offset(), seed
        assert values(found, "duplicate") == naive.duplicate(), seed
        twice = naive.duplicate()
        assert values(found, "unknown-read") - twice == naive.unknown_read() - twice, seed
        assert values(found, "aborted-read") == naive.aborted_read(), seed
        assert values(found, "late-offset") == naive.late_offset(), seed
        assert values(found, "nonmonotonic-send") == naive.nonmonotonic_send(), seed
        if not twice:
            assert values(found, "lost") | values(found, "unseen") == naive.missing(), seed
            assert not values(found, "lost") & values(found, "unseen"), seed
            if not naive.inconsistent_offset():
                assert values(found, "reordered") == naive.reordered(), seed


def test_whatever_is_found_can_be_told() -> None:
    for seed in range(500):
        found = detect(History.of(absurd(seed)))
        for kind in found.kinds - {"weak-run"}:
            verdict = judge(found, {kind})
            assert len((verdict.counterexample() or "").splitlines()) >= 2, (seed, kind)
            assert all(1 <= len(one.events) <= 4 for one in found.of(kind)), (seed, kind)


def test_the_order_in_which_clients_are_told_does_not_matter() -> None:
    """Nor does it for records at several places, but for which of them counts as theirs."""
    by_place = {"reordered", "unknown-read", "lost", "unseen"}
    for seed in range(500):
        events = absurd(seed)
        found = detect(History.of(events))
        again = detect(History.of(sorted(events, key=lambda event: "dcqpe".index(event.client))))
        clear = not found.kinds & {"duplicate", "inconsistent-offset"}
        for kind in found.numbers:
            assert again.numbers[kind] == found.numbers[kind] or (kind in by_place and not clear), (
                seed,
                kind,
            )
