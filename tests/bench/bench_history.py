"""How long it takes to judge a long history, and how much memory that needs.

The work is done in a process of its own, so that the memory measured is only this: interpreter,
history and judging. Run it as ``python -m tests.bench.bench_history [records]``.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from history.events import INVOKE, OK, Event, value_of
from history.judge import EXACTLY_ONCE_IN_ORDER, HELD, detect, judge
from history.record import History

ROOT = Path(__file__).parents[2]
PARTITIONS, IN_FLIGHT, POLLED = 3, 5, 500


def producing(records: int, client: str = "producer-1") -> Iterator[Event]:
    """Sends with some in flight at any time, acknowledged in order, round robin over the partitions."""
    for number in range(records + IN_FLIGHT):
        if number < records:
            value = value_of(client, number)
            yield Event(number * 1e-4, client, number, "send", INVOKE, "orders", value=value)
        if (done := number - IN_FLIGHT) >= 0:
            yield Event(
                number * 1e-4 + 5e-5,
                client,
                done,
                "send",
                OK,
                "orders",
                done % PARTITIONS,
                value_of(client, done),
                offset=done // PARTITIONS,
            )


def consuming(records: int, client: str = "reader-1", writer: str = "producer-1") -> Iterator[Event]:
    """A final read in polls of 500 records, from each partition in turn."""
    t = records * 1e-4 + 1.0
    op = 0
    for partition in range(PARTITIONS):
        mine = range(partition, records, PARTITIONS)
        for first in range(0, len(mine), POLLED):
            t, op = t + 1e-3, op + 1
            rows: list[tuple[int, int, str | None, int]] = [
                (partition, offset, value_of(writer, mine[offset]), mine[offset] + 1)
                for offset in range(first, min(first + POLLED, len(mine)))
            ]
            yield Event(t, client, op, "poll", INVOKE)
            yield Event(t + 5e-4, client, op, "poll", OK, "orders", records=rows)
        yield Event(t, client, op + 1, "final-read", OK, "orders", partition, offset=len(mine))
        op += 1


def everything(records: int) -> Iterator[Event]:
    yield from producing(records)
    yield from consuming(records)


def write(records: int, folder: Path) -> None:
    for name, events in (("producer-1", producing(records)), ("reader-1", consuming(records))):
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(event.line() + "\n" for event in events)


def peak() -> float:
    """The most memory this process ever had, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux's getrusage counts what the parent had before the exec as well
        told = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(told.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1024**2 if sys.platform == "darwin" else most / 1024


def measure(records: int, folder: str | None) -> dict[str, float]:
    """Judge ``records`` records, built in memory or read from a folder: seconds and MiB."""
    began = time.perf_counter()
    history = History.read(folder) if folder else History.of(everything(records))
    built = time.perf_counter()
    findings = detect(history)
    verdict = judge(findings, EXACTLY_ONCE_IN_ORDER, floor=records)
    judged = time.perf_counter()
    if verdict.word != HELD or findings.numbers["read"] != records:
        raise AssertionError(f"a good history was judged {verdict.word}: {verdict.reason}")
    return {"built": built - began, "judged": judged - built, "mebibytes": peak()}


def measured(records: int, folder: str | None = None) -> dict[str, float]:
    """:func:`measure` in a fresh process."""
    command = [
        sys.executable,
        "-m",
        "tests.bench.bench_history",
        "--measure",
        str(records),
        *([folder] if folder else []),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def main(records: int = 1_000_000) -> dict[str, float]:
    """Print two lines and return the figures in seconds and MiB."""
    memory = measured(records)
    with tempfile.TemporaryDirectory() as folder:
        write(records, Path(folder))
        files = measured(records, folder)
    print(f"judge {records:,} records: {memory['judged']:.1f} s, {memory['mebibytes']:.0f} MiB")
    print(
        f"read them from files first: {files['built']:.1f} s, {files['mebibytes']:.0f} MiB in all"
        f" (taken in from events in memory: {memory['built']:.1f} s)"
    )
    return {
        "history.judge.seconds": memory["judged"],
        "history.judge.mebibytes": memory["mebibytes"],
        "history.take_in.seconds": memory["built"],
        "history.read.seconds": files["built"],
        "history.read.mebibytes": files["mebibytes"],
    }


if __name__ == "__main__":
    if "--measure" in sys.argv:
        print(json.dumps(measure(int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)))
    else:
        main(*(int(given) for given in sys.argv[1:]))
