"""The base of an image is made on Debian, by root, from the mirror that apt uses; else it says what to do."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import pytest

from cluster import debian
from cluster.errors import ClusterError

MIRROR = "http://mirror.example/debian"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sources.list", f"# none\ndeb {MIRROR} bookworm main\n"),
        ("sources.list", f"deb [signed-by=/a.gpg arch=amd64] {MIRROR}/ sid main\n"),
        ("sources.list.d/a.sources", f"Types: deb\nURIs: {MIRROR}/\nSuites: bookworm\n"),
    ],
)
def test_the_mirror_is_the_one_that_apt_uses(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / name).write_text(text)
    assert debian.mirror("debian:sid", tmp_path) == MIRROR


def test_the_newer_form_goes_first(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text("deb http://older.example/debian stable main\n")
    (tmp_path / "sources.list.d/a.sources").write_text(f"Types: deb\nURIs: {MIRROR}\n")
    assert debian.mirror("debian:sid", tmp_path) == MIRROR


def test_without_a_mirror_it_says_what_else_will_do(tmp_path: Path) -> None:
    (tmp_path / "sources.list").write_text("# deb http://old.example/debian sid main\n")
    with pytest.raises(ClusterError, match=r"no mirror of Debian .* fetch debian:sid elsewhere, and bring it here with docker save"):
        debian.mirror("debian:sid", tmp_path)


@pytest.fixture
def on_debian(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(debian, "mirror", lambda instead: MIRROR)
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: {"ID": "debian"})
    return monkeypatch


def test_another_system_is_refused(tmp_path: Path, on_debian: pytest.MonkeyPatch) -> None:
    on_debian.setattr(platform, "freedesktop_os_release", lambda: {"ID": "fedora"})
    with pytest.raises(ClusterError, match="on Debian only, and this is fedora"):
        debian.bootstrap(tmp_path, "sid", "make it", "debian:sid")


def test_nobody_but_root(tmp_path: Path, on_debian: pytest.MonkeyPatch) -> None:
    on_debian.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(ClusterError, match="only root can make the base of the image: sudo make it"):
        debian.bootstrap(tmp_path, "sid", "make it", "debian:sid")


def test_without_debootstrap(tmp_path: Path, on_debian: pytest.MonkeyPatch) -> None:
    on_debian.setattr(os, "geteuid", lambda: 0)
    on_debian.setenv("PATH", str(tmp_path))
    with pytest.raises(ClusterError, match="debootstrap is not installed"):
        debian.bootstrap(tmp_path, "sid", "make it", "debian:sid")


def test_what_debootstrap_says_is_told(tmp_path: Path, on_debian: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "debootstrap"
    tool.write_text("#!/bin/sh\necho E: no such suite\nexit 1\n")
    tool.chmod(0o755)
    on_debian.setattr(os, "geteuid", lambda: 0)
    on_debian.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(ClusterError, match="could not make a Debian:\nE: no such suite"):
        debian.bootstrap(tmp_path / "root", "sid", "make it", "debian:sid")
