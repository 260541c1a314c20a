"""A process that starts a cluster and owns it: ``python -m tests.cluster.starter [VERSION]``.

It prints the folder once the cluster is ready, and ends it when its input closes.
"""

from __future__ import annotations

import sys

from cluster import java, release
from cluster.local import embedded, prepared


def main() -> None:
    chosen = release.resolve(sys.argv[1] if sys.argv[1:] else release.DEFAULT)
    cluster = embedded.start(prepared.prepare(chosen, java.find(chosen.java_needed)))
    print(cluster.folder, flush=True)
    sys.stdin.read()
    cluster.down()


if __name__ == "__main__":
    main()
