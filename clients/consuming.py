"""The verbs of a consumer, in its own process: what it read, committed and was given goes into the history."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from clients.library import Rows
from clients.problems import ClientError, KafkaProblem, NotInTime, local, problem_of
from clients.recorder import Recorder
from clients.results import GroupMetadata, Read
from clients.settings import KAFKA_PYTHON
from history.events import FAIL, OK, UNKNOWN

_LOOK_SECONDS = 0.05  # how long a final read polls before it looks whether the ends are reached


class ConsumerVerbs:
    def __init__(self, spec: Any, recorder: Recorder) -> None:
        self._consumer = make_consumer(spec.library, spec.options, spec.values)
        self._name = spec.name
        self._recorder = recorder

    # What to read

    def subscribe(self, topics: Sequence[str], commit_on_revoke: bool) -> None:
        committing = self._committing if commit_on_revoke else None
        self._call(self._consumer.subscribe, topics, self._rebalanced, committing)

    def subscribe_pattern(self, pattern: str) -> None:
        self._call(self._consumer.subscribe_pattern, pattern, self._rebalanced)

    def _rebalanced(self, what: str, rows: Sequence[tuple[str, int]]) -> None:
        f = "assign" if what == "assign" else "revoke"
        op = self._recorder.next_op()
        for topic, partition in rows:
            about = {"topic": topic, "partition": partition, "group": self._consumer.group}
            self._recorder.complete(op, f, OK, text=f"rebalance: {what}", **about)

    def unsubscribe(self) -> None:
        self._call(self._consumer.unsubscribe)

    def assign(self, rows: Sequence[tuple[str, int, int | str | None]], within: float) -> None:
        self._in_time(within, self._consumer.assign, rows)
        op = self._recorder.next_op()
        for topic, partition, offset in rows:
            at = offset if isinstance(offset, int) else None
            text = offset if isinstance(offset, str) else None
            about = {"topic": topic, "partition": partition, "group": self._consumer.group}
            self._recorder.complete(op, "assign", OK, offset=at, text=text, **about)

    def seek(self, topic: str, partition: int, offset: int | str, within: float) -> None:
        at = offset if isinstance(offset, int) else None
        about = {"topic": topic, "partition": partition, "offset": at}
        self._recorded("seek", about, self._consumer.seek, topic, partition, offset, within)

    # Reading

    def poll(self, within: float, at_least: int, at_most: int | None) -> list[Read]:
        """Polls until there are ``at_least`` records or the time is over; one poll at least."""
        reads: list[Read] = []
        deadline = time.monotonic() + within
        while True:
            most = None if at_most is None else at_most - len(reads)
            got = self._poll_until(deadline, most)
            reads += got
            if not got or len(reads) >= at_least:
                return reads

    def _poll_until(self, deadline: float, at_most: int | None) -> list[Read]:
        """One operation of the history: polls until one brings records or the time is over.

        Each poll is given all the time that is left. kafka-python 3.0.12 was seen not to come back from
        a rebalance that was under way when a poll ended. One that fails because no broker was reached
        stands in the history as failed, and the next one as another operation: an application polls again.
        """
        op = self._begin_poll()
        reads: list[Read] = []
        while not reads:
            left = deadline - time.monotonic()
            try:
                reads = self._consumer.poll(max(0.0, left), at_most)
            except Exception as error:
                failed = self._poll_failed(op, error)
                if left <= 0 or not failed.problem.unreached:
                    raise failed from None
                op = self._begin_poll()
            if left <= 0:
                break
        for topic in dict.fromkeys(read.topic for read in reads) or [None]:
            mine = [read for read in reads if read.topic == topic]
            about = {"topic": topic, "group": self._consumer.group, "epochs": epochs_of(mine)}
            rows = [(read.partition, read.offset, read.value, read.digest) for read in mine]
            self._recorder.complete(op, "poll", OK, records=rows, **about)
        return reads

    def _begin_poll(self) -> int:
        return self._recorder.invoke("poll", group=self._consumer.group)[0]

    def _poll_failed(self, op: int, error: Exception) -> ClientError:
        # It handed out nothing, whatever went wrong: a poll cannot be half done.
        problem = replace(problem_of(error), outcome=FAIL)
        self._recorder.complete(op, "poll", FAIL, group=self._consumer.group, **_told(problem))
        return ClientError(problem, self._name)

    def read_to(self, topic: str, ends: dict[int, int], within: float) -> list[Read]:
        """Read partitions from their beginning until the positions have passed ``ends``."""
        self.assign([(topic, partition, "beginning") for partition in sorted(ends)], within)
        deadline = time.monotonic() + within
        op, _ = self._recorder.invoke("final-read", topic=topic)
        reads: list[Read] = []
        left = dict(ends)
        trouble: KafkaProblem | None = None
        while left:
            try:
                reads += self._poll_until(min(deadline, time.monotonic() + _LOOK_SECONDS), None)
                left = {p: end for p, end in left.items() if not self._consumer.reached(topic, p, end)}
            except ClientError as error:
                trouble = error.problem
            if left and time.monotonic() >= deadline:
                raise self._too_late(op, topic, left, reads, trouble)
        for partition, end in ends.items():
            self._recorder.complete(op, "final-read", OK, topic=topic, partition=partition, offset=end)
        return reads

    def _too_late(
        self, op: int, topic: str, left: dict[int, int], reads: list[Read], trouble: KafkaProblem | None
    ) -> NotInTime:
        at = {partition: self._consumer.positions().get((topic, partition)) for partition in left}
        where = ", ".join(f"partition {p} at {at[p]} of {end}" for p, end in left.items())
        last = f"; last error {trouble}" if trouble else ""
        problem = local("NOT_READ_TO_THE_END", f"{topic}: {where}{last}", UNKNOWN)
        self._recorder.complete(op, "final-read", UNKNOWN, topic=topic, **_told(problem))
        return NotInTime(problem, self._name, reads)

    # Offsets

    def commit(self, offsets: Rows | None, within: float) -> None:
        """Commits what was read so far, or ``offsets``; one operation a partition in the history."""
        rows = offsets
        if rows is None:
            rows = [(t, p, offset) for (t, p), offset in sorted(self._call(self._consumer.positions).items())]
        ended = self._committing(rows)
        try:
            self._in_time(within, self._consumer.commit, offsets)
        except ClientError as error:
            ended(error)
            raise
        ended(None)

    def _committing(self, rows: Rows) -> Callable[[Exception | None], None]:
        """Write the invokes of a commit; what is given back writes how it ended."""
        group = self._consumer.group
        ops = [
            (self._recorder.invoke("commit", topic=t, partition=p, offset=o, group=group)[0], t, p, o)
            for t, p, o in rows
        ]

        def ended(error: Exception | None) -> None:
            phase, told = OK, {}
            if error is not None:
                problem = problem_of(error)
                phase, told = problem.outcome, _told(problem)
            for op, t, p, o in ops:
                about = {"topic": t, "partition": p, "offset": o, "group": group}
                self._recorder.complete(op, "commit", phase, **about, **told)

        return ended

    def store(self, rows: Rows) -> None:
        self._call(self._consumer.store, rows)

    def committed(self, topic: str, partition: int, within: float) -> int | None:
        offset: int | None = self._in_time(within, self._consumer.committed, topic, partition)
        about = {"topic": topic, "partition": partition, "offset": offset, "group": self._consumer.group}
        self._recorder.complete(self._recorder.next_op(), "committed", OK, **about)
        return offset

    def position(self, topic: str, partition: int, within: float) -> int | None:
        offset: int | None = self._in_time(within, self._consumer.position, topic, partition)
        op = self._recorder.next_op()
        self._recorder.complete(op, "position", OK, topic=topic, partition=partition, offset=offset)
        return offset

    def offsets(
        self, rows: Sequence[tuple[str, int]], end: bool, within: float
    ) -> dict[tuple[str, int], int]:
        found: dict[tuple[str, int], int] = self._in_time(within, self._consumer.offsets, rows, end)
        return found

    def offset_for_time(self, topic: str, partition: int, at: int, within: float) -> int | None:
        offset: int | None = self._in_time(within, self._consumer.offset_for_time, topic, partition, at)
        return offset

    # Everything else

    def process(self, rows: Sequence[tuple[str, int, int, str | None]]) -> None:
        """One operation a record in the history, so that a gate can shut in the middle of one."""
        for topic, partition, offset, value in rows:
            about = {"topic": topic, "partition": partition, "offset": offset, "value": value}
            op, _ = self._recorder.invoke("process", group=self._consumer.group, **about)
            self._recorder.complete(op, "process", OK, group=self._consumer.group, **about)

    def pause_partitions(self, rows: Sequence[tuple[str, int]]) -> None:
        self._call(self._consumer.pause, rows)

    def resume_partitions(self, rows: Sequence[tuple[str, int]]) -> None:
        self._call(self._consumer.resume, rows)

    def assignment(self) -> list[tuple[str, int]]:
        rows: list[tuple[str, int]] = self._call(self._consumer.assignment)
        return rows

    def group_metadata(self) -> GroupMetadata:
        told: GroupMetadata = self._call(self._consumer.group_metadata)
        return told

    def close(self, within: float) -> None:
        self._call(self._consumer.close, within)

    def _recorded(self, f: str, about: dict[str, Any], call: Callable[..., Any], *args: Any) -> None:
        op, _ = self._recorder.invoke(f, **about)
        try:
            self._call(call, *args)
        except ClientError as error:
            self._recorder.complete(op, f, error.problem.outcome, **about, **_told(error.problem))
            raise
        self._recorder.complete(op, f, OK, **about)

    def _in_time(self, within: float, call: Callable[..., Any], *args: Any) -> Any:
        """Calls with the time that is left, and again if no broker was reached, as an application does."""
        deadline = time.monotonic() + within
        while True:
            left = max(0.0, deadline - time.monotonic())
            try:
                return self._call(call, *args, left)
            except ClientError as error:
                if left <= 0 or not error.problem.unreached:
                    raise

    def _call(self, call: Callable[..., Any], *args: Any) -> Any:
        try:
            return call(*args)
        except Exception as error:
            raise ClientError(problem_of(error), self._name) from None


def epochs_of(reads: Sequence[Read]) -> list[tuple[int, int, int]] | None:
    """(partition, offset, leader epoch) where each partition begins and wherever its epoch changes."""
    last: dict[int, int] = {}
    found = []
    for read in reads:
        epoch = read.leader_epoch
        if epoch is not None and epoch >= 0 and last.get(read.partition) != epoch:
            last[read.partition] = epoch
            found.append((read.partition, read.offset, epoch))
    return found or None


def _told(problem: KafkaProblem) -> dict[str, Any]:
    return {"error": problem.code, "error_name": problem.name, "text": problem.text}


def make_consumer(library: str, options: dict[str, Any], values: dict[str, Any]) -> Any:
    if library == KAFKA_PYTHON:
        from clients.kafka_python_client import PythonConsumer

        return PythonConsumer(options, values)
    from clients.confluent_client import ConfluentConsumer

    return ConfluentConsumer(options, values)
