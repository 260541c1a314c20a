"""A program that does nothing for ever: ``python -m tests.apps.idle``."""

import signal

if __name__ == "__main__":
    print("up", flush=True)
    signal.pause()
