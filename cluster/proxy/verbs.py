"""What the actions do to a frame.

Each function gets the lane that the frame is in, the rule, the frame and the action, and says whether
the frame is dealt with (True) or goes on to the next rule (False).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cluster.proxy.aside import ask
from cluster.proxy.faults import (
    REQUEST,
    Action,
    Blackhole,
    Delay,
    Disconnect,
    Error,
    Hold,
    LoseAnswer,
    Repeat,
    ReplaceError,
    Save,
    Unlist,
    Watch,
)
from cluster.proxy.frames import Frame, Pending
from cluster.proxy.made import error_answer
from cluster.proxy.messages import KEYS, answer_told, api_name, read, response_frame, set_errors
from cluster.proxy.rules import Rule, Saved

if TYPE_CHECKING:
    from cluster.proxy.lanes import Lane


def act(lane: Lane, rule: Rule, frame: Frame, action: Action) -> bool:
    """Does what the action says. True: the frame is dealt with, for now or for good."""
    return VERBS[type(action)](lane, rule, frame, action)


def _fired(lane: Lane, rule: Rule, frame: Frame) -> dict[str, Any]:
    firing = rule.record(frame, lane.connection.route)
    rule.fired(firing)
    return firing


def _watch(lane: Lane, rule: Rule, frame: Frame, _: Action) -> bool:
    firing = _fired(lane, rule, frame)
    if frame.direction == REQUEST and frame.answered:
        frame.hooks.append(Watching(firing))
    return False


def _hold(lane: Lane, rule: Rule, frame: Frame, action: Hold) -> bool:
    _stop(lane, rule, frame, action.linger)
    return True


def _stop(lane: Lane, rule: Rule, frame: Frame, lingers: bool) -> None:
    firing = rule.record(frame, lane.connection.route)
    lane.stop(frame, rule, lingers)
    rule.gates.append(lane)
    rule.fired(firing)


def _delay(lane: Lane, rule: Rule, frame: Frame, action: Delay) -> bool:
    wait = frame.arrived + action.seconds - time.monotonic()
    if wait <= 0:  # it came while an earlier frame was delayed, and has waited as long already
        _fired(lane, rule, frame)
        return False
    _stop(lane, rule, frame, True)

    def over() -> None:
        if lane.gate is rule and lane.queue and lane.queue[0] is frame:
            rule.left(lane)
            lane.go_on()

    asyncio.get_running_loop().call_later(wait, over)
    return True


def _error(lane: Lane, rule: Rule, frame: Frame, action: Error) -> bool:
    answer = error_answer(frame, action.code)
    if answer is None:
        rule.cannot(f"cannot answer {api_name(frame.head.api)} v{frame.head.version}")
        return False
    firing = rule.record(frame, lane.connection.route, {"errors": [action.code], "base_offset": None})
    if frame.answered:
        answers = lane.connection.answers
        lane.connection.pending.append(Pending(frame.head, made=answer))
        answers.made_waits = True
        answers.between_frames()
    rule.fired(firing)
    return True


def _replace(lane: Lane, rule: Rule, frame: Frame, action: ReplaceError) -> bool:
    message = read(frame)
    if message is None:
        rule.cannot(f"cannot change {api_name(frame.head.api)} v{frame.head.version}")
        return False
    firing = rule.record(frame, lane.connection.route)
    set_errors(message, action.code)
    frame.data = response_frame(frame.head, message)
    rule.fired(firing)
    return False


def _unlist(lane: Lane, rule: Rule, frame: Frame, action: Unlist) -> bool:
    message = read(frame)
    if message is None or frame.head.api != KEYS["Metadata"]:
        rule.cannot(f"cannot change {api_name(frame.head.api)} v{frame.head.version}")
        return False
    kept = [broker for broker in message.brokers if broker.node_id != action.broker]
    if len(kept) < len(message.brokers):
        message.brokers = kept
        frame.data = response_frame(frame.head, message)
        _fired(lane, rule, frame)
    return False


def _lose(lane: Lane, rule: Rule, frame: Frame, _: Action) -> bool:
    if frame.direction != REQUEST:
        _fired(lane, rule, frame)
        lane.connection.close()
        return True
    if not frame.answered:
        rule.cannot("cannot lose the answer to acks=0, there is none")
        return False
    frame.hooks.append(Losing(rule, rule.record(frame, lane.connection.route)))
    return False


def _disconnect(lane: Lane, rule: Rule, frame: Frame, _: Action) -> bool:
    _fired(lane, rule, frame)
    lane.connection.close()
    return True


def _blackhole(lane: Lane, rule: Rule, frame: Frame, _: Action) -> bool:
    firing = rule.record(frame, lane.connection.route)
    lane.swallows = True
    rule.holes.add(lane.connection)
    rule.fired(firing)
    return True


def _save(lane: Lane, rule: Rule, frame: Frame, _: Action) -> bool:
    firing = rule.record(frame, lane.connection.route)
    rule.saved.append(Saved(frame, lane.connection.route))
    rule.fired(firing)
    lane.connection.close()
    return True


def _repeat(lane: Lane, rule: Rule, frame: Frame, action: Repeat) -> bool:
    hook = Repeating(rule, rule.record(frame, lane.connection.route), frame, action.times)
    if frame.answered:
        frame.hooks.append(hook)
        return False
    lane.forward(frame)
    lane.connection.relay.spawn(hook.repeat(lane))
    return True


class Watching:
    """Adds the broker's answer to the record of a watched request."""

    def __init__(self, firing: dict[str, Any]) -> None:
        self.firing = firing

    def answered(self, lane: Lane, frame: Frame) -> bool:
        self.firing["answer"] = answer_told(frame)
        return False

    def lost(self) -> None:
        pass


class Losing:
    """Eats the answer and closes the connection."""

    def __init__(self, rule: Rule, firing: dict[str, Any]) -> None:
        self.rule, self.firing = rule, firing

    def answered(self, lane: Lane, frame: Frame) -> bool:
        if not self.rule.live:
            return False
        self.firing["answer"] = answer_told(frame)
        lane.connection.close()
        self.rule.fired(self.firing)
        return True

    def lost(self) -> None:
        self.rule.unclaim()


class Repeating:
    """Sends the request again while its answer waits in the lane."""

    def __init__(self, rule: Rule, firing: dict[str, Any], request: Frame, times: int) -> None:
        self.rule, self.firing, self.request, self.times = rule, firing, request, times

    def answered(self, lane: Lane, frame: Frame) -> bool:
        if not self.rule.live:
            return False
        self.firing["answer"] = answer_told(frame)
        lane.stop(frame, self, True)
        lane.connection.relay.spawn(self.repeat(lane))
        return True

    async def repeat(self, lane: Lane) -> None:
        """Sends, records the extra answers, then lets the first answer go on."""
        try:
            for _ in range(self.times):
                answer = await ask(lane.connection.route.target, self.request)
                self.firing["repeated"].append(answer)
            self.rule.fired(self.firing)
        except (OSError, asyncio.TimeoutError, EOFError) as error:
            self.rule.cannot(f"cannot repeat: {error!r}")
        if lane.gate is self:
            lane.go_on()

    def lost(self) -> None:
        self.rule.unclaim()

    def notice(self) -> None:
        """As a gate: nobody counts what waits here."""

    def left(self, lane: Lane) -> None:
        """As a gate: the connection is gone, the repeat goes on all the same."""


VERBS: dict[type, Callable[[Any, Rule, Frame, Any], bool]] = {
    Watch: _watch,
    Hold: _hold,
    Delay: _delay,
    Error: _error,
    ReplaceError: _replace,
    Unlist: _unlist,
    LoseAnswer: _lose,
    Disconnect: _disconnect,
    Blackhole: _blackhole,
    Save: _save,
    Repeat: _repeat,
}
