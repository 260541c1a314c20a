"""Good histories are spoilt at random, and each spoiling must be found; unspoilt they must be clean.

The good ones have what real ones have: several producers and partitions, batches in flight
together, gaps in the offsets, sends without outcome (some in the log, some not), readers that start
over, members that take over from one another at the committed offset.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from history.events import FAIL, INVOKE, OK, UNKNOWN, Event, value_of
from history.judge import Findings, detect, judge
from history.record import History

EVERYTHING = frozenset(
    "lost duplicate inconsistent-offset reordered nonmonotonic-send late-offset unknown-read aborted-read "
    "wrong-content nonmonotonic-poll poll-skip stale-resume forward-resume".split()
)


@dataclass
class World:
    """A cluster that does everything right, and what its clients write down."""

    dice: random.Random
    events: list[Event] = field(default_factory=list)
    logs: dict[int, dict[int, str]] = field(default_factory=dict)
    acknowledged: dict[str, tuple[int, int]] = field(default_factory=dict)
    t: float = 0.0
    op: int = 0

    def add(self, client: str, f: str, phase: str, op: int | None = None, **told: Any) -> int:
        self.t += self.dice.random() * 0.01
        if op is None:
            self.op += 1
            op = self.op
        self.events.append(Event(self.t, client, op, f, phase, "orders", **told))
        return op

    def append(self, partition: int, value: str) -> int:
        log = self.logs.setdefault(partition, {})
        offset = max(log, default=-1) + self.dice.choice([1, 1, 1, 1, 2, 5])
        log[offset] = value
        return offset

    def produce(self, producer: str, count: int) -> None:
        """Batches of up to four sends in flight; each batch goes to one partition, in order."""
        number = 0
        while number < count:
            batch = range(number, min(count, number + self.dice.randint(1, 4)))
            ops = {n: self.add(producer, "send", INVOKE, value=value_of(producer, n)) for n in batch}
            partition = self.dice.choice([0, 1])
            answers = [(n, self.outcome(partition, value_of(producer, n))) for n in batch]
            self.dice.shuffle(answers)
            for n, (phase, offset) in answers:
                if phase == INVOKE:
                    continue  # no answer at all
                told: dict[str, Any] = (
                    {"partition": partition, "offset": offset} if phase == OK else {"error_name": "X"}
                )
                self.add(producer, "send", phase, ops[n], value=value_of(producer, n), **told)
            number = batch.stop

    def outcome(self, partition: int, value: str) -> tuple[str, int | None]:
        lot = self.dice.random()
        if lot < 0.03:
            return FAIL, None
        phase = self.dice.choice([UNKNOWN, INVOKE]) if lot < 0.13 else OK
        if phase != OK and self.dice.random() < 0.5:
            return phase, None  # it never arrived
        offset = self.append(partition, value)
        if phase == OK:
            self.acknowledged[value] = partition, offset
        return phase, offset

    def uncertain(self, partition: int, number: int) -> None:
        """A record in the log whose send has no outcome, so that each partition has some."""
        value = value_of(f"killed-{partition}", number)
        self.add(f"killed-{partition}", "send", INVOKE, value=value)
        self.append(partition, value)

    def consume(self, client: str, partition: int, start: int = 0, end: int = 1 << 40) -> int:
        """Polls from ``start`` to the end; the next offset to read."""
        rows = [
            (at, value) for at, value in sorted(self.logs.get(partition, {}).items()) if start <= at < end
        ]
        while rows:
            size = self.dice.randint(1, 7)
            records = [(partition, at, value, 1 + at) for at, value in rows[:size]]
            op = self.add(client, "poll", INVOKE)
            self.add(client, "poll", OK, op, records=records)
            start, rows = rows[:size][-1][0] + 1, rows[size:]
            if self.dice.random() < 0.1:
                self.add(client, "poll", FAIL, self.add(client, "poll", INVOKE))
        return start

    def group(self, members: int) -> None:
        """Members take partition 0 over from one another, each at what was committed."""
        committed = 0
        for member in range(members):
            client = f"member-{member}"
            self.add(client, "assign", OK, group="g", partition=0)
            mine = [at for at in sorted(self.logs[0]) if at >= committed][: self.dice.randint(1, 3)]
            committed = self.consume(client, 0, committed, mine[-1] + 1)
            told: dict[str, Any] = {"group": "g", "partition": 0, "offset": committed}
            self.add(client, "commit", OK, self.add(client, "commit", INVOKE, **told), **told)
            self.add(client, "revoke", OK, partition=0)

    def final_read(self) -> None:
        for partition in self.logs:
            end = self.consume("reader", partition)
            self.add("reader", "final-read", OK, partition=partition, offset=end)


def world(seed: int) -> World:
    made = World(random.Random(seed))
    for producer in range(made.dice.randint(1, 3)):
        made.produce(f"producer-{producer}", made.dice.randint(20, 60))
    for number in range(20):
        made.uncertain(number % 2, number // 2)
    made.consume("early", 0)
    made.add("early", "seek", OK, partition=0, offset=0)
    made.consume("early", 0)
    made.group(3)
    made.produce("producer-late", 20)
    made.final_read()
    return made


def findings(made: World) -> Findings:
    return detect(History.of(made.events))


@pytest.mark.parametrize("start", range(0, 300, 50))
def test_a_good_history_is_clean(start: int) -> None:
    for seed in range(start, start + 50):
        made = world(seed)
        found = findings(made)
        verdict = judge(found, EVERYTHING, floor=10)
        assert verdict.word == "held", (seed, verdict.reason, verdict.counterexample())
        assert found.numbers["acknowledged"] == len(made.acknowledged)
        assert found.numbers["read"] == sum(len(log) for log in made.logs.values())


# The spoilings. Each changes what the readers saw, returns the kind that must be found and the record.

Spoilt = tuple[str, str]


def rows(made: World) -> list[tuple[int, int, str]]:
    return [(p, at, value) for p, log in made.logs.items() for at, value in log.items()]


def reread(made: World, change: Callable[[int, int, str], list[tuple[int, str | None]]]) -> None:
    """Change every row that any poll read; a row becomes none, one or several (offset, value)."""
    for event in made.events:
        if event.records:
            event.records = [
                (p, at, value, 0)
                for p, old, was, _ in event.records
                for at, value in change(p, old, was or "")
            ]


def drop(made: World) -> Spoilt:
    value = made.dice.choice(sorted(made.acknowledged))
    reread(made, lambda p, at, was: [] if was == value else [(at, was)])
    return "lost", value


def swap(made: World) -> Spoilt:
    """Two records of one producer change places in the log."""
    by_producer: dict[tuple[int, str], list[tuple[int, str]]] = {}
    for p, at, value in rows(made):
        by_producer.setdefault((p, value.partition(":")[0]), []).append((at, value))
    (p, _), mine = made.dice.choice([item for item in by_producer.items() if len(item[1]) > 1])
    (first, a), (second, b) = sorted(made.dice.sample(mine, 2))
    other = {first: b, second: a}
    reread(made, lambda q, at, was: [(at, other.get(at, was) if q == p else was)])
    for event in made.events:  # as the broker would have acknowledged them
        if event.f == "send" and event.phase == OK and event.value in (a, b):
            event.offset = second if event.value == a else first
    return "reordered", a


def repeat(made: World) -> Spoilt:
    p, _, value = made.dice.choice(rows(made))
    end = max(made.logs[p]) + 1
    last = made.logs[p][end - 1]
    reread(made, lambda q, at, was: [(at, was), (end, value)] if (q, was) == (p, last) else [(at, was)])
    return "duplicate", value


def foreign(made: World) -> Spoilt:
    p, at, _ = made.dice.choice(rows(made))
    value = made.dice.choice(["stranger:0", "producer-0:9999", "hello"])
    reread(made, lambda q, o, was: [(o, value if (q, o) == (p, at) else was)])
    return "unknown-read", value


def failed(made: World) -> Spoilt:
    """A record that is in the log was reported as failed."""
    chosen = made.dice.choice([e for e in made.events if e.phase == OK and e.f == "send"])
    chosen.phase, chosen.offset, chosen.error_name = FAIL, None, "MESSAGE_TOO_LARGE"
    return "aborted-read", chosen.value or ""


def corrupt(made: World) -> Spoilt:
    p, at, value = made.dice.choice([row for row in rows(made) if row[2] in made.acknowledged])
    reread(made, lambda q, o, was: [(o, None if (q, o) == (p, at) else was)])
    return "wrong-content", value


def alter(made: World) -> Spoilt:
    """One reader sees another timestamp than the others."""
    polls = [event for event in made.events if event.client == "early" and event.records]
    event = made.dice.choice(polls)
    assert event.records is not None
    at = made.dice.randrange(len(event.records))
    p, offset, value, _ = event.records[at]
    event.records[at] = p, offset, value, 4711
    return "wrong-content", value or ""


def collide(made: World) -> Spoilt:
    """Two records were acknowledged at one offset."""
    sends = [
        event for event in made.events if event.phase == OK and event.f == "send" and event.partition == 0
    ]
    one, other = made.dice.sample(sends, 2)
    one.offset = other.offset
    return "inconsistent-offset", other.value or ""


def two_partitions(made: World) -> Spoilt:
    p, _, value = made.dice.choice(rows(made))
    q = 1 - p
    end = max(made.logs[q]) + 1
    last = made.logs[q][end - 1]
    reread(made, lambda r, at, was: [(at, was), (end, value)] if (r, was) == (q, last) else [(at, was)])
    return "duplicate", value


def stale(made: World) -> Spoilt:
    """A commit says more than where the next member goes on."""
    return _recommit(made, 1, "stale-resume")


def forward(made: World) -> Spoilt:
    return _recommit(made, -1, "forward-resume")


def _recommit(made: World, sign: int, kind: str) -> Spoilt:
    commits = [event for event in made.events if event.f == "commit" and event.client == "member-0"]
    offsets = sorted(made.logs[0])
    for event in commits:
        assert event.offset is not None
        beyond = [at for at in offsets if (at >= event.offset if sign > 0 else at < event.offset)]
        event.offset = beyond[0] + 1 if sign > 0 else beyond[-1]
    return kind, ""


def jump(made: World) -> Spoilt:
    """A reader skips what others read."""
    polls = [e for e in made.events if e.client == "early" and e.records]
    read = [row[1] for event in polls for row in event.records or []]
    inner = [e for e in polls if e.records and e.records[0][1] > min(read) and e.records[-1][1] < max(read)]
    made.dice.choice(inner).records = None
    return "poll-skip", ""


def again(made: World) -> Spoilt:
    """A reader reads a batch twice."""
    at = made.dice.choice(
        [at for at, event in enumerate(made.events) if event.client == "reader" and event.records]
    )
    event = made.events[at]
    made.events.insert(
        at + 1, Event(event.t, event.client, event.op + 10_000, "poll", OK, "orders", records=event.records)
    )
    return "nonmonotonic-poll", ""


SPOILINGS = (
    drop, swap, repeat, foreign, failed, corrupt, alter, collide, two_partitions, stale, forward, jump, again,
)  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILINGS, ids=lambda spoil: spoil.__name__)
def test_what_is_spoilt_is_found(spoil: Callable[[World], Spoilt]) -> None:
    for seed in range(50):
        made = world(seed)
        kind, value = spoil(made)
        found = findings(made)
        assert kind in found.kinds, (seed, kind, value, found.line())
        if value and found.numbers[kind] == len(found.of(kind)):  # else only the first few are told
            assert any(value in one.values for one in found.of(kind)), (seed, kind, value)
        verdict = judge(found, {kind}, floor=10)
        told = verdict.counterexample()
        assert verdict.word == "violated" and told is not None and len(told.splitlines()) >= 3
