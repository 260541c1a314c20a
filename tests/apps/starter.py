"""Starts the idle program as scenarios start theirs, tells its pid and waits: ``python -m tests.apps.starter``."""

import os
import subprocess
import sys

if __name__ == "__main__":
    command = [sys.executable, "-m", "fixtures._launch", str(os.getpid()), "tests.apps.idle"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        program.stdout.readline()
        print(program.pid, flush=True)
        program.wait()
