"""What the verbs of clients give back: plain data that travels between processes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from clients.problems import KafkaProblem
from history.events import FAIL, OK, UNKNOWN


@dataclass(slots=True)
class Delivery:
    """How the sending of one record ended. Times are seconds of CLOCK_MONOTONIC.

    ``value`` is the record's name (history.events.value_of), None for raw content.
    ``offset`` is None where the report has none: acks=0, or a client that does not know it.
    A record whose end was not known in time is "unknown" with the error name "PENDING" and no
    ``t_done``; its history gets the real end if that comes later.
    """

    number: int
    value: str | None
    outcome: str
    partition: int | None
    offset: int | None
    problem: KafkaProblem | None
    t_invoke: float
    t_done: float | None

    @property
    def error(self) -> int | None:
        return self.problem.code if self.problem else None

    @property
    def error_name(self) -> str | None:
        return self.problem.name if self.problem else None

    @property
    def text(self) -> str | None:
        return self.problem.text if self.problem else None


@dataclass
class SendReport:
    """The deliveries of one send, in the order in which the records were handed to the library."""

    deliveries: list[Delivery] = field(default_factory=list)
    complete: bool = True  # False: some records had no end yet, or were not even taken by the library

    def __iter__(self) -> Iterator[Delivery]:
        return iter(self.deliveries)

    def __len__(self) -> int:
        return len(self.deliveries)

    @property
    def acknowledged(self) -> list[Delivery]:
        return [one for one in self.deliveries if one.outcome == OK]

    @property
    def failed(self) -> list[Delivery]:
        return [one for one in self.deliveries if one.outcome == FAIL]

    @property
    def unknown(self) -> list[Delivery]:
        return [one for one in self.deliveries if one.outcome == UNKNOWN]

    def error_of(self, number: int) -> KafkaProblem | None:
        """The problem of record ``number``, None if it was acknowledged; KeyError if it was not sent."""
        for one in self.deliveries:
            if one.number == number:
                return one.problem
        raise KeyError(number)


@dataclass(slots=True)
class Read:
    """One record as a consumer handed it out. ``timestamp`` in ms since the epoch, None if it has none."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: str | None  # the record's name, None if no client of ours wrote it or it is damaged
    content: bytes | None
    headers: list[tuple[str, bytes | None]]
    timestamp: int | None
    digest: int  # history.events.digest of all a reader sees
    leader_epoch: int | None = None


@dataclass(frozen=True)
class PartitionState:
    """One partition as an admin client sees it; ``leader`` is None while there is none."""

    partition: int
    leader: int | None
    replicas: tuple[int, ...]
    isr: tuple[int, ...]


@dataclass(frozen=True)
class GroupMetadata:
    """A consumer's membership, for a transaction of a producer of the same library."""

    library: str
    group: str
    pickled: bytes


@dataclass(frozen=True)
class GateNews:
    """The event at which a client stands still."""

    event: str
    count: int
    t: float
    value: str | None
    partition: int | None
    offset: int | None
