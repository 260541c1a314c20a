"""What is known of one topic: its records, their places, its readers."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from history.events import FAIL, INVOKE, OK, UNKNOWN, Event
from history.partition import DAMAGED, Fresh, Log, Reader, Witness
from history.rows import ACKNOWLEDGED, FAILED, NOWHERE, OPEN, SHOWN, UNSENT, Rows

PHASE = {OPEN: UNKNOWN, ACKNOWLEDGED: OK, FAILED: FAIL}

#: The error of a record that was aborted with its transaction.
ABORTED = None, "aborted"

Place = tuple[int, int]  # partition, offset


class Topic(Rows):
    """A topic's records and what happened to them.

    ``repeats`` has all places of a record that has more than one. ``clients`` and ``fresh`` are
    the history's: names by number, and how each client's positions were last set.
    """

    def __init__(self, name: str, clients: list[str], fresh: dict[int, Fresh]) -> None:
        super().__init__()
        self.name = name
        self.clients, self.fresh = clients, fresh
        self.logs: dict[int, Log] = {}
        self.readers: dict[tuple[int, int], Reader] = {}
        self.repeats: dict[int, set[Place]] = {}
        self.claimed: dict[int, Place] = {}  # where a record with repeats was acknowledged
        self.again: set[int] = set()  # records that an application sent more than once
        self.astray: dict[int, tuple[int, Place]] = {}  # sent to a partition, read from another
        self.errors: dict[int, tuple[int | None, str | None]] = {}
        self.nameless: set[int] = set()  # records whose content is the scenario's own, not a name
        self.doubtful: set[int] = set()  # records of transactions of which no end is known

    def log(self, partition: int) -> Log:
        found = self.logs.get(partition)
        return self.logs.setdefault(partition, Log()) if found is None else found

    def reader(self, client: int, partition: int) -> Reader:
        found = self.readers.get((client, partition))
        if found is None:
            found = self.readers[client, partition] = Reader(client, partition, self.fresh[client])
        return found

    def sent(self, id: int, client: int, event: Event) -> None:
        """A send begins."""
        if event.partition is not None:
            self._addressed(id, event.partition)
        if self.state[id] & 3 == UNSENT:
            self.client[id], self.op[id], self.began[id] = client, event.op, event.t
            self.state[id] |= OPEN
            return
        self.again.add(id)
        if self.state[id] & 3 == FAILED:
            self.state[id] += OPEN - FAILED

    def _addressed(self, id: int, partition: int) -> None:
        if self.offset[id] < 0:
            self.partition[id] = partition
        elif self.partition[id] != partition:
            self.astray[id] = partition, (self.partition[id], self.offset[id])

    def ended(self, id: int, event: Event, outcome: int) -> None:
        """A send ends. Only an acknowledgement tells where the record lies."""
        was = self.state[id] & 3
        if was == ACKNOWLEDGED or (outcome == FAILED and id in self.again):
            return  # sent more than once: the best outcome stands, and one failure decides nothing
        self.done[id] = event.t
        self.state[id] += outcome - was
        if outcome != ACKNOWLEDGED:
            self.errors[id] = event.error, event.error_name
        elif event.partition is not None and event.offset is not None and event.offset >= 0:
            self.acknowledged_at(id, event.partition, event.offset)
        else:
            self.state[id] |= NOWHERE
            if event.partition is not None:
                self._addressed(id, event.partition)

    def acknowledged_at(self, id: int, partition: int, offset: int) -> None:
        self.seen(id, partition, offset, None)
        if id in self.repeats:
            self.claimed[id] = partition, offset

    def acknowledged(self, id: int) -> Place | None:
        """Where a record was acknowledged, if it was and the answer said so."""
        if self.state[id] & (NOWHERE | 3) != ACKNOWLEDGED:
            return None
        return self.claimed.get(id) or (self.partition[id], self.offset[id])

    def told_at(self, id: int) -> Place:
        """Where a record was acknowledged, else where it was seen or sent to; -1 for what is not known."""
        return self.acknowledged(id) or (self.partition[id], self.offset[id])

    def seen(self, id: int, partition: int, offset: int, witness: Witness | None) -> None:
        """A record is said to lie at an offset, by its acknowledgement (no witness) or by a poll."""
        log = self.log(partition)
        held = log.ids.get(offset)
        if held < 0:
            log.ids.put(offset, id)
        elif held != id:
            self._conflict(log, offset, held, id, witness)
        self._placed(id, partition, offset, witness is not None)

    def _conflict(self, log: Log, offset: int, held: int, id: int, witness: Witness | None) -> None:
        """Two records at one offset: the slot goes to the one that was read."""
        witness = witness or Witness(self.client[id], -1, self.done[id], id)
        if witness.op >= 0 and not self.state[held] & SHOWN:
            log.ids.put(offset, id)
            witness = Witness(self.client[held], -1, self.done[held], held)
        told = log.conflicts.setdefault(offset, [])
        told[:] = [other for other in told if other.id not in (witness.id, log.ids.get(offset))] + [witness]

    def _placed(self, id: int, partition: int, offset: int, read: bool) -> None:
        home = self.partition[id], self.offset[id]
        if home[1] < 0:
            if read and home[0] not in (-1, partition):
                self.astray[id] = home[0], (partition, offset)
            self.partition[id], self.offset[id] = partition, offset
        elif home != (partition, offset):
            if id not in self.repeats and self.state[id] & (NOWHERE | 3) == ACKNOWLEDGED:
                self.claimed[id] = home
            self.repeats.setdefault(id, {home}).add((partition, offset))

    def read(self, value: str, partition: int, offset: int, witness: Witness, how: int) -> None:
        """A poll shows a record; ``how`` is READ, FINAL or, for a poll that did not end well, 0."""
        id = self.id(value)
        self.state[id] |= how
        elsewhere = self.offset[id] != offset or self.partition[id] != partition
        if elsewhere or id in self.repeats or offset in self.logs[partition].conflicts:
            self.seen(id, partition, offset, witness._replace(id=id))

    def damaged(self, partition: int, offset: int, witness: Witness) -> None:
        log = self.log(partition)
        log.damaged.setdefault(offset, []).append(witness)
        if log.ids.get(offset) == -1:
            log.ids.put(offset, DAMAGED)

    # What it proves

    def exists(self, id: int) -> bool:
        """Whether the record at a slot is known to be there for every reader: committed for certain."""
        if id == DAMAGED:
            return True
        if id in self.doubtful or self.aborted(id):
            return False
        return bool(self.state[id] & SHOWN) or self.state[id] & 3 == ACKNOWLEDGED

    def aborted(self, id: int) -> bool:
        """Whether the record's transaction was aborted: readers may see it or not, as they are set."""
        return self.state[id] & 3 == FAILED and self.errors.get(id) == ABORTED

    def settle(self) -> None:
        """A nameless record is damaged by nobody: where one lies, reading what no client would send is right."""
        for log in self.logs.values():
            for offset in [offset for offset in log.damaged if log.ids.get(offset) in self.nameless]:
                self.state[log.ids.get(offset)] |= SHOWN
                del log.damaged[offset]

    def named(self, partition: int | None) -> str:
        return self.name if partition is None or partition < 0 else f"{self.name}-{partition}"

    def polls(self, partition: int, offset: int) -> Iterator[tuple[Reader, int]]:
        """The readers and stretches that cover an offset."""
        for reader in self.readers.values():
            if reader.partition == partition:
                for at, first in enumerate(reader.first):
                    if first <= offset <= reader.last[at]:
                        yield reader, at

    # Events again, for counterexamples

    def invoked(self, id: int) -> Event:
        return Event(
            self.began[id],
            self.clients[self.client[id]],
            self.op[id],
            "send",
            INVOKE,
            self.name,
            value=self.value(id),
        )

    def completed(self, id: int) -> Event | None:
        """How a record's send ended, or None if it never did."""
        if self.done[id] == inf:
            return None
        event = self.invoked(id)
        event.t, event.phase = self.done[id], PHASE[self.state[id] & 3]
        place = self.acknowledged(id)
        event.partition, event.offset = place or (None, None)
        event.error, event.error_name = self.errors.get(id, (None, None))
        return event

    def send(self, id: int) -> list[Event]:
        """Invoke and completion of a record's send, as far as there were any."""
        if self.state[id] & 3 == UNSENT:
            return []
        end = self.completed(id)
        return [self.invoked(id), end] if end else [self.invoked(id)]

    def polled(self, reader: Reader, at: int) -> Event:
        """A stretch of a poll as an event, with the records of that stretch."""
        log = self.logs[reader.partition]
        rows: list[tuple[int, int, str | None, int]] = [
            (reader.partition, offset, self.value(id) if id >= 0 else None, log.digests.get(offset))
            for offset, id in log.ids.between(reader.first[at], reader.last[at] + 1)
        ]
        phase = OK if reader.done[at] else UNKNOWN
        return Event(
            reader.t[at],
            self.clients[reader.client],
            reader.op[at],
            "poll",
            phase,
            self.name,
            reader.partition,
            offset=reader.first[at],
            records=rows,
        )

    def witnessed(self, partition: int, offset: int, witness: Witness) -> Event:
        """What a witness saw at an offset: a poll, or the acknowledgement of its own send."""
        if witness.op < 0:
            return self.completed(witness.id) or self.invoked(witness.id)
        value = self.value(witness.id) if witness.id >= 0 else None
        return Event(
            witness.t,
            self.clients[witness.client],
            witness.op,
            "poll",
            OK,
            self.name,
            partition,
            offset=offset,
            records=[(partition, offset, value, 0)],
        )
