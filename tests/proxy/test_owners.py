"""Whose a fault is, when it ends, and how the proxy's process begins and ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cluster.proxy import Armed, Blackhole, Error, Fault, FaultProxy, Hold, ProxyGone, Watch
from tests.proxy.conftest import ROOT, Place, free_ports, start_proxy
from tests.proxy.peer import Client, Peer, produce

Clients = Callable[..., Client]

HOLDER = """
    import os, sys, time
    from pathlib import Path
    from cluster.proxy import Fault, FaultProxy, Hold
    proxy = FaultProxy(Path(sys.argv[1]))
    proxy.arm(Fault(Hold(), api="Produce", client_id="held"))
    if sys.argv[2] == "with a child" and os.fork() == 0:
        time.sleep(60)
        os._exit(0)
    print("armed", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("how", ["alone", "with a child"])
def test_faults_end_with_their_process(place: Place, client: Clients, how: str) -> None:
    """Killed with SIGKILL; a child that it forked still has the socket open."""
    holder = subprocess.Popen([sys.executable, "-c", textwrap.dedent(HOLDER), str(place.control), how], cwd=ROOT,
                              stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert holder.stdout is not None and holder.stdout.readline() == "armed\n"
    one = client("held")
    one.send(produce())
    with pytest.raises(TimeoutError):
        one.receive(within=0.1)
    holder.kill()
    assert one.receive()[0] == 1
    if how == "with a child":
        os.killpg(holder.pid, signal.SIGKILL)
    holder.wait(5)
    holder.stdout.close()


def test_faults_end_with_their_connection(place: Place, client: Clients) -> None:
    proxy = FaultProxy(place.control)
    armed = proxy.arm(Fault(Hold(), api="Produce"))
    one = client()
    one.send(produce())
    armed.wait_fired()
    proxy.close()
    assert one.receive()[0] == 1
    with pytest.raises(ProxyGone):
        armed.disarm()


def test_healing_one_owner_leaves_the_others(place: Place, client: Clients, proxy: FaultProxy) -> None:
    with FaultProxy(place.control, owner="scenario 2") as other:
        mine = proxy.arm(Fault(Hold(), client_id="mine"))
        theirs = other.arm(Fault(Hold(), client_id="theirs"))
        one, two = client("mine"), client("theirs")
        one.send(produce())
        two.send(produce())
        mine.wait_fired()
        theirs.wait_fired()
        proxy.disarm_all()
        assert one.receive()[0] == 1
        assert (mine.queued, theirs.queued) == (0, 1)
        proxy.disarm_all("scenario 2")
        assert two.receive()[0] == 1
        armed = other.arm(Fault(Error(7), client_id="mine"))
        proxy.disarm_all("*")
        one.ask(produce())
        assert armed.fired == []


def test_what_fired_is_told_after_healing(client: Clients, proxy: FaultProxy) -> None:
    armed = proxy.arm(Fault(Watch(), api="Produce"))
    client().ask(produce())
    proxy.disarm_all()
    assert len(armed.fired) == 1


def test_healing_closes_silenced_connections(client: Clients, proxy: FaultProxy) -> None:
    silenced = proxy.arm(Fault(Blackhole(), api="Produce", direction="response", count=None))
    one = client()
    one.send(produce())
    silenced.wait_fired()
    proxy.disarm_all()
    assert one.closed()


def test_connections_closed_by_client_id(client: Clients, proxy: FaultProxy, other_peer: Peer) -> None:
    one, two, other = client("w-1"), client("w-1", route=1), client("r-1")
    for each in (one, two, other):
        each.ask(produce())
    assert proxy.close_connections("w-*", destination=2) == 1
    assert two.closed()
    assert proxy.close_connections("w-*") == 1
    assert one.closed()
    other.ask(produce())


def test_many_threads_share_a_connection(proxy: FaultProxy, client: Clients) -> None:
    """Calls that wait do not keep others from being answered."""
    armed = [proxy.arm(Fault(Watch(), client_id=f"c-{number}")) for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        waits = [threads.submit(one.wait_fired, 1, 5) for one in armed]
        for number in reversed(range(8)):
            client(f"c-{number}").ask(produce())
        assert [len(wait.result(5)) for wait in waits] == [1] * 8


def test_a_connection_is_not_for_forked_children(proxy: FaultProxy) -> None:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            proxy.disarm_all()
        except RuntimeError as error:
            os.write(write, str(error).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    assert b"belongs to another process" in os.read(read, 200)
    os.close(read)


def routes(port: int) -> list[dict[str, object]]:
    return [{"link": "client", "destination": 1, "listen": port, "target": 1}]


@pytest.mark.parametrize("end", ["stdin", "SIGTERM"])
def test_the_process_ends_with(tmp_path: Path, end: str) -> None:
    process = start_proxy(tmp_path, routes(free_ports(1)[0]))
    with FaultProxy(tmp_path / "c") as proxy:
        waiting = threading.Thread(target=_wait_for_nothing, args=(proxy.arm(Fault(Hold())),))
        waiting.start()
        assert process.stdin is not None and process.stdout is not None
        if end == "stdin":
            process.stdin.close()
        else:
            process.terminate()
        assert process.wait(5) == 0
        waiting.join(5)
        assert not waiting.is_alive()
    process.stdin.close()
    process.stdout.close()
    assert not (tmp_path / "c").exists()
    assert (tmp_path / "stderr").read_text() == ""
    with pytest.raises(ProxyGone, match="no fault proxy answers at"):
        FaultProxy(tmp_path / "c")


def _wait_for_nothing(armed: Armed) -> None:
    with pytest.raises(ProxyGone):
        armed.wait_fired(within=30)


PARENT = """
    import json, subprocess, sys
    proxy = subprocess.Popen([sys.executable, "-m", "cluster.proxy", "--control", sys.argv[1], "--routes",
                              sys.argv[2]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    proxy.stdout.readline()
    print(proxy.pid, flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a process that is not our child")
def test_the_process_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    import select

    (tmp_path / "routes.json").write_text("[]")
    parent = subprocess.Popen([sys.executable, "-c", textwrap.dedent(PARENT), str(tmp_path / "c"),
                               str(tmp_path / "routes.json")], cwd=ROOT, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None and parent.stdin is not None
    watched = os.pidfd_open(int(parent.stdout.readline()))
    parent.kill()
    parent.wait(5)
    assert select.select([watched], [], [], 5)[0] == [watched]
    os.close(watched)
    parent.stdout.close()
    parent.stdin.close()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start_proxy(tmp_path, routes(port))
        assert process.wait(5) == 1
    told = (tmp_path / "stderr").read_text()
    assert told == f"proxy: port {port} (client link to 1) is taken\n"
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    process.stdout.close()


def test_a_control_path_that_is_too_long(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    process = start_proxy(folder, [])
    assert process.wait(5) == 1
    assert "control socket" in (folder / "stderr").read_text()
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    process.stdout.close()
