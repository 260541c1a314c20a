"""The image that the docker provider runs machines from: Debian with systemd and ssh.

Its base is Debian's own image where that can be pulled; where no image registry is reached,
``debootstrap`` makes one from the mirror that this machine's own apt uses.  Only the base differs.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from cluster import debian
from cluster.errors import ClusterError
from cluster.vagrant import commands, plan

BASE, SUITE = "debian:bookworm", "bookworm"
LOCAL_BASE = "kafka-guarantees/debian:bookworm"
FOLDER = plan.HERE / "image"
RECIPE = "kafka-guarantees.recipe"  # a label
MAKE = "python -m cluster.vagrant image"

#: Longest waits, in seconds: for an image to be pulled, for a base to be packed, for the image to be built.
PULL, PACK, BUILD = 300.0, 300.0, 600.0

Say = Callable[[str], None]


def ensure(name: str, say: Say) -> None:
    """Make the image ``name`` if it is our own and not here as it would be made now. Raises ClusterError."""
    require_docker()
    if name != plan.IMAGE:
        commands.run(["docker", "image", "inspect", name], 30, f"look for the image {name}")
        return
    if label_of(name) == recipe():
        return
    base = ensure_base(say)
    say("building the image of the machines (once)")
    command = ["docker", "build", "-q", "-t", name, "--build-arg", f"BASE={base}"]
    commands.run([*command, "--label", f"{RECIPE}={recipe()}", str(FOLDER)], BUILD, "build the image")


def require_docker() -> None:
    """Raises ClusterError unless a Docker engine answers."""
    commands.require(
        "docker", "install Docker, or choose another provider: KAFKA_GUARANTEES_PROVIDER=libvirt"
    )
    commands.run(
        ["docker", "version"], 30, "reach the Docker engine", hint="is it running, and may you use it?"
    )


def label_of(name: str) -> str | None:
    """What the image was made of; None if it is not here."""
    asked = ["docker", "image", "inspect", "-f", f'{{{{index .Config.Labels "{RECIPE}"}}}}', name]
    done = subprocess.run(asked, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


def recipe() -> str:
    """Tells one state of the Dockerfile and what goes with it from any other."""
    parts = [file.read_bytes() for file in sorted(FOLDER.iterdir()) if file.is_file()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def ensure_base(say: Say) -> str:
    """The name of a base image that is here."""
    for name in (BASE, LOCAL_BASE):
        if label_of(name) is not None:
            return name
    say(f"pulling the image {BASE}")
    try:
        commands.run(["docker", "pull", "-q", BASE], PULL, f"pull {BASE}")
        return BASE
    except ClusterError:
        say(f"{BASE} cannot be pulled; making a small Debian with debootstrap (once, half a minute)")
    make_base()
    return LOCAL_BASE


def make_base() -> None:
    """Debian's smallest system, as Docker's base image. Needs root. Raises ClusterError."""
    with tempfile.TemporaryDirectory(prefix="kafka-guarantees-base-") as room:
        root = Path(room) / "root"
        debian.bootstrap(root, SUITE, MAKE, instead=BASE)
        packed = Path(room) / "base.tar"
        tar = ["tar", "--numeric-owner", "-C", str(root), "-cf", str(packed), "."]
        commands.run(tar, PACK, "pack it")
        commands.run(["docker", "import", str(packed), LOCAL_BASE], PACK, "give it to Docker")
