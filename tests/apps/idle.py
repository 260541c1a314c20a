"""A program that does nothing for ever, or ends as it is told to."""

import signal
import sys


def main() -> int:
    if len(sys.argv) == 1:
        signal.pause()
    print("said")
    print("warned", file=sys.stderr)
    how = sys.argv[1]
    if how == "raise":
        raise ValueError("as it was told")
    if how == "words":
        sys.exit("no such option")
    if how == "exit":
        sys.exit(int(sys.argv[2]))
    return int(sys.argv[2])
