"""What can go wrong with a cluster that is no fault of Kafka's promises."""

from __future__ import annotations


class ClusterError(Exception):
    """The environment failed: Kafka would not start, a download broke, a port was taken.

    The message says what to do. The exit code of a run that ends so is 75 (EX_TEMPFAIL).
    """


class PortTaken(ClusterError):
    """Somebody took a port between choosing and binding it; other ports will do.

    ``block`` is the first port of the block that was tried.
    """

    def __init__(self, message: str, block: int = 0) -> None:
        super().__init__(message)
        self.block = block


class NotCheckable(Exception):
    """This cluster cannot do what a scenario needs, so the scenario says nothing here."""
