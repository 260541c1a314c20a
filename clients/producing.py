"""The verbs of a producer, in its own process: each record's invoke and end goes into the history."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from clients.problems import ClientError, KafkaProblem, local, problem_of
from clients.recorder import Recorder
from clients.results import Delivery, GroupMetadata, SendReport
from clients.settings import KAFKA_PYTHON
from history.events import FAIL, OK, UNKNOWN, content_of, value_in, value_of

_PENDING = local("PENDING", "its end is not known yet", UNKNOWN)


@dataclass
class Order:
    """What to send: one record for each number, named after the client and the number.

    ``keys`` belongs to the numbers in their order. ``contents`` replaces the names: what is
    handed to the library as it stands (raw records). ``ahead``: so many records are handed over
    before the first of them has ended, and one more whenever one ends; 0 is no bound.
    """

    topic: str
    numbers: Sequence[int]
    partition: int | None = None
    keys: Sequence[str | None] | None = None
    size: int = 0
    headers: list[tuple[str, bytes]] | None = None
    one_per_batch: bool = False
    contents: Sequence[object] | None = None
    ahead: int = 0


@dataclass
class _Sending:
    deliveries: list[Delivery] = field(default_factory=list)
    open: int = 0
    all_handed_over: bool = False
    lock: threading.Condition = field(default_factory=threading.Condition)
    ended: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None

    def one_begins(self, ahead: int) -> None:
        """Count one more open record, once fewer than ``ahead`` are open (0: at once)."""
        with self.lock:
            self.lock.wait_for(lambda: not ahead or self.open < ahead)
            self.open += 1

    def one_ended(self) -> None:
        with self.lock:
            self.open -= 1
            self.lock.notify()
            self._look()

    def handed_over(self) -> None:
        with self.lock:
            self.all_handed_over = True
            self._look()

    def _look(self) -> None:
        if self.all_handed_over and not self.open:
            self.ended.set()


class ProducerVerbs:
    def __init__(self, spec: Any, recorder: Recorder) -> None:
        self._producer = make_producer(spec.library, spec.options, spec.values)
        self._name = spec.name
        self._recorder = recorder
        self._as_text = "value.serializer" in spec.values
        self._sendings: dict[int, _Sending] = {}
        self._commit_tried = False

    # Sending

    def prepared(self, number: int, order: Order) -> Callable[[], None]:
        """Make the sending known, so that its result can be awaited, and give what carries it out."""
        sending = self._sendings[number] = _Sending()
        return lambda: self._send(sending, order)

    def result(self, number: int, within: float) -> SendReport:
        """The report of a send, waited for ``within`` seconds; records without an end are unknown."""
        sending = self._sendings[number]
        sending.ended.wait(within)
        if sending.error is not None:
            raise sending.error
        complete = sending.ended.is_set()
        if complete:
            self._sendings.pop(number, None)
        return SendReport(list(sending.deliveries), complete)

    def _send(self, sending: _Sending, order: Order) -> None:
        try:
            if order.one_per_batch:
                with self._producer.one_per_batch():
                    self._hand_over(sending, order)
            else:
                self._hand_over(sending, order)
        except Exception as error:
            sending.error = error
            raise
        finally:
            sending.handed_over()

    def _hand_over(self, sending: _Sending, order: Order) -> None:
        for place, number in enumerate(order.numbers):
            if order.contents is None:
                value: str | None = value_of(self._name, number)
                content = self._content(value, order.size)  # type: ignore[arg-type]
            else:
                content = order.contents[place]
                value = value_in(content) if isinstance(content, bytes) else None
            key = order.keys[place] if order.keys else None
            self._one(sending, order, number, value, content, key)

    def _content(self, value: str, size: int) -> object:
        content = content_of(value, size)
        return content.decode() if self._as_text else content

    def _one(
        self,
        sending: _Sending,
        order: Order,
        number: int,
        value: str | None,
        content: object,
        key: str | None,
    ) -> None:
        topic, partition = order.topic, order.partition
        sending.one_begins(order.ahead)
        op, t_invoke = self._recorder.invoke("send", topic=topic, partition=partition, value=value, key=key)
        delivery = Delivery(number, value, UNKNOWN, partition, None, _PENDING, t_invoke, None)
        sending.deliveries.append(delivery)

        def done(error: BaseException | None, got_partition: int | None, offset: int | None) -> None:
            problem = None
            if error is not None:
                problem = problem_of(error, only_attempt=self._producer.only_attempt)
            self._ended(op, topic, key, delivery, problem, got_partition, offset)
            sending.one_ended()

        encoded = None if key is None else key.encode()
        try:
            self._producer.send(topic, content, encoded, order.headers, partition, done)
        except Exception as error:
            problem = problem_of(error, sent=False)
            self._ended(op, topic, key, delivery, problem, None, None)
            sending.one_ended()

    def _ended(
        self,
        op: int,
        topic: str,
        key: str | None,
        delivery: Delivery,
        problem: KafkaProblem | None,
        partition: int | None,
        offset: int | None,
    ) -> None:
        if partition is not None:
            delivery.partition = partition
        delivery.offset = offset if offset is not None and offset >= 0 else None
        delivery.outcome = OK if problem is None else problem.outcome
        delivery.problem = problem
        delivery.t_done = self._recorder.complete(
            op,
            "send",
            delivery.outcome,
            topic=topic,
            partition=delivery.partition,
            value=delivery.value,
            key=key,
            offset=delivery.offset,
            **_told(problem),
        )

    # Everything else

    def flush(self, within: float) -> None:
        self._call(self._producer.flush, within)

    def partitions_for(self, topic: str, within: float) -> list[int]:
        found: list[int] = self._call(self._producer.partitions_for, topic, within)
        return found

    def close(self, within: float) -> None:
        self._call(self._producer.close, within)

    def init_transactions(self, within: float) -> None:
        self._call(self._producer.init_transactions, within)

    def begin(self) -> None:
        self._commit_tried = False
        self._recorded("begin", self._producer.begin)

    def commit(self, within: float) -> None:
        self._commit_tried = True
        self._recorded("commit-transaction", self._producer.commit, within)

    def abort(self, within: float) -> None:
        """An abort that did not work still leaves the transaction uncommitted, if no commit was tried."""
        self._recorded("abort-transaction", self._producer.abort, within, certain=not self._commit_tried)

    def send_offsets(
        self, offsets: Sequence[tuple[str, int, int]], group: GroupMetadata | str, within: float
    ) -> None:
        self._call(self._producer.send_offsets, offsets, group, within)

    def _recorded(self, f: str, call: Callable[..., Any], *args: Any, certain: bool = False) -> None:
        op, _ = self._recorder.invoke(f)
        try:
            self._call(call, *args)
        except ClientError as error:
            outcome = FAIL if certain else error.problem.outcome
            self._recorder.complete(op, f, outcome, **_told(error.problem))
            raise
        self._recorder.complete(op, f, OK)

    def _call(self, call: Callable[..., Any], *args: Any) -> Any:
        try:
            return call(*args)
        except ValueError:
            raise
        except Exception as error:
            raise ClientError(problem_of(error), self._name) from None


def _told(problem: KafkaProblem | None) -> dict[str, Any]:
    if problem is None:
        return {}
    return {"error": problem.code, "error_name": problem.name, "text": problem.text}


def make_producer(library: str, options: dict[str, Any], values: dict[str, Any]) -> Any:
    if library == KAFKA_PYTHON:
        from clients.kafka_python_client import PythonProducer

        return PythonProducer(options, values)
    from clients.confluent_client import ConfluentProducer

    return ConfluentProducer(options, values)
