"""The figures of the design, each beside its aim: ``python -m tests.bench``, under two minutes."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from tests.bench import bench_cluster, bench_failover, bench_history, bench_proxy, bench_sink
from tests.bench.figures import Figure, machine, table

JUDGED = 1_000_000


def figures() -> Iterator[Figure]:
    start, cluster = bench_cluster.starts(bench_cluster.ready())
    try:
        yield start
        yield bench_cluster.whole_again(cluster)
        yield bench_cluster.client_process(cluster)
        yield from bench_proxy.figures(cluster)
        yield from bench_sink.figures(cluster)
        yield from bench_failover.figures(cluster)
    finally:
        cluster.down()
    yield from judging()


def judging() -> Iterator[Figure]:
    tenth, whole = (bench_history.measured(records) for records in (JUDGED // 10, JUDGED))
    beside = f"a tenth of them: {tenth['judged']:.2f} s (10 is in proportion)"
    seconds = whole["judged"]
    yield Figure(
        "judging 1,000,000 records", seconds, "s", 1.0, beside=beside, ratio=seconds / tenth["judged"]
    )
    beside = f"a tenth of them: {tenth['mebibytes']:.0f} MiB"
    mebibytes = whole["mebibytes"]
    yield Figure("its memory", mebibytes, "MiB", 100.0, beside=beside, ratio=mebibytes / tenth["mebibytes"])


def main() -> int:
    """Print the table; the exit code is 0 whatever the figures are, for they hang on the machine."""
    begun, before = time.monotonic(), machine()
    found = []
    for figure in figures():
        print(f"{figure.what}: {figure.measured:.4g} {figure.unit}", file=sys.stderr, flush=True)
        found.append(figure)
    print(table(found))
    print(f"\nmeasured in {time.monotonic() - begun:.0f} s; before: {before}; after: {machine()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
