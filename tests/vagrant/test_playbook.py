"""The playbook is written as its makers' linters want it, and downloads nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cluster.vagrant.plan import PLAYBOOKS

BIN = Path(sys.executable).parent
WITH_OURS = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def test_yamllint_has_nothing_to_say() -> None:
    done = subprocess.run(
        [BIN / "yamllint", "."], cwd=PLAYBOOKS, env=WITH_OURS, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="ansible-lint needs Python 3.11")
def test_ansible_lint_has_nothing_to_say(tmp_path: Path) -> None:
    done = subprocess.run(
        [BIN / "ansible-lint", "--offline", "--nocolor", "-q"],
        cwd=PLAYBOOKS,
        env={**WITH_OURS, "ANSIBLE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_downloaded_but_the_distributions_java_where_it_is_asked_for() -> None:
    tasks = {file: file.read_text() for file in PLAYBOOKS.rglob("*.yml")}
    fetching = [
        file for file, text in tasks.items() if "builtin.apt" in text or "get_url" in text or "uri:" in text
    ]
    assert fetching == [PLAYBOOKS / "roles/java/tasks/main.yml"]
