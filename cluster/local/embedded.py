"""The embedded cluster as others use it: start one, attach to one, handle its nodes."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cluster import ports, views
from cluster.errors import ClusterError
from cluster.local import keeper, layout, readiness, settings
from cluster.local.prepared import Prepared
from cluster.ports import HOST
from cluster.proxy import FaultProxy
from cluster.segments import Segment
from cluster.waiting import eventually

#: Free space that a run needs in the temporary folder, in bytes.
SPACE_NEEDED = 512 * 1024 * 1024

#: Longest wait for all six nodes, in seconds, on a machine that is busy with other things.
START_PATIENCE = 90.0


def folder_prefix() -> str:
    return f"kafka-guarantees-{os.getuid()}-"


def standing() -> list[Path]:
    """The folders of clusters that are up, newest first."""
    found = Path(tempfile.gettempdir()).glob(f"{folder_prefix()}*/{keeper.SOCKET}")
    return sorted((file.parent for file in found), key=lambda folder: folder.stat().st_mtime, reverse=True)


def detached() -> list[Path]:
    """The folders of standing clusters that belong to no running test run."""
    return [
        folder for folder in standing() if json.loads((folder / keeper.DESCRIPTION).read_text())["detached"]
    ]


class EmbeddedNode:
    """A broker or controller of the embedded cluster."""

    def __init__(self, cluster: EmbeddedCluster, name: str) -> None:
        self.cluster = cluster
        self.name = name

    def kill(self) -> float:
        """SIGKILL; returns when the process is gone."""
        return self._do("kill")

    def stop(self) -> float:
        """SIGTERM, an orderly stop; returns when the process has ended."""
        return self._do("stop")

    def pause(self) -> float:
        """SIGSTOP."""
        return self._do("pause")

    def resume(self) -> float:
        """SIGCONT."""
        return self._do("resume")

    def start(self) -> float:
        """Start it again on its own ports and data; returns at once, see ``await_whole``."""
        return self._do("start")

    def change(self, changes: Mapping[str, str | None]) -> None:
        """Change properties for its next start; None takes one away."""
        self._do("set", settings=dict(changes))

    @property
    def running(self) -> bool:
        return bool(self.cluster.status()[self.name]["running"])

    @property
    def log(self) -> Path:
        return self.cluster.folder / "logs" / f"{self.name}.log"

    def _do(self, verb: str, **more: Any) -> float:
        return float(self.cluster.request(do=verb, node=self.name, **more)["t"])


class EmbeddedCluster:
    """Three brokers and three controllers on loopback, owned by a keeper process."""

    def __init__(self, folder: Path, owner: subprocess.Popen[bytes] | None = None) -> None:
        """Attach to the cluster in ``folder``. Raises ClusterError if none is up there."""
        self.folder = folder
        self.owner = owner
        try:
            description = json.loads((folder / keeper.DESCRIPTION).read_text())
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.connect(str(folder / keeper.SOCKET))
        except OSError as error:
            raise ClusterError(f"no cluster is up in {folder}: {error}") from error
        self._answers = self._socket.makefile("rb")
        self._one_at_a_time = threading.Lock()
        self.layout = layout.from_plain(description["layout"])
        self.facts: dict[str, str] = description["facts"]
        self.overlay: dict[str, str] = description["overlay"]
        self._proxy: FaultProxy | None = None

    # -- addresses and nodes

    @property
    def broker_ids(self) -> tuple[int, ...]:
        return layout.BROKERS

    @property
    def controller_ids(self) -> tuple[int, ...]:
        return layout.CONTROLLERS

    def bootstrap(self, listener: str = "plain") -> str:
        """Bootstrap servers of "plain", "proxied" or "tls"."""
        return self.layout.bootstrap(listener)

    def broker(self, node: int) -> EmbeddedNode:
        return EmbeddedNode(self, f"broker-{node}")

    def controller(self, node: int) -> EmbeddedNode:
        return EmbeddedNode(self, f"controller-{node}")

    @property
    def proxy(self) -> FaultProxy:
        """The fault proxy on all paths; see :mod:`cluster.proxy`."""
        if self._proxy is None:
            self._proxy = FaultProxy(self.folder / "proxy.sock")
        return self._proxy

    def tls_files(self) -> dict[str, Path]:
        """What a client of the "tls" listener needs: its certificate, key and the authority's certificate."""
        folder = self.folder / "certificates"
        names = {"authority": "authority", "certificate": "client", "key": "client-key"}
        return {what: folder / f"{name}.pem" for what, name in names.items()}

    def segments(self, broker: int, topic: str, partition: int) -> Segment:
        """The replica of a partition on a broker, as Kafka's own dump tool reads it."""
        data = self.folder / "data" / f"broker-{broker}" / f"{topic}-{partition}"
        return Segment(data, self._dump_command())

    def _dump_command(self) -> list[str]:
        command: list[str] = json.loads((self.folder / "tool.json").read_text())
        return command

    # -- state

    def view(self, broker: int) -> views.View:
        """How ``broker`` sees the cluster. Raises OSError if it does not answer."""
        return views.view_of(HOST, self.layout.brokers[broker].plain)

    def await_whole(self, within: float = 30.0) -> float:
        """Wait until every broker sees every replica in sync; the seconds that it took."""
        begun = time.monotonic()

        eventually(
            lambda: views.what_is_missing(self._views(), layout.BROKERS),
            within,
            "a whole cluster",
            until=lambda missing: missing is None,
        )
        return time.monotonic() - begun

    def _views(self) -> dict[int, views.View | None]:
        found: dict[int, views.View | None] = {}
        for broker in layout.BROKERS:
            try:
                found[broker] = self.view(broker)
            except OSError:
                found[broker] = None
        return found

    def status(self) -> dict[str, dict[str, Any]]:
        """What the keeper knows of each node: running, paused, pid, exit code."""
        states: dict[str, dict[str, Any]] = self.request(do="status")["nodes"]
        return states

    # -- the keeper

    def request(self, **request: Any) -> dict[str, Any]:
        """Ask the keeper; raises ClusterError with its words, or if it is gone."""
        with self._one_at_a_time:
            try:
                self._socket.sendall(json.dumps(request).encode() + b"\n")
                line = self._answers.readline()
            except OSError:
                line = b""
        if not line:
            raise ClusterError("the process that keeps the cluster is gone, and its brokers with it")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ClusterError(answer["error"])
        return answer

    def detach(self) -> None:
        """Let go of the cluster without ending it."""
        if self._proxy is not None:
            self._proxy.close()
        self._answers.close()
        self._socket.close()

    def down(self) -> None:
        """End every process of the cluster and remove its folder."""
        try:
            self.request(do="down")
        except ClusterError:
            pass  # it is gone already, which is what was asked for
        self.detach()
        if self.owner is not None:
            self.owner.wait(timeout=30)
            for pipe in (self.owner.stdin, self.owner.stdout):
                if pipe is not None:
                    pipe.close()
        else:
            eventually(lambda: not (self.folder / keeper.LOCK).exists(), 15, "the end of the cluster")


def start(
    prepared: Prepared,
    overlay: Mapping[str, str] | None = None,
    *,
    detached: bool = False,
    keep: bool = False,
    first_port: int = ports.FIRST,
    last_port: int = ports.LAST,
    say: Callable[[str], None] = lambda line: None,
) -> EmbeddedCluster:
    """Start a cluster and wait until it is proven ready. Raises ClusterError, leaving nothing behind."""
    overlay = dict(overlay or {})
    settings.check_overlay(overlay)
    folder = make_folder()
    (folder / "tool.json").write_text(json.dumps(prepared.tool("org.apache.kafka.tools.DumpLogSegments")))
    facts = {"Kafka": prepared.release.version, "Java": str(prepared.java), "Backend": "embedded"}
    facts["Kafka from"] = prepared.release.origin
    order = keeper.Order(
        str(folder),
        prepared.command_pattern(),
        str(prepared.formatted),
        overlay,
        facts,
        detached,
        keep,
        first_port,
        last_port,
    )
    say("starting three brokers and three controllers")
    owner = start_keeper(order)
    cluster = None
    try:
        await_started(owner)
        cluster = EmbeddedCluster(folder, owner)
        readiness.prove(cluster, START_PATIENCE)
        refuse_unknown(cluster, overlay)
        return cluster
    except BaseException:
        if cluster is not None:
            cluster.down()
        end_keeper(owner)
        shutil.rmtree(folder, ignore_errors=not keep)
        raise


def make_folder() -> Path:
    """A fresh folder for a cluster; those of killed runs are removed. Raises ClusterError."""
    parent = Path(tempfile.gettempdir())
    keeper.sweep(parent, folder_prefix())
    free = shutil.disk_usage(parent).free
    if free < SPACE_NEEDED:
        raise ClusterError(
            f"{parent} has {free // 2**20} MiB free, and a cluster needs {SPACE_NEEDED // 2**20} MiB: "
            "make room, or set TMPDIR to a folder with more"
        )
    folder = Path(tempfile.mkdtemp(prefix=folder_prefix(), dir=parent))
    (folder / "logs").mkdir()
    return folder


def start_keeper(order: keeper.Order) -> subprocess.Popen[bytes]:
    root = Path(__file__).parents[2]
    owner = subprocess.Popen(
        [sys.executable, "-m", "cluster.local.keeper"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(Path(order.folder) / "logs" / "keeper.log").open("wb"),
        cwd=root,
        start_new_session=True,  # Ctrl-C is for the caller alone; the keeper sees its pipe close
    )
    assert owner.stdin is not None
    owner.stdin.write(keeper.order_line(order))
    owner.stdin.flush()
    return owner


def end_keeper(owner: subprocess.Popen[bytes]) -> None:
    if owner.stdin is not None:
        owner.stdin.close()
    try:
        owner.wait(timeout=10)
    except subprocess.TimeoutExpired:
        owner.kill()
        owner.wait()


def await_started(owner: subprocess.Popen[bytes]) -> None:
    """Wait until the keeper has started all processes; raises ClusterError with its words."""
    assert owner.stdout is not None
    line = owner.stdout.readline()
    message = (
        json.loads(line) if line else {"error": "the process that should keep the cluster ended at once"}
    )
    if "error" in message:
        raise ClusterError(message["error"])


def refuse_unknown(cluster: EmbeddedCluster, overlay: Mapping[str, str]) -> None:
    """Refuse a setting that the broker does not know: Kafka itself passes over it without a word.

    A broker lists every setting that it knows in its log as it starts ("KafkaConfig values").
    """
    log = cluster.broker(1).log.read_text(errors="replace")
    known = set(re.findall(r"^\t([a-z0-9.]+) = ", log, re.MULTILINE))
    for key in overlay:
        if known and key not in known and not key.startswith("listener.name."):
            raise ClusterError(
                f"--broker-config {key}: Kafka {cluster.facts['Kafka']} knows no such broker setting"
            )
