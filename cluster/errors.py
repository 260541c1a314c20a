"""What can go wrong with a cluster that is no fault of Kafka's promises."""

from __future__ import annotations


class ClusterError(Exception):
    """The environment failed: Kafka would not start, a download broke, a port was taken.

    The message says what to do. The exit code of a run that ends so is 75 (EX_TEMPFAIL).
    """


class NotCheckable(Exception):
    """This cluster cannot do what a scenario needs, so the scenario says nothing here."""
