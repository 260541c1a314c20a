"""Which lines of a broker's log belong to the story of a failure."""

from __future__ import annotations

from datetime import datetime

from fixtures.logs import MOST, that_matter

SINCE = datetime(2026, 11, 25, 4, 49, 20)


def line(second: float, level: str, text: str) -> str:
    return f"[2026-11-25T04:49:{second:06.3f}] {level} {text} (Partition)"


def test_warnings_since_the_scenario_began() -> None:
    lines = [line(19.9, "WARN", "before"), line(20.1, "INFO", "all is well"), line(20.2, "ERROR", "after")]
    assert that_matter(lines, SINCE, "idm-1-abc") == [lines[2]]


def test_what_is_said_of_its_own_topic_and_its_leaders() -> None:
    own = line(21, "INFO", "[Partition idm-1-abc-0 broker=1] ISR updated to 1,2")
    other = line(21, "INFO", "[Partition idm-1-xyz-0 broker=1] ISR updated to 1,2")
    idle = line(21, "INFO", "Created log for partition idm-1-abc-0")
    assert that_matter([own, other, idle, "  at some.Frame(File.java:1)"], SINCE, "idm-1-abc") == [own]


def test_the_last_ones_are_told() -> None:
    lines = [line(30 + number, "WARN", str(number)) for number in range(20)]
    assert that_matter(lines, SINCE, "x") == lines[-MOST:]


def test_what_is_said_twice_or_always_is_not_told() -> None:
    lines = [line(21, "WARN", "no connection"), line(22, "WARN", "no connection")]
    lines += [line(23, "INFO", "[Broker id=1] Skipped the become-leader state change for idm-1-abc-0, ISR")]
    assert that_matter(lines, SINCE, "idm-1-abc") == lines[:1]
