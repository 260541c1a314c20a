"""Clients die when they are told to, and never outlive the one who made them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from clients import ClientDied, ClientPool
from clients.spawn import fork_server
from tests.clients.mock import TOPIC, events, mocked_producer

ROOT = Path(__file__).resolve().parents[2]
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[ClientPool]:
    with ClientPool(tmp_path, "127.0.0.1:1", "life") as made:
        yield made


def wait_until(true: Callable[[], bool], what: str, within: float = 10) -> None:
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(0.01)


def there(pid: int) -> bool:
    """Whether a process of this number exists, zombies included."""
    return Path(f"/proc/{pid}").exists()


def state(pid: int) -> str:
    """The letter of a process's state; Z, as for a zombie, too if it is reaped meanwhile."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


@linux
def test_a_killed_client_is_gone_and_leaves_no_zombie(pool: ClientPool) -> None:
    client = mocked_producer(pool)
    assert client.alive and client.exited is None and there(client.pid)
    client.kill()
    assert not client.alive and client.exited == -signal.SIGKILL and not there(client.pid)
    client.kill()


@linux
def test_a_client_that_ended_by_itself_leaves_no_zombie(pool: ClientPool) -> None:
    client = mocked_producer(pool)
    os.kill(client.pid, signal.SIGTERM)
    wait_until(lambda: not client.alive, "the owner has noticed")
    assert client.exited == -signal.SIGTERM and not there(client.pid)


def test_pending_verbs_of_a_killed_client_end(pool: ClientPool) -> None:
    client = mocked_producer(pool)
    gate = client.stop_at("ack", 3)
    handle = client.send(TOPIC, range(10), wait=False)
    assert gate.wait(10).count == 3
    client.kill()
    with pytest.raises(ClientDied):
        handle.result(10)
    with pytest.raises(ClientDied):
        client.send(TOPIC, [11])
    with pytest.raises(ClientDied):
        client.stop_at("ack", 100)


def test_a_client_killed_at_an_event_leaves_that_event_and_its_invokes(
    pool: ClientPool, tmp_path: Path
) -> None:
    client = mocked_producer(pool)
    gate = client.stop_at("ack", 500)
    client.send(TOPIC, range(2000), wait=False)
    gate.wait(10)
    client.kill()
    told = events(tmp_path, client.name)
    acknowledged = [event for event in told if event.phase == "ok"]
    invoked = {event.op for event in told if event.phase == "invoke"}
    assert len(acknowledged) == 500 and told[-1] is acknowledged[-1]
    assert {event.op for event in acknowledged} <= invoked


@linux
def test_a_paused_client_stands_still_until_resumed(pool: ClientPool) -> None:
    client = mocked_producer(pool)
    client.pause()
    assert state(client.pid) == "T"
    client.pause()  # a second time does no harm
    handle = client.send(TOPIC, [1], wait=False)
    client.resume()
    assert len(handle.result(10).acknowledged) == 1


@linux
def test_a_paused_client_can_be_killed(pool: ClientPool) -> None:
    client = mocked_producer(pool)
    client.pause()
    client.kill()
    assert client.exited == -signal.SIGKILL and not there(client.pid)


@linux
def test_a_pool_ends_all_its_clients_quickly(tmp_path: Path) -> None:
    pool = ClientPool(tmp_path, "127.0.0.1:1", "life")
    clients = [mocked_producer(pool) for _ in range(4)]
    clients[0].pause()
    gate = clients[1].stop_at("invoke", 1)
    clients[1].send(TOPIC, [1], wait=False)
    gate.wait(10)
    begun = time.monotonic()
    pool.close()
    assert time.monotonic() - begun < 10  # asking the one that is paused would take 32
    assert not any(there(client.pid) for client in clients)


PARENT = """
import sys, tempfile, threading, time
from pathlib import Path
from clients.spawn import fork_server
from clients import ClientPool
from tests.clients.mock import mocked_producer, TOPIC
pool = ClientPool(Path(tempfile.mkdtemp(dir=sys.argv[1])), "127.0.0.1:1", "orphans")
made = []
maker = threading.Thread(target=lambda: made.append(mocked_producer(pool)))  # a thread that ends at once
maker.start(); maker.join()
made.append(mocked_producer(pool))
made[0].pause()
made[1].stop_at("invoke", 1)
made[1].send(TOPIC, [1], wait=False)
print(fork_server().pid, *(client.pid for client in made), flush=True)
time.sleep(60)
"""


@linux
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_its_parent(tmp_path: Path, how: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert parent.stdout is not None and parent.stderr is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == 3 and all(there(pid) for pid in pids), parent.stderr.read()
    # As the terminal does it: to every process of the group.
    os.killpg(parent.pid, how)
    parent.wait(10)
    # Orphans are reaped by init, or stay zombies where there is none: dead is enough.
    wait_until(lambda: all(not there(pid) or state(pid) == "Z" for pid in pids), f"{pids} are dead")
    told = parent.stderr.read()
    assert told.count("Traceback") == (1 if how == signal.SIGINT else 0), told
    parent.stdout.close()
    parent.stderr.close()


@linux
def test_clients_die_with_the_fork_server(pool: ClientPool) -> None:
    code = (
        "import os, signal, tempfile; from pathlib import Path\n"
        "from clients import ClientPool, ClientDied\n"
        "from clients.spawn import fork_server\n"
        "from tests.clients.mock import mocked_producer, TOPIC\n"
        "pool = ClientPool(Path(tempfile.mkdtemp()), '127.0.0.1:1', 'x')\n"
        "client = mocked_producer(pool)\n"
        "client.pause()\n"
        "os.kill(fork_server().pid, signal.SIGKILL)\n"
        "client._reader.join(10)\n"
        "assert not client.alive\n"
        "print('seen')\n"
        "pool.close()\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (told.stdout, told.returncode) == ("seen\n", 0), told.stderr


def open_files(pid: int) -> set[str]:
    """Those that a process keeps open; its library may close others meanwhile."""
    found = set()
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found.add(os.readlink(fd))
    return found


@linux
def test_clients_hold_nothing_but_their_own_socket(pool: ClientPool) -> None:
    first, second = mocked_producer(pool), mocked_producer(pool)
    ours = {os.readlink(f"/proc/self/fd/{fd}") for fd in (first._sock.fileno(), second._sock.fileno())}
    for client in (first, second):
        links = open_files(client.pid)
        assert not links & ours, "an end of its owner's"
        server = open_files(fork_server().pid)
        assert not {one for one in links & server if one.startswith("socket")}, "the server's control socket"
