"""What a start needs and what is the same every time: made once, kept in the cache.

An archive of loaded classes lets a JVM map what a node needs instead of reading and verifying it
(class-data sharing, JEP 350; from Java 25 the ahead-of-time cache, JEP 514); a formatted metadata
folder is copied instead of running the storage tool six times.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from cluster import certificates, maven, ports
from cluster.errors import ClusterError
from cluster.java import Java
from cluster.local import settings, training, zookeeper
from cluster.local.nodes import TLS, Materials
from cluster.processes import die_with_parent
from cluster.release import Release

LOGGING = Path(__file__).parent / "log4j2.properties"
OLD_LOGGING = Path(__file__).parent / "log4j.properties"
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
    "controller.quorum.voters": "1@{host}:{metadata}",
    "listeners": "PLAIN://{host}:{plain},TLS://{host}:{tls},CONTROLLER://{host}:{metadata}",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAIN",
    "listener.security.protocol.map": "PLAIN:PLAINTEXT,TLS:SSL,CONTROLLER:PLAINTEXT",
    "offsets.topic.replication.factor": "1",
}

#: The same for a broker that needs a ZooKeeper.
ZOOKEEPER_PATTERN = {
    "broker.id": "1",
    "zookeeper.connect": "{host}:{metadata}",
    "listeners": "PLAIN://{host}:{plain},TLS://{host}:{tls}",
    "inter.broker.listener.name": "PLAIN",
    "listener.security.protocol.map": "PLAIN:PLAINTEXT,TLS:SSL",
    "offsets.topic.replication.factor": "1",
}


@dataclass(frozen=True)
class Prepared:
    release: Release
    java: Java
    folder: Path  # in the cache

    @property
    def formatted(self) -> Path:
        """A metadata folder as the storage tool leaves it; not there if ZooKeepers keep the metadata."""
        return self.folder / "formatted"

    @property
    def archive(self) -> Path:
        """The archive of classes; not there if this Java cannot make one."""
        return self.folder / "classes.jsa"

    @property
    def zookeeper_archive(self) -> Path:
        return self.folder / "zookeeper.jsa"

    def command_pattern(self) -> list[str]:
        """The command line of a node, with "{megabytes}" and "{properties}" still to be filled in."""
        return self._pattern(self.archive, MAIN)

    def zookeeper_pattern(self) -> list[str]:
        """The same of a ZooKeeper."""
        return self._pattern(self.zookeeper_archive, zookeeper.MAIN)

    def _pattern(self, file: Path, main: str) -> list[str]:
        archive = []
        if file.is_file():
            one = "AOTCache" if self.java.major >= AHEAD_OF_TIME else "SharedArchiveFile"
            archive = [f"-XX:{one}={file}"]
        flags = [*archive, "-Xlog:disable"]
        return [*java_command(self.java, self.release, "{megabytes}", flags), main, "{properties}"]

    def recording(self, file: Path, main: str, properties: Path) -> list[str]:
        """The command line of a node that writes down at its end which classes it has loaded."""
        one = "AOTCacheOutput" if self.java.major >= AHEAD_OF_TIME else "ArchiveClassesAtExit"
        flags = [f"-XX:{one}={file}", "-Xlog:disable"]
        return [*java_command(self.java, self.release, "256", flags), main, str(properties)]

    def materials(self) -> Materials:
        """What the nodes of a cluster are made of."""
        return Materials(
            self.release.version,
            self.command_pattern(),
            self.zookeeper_pattern() if self.release.needs_zookeeper else [],
            str(self.formatted),
            self.tool(self.release.dump_tool),
        )

    def tool(self, main: str, *arguments: str) -> list[str]:
        """The command line of one of Kafka's own tools."""
        return [
            *java_command(self.java, self.release, "128", ["-Xlog:disable"]),
            main,
            *arguments,
        ]


def java_command(java: Java, release: Release, megabytes: str, extra: list[str]) -> list[str]:
    """A JVM that starts quickly and leaves nothing in the temporary folder."""
    # ZooKeeper would have its loggers managed over JMX, which reload4j no longer offers.
    logging = [f"-Dlog4j.configuration={OLD_LOGGING.as_uri()}", "-Dzookeeper.jmx.log4j.disable=true"]
    if release.logs_with_log4j_2:
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
    recipe = repr((str(java.executable.resolve()), java.version, FLAGS, PATTERN, ZOOKEEPER_PATTERN))
    made_by = hashlib.sha256(recipe.encode()).hexdigest()[:10]

    def fill(folder: Path) -> None:
        say(f"preparing Kafka {release.version} for Java {java.version} (once)")
        draft = Prepared(release, java, folder)
        make(draft, folder / "scratch")
        if not draft.archive.is_file():
            say(f"Java {java} makes no class-data archive, so every start takes longer")

    folder = maven.keep(f"prepared/{release.mark}-java-{java.version}-{made_by}", fill)
    return Prepared(release, java, folder)


def make(draft: Prepared, scratch: Path) -> None:
    """Format once, then let a first node start and write down the classes that it loaded."""
    scratch.mkdir()
    block = ports.take_block()
    try:
        at = {name: block.next() for name in ("plain", "tls", "metadata", "quorum", "election")}
        properties = scratch / "node.properties"
        settings.write(first_node(draft.release, scratch, at), properties)
        command = draft.recording(draft.archive, MAIN, properties)
        plain, tls = (f"{ports.HOST}:{at[name]}" for name in ("plain", "tls"))
        with ExitStack() as zookeepers:
            if draft.release.needs_zookeeper:
                zookeepers.enter_context(first_zookeeper(draft, scratch, at))
            else:
                format_once(draft, properties)
                shutil.copytree(scratch / "data", draft.formatted)
            training.run(command, plain, tls, scratch)
    finally:
        block.close()
    shutil.rmtree(scratch)


def first_node(release: Release, scratch: Path, at: dict[str, int]) -> dict[str, str]:
    authority = certificates.Authority(scratch / "certificates")
    authority.issue("client")
    tls = authority.issue("node", hosts=["localhost", ports.HOST])
    pattern = ZOOKEEPER_PATTERN if release.needs_zookeeper else PATTERN
    filled = {key: value.format(host=ports.HOST, **at) for key, value in pattern.items()}
    filled["log.dirs"] = str(scratch / "data")
    if release.reads_pem:
        return {**filled, **settings.mutual_tls(TLS, tls, authority.certificate)}
    return {**filled, **settings.mutual_tls_of_old(TLS, authority.stores("node", tls))}


def first_zookeeper(draft: Prepared, scratch: Path, at: dict[str, int]) -> AbstractContextManager[None]:
    """A ZooKeeper for the first node, which writes down its classes too: an ensemble of one."""
    (scratch / "zookeeper").mkdir()
    (scratch / "zookeeper" / "myid").write_text("1\n")
    properties = scratch / "zookeeper.properties"
    servers = {1: f"{ports.HOST}:{at['quorum']}:{at['election']}"}
    settings.write(zookeeper.one_of(servers, at["metadata"], scratch / "zookeeper"), properties)
    command = draft.recording(draft.zookeeper_archive, zookeeper.MAIN, properties)
    return training.beside(command, "binding to port", scratch / "zookeeper.log")


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
