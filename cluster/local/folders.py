"""The folder of a cluster below the temporary folder: made, found again, left, swept.

A folder is alive while somebody holds its lock: whoever starts the cluster makes it and hands the
open file on to the keeper, so there is no moment in which a living folder looks dead.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from cluster.errors import ClusterError

SOCKET, PROXY, DESCRIPTION, LOCK, KEPT = "keeper.sock", "proxy.sock", "cluster.json", "lock", "kept"

#: Free space that a run needs in the temporary folder, in bytes.
SPACE_NEEDED = 512 * 1024 * 1024

#: A disk with less free space than this, in bytes, is full.
FULL = 1024 * 1024

#: Longest path of a Unix socket, in bytes (unix(7); macOS has four less).
SOCKET_PATH = 107 if sys.platform == "linux" else 103

#: A folder without lock this old, in seconds, is not being made: its maker was killed.
MAKING = 60.0


def prefix() -> str:
    return f"kafka-guarantees-{os.getuid()}-"


def parent() -> Path:
    """The temporary folder. Raises ClusterError if there is none that can be used."""
    try:
        return Path(tempfile.gettempdir()).absolute()
    except OSError as error:
        raise ClusterError(
            f"there is no temporary folder that can be written ({error.strerror}); set TMPDIR to one"
        ) from error


def make() -> tuple[Path, int]:
    """A fresh folder and the descriptor of its held lock; folders of the dead are swept.

    Raises ClusterError with what to do if there is no room or the name of the place will not do.
    """
    above = parent()
    check_name(above)
    sweep(above)
    free = shutil.disk_usage(above).free
    if free < SPACE_NEEDED:
        raise ClusterError(
            f"{above} has {free // 2**20} MiB free, and a cluster needs {SPACE_NEEDED // 2**20} MiB: "
            "make room, or set TMPDIR to a folder with more"
        )
    try:
        folder = Path(tempfile.mkdtemp(prefix=prefix(), dir=above))
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        (folder / "logs").mkdir()
    except OSError as error:
        raise ClusterError(
            f"no folder can be made in {above} ({error.strerror}); set TMPDIR to a folder that can be written"
        ) from error
    return folder, lock


def lack_of_room(folder: Path) -> str:
    """A line that says so if the disk is full: a node may not even have been able to log it."""
    full = shutil.disk_usage(folder).free < FULL
    return f"\n  No space left on the disk of {folder}: make room, or set TMPDIR" if full else ""


def check_name(above: Path) -> None:
    """Refuse a place whose sockets could not be opened, or that Kafka would take for two."""
    longest = above / f"{prefix()}12345678" / SOCKET
    if len(os.fsencode(longest)) > SOCKET_PATH:
        raise ClusterError(
            f"the path {above} is too long: sockets in it would have over {SOCKET_PATH} bytes; "
            "set TMPDIR to a shorter one, such as /tmp"
        )
    if "," in str(above) or not str(above).isprintable():
        raise ClusterError(
            f"Kafka cannot keep data in {str(above)!r}, for a comma divides folders in its settings; "
            "set TMPDIR to a folder with a plain name"
        )


def standing() -> list[Path]:
    """The folders of clusters that are up, newest first."""
    found = [file.parent for file in parent().glob(f"{prefix()}*/{SOCKET}") if alive(file.parent)]
    return sorted(found, key=lambda folder: folder.stat().st_mtime, reverse=True)


def detached() -> list[Path]:
    """The folders of standing clusters that belong to no running test run."""
    return [folder for folder in standing() if json.loads((folder / DESCRIPTION).read_text())["detached"]]


def alive(folder: Path) -> bool:
    """Whether somebody holds the lock of a folder."""
    try:
        with (folder / LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def leave(folder: Path, keep: bool) -> None:
    """Remove a folder whose cluster has ended, or mark it as one to keep."""
    if keep and folder.is_dir():
        (folder / KEPT).touch()
        for name in (SOCKET, PROXY, LOCK):
            (folder / name).unlink(missing_ok=True)
    else:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(above: Path) -> list[Path]:
    """Remove the folders whose keepers were killed, but none that was to be kept."""
    removed = []
    for folder in above.glob(f"{prefix()}*"):
        if not (folder / KEPT).exists() and not alive(folder) and abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder)
    return removed


def abandoned(folder: Path) -> bool:
    """Whether a folder that nobody holds is left over, not just being made by somebody."""
    try:
        return (folder / LOCK).exists() or time.time() - folder.stat().st_mtime > MAKING
    except OSError:  # it went away meanwhile
        return False
