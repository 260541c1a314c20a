"""A Kafka release: its jars, wherever they come from, and what is made of them once.

Made once per release and Java and kept in the cache: a class-data archive, which shortens every
start of a JVM, and a formatted metadata folder, which saves running Kafka's storage tool per node.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cluster import maven
from cluster.errors import ClusterError

POMS = Path(__file__).parent / "releases"
DEFAULT = "4.4.0"

Say = Callable[[str], None]
Number = tuple[int, int]


@dataclass(frozen=True)
class Release:
    version: str  # "4.4.0"
    jars: Path  # folder of the jars
    mark: str  # names this set of jars in the cache
    origin: str  # "Maven" or the folder that was named

    @property
    def classpath(self) -> str:
        """The jars one by one: a class-data archive is only valid for the very same list."""
        return ":".join(str(jar) for jar in sorted(self.jars.glob("*.jar")))

    @property
    def number(self) -> Number:
        """(4, 4) of "4.4.0": what features begin and end with."""
        return number_of(self.version)

    @property
    def java_needed(self) -> int:
        """Kafka 4.0 and later need Java 17 for brokers (KIP-1013), earlier ones Java 8."""
        return 17 if self.number >= (4, 0) else 8

    @property
    def needs_zookeeper(self) -> bool:
        """Before 3.3, with which KRaft became fit for production (KIP-833), ZooKeepers keep the metadata."""
        return self.number < (3, 3)

    @property
    def reads_pem(self) -> bool:
        """Kafka 2.7 and later read keys and certificates as PEM (KIP-651)."""
        return self.number >= (2, 7)

    @property
    def dump_tool(self) -> str:
        """The class that reads log segments; it moved to another package with 4.0."""
        return f"{'org.apache.kafka' if self.number >= (4, 0) else 'kafka'}.tools.DumpLogSegments"

    @property
    def logs_with_log4j_2(self) -> bool:
        """Kafka 4.0 and later do (KIP-653); earlier ones log through reload4j, which is Log4j 1.2 mended."""
        return self.number >= (4, 0)


def number_of(version: str) -> Number:
    """(4, 4) of "4.4.0"."""
    major, minor = version.split(".")[:2]
    return int(major), int(minor)


def known() -> list[str]:
    """The versions that have a pom here, newest first."""
    versions = [folder.name for folder in POMS.iterdir() if (folder / "pom.xml").is_file()]
    return sorted(versions, key=lambda version: [int(part) for part in version.split(".")], reverse=True)


def resolve(version: str = DEFAULT, say: Say = lambda line: None) -> Release:
    """The release ``version``, resolved with Maven on first use. Raises ClusterError."""
    pom = POMS / version / "pom.xml"
    if not pom.is_file():
        raise ClusterError(
            f"Kafka {version} is not known here; there are {', '.join(known())}. "
            "For another one, name an unpacked release with --kafka-home DIR"
        )
    jars = maven.jars(pom, f"kafka-{version}", say)
    return Release(version, jars, jars.name, "Maven")


def at_home(home: Path) -> Release:
    """The unpacked release in ``home``, as Apache ships it. Raises ClusterError if it is none."""
    jars = home.absolute() / "libs"
    found = [re.fullmatch(r"kafka-clients-(\d+\.\d+\.\d+).*\.jar", jar.name) for jar in jars.glob("*.jar")]
    versions = {match.group(1) for match in found if match}
    if len(versions) != 1:
        raise ClusterError(
            f"{home} is no unpacked Kafka release: its folder libs should hold one kafka-clients jar, "
            f"and {'holds several' if versions else 'holds none'}"
        )
    listing = sorted((jar.name, jar.stat().st_size, jar.stat().st_mtime_ns) for jar in jars.glob("*.jar"))
    mark = hashlib.sha256(repr((str(jars.resolve()), listing)).encode()).hexdigest()[:12]
    version = versions.pop()
    return Release(version, jars, f"kafka-{version}-home-{mark}", str(home))
