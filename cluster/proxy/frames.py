"""A frame on its way, and a request that waits for its answer."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Protocol

from cluster.proxy.faults import REQUEST
from cluster.proxy.wire import Head


class Hook(Protocol):
    """Something that a rule wants done when a request's answer comes."""

    def answered(self, lane: Any, frame: Frame) -> bool:
        """The answer came. True: the frame is dealt with, for now or for good."""

    def lost(self) -> None:
        """The connection ended before the answer came."""


@dataclass(eq=False)
class Frame:
    """One whole request or response. ``head`` is always the request's; ``data`` has the length in front."""

    head: Head
    direction: str = REQUEST
    answered: bool = True
    data: bytes = b""
    done: set[int] = field(default_factory=set)
    hooks: list[Hook] = field(default_factory=list)
    message: Any = None
    unreadable: bool = False
    arrived: float = field(default_factory=time.monotonic)


class Pending:
    """A request that was passed on (or answered by the proxy: ``made``) and whose turn to be answered comes."""

    __slots__ = ("head", "hooks", "made")

    def __init__(self, head: Head, hooks: list[Hook] | None = None, made: bytes | None = None) -> None:
        self.head = head
        self.hooks = hooks or []
        self.made = made
