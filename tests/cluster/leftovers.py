"""What a cluster is made of while it lives: its processes and where they listen. Linux only."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from cluster.local import folders

LISTEN = "0A"  # state of a socket in /proc/net/tcp


def processes(room: Path) -> dict[int, str]:
    """JVMs, proxies and keepers of clusters below ``room``: pid and command line, zombies left out."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (words := command(entry)) and f"{room}/" in words:
            found[int(entry.name)] = words
    for pid in list(found):
        parent = parent_of(pid)
        words = command(Path("/proc") / str(parent)) if parent else ""
        if "cluster.local.keeper" in words:
            found[parent] = words
    return found


def keeper(room: Path) -> int:
    """The process that keeps the one cluster below ``room``."""
    (pid,) = (pid for pid, words in processes(room).items() if "cluster.local.keeper" in words)
    return pid


def command(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:  # it ended meanwhile
        return ""


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def left(room: Path) -> str:
    """What is left of clusters below ``room``, in words; empty if nothing is."""
    names = [folder.name for folder in room.glob(f"{folders.prefix()}*")]
    return ", ".join([*names, *(words[-80:] for words in processes(room).values())])


def listening(pids: Iterable[int]) -> set[tuple[str, int]]:
    """Addresses and ports at which processes listen; addresses as hexadecimal digits of the kernel."""
    sockets = set()
    for pid in pids:
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            try:
                sockets.add(os.readlink(entry))
            except OSError:  # closed meanwhile
                continue
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTEN and f"socket:[{fields[9]}]" in sockets:
                address, _, port = fields[1].partition(":")
                found.add((address, int(port, 16)))
    return found
