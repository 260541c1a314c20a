"""What a start needs and what is the same every time: made once, kept in the cache.

A class-data archive (JEP 350) lets a JVM map the classes that a node loads instead of reading and
verifying them; a formatted metadata folder is copied instead of running the storage tool six times.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cluster import maven, ports
from cluster.errors import ClusterError
from cluster.java import Java
from cluster.release import Release

LOGGING = Path(__file__).parent / "log4j2.properties"
MAIN = "kafka.Kafka"

#: One combined node, enough to load what brokers and controllers load.
PATTERN = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=PLAIN://{host}:{plain},CONTROLLER://{host}:{controller}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAIN
listener.security.protocol.map=PLAIN:PLAINTEXT,CONTROLLER:PLAINTEXT
offsets.topic.replication.factor=1
log.dirs={data}
"""


@dataclass(frozen=True)
class Prepared:
    release: Release
    java: Java
    formatted: Path  # a metadata folder as the storage tool leaves it
    archive: Path  # class-data archive

    def command_pattern(self) -> list[str]:
        """The command line of a node, with "{megabytes}" and "{properties}" still to be filled in."""
        shared = [f"-XX:SharedArchiveFile={self.archive}", "-Xshare:auto", "-Xlog:disable"]
        return [*java_command(self.java, self.release, "{megabytes}", shared), MAIN, "{properties}"]

    def tool(self, main: str, *arguments: str) -> list[str]:
        """The command line of one of Kafka's own tools."""
        return [
            *java_command(self.java, self.release, "128", ["-Xshare:auto", "-Xlog:disable"]),
            main,
            *arguments,
        ]


def java_command(java: Java, release: Release, megabytes: str, extra: list[str]) -> list[str]:
    """A JVM that starts quickly and leaves nothing in the temporary folder.

    The first compiler tier alone is right for processes that live minutes; ``UsePerfData`` would
    write a file that a SIGKILL leaves behind.
    """
    heap = [f"-Xmx{megabytes}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"]
    logging = [f"-Dlog4j2.configurationFile={LOGGING.as_uri()}", "-Dlog4j2.disableJmx=true"]
    return [str(java.executable), *heap, *extra, *logging, "-cp", release.classpath]


def prepare(release: Release, java: Java, say: Callable[[str], None] = lambda line: None) -> Prepared:
    """Everything that a start needs, made on first use. Raises ClusterError."""
    # An archive is only good for the flags and the Java that it was made with: both name it.
    recipe = f"{java.executable.resolve()} {java.version} ".encode() + Path(__file__).read_bytes()
    made_by = hashlib.sha256(recipe).hexdigest()[:10]

    def fill(folder: Path) -> None:
        say(f"preparing Kafka {release.version} for Java {java.version} (once)")
        draft = Prepared(release, java, folder / "formatted", folder / "classes.jsa")
        with tempfile.TemporaryDirectory(prefix="kafka-guarantees-prepare-") as scratch:
            block = ports.take_block()
            try:
                make(draft, Path(scratch), block)
            finally:
                block.close()

    folder = maven.keep(f"prepared/{release.mark}-java-{java.version}-{made_by}", fill)
    return Prepared(release, java, folder / "formatted", folder / "classes.jsa")


def make(draft: Prepared, scratch: Path, block: ports.PortBlock) -> None:
    data, properties = scratch / "data", scratch / "node.properties"
    properties.write_text(
        PATTERN.format(host=ports.HOST, plain=block.next(), controller=block.next(), data=data)
    )
    format_once(draft, properties)
    shutil.copytree(data, draft.formatted)
    dump = ["-XX:ArchiveClassesAtExit=" + str(draft.archive), "-Xlog:disable"]
    command = [*java_command(draft.java, draft.release, "256", dump), MAIN, str(properties)]
    run_until_started(command, scratch / "node.log")
    if not draft.archive.is_file():
        raise ClusterError(f"Java {draft.java} wrote no class-data archive; see -Xshare in its manual")


def format_once(draft: Prepared, properties: Path) -> None:
    command = draft.tool(
        "kafka.tools.StorageTool", "format", "-t", "kafka-guarantees-run-A", "-c", str(properties)
    )
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise ClusterError(f"Kafka's storage tool refused to format:\n{done.stdout}{done.stderr}")


def run_until_started(command: list[str], log: Path) -> None:
    """Run a node until it says that it has started, then let it end by itself."""
    with log.open("wb") as out:
        node = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=out, text=True)
    assert node.stdout is not None
    try:
        seen = []
        for line in node.stdout:
            seen.append(line)
            if "Kafka Server started" in line:
                node.send_signal(signal.SIGTERM)
        if node.wait(timeout=60) not in (0, 128 + signal.SIGTERM):
            raise ClusterError(
                "a first node of Kafka did not start:\n" + "".join(seen[-15:]) + log.read_text()
            )
    finally:
        node.kill()
        node.wait()


def copy_formatted(formatted: Path, data: Path, node: int) -> None:
    """A formatted folder for ``node``: the same cluster, its own node and directory id."""
    shutil.copytree(formatted, data)
    properties = data / "meta.properties"
    text = re.sub(r"(?m)^node\.id=.*$", f"node.id={node}", properties.read_text())
    # 22 characters of URL-safe base 64 are the form of Kafka's ids (org.apache.kafka.common.Uuid).
    directory = f"kafka-guarantees-{node:04d}A"
    properties.write_text(re.sub(r"(?m)^directory\.id=.*$", f"directory.id={directory}", text))
