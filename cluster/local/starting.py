"""Starting and ending the keeper, the process that owns a cluster."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from cluster.errors import ClusterError, PortTaken
from cluster.local import keeper

ROOT = Path(__file__).parents[2]

#: Longest wait for the keeper to end all it owns, in seconds, before it is killed.
END_PATIENCE = 15.0


def start_keeper(order: keeper.Order, lock: int, log: Path) -> subprocess.Popen[bytes]:
    """The keeper at work on ``order``; it holds the folder's ``lock`` and writes to ``log`` from here on."""
    try:
        with log.open("wb") as file:
            owner = subprocess.Popen(
                [sys.executable, "-m", "cluster.local.keeper"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                cwd=ROOT,
                pass_fds=[lock],
                start_new_session=True,  # Ctrl-C is for the caller alone; the keeper sees its pipe close
            )
    except OSError as error:
        raise ClusterError(f"the process that should keep the cluster did not start: {error}") from error
    finally:
        os.close(lock)
    assert owner.stdin is not None
    try:
        owner.stdin.write(keeper.order_line(order))
        owner.stdin.flush()
    except BrokenPipeError:  # it ended at once, which await_started tells
        pass
    return owner


def await_started(owner: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the keeper has started all processes.

    Raises ClusterError with its words, or those of its ``log``, PortTaken if a port was taken meanwhile.
    """
    assert owner.stdout is not None
    line = owner.stdout.readline()
    if not line:
        words = log.read_text(errors="replace")[-2000:]
        raise ClusterError(f"the process that should keep the cluster ended at once:\n{words}")
    message = json.loads(line)
    if message.get("taken"):
        raise PortTaken(message["error"], message["block"])
    if "error" in message:
        raise ClusterError(message["error"])


def end_keeper(owner: subprocess.Popen[bytes]) -> None:
    """Close the keeper's input, at which it ends all that it owns, and wait for it."""
    for pipe in (owner.stdin, owner.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                pass
    try:
        owner.wait(END_PATIENCE)
    except subprocess.TimeoutExpired:
        owner.kill()  # the kernel kills its children
        owner.wait()
