"""A process that starts a MySQL server and owns it: ``python -m tests.mysql.starter IMAGE``.

It prints the server's folder once it is ready, and ends it when its input closes.
"""

from __future__ import annotations

import sys

from cluster.mysql import starting


def main() -> None:
    begun = starting.start(sys.argv[1])
    print(begun.ready().folder, flush=True)
    sys.stdin.read()
    begun.end()


if __name__ == "__main__":
    main()
