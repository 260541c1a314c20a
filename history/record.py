"""A history: what the clients did and saw, kept so compactly that a million records are no burden."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from pathlib import Path

from history.events import FAIL, INFO, INVOKE, OK, UNKNOWN, Event
from history.files import events_in, tell
from history.partition import ASSIGNED, DAMAGED, SOUGHT, End, Fresh, Witness
from history.rows import ACKNOWLEDGED, FAILED, FINAL, OPEN, READ
from history.topic import Topic
from history.transactions import Transaction

#: How many events are also kept as they came; a longer history is read again from its files.
KEPT = 50_000

OUTCOMES = {OK: ACKNOWLEDGED, FAIL: FAILED, UNKNOWN: OPEN}
PHASES = frozenset({INVOKE, INFO, *OUTCOMES})
#: Where an assignment may begin, in words, if not at the committed offset.
NAMED = ("beginning", "end")
RESETS = {"assign": ASSIGNED, "subscribe": ASSIGNED, "revoke": ASSIGNED, "seek": SOUGHT}


class History:
    """Built with :meth:`of` or :meth:`read`; judged by :func:`history.judge.detect`.

    ``topics`` hold the records. ``remarks`` are the events that are neither sends nor polls, in
    the order in which they came: commits, resets, faults, brokers.
    """

    def __init__(self) -> None:
        self.clients: list[str] = []
        self.topics: dict[str, Topic] = {}
        self.remarks: list[Event] = []
        self.groups: dict[int, str] = {}  # client → its group
        self.polls = 0  # polls that ended well
        self.start, self.end = inf, -inf  # seconds of the first and last event
        self._numbers: dict[str, int] = {}
        self._born: list[float] = []
        self._fresh: dict[int, Fresh] = {}
        self._final: set[int] = set()  # clients whose final read has begun
        self._sends: dict[tuple[int, int], tuple[Topic, int]] = {}
        self._polling: dict[int, tuple[int, float]] = {}
        self._transactions: dict[int, Transaction] = {}
        self._unsettled: list[Transaction] = []
        self._events: list[Event] | None = []
        self._places: tuple[str | Path, ...] = ()

    @classmethod
    def of(cls, events: Iterable[Event]) -> History:
        """A history of events in memory; each client's must come in the order in which it acted."""
        history = cls()
        for event in events:
            history.add(event)
        return history.settled()

    @classmethod
    def read(cls, *places: str | Path) -> History:
        """The history in folders (all ``*.jsonl`` below) and files; see :mod:`history.files`."""
        history = cls()
        history._places = places
        tell(history.add, *places)
        return history.settled()

    @property
    def events(self) -> list[Event]:
        """All events, by time. Of a history too long to keep them they are read again from its files."""
        if self._events is None and not self._places:
            raise ValueError(f"only the events of histories up to {KEPT:,} are kept")
        events = events_in(*self._places) if self._events is None else self._events
        return sorted(events, key=lambda event: event.t)

    def topic(self, name: str | None) -> Topic:
        """A topic of this history, by name; new ones come into being empty."""
        if name is None:
            raise ValueError("an event about records must name its topic")
        found = self.topics.get(name)
        return (
            self.topics.setdefault(name, Topic(name, self.clients, self._fresh)) if found is None else found
        )

    def add(self, event: Event) -> None:
        """Take in one event; ValueError if it cannot be one. Call :meth:`settled` after the last."""
        if event.phase not in PHASES:
            raise ValueError(f"no such phase: {event.phase}")
        if event.t < self.start:
            self.start = event.t
        if event.t > self.end:
            self.end = event.t
        if self._events is not None:
            self._events.append(event)
            if len(self._events) > KEPT:
                self._events = None
        if event.phase == INFO:
            self.remarks.append(event)
        elif event.f == "send":
            self._send(event, self._client(event))
        elif event.f == "poll":
            self._poll(event, self._client(event))
        else:
            self._other(event, self._client(event))

    def settled(self) -> History:
        """Draw the conclusions that need the whole history: the end of crashed transactions."""
        self._unsettled += self._transactions.values()
        self._transactions.clear()
        self._unsettled = [transaction for transaction in self._unsettled if not transaction.settle()]
        for topic in self.topics.values():
            topic.settle()
        return self

    def _client(self, event: Event) -> int:
        number = self._numbers.get(event.client)
        if number is None:
            number = self._numbers[event.client] = len(self.clients)
            self.clients.append(event.client)
            self._born.append(event.t)
            self._fresh[number] = Fresh(ASSIGNED, event.t)
        if event.group is not None and event.f != "commit":
            self.groups[number] = event.group
        return number

    def _send(self, event: Event, client: int) -> None:
        key = client, event.op
        transaction = self._transactions.get(client)
        if event.phase == INVOKE or key not in self._sends:
            topic = self.topic(event.topic)
            id = topic.id(f"{event.client}#{event.op}" if event.value is None else event.value)
            if event.value is None:
                topic.nameless.add(id)
            topic.sent(id, client, event)
            self._sends[key] = topic, id
            if transaction is not None:
                transaction.sent(topic, id)
        if event.phase == INVOKE:
            return
        topic, id = self._sends.pop(key)
        if transaction is not None and event.phase == OK:
            transaction.acknowledged(topic, id, event)
        else:
            topic.ended(id, event, OUTCOMES[event.phase])

    def _poll(self, event: Event, client: int) -> None:
        if event.phase == INVOKE:
            self._polling[client] = event.op, event.t
            return
        op, began = self._polling.get(client, (event.op, event.t))
        if op != event.op:
            began = event.t
        self.polls += event.phase == OK
        how = 0 if event.phase != OK else FINAL if client in self._final else READ
        if event.records:
            self._records(self.topic(event.topic), event, client, began, how)
        for partition, offset, epoch in event.epochs or ():
            self.topic(event.topic).reader(client, partition).led(offset, epoch, event.op, event.t)

    def _records(self, topic: Topic, event: Event, client: int, began: float, how: int) -> None:
        witness = Witness(client, event.op, event.t, DAMAGED)
        rows = event.records or []
        here = first = last = -1
        for partition, offset, value, digest in rows:
            if partition != here or offset != last + 1:
                if here >= 0:
                    topic.reader(client, here).read(first, last, event.op, began, event.t, how > 0)
                here, first = partition, offset
                log = topic.log(partition)
            last = offset
            if value is None:
                topic.damaged(partition, offset, witness)
                continue
            topic.read(value, partition, offset, witness, how)
            if digest and digest != (known := log.digests.get(offset)):
                if known:
                    log.altered.setdefault(offset, []).append(witness)
                else:
                    log.digests.put(offset, digest)
        topic.reader(client, here).read(first, last, event.op, began, event.t, how > 0)

    def _other(self, event: Event, client: int) -> None:
        self.remarks.append(event)
        if event.f in RESETS:
            named = event.f == "assign" and (event.offset is not None or event.text in NAMED)
            self._reset(event, client, Fresh(SOUGHT if named else RESETS[event.f], event.t, event.op))
        elif event.f == "position":
            if event.partition is not None:
                self.topic(event.topic).reader(client, event.partition).tell(event.offset)
        elif event.f == "final-read" and event.phase == INVOKE:
            self._final.add(client)
        elif event.f == "final-read" and event.phase == OK:
            if event.partition is None or event.offset is None:
                raise ValueError(f"a final read of {event.client} must name partition and end offset")
            end = End(event.offset, client, event.t, self._born[client])
            self.topic(event.topic).log(event.partition).ends.append(end)
        elif event.f == "begin" and event.phase == OK:
            if client in self._transactions:
                self._unsettled.append(self._transactions[client])
            self._transactions[client] = Transaction()
        elif event.f in ("commit-transaction", "abort-transaction") and client in self._transactions:
            self._transaction_ended(event, client)

    def _transaction_ended(self, event: Event, client: int) -> None:
        if self._transactions[client].ended(event):
            del self._transactions[client]

    def _reset(self, event: Event, client: int, fresh: Fresh) -> None:
        if event.partition is not None:
            self.topic(event.topic).reader(client, event.partition).reset(
                fresh, 0 if event.text == "beginning" else event.offset
            )
            return
        self._fresh[client] = fresh.after(self._fresh[client])
        topics = [self.topic(event.topic)] if event.topic is not None else list(self.topics.values())
        for topic in topics:
            for (who, _), reader in topic.readers.items():
                if who == client:
                    reader.reset(fresh, None)
