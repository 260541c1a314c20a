"""Jars by way of Maven: what a small checked-in ``pom.xml`` names, kept whole in the user's cache.

Checksums, mirrors and the download cache come with Maven.  A folder of ours is complete or not
there at all: it is filled under another name and renamed, so a download that breaks half-way
leaves nothing that the next run could mistake for a release, and two runs may do it at once.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cluster.errors import ClusterError
from cluster.processes import die_with_parent

#: Longest wait for Maven, in seconds. It reports its own progress to the network, not to us.
PATIENCE = 600

#: A folder that somebody began to fill longer ago than this, in seconds, belongs to a killed run.
ABANDONED = 3600


def cache_folder() -> Path:
    """Where everything is kept that is made or fetched once (XDG Base Directory Specification)."""
    named = os.environ.get("KAFKA_GUARANTEES_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "kafka-guarantees"


def keep(name: str, fill: Callable[[Path], None]) -> Path:
    """The cached folder ``name``, made by ``fill(empty folder)`` unless it is there already.

    Raises ClusterError if the cache cannot be written.
    """
    whole = cache_folder() / name
    if whole.is_dir():
        return whole
    try:
        whole.parent.mkdir(parents=True, exist_ok=True)
        remove_abandoned(whole.parent)
        started = Path(tempfile.mkdtemp(prefix=f".{whole.name}.", dir=whole.parent))
    except OSError as error:
        raise ClusterError(
            f"the cache {whole.parent} cannot be written ({error.strerror}); "
            "set KAFKA_GUARANTEES_CACHE to a folder that can"
        ) from error
    try:
        fill(started)
        started.chmod(0o755)
        try:
            started.rename(whole)
        except OSError:
            if not whole.is_dir():  # another run was first, and its folder is as good as ours
                raise
    except OSError as error:
        raise ClusterError(f"{whole} could not be made: {error}") from error
    finally:
        shutil.rmtree(started, ignore_errors=True)
    return whole


def remove_abandoned(above: Path) -> None:
    """Remove what killed runs have left half-made."""
    for folder in above.glob(".*"):
        try:
            if time.time() - folder.stat().st_mtime > ABANDONED:
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # another run was first
            continue


def jars(pom: Path, name: str, say: Callable[[str], None] = lambda line: None) -> Path:
    """The folder ``name`` of the cache with the run-time jars of ``pom``.

    A changed pom is another folder. Raises ClusterError with Maven's own words.
    """
    mark = hashlib.sha256(pom.read_bytes()).hexdigest()[:12]

    def fill(folder: Path) -> None:
        say(f"resolving {name} with Maven")
        copy_dependencies(pom, folder)

    return keep(f"jars/{name}-{mark}", fill)


def copy_dependencies(pom: Path, folder: Path) -> None:
    """Let Maven copy the run-time dependencies of ``pom`` to ``folder``."""
    maven = shutil.which("mvn")
    if maven is None:
        raise ClusterError(
            "Maven (mvn) is not installed, and Kafka is resolved with it: install Maven, "
            "or name an unpacked release with --kafka-home DIR"
        )
    command = [maven, "-B", "-q", "-f", str(pom), "dependency:copy-dependencies"]
    command += [f"-DoutputDirectory={folder}", "-DincludeScope=runtime", "-Dstyle.color=never"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE, preexec_fn=die_with_parent()
        )
    except subprocess.TimeoutExpired as error:
        raise ClusterError(f"Maven gave no answer in {PATIENCE} s; try again, nothing was kept") from error
    if done.returncode != 0 or not any(folder.glob("*.jar")):
        raise ClusterError(
            f"Maven could not resolve {pom.parent.name} (nothing of it was kept; the next run starts clean):\n"
            + said(done.stdout + done.stderr)
        )


def said(output: str, most: int = 12) -> str:
    """The lines of Maven's output that say what went wrong."""
    lines = [line for line in output.splitlines() if "[ERROR]" in line and line.strip() != "[ERROR]"]
    return "\n".join(f"  {line}" for line in (lines or output.splitlines())[:most])
