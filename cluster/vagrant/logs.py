"""The nodes' logs as they grow, in files of this machine: what a run looks at lies where it always does."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from cluster.processes import die_with_parent
from cluster.vagrant.plan import LOGS
from cluster.vagrant.ssh import Shell


class Followers:
    """Follows the log of each node, from now on, into ``folder``; ends with this process."""

    def __init__(self, folder: Path, nodes: Mapping[str, Shell]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._running = []
        for name, shell in nodes.items():
            log = f"{LOGS}/{name.partition('-')[0]}.log"
            with (folder / f"{name}.log").open("ab") as out:
                self._running.append(
                    subprocess.Popen(
                        shell.command(f"exec tail -n 0 -F {log} 2>/dev/null"),
                        stdin=subprocess.DEVNULL,
                        stdout=out,
                        stderr=subprocess.DEVNULL,
                        preexec_fn=die_with_parent(),
                    )
                )

    def close(self) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.wait()
