"""What Ansible is told of the machines: every setting that differs from one plan to another."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cluster import java, release
from cluster.certificates import Authority
from cluster.local import prepared, settings
from cluster.local.nodes import BROKER_HEAP, CONTROLLER_HEAP
from cluster.vagrant import bundles, plan
from cluster.vagrant.plan import DATA, Machine, Plan

#: How long the certificates of machines are good: they may stay for as long as somebody uses them.
VALID = datetime.timedelta(days=365)

#: Where the keys lie on a machine.
KEYS = "/etc/kafka/tls"

#: 22 characters of URL-safe base 64 are the form of Kafka's ids (org.apache.kafka.common.Uuid).
CLUSTER_ID = "kafka-guarantees-lab-A"


def write(plan: Plan, overlay: Mapping[str, str], say: bundles.Say) -> Path:
    """The inventory as a file of the state folder, and all that it names. Raises ClusterError."""
    chosen = release.resolve(plan.kafka, say)
    runtime = java.find(chosen.java_needed)
    issue_certificates(plan)
    everything = common(plan, chosen) | {
        "kafka_bundle": bundles.kafka(chosen, say).plain(),
        "java_bundle": bundles.java(runtime, say).plain(),
        "java_home": "/opt/java",
    }
    hosts = {machine.name: of_machine(plan, machine, overlay) for machine in plan.machines}
    file = plan.state / "inventory.json"
    told = {"all": {"children": {"machines": {"hosts": hosts}}, "vars": everything}}
    file.write_text(json.dumps(told, indent=1, sort_keys=True))
    return file


def common(wanted: Plan, chosen: release.Release) -> dict[str, Any]:
    """What is the same on every machine."""
    return {
        "layout": "kraft",
        "kafka_version": chosen.version,
        "cluster_id": CLUSTER_ID,
        "public_network": str(wanted.public),
        "private_network": str(wanted.private),
        "private_ports": [plan.PLAIN, plan.CONTROLLER],
        "plain_port": plan.PLAIN,
        "tls_port": plan.TLS,
        "certificates_folder": str(wanted.certificates),
        "broker_heap": BROKER_HEAP,
        "controller_heap": CONTROLLER_HEAP,
        "java_flags": [*prepared.FLAGS, "-Xlog:disable"],
        "logging_file": str(prepared.LOGGING),
        "logging_flag": "-Dlog4j2.disableJmx=true -Dlog4j2.configurationFile=",
        "topic_tool": "org.apache.kafka.tools.TopicCommand",
        "units": ["kafka-controller", "kafka"],
    }


def of_machine(wanted: Plan, machine: Machine, overlay: Mapping[str, str]) -> dict[str, Any]:
    """What is a machine's own."""
    broker = {**broker_settings(wanted, machine), **overlay}
    controller = {**controller_settings(wanted, machine), **overlay}
    ports = {
        f"controller {machine.controller}": (machine.private, plan.CONTROLLER),
        f"broker {machine.number} on the private network": (machine.private, plan.PLAIN),
        f"broker {machine.number} on the public network": (machine.public, plan.TLS),
    }
    return {
        "public": machine.public,
        "private": machine.private,
        "broker_properties": [settings.line(key, value) for key, value in sorted(broker.items())],
        "controller_properties": [settings.line(key, value) for key, value in sorted(controller.items())],
        "expected_ports": [
            {"what": what, "host": host, "port": port} for what, (host, port) in ports.items()
        ],
    }


def broker_settings(wanted: Plan, machine: Machine) -> dict[str, str]:
    """The properties of a broker: those of the embedded cluster, on two networks instead of loopback."""
    listeners = f"PLAIN://{machine.private}:{plan.PLAIN},TLS://{machine.public}:{plan.TLS}"
    keys = {
        "keystore.type": "PEM",
        "keystore.location": f"{KEYS}/broker.pem",
        "truststore.type": "PEM",
        "truststore.location": f"{KEYS}/authority.pem",
        "client.auth": "required",
    }
    return {
        **settings.CAREFUL,
        **settings.PROMPT,
        "process.roles": "broker",
        "node.id": str(machine.number),
        "controller.quorum.voters": voters(wanted),
        "controller.listener.names": "CONTROLLER",
        "listeners": listeners,
        "advertised.listeners": listeners,
        "listener.security.protocol.map": "PLAIN:PLAINTEXT,TLS:SSL,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAIN",
        "log.dirs": f"{DATA}/broker",
        **{f"listener.name.tls.ssl.{name}": value for name, value in keys.items()},
    }


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


def voters(wanted: Plan) -> str:
    return ",".join(f"{one.controller}@{one.private}:{plan.CONTROLLER}" for one in wanted.machines)


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
