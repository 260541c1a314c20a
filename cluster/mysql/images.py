"""The image that MySQL runs from: the official one, or one built here from Debian's packages.

Where no image registry is reached, ``python -m cluster.mysql image`` builds it: ``debootstrap`` makes
the smallest Debian sid, Docker imports that as a base, and the Dockerfile beside this module does the
rest.  The mirror is the one that this machine's own apt uses.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from cluster import debian
from cluster.errors import ClusterError
from cluster.mysql import engine

if TYPE_CHECKING:
    import docker

#: The official image, and the one that is built here in its place.
DEFAULT, LOCAL = "mysql:8.4", "kafka-guarantees/mysql:local"
#: What the one built here is made of.
BASE, SUITE = "kafka-guarantees/debian:sid", "sid"
FOLDER = Path(__file__).parent / "image"
RECIPE = "kafka-guarantees.recipe"  # a label
BUILD = "python -m cluster.mysql image"

Say = Callable[[str], None]


def silent(_line: str) -> None: ...


def ensure(client: docker.DockerClient, wanted: str | None = None, say: Say = silent) -> str:
    """The name of an image that is here: ``wanted``, or else the official one or the one built here.

    What is not here is pulled. Raises ClusterError, with what to do, if that cannot be.
    """
    for name in [wanted] if wanted else [DEFAULT, LOCAL]:
        if present(client, name):
            return name
    name = wanted or DEFAULT
    try:
        pull(client, name, say)
    except ClusterError as trouble:
        advice = "name one that is here with --database-image" if wanted else f"build one: {BUILD}"
        raise ClusterError(f"{trouble}\n{advice}") from trouble
    return name


def make(client: docker.DockerClient, say: Say = silent) -> str:
    """Pull the official image, or build one where it cannot be pulled; nothing to do where one is here."""
    if present(client, DEFAULT) or built(client):
        name = DEFAULT if present(client, DEFAULT) else LOCAL
        say(f"the image {name} is here")
        return name
    try:
        pull(client, DEFAULT, say)
        return DEFAULT
    except ClusterError as trouble:
        say(f"{trouble}; building one from Debian's packages")
    build(client, say)
    return LOCAL


def present(client: docker.DockerClient, name: str) -> bool:
    from docker.errors import ImageNotFound

    with engine.asked("look for an image"):
        try:
            client.images.get(name)
        except ImageNotFound:
            return False
    return True


def built(client: docker.DockerClient) -> bool:
    """Whether the one that is built here is here, made as it would be made now."""
    if not present(client, LOCAL):
        return False
    with engine.asked("look at an image"):
        return client.images.get(LOCAL).labels.get(RECIPE) == recipe()


def recipe() -> str:
    """Tells one state of the Dockerfile and what goes with it from any other."""
    parts = [file.read_bytes() for file in sorted(FOLDER.iterdir()) if file.is_file()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def pull(client: docker.DockerClient, name: str, say: Say) -> None:
    from docker.errors import DockerException

    say(f"pulling the image {name}")
    try:
        repository, _, tag = name.rpartition(":") if ":" in name.rpartition("/")[2] else (name, "", "latest")
        client.images.pull(repository, tag=tag)
    except DockerException as trouble:
        raise ClusterError(f"the image {name} could not be pulled: {engine.words(trouble)}") from trouble


def build(client: docker.DockerClient, say: Say) -> None:
    """Make the image from Debian's packages. Needs root and ``debootstrap``; takes under a minute."""
    if not present(client, BASE):
        with tempfile.TemporaryDirectory(prefix="kafka-guarantees-base-") as room:
            root = Path(room) / "root"
            say("fetching a small Debian (debootstrap; some 30 seconds)")
            debian.bootstrap(root, SUITE, BUILD, instead=DEFAULT)
            say("handing it to Docker")
            import_base(client, root)
    say("installing MySQL in it (some 15 seconds)")
    from docker.errors import BuildError, DockerException

    try:
        made = {RECIPE: recipe()}
        client.images.build(
            path=str(FOLDER), tag=LOCAL, buildargs={"BASE": BASE}, labels=made, rm=True, forcerm=True
        )
    except BuildError as trouble:
        said = "".join(
            str(entry.get("stream", "")) for entry in cast("list[dict[str, str]]", trouble.build_log)
        )
        raise ClusterError(f"the image could not be built: {trouble}\n{last_lines(said)}") from trouble
    except DockerException as trouble:
        raise ClusterError(f"the image could not be built: {engine.words(trouble)}") from trouble
    say(f"the image {LOCAL} is built")


def import_base(client: docker.DockerClient, root: Path) -> None:
    from docker.errors import DockerException

    repository, _, tag = BASE.partition(":")
    try:
        with archived(root) as stream:
            client.api.import_image_from_stream(stream, repository=repository, tag=tag)
    except DockerException as trouble:
        raise ClusterError(f"Docker did not take the base system: {engine.words(trouble)}") from trouble


@contextmanager
def archived(root: Path) -> Iterator[IO[bytes]]:
    """The folder as a tar stream."""
    command = ["tar", "--numeric-owner", "-C", str(root), "-c", "."]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as tar:
        assert tar.stdout is not None
        yield tar.stdout
    if tar.returncode != 0:
        raise ClusterError("tar could not read the base system")


def last_lines(text: str, count: int = 12) -> str:
    return "\n".join(text.splitlines()[-count:])
