"""The machines by hand: ``python -m cluster.vagrant up``, ``provision``, ``status``, ``down``, ``image``."""

from __future__ import annotations

import argparse
import sys

from cluster import overlay, release
from cluster.errors import ClusterError
from cluster.vagrant import clientfiles, image, machines, plan, provisioning
from cluster.vagrant.backend import VagrantCluster

#: The environment failed (sysexits.h, EX_TEMPFAIL), as in the suite itself.
ENVIRONMENT = 75


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="python -m cluster.vagrant",
        description="Three machines with a broker and a controller each, by Vagrant and Ansible.",
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="up|provision|status|down|image")
    for verb, what in (
        ("up", "start the machines and provision them"),
        ("provision", "run the playbook again; where nothing differs, nothing is changed"),
    ):
        made = verbs.add_parser(verb, help=what)
        made.add_argument(
            "--kafka", default=release.DEFAULT, metavar="VERSION",
            help=f"the version to run (known: {', '.join(release.known())})",
        )  # fmt: skip
        made.add_argument(
            "--broker-config", action="append", default=[], metavar="KEY=VALUE",
            help="lay a setting over every broker's and controller's; again for more",
        )  # fmt: skip
    verbs.add_parser("status", help="tell where the cluster is reached and how its nodes are")
    verbs.add_parser("down", help="take the machines away, and their data with them")
    verbs.add_parser("image", help="make the image that the docker provider runs machines from")
    return top


def up(arguments: argparse.Namespace, start: bool) -> int:
    chosen = plan.plan(arguments.kafka)
    laid = overlay.parse(arguments.broker_config)
    with machines.alone(chosen):
        if start:
            machines.up(chosen, say)
        done = provisioning.provision(chosen, laid, say)
        say(f"{done.count} changes in {done.seconds:.0f} s")
        clientfiles.write(chosen)
        cluster = VagrantCluster(chosen, chosen.state / "by-hand", laid)
        cluster.await_whole(within=60)
    describe(cluster)
    print("\nThey stay up until: python -m cluster.vagrant down")
    return 0


def status() -> int:
    chosen = plan.plan(provisioning.kafka_there(plan.plan()))
    states = machines.running(chosen)
    for name, runs in states.items():
        print(f"  {name:<22} {'up' if runs else 'down'}")
    if all(states.values()):
        describe(VagrantCluster(chosen, chosen.state / "by-hand", {}))
    return 0


def describe(cluster: VagrantCluster) -> None:
    print(f"Kafka {cluster.facts['Kafka']} on machines ({cluster.facts['Backend']})")
    print(f"  private network        {cluster.bootstrap('plain')}")
    print(f"  public, mutual TLS     {cluster.bootstrap('tls')}")
    print(f"  client settings        {cluster.plan.state / clientfiles.SEED}")
    for name, state in cluster.status().items():
        how = "paused" if state["paused"] else "running" if state["running"] else "ended"
        print(f"  {name:<22} {how}" + (f", pid {state['pid']}" if state["pid"] else ""))


def down() -> int:
    chosen = plan.plan()
    with machines.alone(chosen):
        machines.down(chosen, say)
    print("The machines are down.")
    return 0


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    arguments = parser().parse_args()
    try:
        if arguments.verb in ("up", "provision"):
            return up(arguments, start=arguments.verb == "up")
        if arguments.verb == "image":
            image.ensure(plan.plan().image, say)
            return 0
        return status() if arguments.verb == "status" else down()
    except (ClusterError, overlay.Malformed) as error:
        say(f"error: {error}")
        return ENVIRONMENT if isinstance(error, ClusterError) else 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
