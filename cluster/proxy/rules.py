"""The rules in force: which frames they want, how often, what they did."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from cluster.proxy.faults import REQUEST, Error, Fault, ReplaceError
from cluster.proxy.frames import Frame
from cluster.proxy.messages import RESPONSES, answer_told, api_key, api_name, batches_in, complain, read
from cluster.proxy.topics import Topics
from cluster.proxy.wire import FOREIGN, PRODUCE, Head

if TYPE_CHECKING:
    from cluster.proxy.connection import Connection
    from cluster.proxy.lanes import Lane


@dataclass(frozen=True)
class Route:
    """One path: connections to port ``listen`` go on to port ``target`` of node ``destination``.

    ``source`` names who uses it where the messages are not Kafka's and do not say so.
    """

    link: str
    destination: int
    listen: int
    target: int
    source: str = ""

    @property
    def foreign(self) -> Head | None:
        """What stands for the header of each message where none is Kafka's; None where all are."""
        return Head(FOREIGN, 0, 0, self.source, 0) if self.link == "zookeeper" else None


@dataclass
class Saved:
    """A request kept for later."""

    frame: Frame
    route: Route


class Rule:
    """A fault in force, with all that it holds and all that it did."""

    def __init__(self, number: int, fault: Fault, owner: str, topics: Topics) -> None:
        self.number, self.fault, self.owner = number, fault, owner
        self.live, self.over = True, False
        self.apis = _keys(fault.api)
        self.matched = self.taken = 0
        self.seen: Counter[int] = Counter()
        self.clients: dict[str, bool] = {}
        self.firings: list[dict[str, Any]] = []
        self.gates: list[Lane] = []
        self.holes: set[Connection] = set()
        self.saved: list[Saved] = []
        self.notes: list[str] = []
        self.changed: Callable[[], None] = lambda: None
        self._topics = topics
        self._waiters: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []

    # what it wants

    @property
    def spent(self) -> bool:
        """Whether it has done all that it was asked to."""
        return not self.live or self.over or (self.fault.count is not None and self.taken >= self.fault.count)

    def on(self, route: Route, direction: str) -> bool:
        """Whether this path and direction are the rule's."""
        fault = self.fault
        return (
            fault.direction == direction
            and fault.link in (None, route.link)
            and fault.destination in (None, route.destination)
        )

    def saw(self, head: Head) -> None:
        """Counts a frame that went by, wanted or not."""
        self.seen[head.api] += 1
        if head.client_id not in self.clients:
            glob = self.fault.client_id
            self.clients[head.client_id] = glob is None or fnmatchcase(head.client_id, glob)

    def may_want(self, head: Head) -> bool:
        """Whether the head alone does not rule the frame out."""
        if self.apis is not None and head.api not in self.apis:
            return False
        glob = self.fault.client_id
        if head.client_id not in self.clients:
            self.clients[head.client_id] = glob is None or fnmatchcase(head.client_id, glob)
        return self.clients[head.client_id]

    def wants(self, frame: Frame) -> bool:
        """Whether the rule is about this frame."""
        if self.spent or not self.may_want(frame.head):
            return False
        topic, partition = self.fault.topic, self.fault.partition
        if topic is None and partition is None:
            return True
        message = read(frame)
        return message is not None and any(
            topic in (None, name) and partition in (None, number)
            for name, number in self._topics.partitions(message)
        )

    def claim(self) -> bool:
        """A wanted frame is here. Whether it is the rule's turn, after those to skip and before the last."""
        self.matched += 1
        if self.matched <= self.fault.skip:
            return False
        self.taken += 1
        if self.spent:
            self.changed()
        return True

    def unclaim(self) -> None:
        """What was claimed could not be done after all; the next frame may do."""
        self.taken -= 1
        self.changed()

    def cannot(self, what: str) -> None:
        """A wanted frame passes because we cannot do what was asked; whoever waits is told."""
        if what not in self.notes:
            self.notes.append(what)
            complain(f"{self.fault.words}: {what}, it passes")
        self.unclaim()

    # what it did

    def record(self, frame: Frame, route: Route, answer: dict[str, Any] | None = None) -> dict[str, Any]:
        """What there is to tell about a frame. It counts once :meth:`fired` gets it."""
        head, message = frame.head, read(frame)
        batches = batches_in(message) if message is not None and head.api in (PRODUCE, 1) else []
        if frame.direction != REQUEST and answer is None:
            answer = answer_told(frame)
        return {
            "t": time.monotonic(),
            "client_id": head.client_id,
            "api": api_name(head.api),
            "version": head.version,
            "link": route.link,
            "destination": route.destination,
            "correlation": head.correlation,
            "topic_partitions": list(self._topics.partitions(message)) if message is not None else [],
            "records": sum(batch["records"] for batch in batches) if batches else None,
            "batches": batches,
            "answer": answer,
            "repeated": [],
        }

    def fired(self, firing: dict[str, Any]) -> None:
        """The rule has acted; the record may still be added to."""
        firing["t"] = time.monotonic()
        self.firings.append(firing)
        self.notice()

    # what it holds

    @property
    def queued(self) -> int:
        """Frames that wait at the gates of this rule, the held ones included."""
        return sum(len(lane.queue) for lane in self.gates)

    def left(self, lane: Lane) -> None:
        """A lane that was held is gone."""
        if lane in self.gates:
            self.gates.remove(lane)
        self.notice()

    def open(self) -> None:
        """Lets everything go on that this rule holds."""
        gates, self.gates = self.gates, []
        for lane in gates:
            lane.go_on()
        self.notice()

    def open_some(self, frames: int) -> None:
        """Lets so many held frames go on; what comes next may be held again."""
        for lane in self.gates[:max(frames, 0)]:
            self.gates.remove(lane)
            lane.go_on()
        self.notice()

    def fault_over(self) -> None:
        """From now on the rule takes no more frames."""
        self.over = True
        self.changed()

    def end(self) -> None:
        """Takes the rule out of force; what it holds goes on, what it silenced is closed."""
        self.live = False
        self.changed()
        self.open()
        for connection in list(self.holes):
            connection.close()
        self.holes.clear()

    # who waits for it

    def notice(self) -> None:
        """Something changed: wakes those whose wish is now true."""
        for check, waiter in self._waiters:
            if not waiter.done() and check():
                waiter.set_result(None)

    async def reached(self, check: Callable[[], bool], within: float) -> bool:
        """Waits until ``check`` is true, at most ``within`` seconds. Whether it came true."""
        if check():
            return True
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (check, waiter)
        self._waiters.append(entry)
        try:
            await asyncio.wait_for(waiter, within)
            return True
        except asyncio.TimeoutError:
            return check()
        finally:
            self._waiters.remove(entry)

    def report(self) -> dict[str, Any]:
        """The rule as the control socket tells it."""
        return {
            "fired": self.firings,
            "queued": self.queued,
            "held": len(self.gates),
            "saved": len(self.saved),
            "matched": self.matched,
            "notes": self.notes,
            "seen": {api_name(api): count for api, count in self.seen.most_common()},
            "clients": sorted(self.clients),
        }


class Rules:
    """All rules in force, Watch first, then in the order of their arming."""

    def __init__(self, topics: Topics) -> None:
        self.epoch = 0
        self._topics = topics
        self._live: list[Rule] = []
        self._by_path: dict[tuple[Route, str], list[Rule]] = {}
        self._last = 0

    def arm(self, fault: Fault, owner: str) -> Rule:
        """Puts a fault in force for every frame that begins from now on. Raises ValueError if it cannot be."""
        if isinstance(fault.action, (Error, ReplaceError)):
            for api in sorted((_keys(fault.api) or frozenset()) - RESPONSES.keys()):
                raise ValueError(f"the proxy cannot make answers of {api_name(api)}")
        self._last += 1
        rule = Rule(self._last, fault, owner, self._topics)
        rule.changed = self._changed
        self._live.append(rule)
        self._live.sort(key=lambda rule: (type(rule.fault.action).__name__ != "Watch", rule.number))
        self._changed()
        return rule

    def end(self, rule: Rule) -> None:
        """Takes a rule out of force."""
        if rule in self._live:
            self._live.remove(rule)
        rule.end()

    def owned(self, owner: str | None) -> list[Rule]:
        """The rules of an owner, or all."""
        return [rule for rule in self._live if owner in (None, rule.owner)]

    def of(self, route: Route, direction: str) -> list[Rule]:
        """The rules that can still act on this path and direction."""
        found = self._by_path.get((route, direction))
        if found is None:
            found = [rule for rule in self._live if rule.on(route, direction) and not rule.spent]
            self._by_path[route, direction] = found
        return found

    def _changed(self) -> None:
        self.epoch += 1
        self._by_path.clear()


def _keys(api: str | int | tuple[str | int, ...] | None) -> frozenset[int] | None:
    if api is None:
        return None
    return frozenset(api_key(one) for one in (api if isinstance(api, tuple) else (api,)))
