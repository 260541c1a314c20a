"""What is copied to the machines, so that nothing is downloaded there: Kafka's jars and a Java runtime.

Each is one tar file in the cache, the same bytes whoever packs it: copying a file is quick, copying a
hundred is not.
"""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cluster import maven
from cluster.java import Java
from cluster.release import Release

#: Parts of a Java runtime that nothing needs which only runs.
LEFT_OUT = {"jmods", "include", "man", "demo", "legal", "docs", "src.zip"}

Say = Callable[[str], None]


@dataclass(frozen=True)
class Bundle:
    """A tar file, and the folder below /opt that it becomes on a machine."""

    archive: Path
    folder: str

    def plain(self) -> dict[str, str]:
        return {"archive": str(self.archive), "folder": self.folder}


def kafka(release: Release, say: Say) -> Bundle:
    """The jars of a release."""
    return bundle(release.mark, release.jars, say)


def java(runtime: Java, say: Say) -> Bundle:
    """The Java runtime that the embedded cluster would use, links in it resolved."""
    home = runtime.executable.resolve().parents[1]
    mark = hashlib.sha256(f"{home} {runtime.version}".encode()).hexdigest()[:8]
    return bundle(f"java-{runtime.version}-{mark}", home, say)


def bundle(name: str, folder: Path, say: Say) -> Bundle:
    """``folder`` packed as ``name``, made on first use."""

    def fill(made: Path) -> None:
        say(f"packing {name} for the machines (once)")
        with tarfile.open(made / "bundle.tar", "w", dereference=True) as archive:
            for file in files(folder):
                archive.add(file, str(file.relative_to(folder)), recursive=False, filter=anonymous)

    return Bundle(maven.keep(f"bundles/{name}", fill) / "bundle.tar", name)


def files(folder: Path) -> Iterator[Path]:
    """Folders and files below, sorted, without the parts that are left out and links that lead nowhere."""
    for file in sorted(folder.rglob("*")):
        if LEFT_OUT.isdisjoint(file.relative_to(folder).parts) and file.exists():
            yield file


def anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without what differs from one checkout or user to another."""
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.mtime = 0
    member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
    return member
