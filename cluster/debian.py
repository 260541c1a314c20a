"""A small Debian as the base of an image, where no registry of images is reached.

``debootstrap`` makes it from the mirror that this machine's own apt uses.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from cluster.errors import ClusterError

#: Where apt's sources stand: one-line files and the newer form (sources.list(5)).
SOURCES = ("sources.list.d/*.sources", "sources.list", "sources.list.d/*.list")
MIRROR = re.compile(r"^(?:URIs:\s*|deb\s+(?:\[[^]]*\]\s+)?)(\S+?)/?(?:\s|$)", re.MULTILINE)

#: So many of the last lines of debootstrap say what went wrong.
LAST_LINES = 12


def bootstrap(root: Path, suite: str, command: str, instead: str) -> None:
    """The smallest Debian of a suite below ``root``, without what was downloaded for it; some 30 seconds.

    Raises ClusterError, with what to do: only root can, who is told the ``command`` to try; the image
    ``instead`` will do as well.
    """
    require_debian(instead)
    source = mirror(instead)
    if os.geteuid() != 0:
        raise ClusterError(f"only root can make the base of the image: sudo {command}")
    if shutil.which("debootstrap") is None:
        raise ClusterError("debootstrap is not installed: Debian and Ubuntu have it in the package debootstrap")
    done = subprocess.run(
        ["debootstrap", "--variant=minbase", suite, str(root), source],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        words = "\n".join(done.stdout.splitlines()[-LAST_LINES:])
        raise ClusterError(f"debootstrap could not make a Debian:\n{words}")
    for file in [*root.glob("var/cache/apt/archives/*.deb"), *root.glob("var/lib/apt/lists/*_*")]:
        file.unlink()
    take_over_checks(root)


def require_debian(instead: str) -> None:
    """Raises ClusterError on another system, whose mirror has other suites."""
    try:
        system = platform.freedesktop_os_release().get("ID", "")
    except OSError:
        system = platform.system()
    if system != "debian":
        raise ClusterError(f"the base of an image can be made on Debian only, and this is {system}; {elsewhere(instead)}")


def mirror(instead: str, apt: Path = Path("/etc/apt")) -> str:
    """Where this machine's apt has its packages from. Raises ClusterError if that is not told."""
    for pattern in SOURCES:
        for file in sorted(apt.glob(pattern)):
            if found := MIRROR.search(file.read_text(errors="replace")):
                return found[1]
    raise ClusterError(f"no mirror of Debian is named in {apt}; {elsewhere(instead)}")


def elsewhere(image: str) -> str:
    return f"fetch {image} elsewhere, and bring it here with docker save and docker load"


def take_over_checks(root: Path) -> None:
    """A mirror that stands still has lists that are past their date; what this machine overlooks, its image does."""
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False).stdout
    checks = [line for line in dump.splitlines() if line.startswith("Acquire::Check-")]
    (root / "etc/apt/apt.conf.d/99host").write_text("".join(f"{line}\n" for line in checks))
