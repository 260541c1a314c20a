"""The fault proxy: a Kafka-aware TCP proxy in a process of its own, on every path of a cluster.

``python -m cluster.proxy`` runs it; :class:`FaultProxy` talks to it.
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
    "Watch",
]
