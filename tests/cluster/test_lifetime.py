"""Nothing outlives whoever started it, with real processes and real signals."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster.errors import ClusterError
from cluster.local import folders
from cluster.local.embedded import EmbeddedCluster
from cluster.ports import HOST
from cluster.waiting import eventually
from tests.cluster.conftest import Run
from tests.cluster.leftovers import keeper, left, processes

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]

Launched = Callable[[], tuple["subprocess.Popen[str]", Path]]


def nothing_left(room: Path) -> None:
    eventually(lambda: not left(room), 10, "an end of everything", seen=lambda _: left(room))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_a_starter_that_is_ended(
    launched: Launched, room: Path, how: signal.Signals
) -> None:
    starter, folder = launched()
    assert len(processes(room)) == 8  # six JVMs, the proxy, the keeper
    starter.send_signal(how)
    nothing_left(room)
    assert not folder.exists()
    assert starter.wait(10) != 0


def test_nothing_outlives_a_starter_that_is_killed_while_a_broker_is_paused(
    launched: Launched, room: Path
) -> None:
    starter, folder = launched()
    cluster = EmbeddedCluster(folder)
    cluster.broker(2).pause()
    assert cluster.status()["broker-2"]["paused"]
    starter.kill()
    nothing_left(room)
    with pytest.raises(ClusterError, match="the process that keeps the cluster is gone"):
        cluster.status()
    cluster.detach()


def test_nothing_but_a_folder_outlives_a_keeper_that_is_killed(launched: Launched, room: Path) -> None:
    starter, folder = launched()
    starter.send_signal(signal.SIGSTOP)  # else it would tidy up itself
    os.kill(keeper(room), signal.SIGKILL)
    eventually(lambda: not processes(room), 10, "an end of all processes")
    assert folder.exists()
    eventually(lambda: not folders.alive(folder), 10, "a lock that is let go")
    starter.kill()
    assert folders.sweep(room) == [folder]
    assert not left(room)


def test_a_detached_cluster_finds_other_ports_stands_beside_another_and_ends_when_told(
    run: Run, room: Path, standing: EmbeddedCluster
) -> None:
    up = run("cluster", "up")
    found = eventually(
        lambda: list(room.glob(f"{folders.prefix()}*/{folders.DESCRIPTION}")), 20, "a cluster that starts"
    )
    first = re.findall(r'"plain": (\d+)', found[0].read_text())[0]
    with socket.create_server((HOST, int(first))):  # taken after it was chosen, before the broker has it
        told = up.communicate(timeout=60)[0]
    assert f"{HOST}:{first}: Address already in use" in told
    assert "trying others" in told
    assert up.returncode == 0
    (folder,) = folders_in(room)
    cluster = EmbeddedCluster(folder)
    for listener in ("plain", "proxied", "tls"):
        assert cluster.bootstrap(listener) in told
        assert not set(cluster.bootstrap(listener).split(",")) & set(standing.bootstrap(listener).split(","))
    assert {cluster.await_whole(), standing.await_whole()}
    cluster.detach()

    status = run("cluster", "status").communicate()[0]
    assert cluster.bootstrap("tls") in status
    assert status.count("running, pid ") == 6
    assert str(standing.folder) not in status  # the room is another
    assert f"The cluster in {folder} is down." in run("cluster", "down").communicate()[0]
    nothing_left(room)
    assert "No cluster is up." in run("cluster", "status").communicate()[0]


def folders_in(room: Path) -> list[Path]:
    return list(room.glob(f"{folders.prefix()}*"))


def test_what_a_broker_refuses_is_told_in_its_own_words_and_nothing_is_left(run: Run, room: Path) -> None:
    up = run("cluster", "up", "--broker-config", "num.io.threads=0")
    told = up.communicate(timeout=30)[0]
    assert up.returncode == 75
    assert "ended with exit code 1 as it started" in told
    assert "Invalid value 0 for configuration num.io.threads: Value must be at least 1" in told
    assert not left(room)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["sideways"], 2, "invalid choice: 'sideways'"),
        (["up", "--colour", "red"], 2, "unrecognized arguments: --colour red"),
        (["up", "--broker-config", "acks"], 2, "error: --broker-config acks: write KEY=VALUE"),
        (["up", "--broker-config", "node.id=7"], 75, "the embedded cluster sets this itself"),
        (["up", "--kafka", "9.9.9"], 75, "error: Kafka 9.9.9 is not known here"),
        (["up", "--kafka-home", "/nowhere"], 75, "/nowhere is no unpacked Kafka release"),
        (["down", "/nowhere"], 75, "error: no cluster is up in /nowhere"),
    ],
)
def test_bad_input_is_refused(run: Run, arguments: list[str], code: int, words: str) -> None:
    process = run("cluster", *arguments)
    assert words in process.communicate(timeout=30)[0]
    assert process.returncode == code
