"""Which topic an id means: newer requests name topics by id only.

Answers that tell names and ids are kept as they pass and read when somebody asks for an id, so that
a connection without faults pays nothing for it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from cluster.proxy.frames import Frame
from cluster.proxy.messages import KEYS, partitions_in, read, topics_in

#: The first version of each answer that tells ids.
TELLING = {KEYS["Metadata"]: 10, KEYS["CreateTopics"]: 7, KEYS["DescribeTopicPartitions"]: 0}
KEPT = 64


class Topics:
    """The names of topic ids, as far as they went by."""

    def __init__(self) -> None:
        self._names: dict[UUID, str] = {}
        self._unread: deque[Frame] = deque()

    def note(self, answer: Frame) -> None:
        """Keeps an answer that may tell ids."""
        self._unread.append(answer)
        if len(self._unread) > KEPT:
            self._read()

    def learn(self, name: str, topic_id: UUID) -> None:
        """Takes it from somebody who knows."""
        self._names[topic_id] = name

    def name(self, topic: str | UUID) -> str:
        """The topic's name, or its id in words if its name never went by."""
        if isinstance(topic, str):
            return topic
        if topic not in self._names:
            self._read()
        return self._names.get(topic, str(topic))

    def _read(self) -> None:
        while self._unread:
            message = read(self._unread.popleft())
            for name, part in topics_in(message) if message is not None else ():
                if isinstance(name, str) and isinstance(part.topic_id, UUID):
                    self._names[part.topic_id] = name

    def partitions(self, message: Any) -> Iterator[tuple[str, int | None]]:
        """(topic, partition) of everything that a message speaks of; partition None where it names none."""
        for topic, part in topics_in(message):
            numbers = [number for number, _ in partitions_in(part)]
            for number in numbers or [None]:  # type: ignore[list-item]
                yield self.name(topic), number
