"""What Ansible is told of the machines: every setting that differs from one plan to another."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cluster import java, release
from cluster.certificates import Authority, Identity, Stores, write_private
from cluster.local import prepared, settings, zookeeper
from cluster.local.nodes import BROKER_HEAP, CONTROLLER_HEAP
from cluster.release import Release
from cluster.vagrant import bundles, plan
from cluster.vagrant.plan import DATA, Machine, Plan

#: How long the certificates of machines are good: they may stay for as long as somebody uses them.
VALID = datetime.timedelta(days=365)

#: The ports of a ZooKeeper: for clients, for those that follow, for elections.
ZOOKEEPER = (2181, 2888, 3888)

#: Where the keys lie on a machine.
KEYS = "/etc/kafka/tls"

#: 22 characters of URL-safe base 64 are the form of Kafka's ids (org.apache.kafka.common.Uuid).
CLUSTER_ID = "kafka-guarantees-lab-A"


def write(plan: Plan, overlay: Mapping[str, str], say: bundles.Say) -> Path:
    """The inventory as a file of the state folder, and all that it names. Raises ClusterError."""
    chosen = release.resolve(plan.kafka, say)
    runtime = java.find(chosen.java_needed)
    issue_certificates(plan)
    stores = passwords(plan) if not chosen.reads_pem else {}
    everything = common(plan, chosen) | {
        "kafka_bundle": bundles.kafka(chosen, say).plain(),
        "java_bundle": bundles.java(runtime, say).plain(),
        "java_home": "/opt/java",
    }
    hosts = {machine.name: of_machine(plan, machine, chosen, overlay, stores) for machine in plan.machines}
    file = plan.state / "inventory.json"
    file.touch(mode=0o600)  # Java's stores have passwords, which stand in the brokers' settings
    told = {"all": {"children": {"machines": {"hosts": hosts}}, "vars": everything}}
    file.write_text(json.dumps(told, indent=1, sort_keys=True))
    return file


def common(wanted: Plan, chosen: Release) -> dict[str, Any]:
    """What is the same on every machine."""
    new_logging = chosen.logs_with_log4j_2
    return {
        "layout": "classic" if chosen.needs_zookeeper else "kraft",
        "kafka_version": chosen.version,
        "cluster_id": CLUSTER_ID,
        "public_network": str(wanted.public),
        "private_network": str(wanted.private),
        "private_ports": [plan.PLAIN, *(ZOOKEEPER if chosen.needs_zookeeper else [plan.CONTROLLER])],
        "plain_port": plan.PLAIN,
        "tls_port": plan.TLS,
        "broker_heap": BROKER_HEAP,
        "controller_heap": CONTROLLER_HEAP,
        "java_flags": [*prepared.FLAGS, "-Xlog:disable"],
        "logging_file": str(prepared.LOGGING if new_logging else prepared.OLD_LOGGING),
        "logging_flag": (
            "-Dlog4j2.disableJmx=true -Dlog4j2.configurationFile="
            if new_logging
            else "-Dlog4j.configuration=file:"
        ),
        "topic_tool": f"{'org.apache.kafka.tools' if chosen.number >= (3, 7) else 'kafka.admin'}.TopicCommand",
        "units": ["zookeeper" if chosen.needs_zookeeper else "kafka-controller", "kafka"],
    }


def of_machine(
    wanted: Plan, machine: Machine, chosen: Release, overlay: Mapping[str, str], stores: Mapping[str, str]
) -> dict[str, Any]:
    """What is a machine's own."""
    keys = pem() if chosen.reads_pem else pkcs12(stores[machine.name])
    member = zookeeper_member(wanted, machine) if chosen.needs_zookeeper else kraft_member(wanted, machine)
    broker = {**broker_settings(machine), **member, **keys, **overlay}
    controller = {**controller_settings(wanted, machine), **overlay}
    keeper = ("ZooKeeper", ZOOKEEPER[0]) if chosen.needs_zookeeper else ("controller", plan.CONTROLLER)
    ports = [
        (f"the {keeper[0]}", machine.private, keeper[1]),
        ("the broker on the private network", machine.private, plan.PLAIN),
        ("the broker on the public network", machine.public, plan.TLS),
    ]
    return {
        "number": machine.number,
        "public": machine.public,
        "private": machine.private,
        "key_files": key_files(wanted, machine, chosen),
        "broker_properties": lines(broker),
        "controller_properties": lines(controller),
        "zookeeper_properties": lines(zookeeper_settings(wanted, machine)),
        "expected_ports": [{"what": what, "host": host, "port": port} for what, host, port in ports],
    }


def lines(properties: Mapping[str, str]) -> list[str]:
    return [settings.line(key, value) for key, value in sorted(properties.items())]


def broker_settings(machine: Machine) -> dict[str, str]:
    """The properties of a broker: those of the embedded cluster, on two networks instead of loopback."""
    listeners = f"PLAIN://{machine.private}:{plan.PLAIN},TLS://{machine.public}:{plan.TLS}"
    return {
        **settings.CAREFUL,
        **settings.PROMPT,
        "listeners": listeners,
        "advertised.listeners": listeners,
        "listener.security.protocol.map": "PLAIN:PLAINTEXT,TLS:SSL,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAIN",
        "log.dirs": f"{DATA}/broker",
    }


def kraft_member(wanted: Plan, machine: Machine) -> dict[str, str]:
    return {
        "process.roles": "broker",
        "node.id": str(machine.number),
        "controller.quorum.voters": voters(wanted),
        "controller.listener.names": "CONTROLLER",
    }


def zookeeper_member(wanted: Plan, machine: Machine) -> dict[str, str]:
    ways = ",".join(f"{one.private}:{ZOOKEEPER[0]}" for one in wanted.machines)
    return {"broker.id": str(machine.number), "zookeeper.connect": ways}


def pem() -> dict[str, str]:
    """Keys for the public listener in the form of Kafka 2.7 and later."""
    keys = Identity(Path(), Path(), Path(KEYS, "broker.pem"))
    return settings.mutual_tls("listener.name.tls.", keys, Path(KEYS, "authority.pem"))


def pkcs12(password: str) -> dict[str, str]:
    """The same for earlier ones."""
    stores = Stores(Path(KEYS, "broker-key.p12"), Path(KEYS, "broker-trust.p12"), password)
    return settings.mutual_tls_of_old("listener.name.tls.", stores)


def key_files(wanted: Plan, machine: Machine, chosen: Release) -> list[dict[str, str]]:
    """Which files a broker needs, and by which names it knows them."""
    names = {"authority": "authority", f"{machine.name}-both": "broker"}
    end = ".pem"
    if not chosen.reads_pem:
        names = {f"{machine.name}-{which}": f"broker-{which}" for which in ("key", "trust")}
        end = ".p12"
    return [
        {"from": str(wanted.certificates / f"{own}{end}"), "to": f"{to}{end}"} for own, to in names.items()
    ]


def controller_settings(wanted: Plan, machine: Machine) -> dict[str, str]:
    listener = f"CONTROLLER://{machine.private}:{plan.CONTROLLER}"
    return {
        **settings.CAREFUL,
        **settings.PROMPT,
        "process.roles": "controller",
        "node.id": str(machine.controller),
        "controller.quorum.voters": voters(wanted),
        "controller.listener.names": "CONTROLLER",
        "listeners": listener,
        "advertised.listeners": listener,
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT",
        "log.dirs": f"{DATA}/controller",
    }


def zookeeper_settings(wanted: Plan, machine: Machine) -> dict[str, str]:
    """The properties of a ZooKeeper: those of the embedded cluster, on the private network."""
    client, quorum, election = ZOOKEEPER
    servers = {one.number: f"{one.private}:{quorum}:{election}" for one in wanted.machines}
    told = zookeeper.one_of(servers, client, Path(DATA, "zookeeper"))
    return {**told, "clientPortAddress": machine.private}


def voters(wanted: Plan) -> str:
    return ",".join(f"{one.controller}@{one.private}:{plan.CONTROLLER}" for one in wanted.machines)


def passwords(wanted: Plan) -> dict[str, str]:
    """The passwords of the brokers' stores by machine; stores are made where there are none."""
    authority = Authority.load(wanted.certificates, VALID)
    found = {}
    for machine in wanted.machines:
        file = wanted.certificates / f"{machine.name}-password"
        both = wanted.certificates / f"{machine.name}-both.pem"
        if not file.is_file() or file.stat().st_mtime_ns < both.stat().st_mtime_ns:
            identity = Identity(
                *(wanted.certificates / f"{machine.name}{end}.pem" for end in ("", "-key", "-both"))
            )
            write_private(file, authority.stores(machine.name, identity).password.encode())
        found[machine.name] = file.read_text()
    return found


def issue_certificates(wanted: Plan) -> None:
    """An authority, a certificate for each broker and one for clients, as far as they are not there."""
    folder = wanted.certificates
    try:
        authority = Authority.load(folder, VALID)
    except OSError:
        authority = Authority(folder, "Kafka Guarantees, machines", VALID)
    folder.chmod(0o700)
    for machine in wanted.machines:
        if not (folder / f"{machine.name}-both.pem").is_file():
            authority.issue(machine.name, hosts_of(machine))
    if not (folder / "client.pem").is_file():
        authority.issue("client")


def hosts_of(machine: Machine) -> list[str]:
    """By which names and addresses a broker's certificate is good."""
    return [machine.name, machine.public, machine.private]
