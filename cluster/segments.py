"""A replica's log as Kafka's own dump tool reads it: batch headers that no consumer ever shows."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import ClusterError

#: Longest wait for the tool, in seconds; a JVM of its own each time.
PATIENCE = 60


@dataclass(frozen=True)
class Batch:
    """The header of a record batch (implementation guide, "Message Format")."""

    base_offset: int
    last_offset: int
    count: int
    producer_id: int  # -1: not idempotent
    producer_epoch: int
    base_sequence: int
    last_sequence: int
    leader_epoch: int
    is_transactional: bool
    is_control: bool
    compression: str
    crc: int
    is_valid: bool


@dataclass(frozen=True)
class Segment:
    """The log of one replica: ``folder`` is the partition's folder below a broker's log directory."""

    folder: Path
    tool: Sequence[str]  # the command line of org.apache.kafka.tools.DumpLogSegments

    #: Whether it lies on a machine of its own, where the tool runs as well.
    apart = False

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*.log"))

    def batches(self) -> list[Batch]:
        """All batches, oldest first. Raises ClusterError with the tool's own words."""
        return dump([self])[0]


def dump(replicas: Sequence[Segment]) -> list[list[Batch]]:
    """The batches of several replicas with one run of the tool, which is a JVM of its own."""
    if any(replica.apart for replica in replicas):
        with ThreadPoolExecutor() as together:
            return list(together.map(lambda replica: replica.batches(), replicas))
    files = [file for replica in replicas for file in replica.files]
    if not files:
        return [[] for _ in replicas]
    command = [*replicas[0].tool, "--files", ",".join(map(str, files))]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise ClusterError(f"Kafka's dump tool gave no answer in {PATIENCE} s") from error
    if done.returncode != 0:
        raise ClusterError(f"Kafka's dump tool failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    found = by_file(done.stdout)
    return [[batch for file in replica.files for batch in found.get(str(file), [])] for replica in replicas]


def by_file(output: str) -> dict[str, list[Batch]]:
    """What the tool has told of each file, by its path."""
    found: dict[str, list[Batch]] = {}
    current = ""
    for line in output.splitlines():
        if line.startswith("Dumping "):
            current = line.removeprefix("Dumping ")
        elif line.startswith("baseOffset:"):
            found.setdefault(current, []).append(parse(line))
    return found


def parse(line: str) -> Batch:
    """One line of the dump tool: "baseOffset: 0 lastOffset: 9 count: 10 baseSequence: 0 …"."""
    told = dict(re.findall(r"(\w+): (\S+)", line))
    return Batch(
        base_offset=int(told["baseOffset"]),
        last_offset=int(told["lastOffset"]),
        count=int(told["count"]),
        producer_id=int(told["producerId"]),
        producer_epoch=int(told["producerEpoch"]),
        base_sequence=int(told["baseSequence"]),
        last_sequence=int(told["lastSequence"]),
        leader_epoch=int(told["partitionLeaderEpoch"]),
        is_transactional=told["isTransactional"] == "true",
        is_control=told["isControl"] == "true",
        compression=told.get("compresscodec", "none"),
        crc=int(told["crc"]),
        is_valid=told.get("isvalid", "true") == "true",
    )
