"""A small language for hand-written histories.

    script = Script()
    script.send("p:0", at=0)                   # p sends its record 0, acknowledged at offset 0
    script.poll("c", {0: "p:0"})               # c polls and reads it at offset 0
    script.end("reader", 1)                    # reader has read everything below offset 1

Each event comes 10 ms after the one before.
"""

from __future__ import annotations

from typing import Any

from history.events import INFO, INVOKE, OK, Event, writer_of
from history.judge import Findings, detect
from history.record import History


class Script:
    def __init__(self, topic: str = "orders", step: float = 0.01) -> None:
        self.topic, self.step = topic, step
        self.events: list[Event] = []
        self.ops: dict[str, int] = {}
        self.open: dict[str, tuple[str, int]] = {}

    def add(self, client: str, op: int, f: str, phase: str, **told: Any) -> None:
        t = round(len(self.events) * self.step, 3)
        told.setdefault("topic", self.topic)
        self.events.append(Event(t, client, op, f, phase, **told))

    def op(self, client: str) -> int:
        self.ops[client] = self.ops.get(client, -1) + 1
        return self.ops[client]

    def call(self, value: str, client: str | None = None, **told: Any) -> None:
        """A send begins; the client is the record's writer unless another one is named."""
        who = client or (writer_of(value) or (value, 0))[0]
        self.open[value] = who, self.op(who)
        self.add(*self.open[value], "send", INVOKE, value=value, **told)

    def answer(
        self, value: str, at: int | None = None, partition: int | None = 0, phase: str = OK, **told: Any
    ) -> None:
        """A send ends."""
        self.add(*self.open[value], "send", phase, value=value, partition=partition, offset=at, **told)

    def send(
        self, value: str, at: int | None = None, partition: int | None = 0, phase: str = OK, **told: Any
    ) -> None:
        self.call(value, **{key: told[key] for key in told if key in ("client", "topic")})
        told.pop("client", None)
        self.answer(value, at, partition, phase, **told)

    def poll(
        self,
        client: str,
        rows: dict[int, str | None] | list[tuple[int, str | None]],
        partition: int = 0,
        phase: str = OK,
        digest: int = 0,
        epochs: dict[int, int] | None = None,
        **told: Any,
    ) -> None:
        pairs = list(rows.items()) if isinstance(rows, dict) else rows
        op = self.op(client)
        self.add(client, op, "poll", INVOKE, **told)
        records = [(partition, offset, value, digest) for offset, value in pairs]
        rises = None if epochs is None else [(partition, at, epoch) for at, epoch in epochs.items()]
        self.add(client, op, "poll", phase, records=records, epochs=rises, **told)

    def do(self, client: str, f: str, **told: Any) -> None:
        """Any other operation, and that it went well."""
        op = self.op(client)
        self.add(client, op, f, INVOKE, **told)
        self.add(client, op, f, OK, **told)

    def remark(self, client: str, f: str, text: str = "", op: int = 0) -> None:
        self.add(client, op, f, INFO, text=text, topic=None)

    def end(self, client: str, offset: int, partition: int = 0) -> None:
        """``client`` has read the partition up to its end."""
        self.do(client, "final-read", partition=partition, offset=offset)

    def findings(self) -> Findings:
        return detect(History.of(self.events))

    def kinds(self) -> set[str]:
        """What is wrong, apart from what is only not seen yet or too little."""
        return self.findings().kinds - {"unseen", "weak-run"}


def good(count: int = 5) -> Script:
    """p sends records 0 to count, all acknowledged in order, all read by c and finally by reader."""
    script = Script()
    for number in range(count):
        script.send(f"p:{number}", at=number)
    for reader in ("c", "reader"):
        script.poll(reader, {number: f"p:{number}" for number in range(count)})
    script.end("reader", count)
    return script
