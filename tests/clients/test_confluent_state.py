"""A confluent-kafka member that does not come into its group says in its log what it waits for."""

from __future__ import annotations

import json
from pathlib import Path

from clients import CONFLUENT, ClientPool
from clients.confluent_state import EVERY_MS, told
from cluster.waiting import eventually


def test_a_member_that_is_in_its_group_says_nothing() -> None:
    assert told("x", json.dumps({"cgrp": {"state": "up", "join_state": "steady"}, "brokers": {}})) is None
    assert told("x", json.dumps({"brokers": {}})) is None


def test_what_was_asked_and_is_unanswered_is_told() -> None:
    broker = {"name": "b:1/1", "state": "UP", "outbuf_cnt": 1, "waitresp_cnt": 2, "req": {"Metadata": 2, "Fetch": 0}}
    group = {"state": "up", "join_state": "wait-metadata"}
    line = told("x", json.dumps({"cgrp": group, "brokers": {"b": broker}}))
    assert line is not None and line.startswith("%6|") and "|WAITS|x| " in line
    assert line.endswith("coordinator: up, join: wait-metadata; b:1/1 UP (3 unanswered; Metadata 2)")


def test_a_member_that_reaches_nobody_waits_for_a_coordinator(tmp_path: Path) -> None:
    with ClientPool(tmp_path, "127.0.0.1:1", "tests") as pool:
        member = pool.consumer(CONFLUENT, {"group.id": "g"})
        member.subscribe(["t"])
        log = tmp_path / "consumer-1.log"

        def waits() -> bool:
            member.poll(1)
            return "|WAITS|" in log.read_text(encoding="utf-8")

        eventually(waits, 6 * EVERY_MS / 1000, "a line that says what it waits for")
        member.kill()
    assert "|WAITS|tests.consumer-1| coordinator: query-coord, join: init; " in log.read_text(encoding="utf-8")
