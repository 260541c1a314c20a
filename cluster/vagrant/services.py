"""Brokers and controllers as services of their machines, handled over ssh."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping
from typing import Any

from cluster import interface
from cluster.errors import ClusterError
from cluster.local import settings
from cluster.vagrant.ssh import Shell

#: Longest wait for an orderly stop, in seconds; the service manager kills after 30.
STOP_PATIENCE = 45.0

#: What the service manager says of a unit, and whether its process is stopped (T in proc(5)).
STATE = """for unit in {units}; do
  systemctl show -p MainPID -p ExecMainStatus -p Id -p ActiveState --value $unit | tr '\\n' ' '
  pid=$(systemctl show -p MainPID --value $unit)
  sed 's/.*) //; s/ .*//' /proc/$pid/stat 2>/dev/null || echo -
done"""


class ServiceNode(interface.Node):
    """The broker or controller ``name``, such as "broker-1", which is the service ``unit`` of a machine."""

    def __init__(self, name: str, unit: str, shell: Shell) -> None:
        self.name, self.unit, self.shell = name, unit, shell

    @property
    def properties(self) -> str:
        return f"/etc/kafka/{self.name.partition('-')[0]}.properties"

    def kill(self) -> float:
        """SIGKILL; it stays dead, for the service manager is told to leave it so in the same breath."""
        return self._do(f"systemctl kill -s KILL {self.unit}; systemctl stop {self.unit}")

    def crash(self) -> float:
        """SIGKILL of its process and nothing else: what the service manager does then is its own affair."""
        return self._do(f"kill -KILL $(systemctl show -p MainPID --value {self.unit})")

    def stop(self) -> float:
        """SIGTERM, an orderly stop; returns when the process has ended."""
        return self._do(f"systemctl stop {self.unit}", STOP_PATIENCE)

    def pause(self) -> float:
        """SIGSTOP."""
        return self._do(f"systemctl kill -s STOP {self.unit}")

    def resume(self) -> float:
        """SIGCONT."""
        return self._do(f"systemctl kill -s CONT {self.unit}")

    def start(self) -> float:
        """Start it again on its own data; returns at once, see ``await_whole``."""
        return self._do(f"systemctl start --no-block {self.unit}")

    def change(self, changes: Mapping[str, str | None]) -> None:
        """Change properties for its next start; None takes one away."""
        wanted = {**self.settings(), **changes}
        kept = [settings.line(key, value) for key, value in wanted.items() if value is not None]
        self.shell.result(f"cat > {self.properties}", given="\n".join([*kept, ""]).encode())

    def settings(self) -> dict[str, str]:
        """The properties of its next start."""
        lines = self.shell.run(f"cat {self.properties}").splitlines()
        pairs = (line.replace("\\\\", "\\").split("=", 1) for line in lines if "=" in line)
        return {name: value for name, value in pairs}

    @property
    def running(self) -> bool:
        return bool(states(self.shell, {self.unit: self.name})[self.name]["running"])

    @property
    def starts(self) -> int:
        """How often the service manager has brought it back."""
        return int(self.shell.run(f"systemctl show -p NRestarts --value {self.unit}"))

    def _do(self, script: str, within: float = 30.0) -> float:
        self.shell.run(script, within=within)
        return time.monotonic()


def states(shell: Shell, names: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Running, paused, pid and exit code of the units of one machine, by the names of their nodes."""
    told = shell.run(STATE.format(units=" ".join(map(shlex.quote, names))))
    found: dict[str, dict[str, Any]] = {}
    for line, name in zip(told.splitlines(), names.values(), strict=True):
        found[name] = state(line)
    return found


def state(line: str) -> dict[str, Any]:
    """One line of what a machine was asked: pid, exit code, unit, how the unit is, how the process is."""
    try:
        pid, code, _, active, process = line.split()
        runs = active in ("active", "deactivating") and int(pid) > 0
        return {
            "running": runs,
            "paused": process == "T",
            "pid": int(pid) if runs else None,
            "exit": None if runs else int(code),
        }
    except ValueError:
        raise ClusterError(f"a machine tells of its services what nobody understands: {line!r}") from None
