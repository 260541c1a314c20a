"""What a transaction's end means for the records sent in it."""

from __future__ import annotations

from history.events import INVOKE, OK, Event
from history.rows import ACKNOWLEDGED, FAILED, READ
from history.topic import ABORTED, Topic


class Transaction:
    """The sends of one open transaction; an acknowledgement in it counts once it is committed."""

    def __init__(self) -> None:
        self.sends: dict[tuple[str, int], tuple[Topic, int, Event | None]] = {}
        self.tried = False  # whether a commit was asked for

    def sent(self, topic: Topic, id: int) -> None:
        self.sends[topic.name, id] = topic, id, None

    def acknowledged(self, topic: Topic, id: int, event: Event) -> None:
        self.sends[topic.name, id] = topic, id, event

    def ended(self, event: Event) -> bool:
        """Take in a commit or an abort; True once nothing more can be learnt from the client.

        An abort after a commit whose outcome is unknown proves something only if it succeeds; an
        abort without one does not have to succeed, for nobody will commit.
        """
        if event.f == "commit-transaction":
            self.tried = True
            if event.phase == OK:
                self.commit()
            return event.phase == OK
        if event.phase == INVOKE or (self.tried and event.phase != OK):
            return False
        for topic, id, ack in self.sends.values():
            topic.ended(id, ack or event, FAILED)
            topic.errors[id] = ABORTED
        return True

    def commit(self) -> None:
        for topic, id, ack in self.sends.values():
            if ack is not None:
                topic.ended(id, ack, ACKNOWLEDGED)

    def settle(self) -> bool:
        """Without a known end: if any of its records was read, all were committed (atomicity).

        What a final reader saw does not count, for it also sees what is not committed. A reader
        that jumped over such a record is not blamed for it.
        """
        for topic, id, _ in self.sends.values():
            topic.doubtful.add(id)
        if not any(topic.state[id] & READ for topic, id, _ in self.sends.values()):
            return False
        self.commit()
        return True
