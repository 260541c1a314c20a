"""Running the tools of this machine: Docker, Vagrant, Ansible, ssh."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from cluster.errors import ClusterError
from cluster.processes import die_with_parent

#: So many of the last lines of a command's output say what went wrong.
MOST = 15


def require(tool: str, advice: str) -> str:
    """The path of a tool. Raises ClusterError with the advice if it is not installed."""
    found = shutil.which(tool)
    if found is None:
        raise ClusterError(f"{tool} is not installed: {advice}")
    return found


def run(
    command: Sequence[str],
    within: float,
    what: str,
    *,
    environment: Mapping[str, str] | None = None,
    hint: str = "",
    log: Path | None = None,
) -> str:
    """The output of a command that has to succeed; all that it says goes to ``log`` as well.

    ``within`` is in seconds, ``what`` completes "could not". Raises ClusterError with the last words
    of the command and the ``hint``.
    """
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=within,
            env=environment,
            stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent(),
        )
    except subprocess.TimeoutExpired as error:
        raise ClusterError(failure(what, f"no end in {within:g} s", hint, log)) from error
    except OSError as error:
        raise ClusterError(failure(what, str(error), hint, log)) from error
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout + done.stderr)
    if done.returncode != 0:
        raise ClusterError(failure(what, last_words(done.stdout + done.stderr), hint, log))
    return done.stdout


def failure(what: str, words: str, hint: str, log: Path | None) -> str:
    """What could not be done, why, and what to try."""
    told = f"could not {what}:\n{words}"
    if log is not None:
        told += f"\nall of it: {log}"
    return f"{told}\n{hint}" if hint else told


def last_words(output: str) -> str:
    """The end of what a command said; what Vagrant says to machines is made readable."""
    told = [line.split(",", 4)[-1] for line in output.splitlines() if ",error-exit," in line]
    if told:
        output = told[-1].replace("\\n", "\n").replace("%!(VAGRANT_COMMA)", ",")
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    return "\n".join(f"  {line}" for line in lines[-MOST:])
