"""The place a cluster lives in: room, names, locks and ports."""

from __future__ import annotations

import os
import socket
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cluster import ports
from cluster.errors import ClusterError
from cluster.local import folders, readiness
from cluster.ports import HOST


@pytest.fixture
def above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the test's own, as TMPDIR names one."""
    monkeypatch.setattr(tempfile, "tempdir", None)  # what was found once is remembered there
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_a_folder_is_alive_from_the_first_moment_until_its_lock_is_let_go(above: Path) -> None:
    folder, lock = folders.make()
    assert folder.parent == above
    assert folders.alive(folder)
    assert folders.sweep(above) == []
    os.close(lock)
    assert not folders.alive(folder)
    other, lock = folders.make()  # which sweeps
    assert [found for found in above.iterdir() if found.name.startswith("kafka")] == [other]
    os.close(lock)


def test_a_folder_that_is_to_be_kept_is_kept(above: Path) -> None:
    folder, lock = folders.make()
    folders.leave(folder, keep=True)
    os.close(lock)
    assert folders.sweep(above) == []
    assert (folder / "logs").is_dir()
    assert folders.standing() == []


def test_a_folder_whose_maker_was_killed_at_once_is_swept_a_minute_later(above: Path) -> None:
    folder = above / f"{folders.prefix()}abcdefgh"
    folder.mkdir()
    assert folders.sweep(above) == []
    moment = folder.stat().st_mtime - 2 * folders.MAKING
    os.utime(folder, (moment, moment))
    assert folders.sweep(above) == [folder]


def test_without_room_it_says_how_much_is_needed(above: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "SPACE_NEEDED", 2**60)
    with pytest.raises(
        ClusterError, match=r"has \d+ MiB free, and a cluster needs .* or set TMPDIR to a folder"
    ):
        folders.make()
    assert list(above.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "words"), [("x" * 90, "too long: sockets"), ("a,b", "a comma divides folders")]
)
def test_an_odd_temporary_folder_is_refused(
    above: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    (above / name).mkdir()
    monkeypatch.setenv("TMPDIR", str(above / name))
    with pytest.raises(ClusterError, match=f"{words}.*set TMPDIR to a"):
        folders.make()
    assert list((above / name).iterdir()) == []


def test_a_disk_that_fills_up_shows_in_what_a_node_complains_of(tmp_path: Path) -> None:
    log = tmp_path / "broker-1.log"
    log.write_text(
        "[2026-01-01T00:00:00.000] INFO [BrokerServer id=1] started (BrokerServer)\n"
        "[2026-01-01T00:00:01.000] ERROR Error while appending records to a-0 in dir /d (LogDirFailureChannel)\n"
        "java.io.IOException: No space left on device\n"
        "\tat java.base/sun.nio.ch.FileDispatcherImpl.write0(Native Method)\n"
    )
    assert readiness.complaint(log).splitlines() == [
        "  [2026-01-01T00:00:01.000] ERROR Error while appending records to a-0 in dir /d (LogDirFailureChannel)",
        "  java.io.IOException: No space left on device",
    ]


def test_a_full_disk_is_told_even_if_nobody_could_log_it(
    above: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert folders.lack_of_room(above) == ""
    monkeypatch.setattr(folders, "FULL", 2**60)
    assert f"No space left on the disk of {above}" in folders.lack_of_room(above)


FIRST = 19000  # apart from the range of real clusters


def test_blocks_of_ports_do_not_meet_and_are_free_again_when_closed() -> None:
    one = ports.take_block(FIRST, FIRST + 2 * ports.BLOCK)
    other = ports.take_block(FIRST, FIRST + 2 * ports.BLOCK)
    assert {one.next() for _ in range(39)}.isdisjoint({other.next() for _ in range(39)})
    with pytest.raises(ClusterError, match="needs more than 40 ports"):
        one.next()
    one.close()
    again = ports.take_block(FIRST, FIRST + 2 * ports.BLOCK)
    assert again.first == one.first
    again.close()
    other.close()


def test_when_all_ports_are_taken_it_says_what_to_look_at() -> None:
    with (
        socket.create_server((HOST, FIRST + 17)),
        pytest.raises(ClusterError, match=r"no 40 free ports .* `ss -ltnp`"),
    ):
        ports.take_block(FIRST, FIRST + ports.BLOCK)


def test_many_who_take_blocks_at_once_get_different_ones() -> None:
    last = FIRST + 10 * ports.BLOCK - 1
    for _ in range(30):
        with ThreadPoolExecutor(8) as together:
            taken = list(together.map(lambda _: ports.take_block(FIRST, last), range(8)))
        assert len({block.first for block in taken}) == 8
        for block in taken:
            block.close()
