"""What an owner can ask of each kind of client. Limits (``within``) are in seconds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Literal, overload

from clients.handles import GRACE_SECONDS, Client
from clients.producing import Order
from clients.results import GroupMetadata, Read, SendReport

#: One key for all, with "{n}" or "{n%50}" for the number; or a key for each number.
Keys = "str | Mapping[int, str | None] | Sequence[str | None] | None"
Headers = Sequence[tuple[str, bytes]]
_PLACE = re.compile(r"\{n(?:%(\d+))?\}")


class SendHandle:
    """A send that is under way."""

    def __init__(self, producer: Producer, number: int, handed_over: Future[Any]) -> None:
        self._producer, self._number, self._handed_over = producer, number, handed_over
        self._report: SendReport | None = None

    def result(self, within: float = 30) -> SendReport:
        """The report, waited for; records whose end is not known by then are unknown ("PENDING").

        Records that the library has not even taken by then (it may wait for metadata) are not in it.
        Can be asked again. Raises what made the whole send impossible.
        """
        if self._report is not None:
            return self._report
        answer = self._producer._begin("result", self._number, within)
        report: SendReport = self._producer._answer(answer, "send", within + GRACE_SECONDS)
        if report.complete:
            self._report = report
        return report

    @property
    def handed_over(self) -> bool:
        """Whether the library has taken all records (they may all be on their way still)."""
        return self._handed_over.done()

    def when_handed_over(self, action: Callable[[], object]) -> None:
        """Call ``action`` once the library has taken all records, or has refused to; at once if it has."""
        self._handed_over.add_done_callback(lambda _: action())


class Producer(Client):
    kind = "producer"

    @overload
    def send(self, topic: str, numbers: Iterable[int], *, partition: int | None = ..., key: Any = ...,
             size: int = ..., headers: Headers | None = ..., one_per_batch: bool = ..., ahead: int = ...,
             wait: Literal[True] = ..., within: float = ...) -> SendReport: ...  # fmt: skip

    @overload
    def send(self, topic: str, numbers: Iterable[int], *, partition: int | None = ..., key: Any = ...,
             size: int = ..., headers: Headers | None = ..., one_per_batch: bool = ..., ahead: int = ...,
             wait: Literal[False], within: float = ...) -> SendHandle: ...  # fmt: skip

    def send(
        self,
        topic: str,
        numbers: Iterable[int],
        *,
        partition: int | None = None,
        key: Any = None,
        size: int = 0,
        headers: Headers | None = None,
        one_per_batch: bool = False,
        ahead: int = 0,
        wait: bool = True,
        within: float = 30,
    ) -> SendReport | SendHandle:
        """Send a record for each number and report how each ended, after ``within`` seconds at most.

        ``key``: a text in which {n} or {n%50} stands for the number, a mapping from numbers, or a list
        beside them. ``size``: bytes of the value, its name at least. ``one_per_batch``: each record in a
        batch of its own (confluent-kafka must have been made with batch.size=1). ``ahead``: so many records
        may be without an end at a time, and the next one is handed over when one ends (0: no bound).
        ``wait=False`` gives a handle at once. Records that fail are in the report, they do not raise.
        """
        order = list(numbers)
        keys = _keys(key, order)
        return self._send(
            Order(topic, order, partition, keys, size, _headers(headers), one_per_batch, ahead=ahead),
            wait,
            within,
        )

    def send_bytes(
        self,
        topic: str,
        content: bytes | None,
        *,
        key: str | None = None,
        headers: Headers | None = None,
        partition: int | None = None,
        number: int = 0,
        within: float = 30,
    ) -> SendReport:
        """Send one record of just these bytes; in the history it has a name only if they are a record of ours."""
        order = Order(topic, [number], partition, [key], 0, _headers(headers), False, [content])
        report = self._send(order, True, within)
        assert isinstance(report, SendReport)
        return report

    def send_object(
        self, topic: str, thing: object, *, partition: int | None = None, number: int = 0, within: float = 30
    ) -> SendReport:
        """Send one record of what the producer's value.serializer makes of ``thing``; no name either.

        What it cannot serialize is not sent: "fail" with the error name "_VALUE_SERIALIZATION".
        """
        report = self._send(Order(topic, [number], partition, contents=[thing]), True, within)
        assert isinstance(report, SendReport)
        return report

    def _send(self, order: Order, wait: bool, within: float) -> SendReport | SendHandle:
        with self._lock:
            self._number += 1
            number = self._number
        handle = SendHandle(self, number, self._begin("send", order, number=number))
        return handle.result(within) if wait else handle

    def flush(self, within: float = 30) -> None:
        self._within("flush", within)

    def init_transactions(self, within: float = 30) -> None:
        self._within("init_transactions", within)

    def begin(self) -> None:
        self._ask("begin")

    def commit(self, within: float = 30) -> None:
        """Commit the transaction. A commit not answered in time is unknown, and may be asked again."""
        self._within("commit", within)

    def abort(self, within: float = 30) -> None:
        self._within("abort", within)

    def send_offsets(
        self, offsets: Mapping[tuple[str, int], int], group: GroupMetadata | str, within: float = 30
    ) -> None:
        """Put a consumer's next offsets into the transaction. A bare group id: kafka-python only, no fencing."""
        rows = [(topic, partition, offset) for (topic, partition), offset in offsets.items()]
        self._ask("send_offsets", rows, group, within, limit=within + GRACE_SECONDS)

    def partitions_for(self, topic: str, within: float = 30) -> list[int]:
        found: list[int] = self._ask("partitions_for", topic, within, limit=within + GRACE_SECONDS)
        return found

    def _within(self, verb: str, within: float) -> None:
        self._ask(verb, within, limit=within + GRACE_SECONDS)


class Consumer(Client):
    kind = "consumer"
    in_group = False  # whether it has joined a group

    def subscribe(self, topics: str | Sequence[str], *, commit_on_revoke: bool = False) -> None:
        """Join the group for these topics; assignments and revocations go into the history."""
        self.in_group = True
        self._ask("subscribe", [topics] if isinstance(topics, str) else list(topics), commit_on_revoke)

    def subscribe_pattern(self, pattern: str) -> None:
        """Join the group for all topics whose names match, those that come later too; "^" begins the pattern."""
        self.in_group = True
        self._ask("subscribe_pattern", pattern)

    def unsubscribe(self) -> None:
        self._ask("unsubscribe")
        self.in_group = False

    def assign(self, rows: Sequence[tuple[str, int, int | str | None]], within: float = 30) -> None:
        """(topic, partition, where): an offset, "beginning", "end", or None for what is committed."""
        self._ask("assign", list(rows), within, limit=within + GRACE_SECONDS)

    def poll(self, within: float = 10, at_least: int = 1, at_most: int | None = None) -> list[Read]:
        """Poll until there are ``at_least`` records or the time is over: what was read, maybe less.

        Raises ClientError for an error of the consumer; records of earlier polls of this call are then
        in the history only.
        """
        reads: list[Read] = self._ask("poll", within, at_least, at_most, limit=within + GRACE_SECONDS)
        return reads

    def read_to(self, topic: str, ends: Mapping[int, int], within: float = 30) -> list[Read]:
        """Read partitions from their beginning until the end offsets {partition: offset} are passed.

        Takes the assignment over. NotInTime has in ``so_far`` what was read.
        """
        reads: list[Read] = self._ask("read_to", topic, dict(ends), within, limit=within + GRACE_SECONDS)
        return reads

    def process(self, reads: Iterable[Read]) -> None:
        """Do what an application does with records, one after the other: it goes into the history.

        It takes no time; a gate at "processing" makes it take some.
        """
        self._ask("process", [(read.topic, read.partition, read.offset, read.value) for read in reads])

    def commit(self, offsets: Mapping[tuple[str, int], int] | None = None, within: float = 30) -> None:
        """Commit next offsets {(topic, partition): offset}, or the positions of all that was handed out."""
        rows = None if offsets is None else [(t, p, offset) for (t, p), offset in offsets.items()]
        self._ask("commit", rows, within, limit=within + GRACE_SECONDS)

    def store(self, offsets: Mapping[tuple[str, int], int]) -> None:
        """Have the library's next auto commit commit these next offsets (confluent-kafka only).

        Nothing where enable.auto.offset.store is on: librdkafka stores them by itself, and nobody else may.
        """
        self._ask("store", [(t, p, offset) for (t, p), offset in offsets.items()])

    def committed(self, topic: str, partition: int = 0, within: float = 30) -> int | None:
        """The group's committed offset, None if there is none; that goes into the history, too."""
        found: int | None = self._ask("committed", topic, partition, within, limit=within + GRACE_SECONDS)
        return found

    def position(self, topic: str, partition: int = 0, within: float = 10) -> int | None:
        """The next offset to be handed out. confluent-kafka has none (None) before the first record."""
        found: int | None = self._ask("position", topic, partition, within, limit=within + GRACE_SECONDS)
        return found

    def seek(self, topic: str, partition: int, offset: int | str, within: float = 10) -> None:
        """To an offset, "beginning" or "end" of an assigned partition."""
        self._ask("seek", topic, partition, offset, within, limit=within + GRACE_SECONDS)

    def pause_partitions(self, rows: Sequence[tuple[str, int]]) -> None:
        self._ask("pause_partitions", list(rows))

    def resume_partitions(self, rows: Sequence[tuple[str, int]]) -> None:
        self._ask("resume_partitions", list(rows))

    def end_offsets(self, rows: Sequence[tuple[str, int]], within: float = 10) -> dict[tuple[str, int], int]:
        return self._offsets(rows, True, within)

    def offset_for_time(self, topic: str, partition: int, at: int, within: float = 10) -> int | None:
        """The first offset whose record is not older than ``at`` (ms since the epoch), None if there is none."""
        found: int | None = self._ask(
            "offset_for_time", topic, partition, at, within, limit=within + GRACE_SECONDS
        )
        return found

    def beginning_offsets(
        self, rows: Sequence[tuple[str, int]], within: float = 10
    ) -> dict[tuple[str, int], int]:
        return self._offsets(rows, False, within)

    def _offsets(
        self, rows: Sequence[tuple[str, int]], end: bool, within: float
    ) -> dict[tuple[str, int], int]:
        limit = within + GRACE_SECONDS
        found: dict[tuple[str, int], int] = self._ask("offsets", list(rows), end, within, limit=limit)
        return found

    def assignment(self) -> list[tuple[str, int]]:
        rows: list[tuple[str, int]] = self._ask("assignment")
        return rows

    def group_metadata(self) -> GroupMetadata:
        """Its membership as it is now, for a transaction of a producer of the same library."""
        told: GroupMetadata = self._ask("group_metadata")
        return told


def _keys(key: Any, numbers: Sequence[int]) -> list[str | None] | None:
    if key is None:
        return None
    if isinstance(key, str):
        return [key_of(key, number) for number in numbers]
    if isinstance(key, Mapping):
        return [key[number] for number in numbers]
    if len(key) != len(numbers):
        raise ValueError(f"{len(key)} keys for {len(numbers)} records")
    return list(key)


def key_of(pattern: str, number: int) -> str:
    """The key of record ``number``: "{n}" in the pattern is the number, "{n%50}" its rest by 50."""
    return _PLACE.sub(lambda found: str(number % int(found[1]) if found[1] else number), pattern)


def _headers(headers: Headers | None) -> list[tuple[str, bytes]] | None:
    return None if headers is None else list(headers)
