"""What both client libraries have in common for a sink: records, a consumer's verbs, a producer's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

#: A consumer waits so long for records, in seconds.  A kafka-python member that joins a group needs
#: polls that take their time.
POLL_SECONDS = 1.0

#: The longest wait, in seconds, for what a broker answers.
ANSWER_SECONDS = 30.0

LIBRARIES = ("kafka-python", "confluent-kafka")


@dataclass(frozen=True)
class Record:
    """A record as a sink sees it."""

    partition: int
    offset: int
    value: bytes | None


class CommitRefused(Exception):
    """Kafka did not take offsets, mostly because the partitions are another member's by now."""


class Listener(Protocol):
    """Told of the partitions that a member is given, and of those that it gives up or has lost."""

    def assigned(self, partitions: Sequence[int]) -> Mapping[int, int]:
        """The offset to start at, by partition; Kafka says where to start those that are not named."""
        ...

    def revoked(self, partitions: Sequence[int]) -> None: ...


class Consumer(Protocol):
    """A member of a group that reads one topic, and commits only what it is told to."""

    def ends(self) -> dict[int, int]:
        """The end offset of each partition of the topic."""
        ...

    def subscribe(self, listener: Listener) -> None: ...

    def poll(self, at_most: int) -> list[Record]: ...

    def owned(self) -> list[int]:
        """The partitions that it has now, in order."""
        ...

    def reached(self, ends: Mapping[int, int]) -> bool:
        """Whether it has some partitions, and has read each of them up to these ends."""
        ...

    def seek(self, partition: int, offset: int) -> None: ...

    def commit(self, offsets: Mapping[int, int]) -> None:
        """Commit the next offset to be read, by partition. CommitRefused if Kafka does not take it."""
        ...

    def close(self) -> None:
        """Leave the group, so that it need not find out by itself."""
        ...


#: Told how a record ended: an error in words or "", and its offset.
Report = Callable[[str, int], None]


class Producer(Protocol):
    """Writes to one topic."""

    def partitions(self) -> int:
        """How many partitions the topic has."""
        ...

    def send(self, partition: int, key: bytes, value: bytes, report: Report) -> None:
        """Hand a record over; how it ended is reported at the latest by a flush."""
        ...

    def flush(self) -> None:
        """Wait until every record has ended."""
        ...


def open_consumer(library: str, topic: str, settings: Mapping[str, object]) -> Consumer:
    """A consumer of this library, with Kafka's names for settings."""
    if library == "kafka-python":
        from apps.kafka_python import PythonConsumer

        return PythonConsumer(topic, settings)
    from apps.confluent import ConfluentConsumer

    return ConfluentConsumer(topic, settings)


def open_producer(library: str, topic: str, settings: Mapping[str, object]) -> Producer:
    """A producer of this library, with Kafka's names for settings."""
    if library == "kafka-python":
        from apps.kafka_python import PythonProducer

        return PythonProducer(topic, settings)
    from apps.confluent import ConfluentProducer

    return ConfluentProducer(topic, settings)


def read_all(library: str, topic: str, settings: Mapping[str, object]) -> list[Record]:
    """Every record from the first to the end as it is now, as no member of any group."""
    if library == "kafka-python":
        from apps import kafka_python

        return kafka_python.read_all(topic, settings)
    from apps import confluent

    return confluent.read_all(topic, settings)
