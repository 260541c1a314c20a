"""The log of a replica on a machine: read there with Kafka's dump tool, or copied from there."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import ClusterError
from cluster.segments import PATIENCE, Batch, Segment, by_file
from cluster.vagrant.ssh import Shell


@dataclass(frozen=True)
class RemoteSegment(Segment):
    """``folder`` is on the machine, and ``tool`` the class that ``kafka-run`` runs there.

    ``copies`` is where its files are copied to when somebody asks for them.
    """

    shell: Shell
    copies: Path

    apart = True

    @property
    def files(self) -> list[Path]:
        """Copies of the log files as they are now. Raises ClusterError if the machine is not reached."""
        self.copies.mkdir(parents=True, exist_ok=True)
        found = []
        rest = self.shell.result(f"cd {shlex.quote(str(self.folder))} 2>/dev/null || exit 0; {LOGS}")
        while rest:
            name, size, rest = rest.split(b"\n", 2)
            copy = self.copies / name.decode()
            copy.write_bytes(rest[: int(size)])
            found.append(copy)
            rest = rest[int(size) :]
        return sorted(found)

    def batches(self) -> list[Batch]:
        """All batches, oldest first. Raises ClusterError with the tool's own words."""
        folder = shlex.quote(str(self.folder))
        script = f"cd {folder} && kafka-run {self.tool[0]} --files $(ls *.log | paste -sd, -)"
        done = self.shell.tried(script, within=PATIENCE)
        if done.returncode != 0:
            raise ClusterError(
                f"Kafka's dump tool failed on {self.shell.name}:\n{done.stderr[-2000:].decode()}"
            )
        found = by_file(done.stdout.decode(errors="replace"))
        return [batch for file in sorted(found) for batch in found[file]]


#: Each file as its name, its size and so many bytes; it may grow meanwhile.
LOGS = """for file in *.log; do
  [ -f "$file" ] || continue
  size=$(stat -c %s "$file"); printf '%s\\n%s\\n' "$file" "$size"; head -c "$size" "$file"
done"""
