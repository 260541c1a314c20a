"""What can be wrong with a history. Each detection is a small function with its definition.

Definitions follow Jepsen's Kafka workload (jepsen.tests.kafka) and the tests named at each; they
find everything there is. Whether a finding breaks a promise is another question, see
:mod:`history.judge`.  A detection yields cases: where in the log, and how to tell it, so that a
million losses are counted without a million stories being written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from history.events import Event
from history.record import History


@dataclass(frozen=True)
class Anomaly:
    """One finding. ``events`` are the one to four events that prove it, ``text`` says it in a sentence.

    ``values`` are the records concerned, the culprit first; ``offsets`` the offsets, the culprit's first.
    """

    kind: str
    topic: str | None
    partition: int | None
    values: tuple[str, ...]
    offsets: tuple[int, ...]
    events: list[Event] = field(compare=False)
    text: str = ""


#: Where in the log (an offset: lower ones are told first), and how to tell it.
Case = tuple[int, Callable[[], Anomaly]]
Detection = Callable[[History], Iterator[Case]]

#: All detections, by the name of what they find.
DETECTIONS: dict[str, Detection] = {}


def finds(kind: str) -> Callable[[Detection], Detection]:
    """Register a detection under the name of what it finds."""

    def register(detection: Detection) -> Detection:
        DETECTIONS[kind] = detection
        return detection

    return register
