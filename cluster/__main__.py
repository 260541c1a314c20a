"""A cluster without pytest: ``python -m cluster up``, ``status``, ``down``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cluster import java, overlay, release
from cluster.errors import ClusterError
from cluster.local import embedded, folders, prepared

#: The environment failed (sysexits.h, EX_TEMPFAIL), as in the suite itself.
ENVIRONMENT = 75


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="python -m cluster",
        description="Three brokers and three controllers, or ZooKeepers before Kafka 3.3, on loopback, to try things on.",
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="up|status|down")
    up = verbs.add_parser("up", help="start a cluster that stays until it is taken down")
    up.add_argument(
        "--kafka",
        default=release.DEFAULT,
        metavar="VERSION",
        help=f"the version to run (known: {', '.join(release.known())})",
    )
    up.add_argument("--kafka-home", type=Path, metavar="DIR", help="an unpacked release to run instead")
    up.add_argument(
        "--broker-config",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="lay a setting over every broker's and controller's; again for more, "
        "or the path of a properties file",
    )
    up.add_argument("--keep", action="store_true", help="leave data and logs behind when it goes down")
    verbs.add_parser("status", help="list the clusters that are up, their addresses and nodes")
    down = verbs.add_parser("down", help="end the clusters that `up` started, or one of them")
    down.add_argument("folder", type=Path, nargs="?", help="the folder that `up` named")
    return top


def up(arguments: argparse.Namespace) -> int:
    settings = overlay.parse(arguments.broker_config)
    chosen = (
        release.at_home(arguments.kafka_home)
        if arguments.kafka_home
        else release.resolve(arguments.kafka, say)
    )
    runtime = java.find(chosen.java_needed)
    cluster = embedded.start(
        prepared.prepare(chosen, runtime, say), settings, detached=True, keep=arguments.keep, say=say
    )
    describe(cluster)
    cluster.detach()
    print(f"\nIt stays up until: python -m cluster down {cluster.folder}")
    return 0


def status() -> int:
    found = folders.standing()
    if not found:
        print("No cluster is up.")
    for folder in found:
        cluster = embedded.EmbeddedCluster(folder)
        describe(cluster)
        cluster.detach()
    return 0


def describe(cluster: embedded.EmbeddedCluster) -> None:
    print(f"Kafka {cluster.facts['Kafka']} on Java {cluster.facts['Java']}, in {cluster.folder}")
    for key, value in cluster.overlay.items():
        print(f"  laid over: {key}={value}")
    print(f"  plaintext              {cluster.bootstrap('plain')}")
    print(f"  through the proxy      {cluster.bootstrap('proxied')}")
    print(f"  mutual TLS             {cluster.bootstrap('tls')}")
    for name, state in cluster.status().items():
        how = "paused" if state["paused"] else "running" if state["running"] else f"ended ({state['exit']})"
        print(f"  {name:<22} {how}" + (f", pid {state['pid']}" if state["pid"] else ""))


def down(arguments: argparse.Namespace) -> int:
    ended = [arguments.folder] if arguments.folder else folders.detached()
    if not ended:
        print("No cluster is up.")
    for folder in ended:
        embedded.EmbeddedCluster(folder).down()
        print(f"The cluster in {folder} is down.")
    return 0


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    arguments = parser().parse_args()
    try:
        if arguments.verb == "up":
            return up(arguments)
        return status() if arguments.verb == "status" else down(arguments)
    except (ClusterError, overlay.Malformed) as error:
        say(f"error: {error}")
        return ENVIRONMENT if isinstance(error, ClusterError) else 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
