"""Starts the idle program as scenarios start theirs, tells its pid and waits: ``python -m tests.apps.starter``."""

import signal
import sys
import tempfile

from clients.spawn import fork_server

if __name__ == "__main__":
    with tempfile.TemporaryFile() as output:
        program = fork_server().run("tests.apps.idle", sys.argv[1:], [], output.fileno())
    print(program.pid, flush=True)
    signal.pause()
