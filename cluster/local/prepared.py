"""What a start needs and what is the same every time: made once, kept in the cache.

An archive of loaded classes lets a JVM map what a node needs instead of reading and verifying it
(class-data sharing, JEP 350; from Java 25 the ahead-of-time cache, JEP 514); a formatted metadata
folder is copied instead of running the storage tool six times.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cluster import certificates, maven, ports
from cluster.errors import ClusterError
from cluster.java import Java
from cluster.local import settings, training
from cluster.processes import die_with_parent
from cluster.release import Release

LOGGING = Path(__file__).parent / "log4j2.properties"
MAIN = "kafka.Kafka"

#: The first compiler tier alone is right for processes that live minutes; ``UsePerfData`` would write
#: a file that a SIGKILL leaves behind.
FLAGS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")

#: The first Java whose ahead-of-time cache is made in one step (JEP 514) and without another archive.
AHEAD_OF_TIME = 25

#: Longest wait for the storage tool, in seconds.
FORMAT_PATIENCE = 120

#: One combined node that loads what brokers and controllers load.
PATTERN = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": "1@{host}:{controller}",
    "listeners": "PLAIN://{host}:{plain},TLS://{host}:{tls},CONTROLLER://{host}:{controller}",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAIN",
    "listener.security.protocol.map": "PLAIN:PLAINTEXT,TLS:SSL,CONTROLLER:PLAINTEXT",
    "offsets.topic.replication.factor": "1",
}


@dataclass(frozen=True)
class Prepared:
    release: Release
    java: Java
    formatted: Path  # a metadata folder as the storage tool leaves it
    archive: Path  # of classes; not there if this Java cannot make one

    def command_pattern(self) -> list[str]:
        """The command line of a node, with "{megabytes}" and "{properties}" still to be filled in."""
        archive = []
        if self.archive.is_file():
            one = "AOTCache" if self.java.major >= AHEAD_OF_TIME else "SharedArchiveFile"
            archive = [f"-XX:{one}={self.archive}"]
        flags = [*archive, "-Xlog:disable"]
        return [*java_command(self.java, self.release, "{megabytes}", flags), MAIN, "{properties}"]

    def tool(self, main: str, *arguments: str) -> list[str]:
        """The command line of one of Kafka's own tools."""
        return [
            *java_command(self.java, self.release, "128", ["-Xlog:disable"]),
            main,
            *arguments,
        ]


def java_command(java: Java, release: Release, megabytes: str, extra: list[str]) -> list[str]:
    """A JVM that starts quickly and leaves nothing in the temporary folder."""
    logging = [f"-Dlog4j2.configurationFile={LOGGING.as_uri()}", "-Dlog4j2.disableJmx=true"]
    return [
        str(java.executable),
        f"-Xmx{megabytes}m",
        *FLAGS,
        *extra,
        *logging,
        "-cp",
        release.classpath,
    ]


def prepare(release: Release, java: Java, say: Callable[[str], None] = lambda line: None) -> Prepared:
    """Everything that a start needs, made on first use. Raises ClusterError."""
    # An archive is only good for the flags and the Java that it was made with: both name it.
    recipe = repr((str(java.executable.resolve()), java.version, FLAGS, PATTERN))
    made_by = hashlib.sha256(recipe.encode()).hexdigest()[:10]

    def fill(folder: Path) -> None:
        say(f"preparing Kafka {release.version} for Java {java.version} (once)")
        make(Prepared(release, java, folder / "formatted", folder / "classes.jsa"), folder / "scratch")
        if not (folder / "classes.jsa").is_file():
            say(f"Java {java} makes no class-data archive, so every start takes longer")

    folder = maven.keep(f"prepared/{release.mark}-java-{java.version}-{made_by}", fill)
    return Prepared(release, java, folder / "formatted", folder / "classes.jsa")


def make(draft: Prepared, scratch: Path) -> None:
    """Format once, then let a first node start and write down the classes that it loaded."""
    scratch.mkdir()
    block = ports.take_block()
    try:
        at = {name: block.next() for name in ("plain", "tls", "controller")}
        properties = scratch / "node.properties"
        settings.write(first_node(scratch, at), properties)
        format_once(draft, properties)
        shutil.copytree(scratch / "data", draft.formatted)
        one = "AOTCacheOutput" if draft.java.major >= AHEAD_OF_TIME else "ArchiveClassesAtExit"
        flags = [f"-XX:{one}={draft.archive}", "-Xlog:disable"]
        command = [*java_command(draft.java, draft.release, "256", flags), MAIN, str(properties)]
        training.run(command, f"{ports.HOST}:{at['plain']}", f"{ports.HOST}:{at['tls']}", scratch)
    finally:
        block.close()
    shutil.rmtree(scratch)


def first_node(scratch: Path, at: dict[str, int]) -> dict[str, str]:
    authority = certificates.Authority(scratch / "certificates")
    authority.issue("client")
    tls = authority.issue("node", hosts=["localhost", ports.HOST])
    filled = {key: value.format(host=ports.HOST, **at) for key, value in PATTERN.items()}
    data = {"log.dirs": str(scratch / "data")}
    return {**filled, **data, **settings.mutual_tls("listener.name.tls.", tls, authority.certificate)}


def format_once(draft: Prepared, properties: Path) -> None:
    command = draft.tool(
        "kafka.tools.StorageTool", "format", "-t", "kafka-guarantees-run-A", "-c", str(properties)
    )
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=FORMAT_PATIENCE, preexec_fn=die_with_parent()
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ClusterError(f"Kafka's storage tool did not format a folder: {error}") from error
    if done.returncode != 0:
        raise ClusterError(f"Kafka's storage tool refused to format:\n{done.stdout}{done.stderr}")


def copy_formatted(formatted: Path, data: Path, node: int) -> None:
    """A formatted folder for ``node``: the same cluster, its own node and directory id."""
    shutil.copytree(formatted, data)
    properties = data / "meta.properties"
    text = re.sub(r"(?m)^node\.id=.*$", f"node.id={node}", properties.read_text())
    # 22 characters of URL-safe base 64 are the form of Kafka's ids (org.apache.kafka.common.Uuid).
    directory = f"kafka-guarantees-{node:04d}A"
    properties.write_text(re.sub(r"(?m)^directory\.id=.*$", f"directory.id={directory}", text))
