"""The fault proxy: a Kafka-aware TCP proxy in a process of its own, on every path of a cluster.

``python -m cluster.proxy`` runs it; :class:`FaultProxy` talks to it::

    with FaultProxy(control) as proxy:
        lost = proxy.arm(Fault(LoseAnswer(), link="client", api="Produce", topic="orders"))
        ...                           # the workload
        firing = lost.wait_fired()[0]  # raises TimeoutError if the fault did not fire

What is armed stays in force until it has acted ``count`` times, is disarmed, or its process ends.
A frame meets the faults in the order of their arming (Watch before all others); held or delayed, it
meets the next one when it goes on.
"""

from cluster.proxy.client import Armed, FaultProxy, ProxyGone
from cluster.proxy.faults import (
    Action,
    Answer,
    Batch,
    Blackhole,
    Delay,
    Disconnect,
    Error,
    Fault,
    Firing,
    Hold,
    LoseAnswer,
    Repeat,
    ReplaceError,
    Save,
    Unlist,
    Watch,
)

__all__ = [
    "Action",
    "Answer",
    "Armed",
    "Batch",
    "Blackhole",
    "Delay",
    "Disconnect",
    "Error",
    "Fault",
    "FaultProxy",
    "Firing",
    "Hold",
    "LoseAnswer",
    "ProxyGone",
    "Repeat",
    "ReplaceError",
    "Save",
    "Unlist",
    "Watch",
]
