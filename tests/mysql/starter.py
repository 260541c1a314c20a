"""A process that has a MySQL server: ``python -m tests.mysql.starter IMAGE``, or with an option file.

With an image it owns a container, with ``existing FILE`` it uses the server that is named there.  It
prints the folder once the server is ready, and ends its use of it when its input closes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from cluster.mysql import starting
from cluster.mysql.access import Access
from cluster.mysql.existing import Attached


def main() -> None:
    if sys.argv[1] == "existing":
        begun: Attached | starting.Starting = Attached(Access.read(Path(sys.argv[2])))
    else:
        begun = starting.start(sys.argv[1])
    print(begun.ready().folder, flush=True)
    sys.stdin.read()
    begun.end()


if __name__ == "__main__":
    main()
