"""What a member of a group waits for, in librdkafka's own words."""

from __future__ import annotations

import json
import time
from typing import Any

#: How often librdkafka tells its state, in ms.
EVERY_MS = 5000


def told(client_id: str, statistics: str) -> str | None:
    """A line for the client's log, like librdkafka's own, about a member that is in no group; None for one that is.

    ``statistics`` is what librdkafka hands to its stats_cb (STATISTICS.md, "cgrp" and "brokers").
    """
    state = json.loads(statistics)
    group = state.get("cgrp", {})
    if group.get("join_state") in (None, "steady"):
        return None
    brokers = ", ".join(_broker(one) for one in state.get("brokers", {}).values())
    words = f"coordinator: {group.get('state')}, join: {group['join_state']}; {brokers}"
    return f"%6|{time.time():.3f}|WAITS|{client_id}| {words}"


def _broker(state: dict[str, Any]) -> str:
    asked = " ".join(f"{api} {count}" for api, count in state.get("req", {}).items() if count)
    unanswered = state.get("outbuf_cnt", 0) + state.get("waitresp_cnt", 0)  # not sent yet, and sent
    return f"{state.get('name')} {state.get('state')} ({unanswered} unanswered; {asked})"
