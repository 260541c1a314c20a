"""Commands on the machines, over ssh; one connection to each machine serves them all."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import ClusterError
from cluster.processes import die_with_parent

#: Longest wait for a command that does little, in seconds.
PATIENCE = 60.0

#: The exit code of ssh itself when it did not reach the machine (ssh(1)).
UNREACHED = 255


@dataclass(frozen=True)
class Shell:
    """A way to run commands on the machine ``name``."""

    name: str
    config: Path

    def command(self, script: str, root: bool = True) -> list[str]:
        """The command line of this machine that runs a shell script there."""
        there = f"sudo -n sh -c {shlex.quote(script)}" if root else script
        return ["ssh", "-F", str(self.config), self.name, there]

    def run(self, script: str, *, root: bool = True, within: float = PATIENCE) -> str:
        """What a script prints; it has to succeed. Raises ClusterError naming the machine."""
        return self.result(script, root=root, within=within).decode(errors="replace")

    def result(
        self, script: str, *, root: bool = True, within: float = PATIENCE, given: bytes = b""
    ) -> bytes:
        """The same as bytes; ``given`` is its standard input."""
        done = self.tried(script, root=root, within=within, given=given)
        if done.returncode != 0:
            words = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
            raise ClusterError(f"{self.name}: {script.splitlines()[0]}: {words}\ntry: {self.by_hand()}")
        return done.stdout

    def tried(
        self, script: str, *, root: bool = True, within: float = PATIENCE, given: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        """A script that may fail. Raises ClusterError only if the machine is not reached."""
        try:
            done = subprocess.run(
                self.command(script, root),
                input=given,
                capture_output=True,
                timeout=within,
                preexec_fn=die_with_parent(),
            )
        except subprocess.TimeoutExpired as error:
            raise ClusterError(
                f"{self.name} did not end within {within:g} s: {script.splitlines()[0]}\ntry: {self.by_hand()}"
            ) from error
        if done.returncode == UNREACHED:
            words = done.stderr.decode(errors="replace").strip()
            raise ClusterError(
                f"ssh does not reach {self.name}: {words}\ntry: {self.by_hand()}; "
                "start it again with: python -m cluster.vagrant up"
            )
        return done

    def by_hand(self) -> str:
        return f"ssh -F {self.config} {self.name}"
