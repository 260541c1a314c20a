"""Ansible puts on the machines what is to stand there."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import ClusterError
from cluster.vagrant import commands, inventory
from cluster.vagrant.plan import PLAYBOOKS, Plan

#: Longest wait, in seconds, for a whole playbook.
PATIENCE = 1200.0

AGAIN = "once that is mended: python -m cluster.vagrant provision (it goes on where it broke off)"
ADVICE = "pip install -r requirements-machines.txt"

#: The end of Ansible's output: "broker1 : ok=31 changed=0 …".
RECAP = re.compile(r"^(\w+)\s+: ok=\d+\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)
TASK = re.compile(r"^(?:TASK|RUNNING HANDLER) \[(.+?)\]", re.MULTILINE)
FATAL = re.compile(r"^(?:fatal|failed): \[(\w+)\].*?(?:=> )(\{.*)", re.MULTILINE)
CHANGED = re.compile(r"^changed: \[(\w+)\]", re.MULTILINE)

Say = Callable[[str], None]


@dataclass(frozen=True)
class Done:
    """What a run of the playbook has changed: the tasks, by machine."""

    changed: Mapping[str, tuple[str, ...]]
    seconds: float

    @property
    def count(self) -> int:
        return sum(len(tasks) for tasks in self.changed.values())


def provision(plan: Plan, overlay: Mapping[str, str], say: Say) -> Done:
    """Run the playbook. Raises ClusterError naming machine, phase and what to try."""
    playbook = ansible_playbook()
    keep_to_one(plan)
    file = inventory.write(plan, overlay, say)
    say(f"provisioning the machines with Kafka {plan.kafka}")
    begun = time.monotonic()
    log = plan.state / "logs" / "provision.log"
    command = [playbook, "-i", str(file), str(PLAYBOOKS / "site.yml")]
    try:
        output = commands.run(
            command, PATIENCE, "provision the machines", environment=environment(plan), log=log
        )
    except ClusterError as error:
        words = trouble(log.read_text()) if log.is_file() else None
        raise ClusterError(f"{words}\nall of it: {log}\n{AGAIN}" if words else f"{error}\n{AGAIN}") from error
    remember(plan, overlay)
    return Done(changes(output), time.monotonic() - begun)


def keep_to_one(plan: Plan) -> None:
    """Refuse another Kafka on disks that one has written to already. Raises ClusterError."""
    there = kafka_there(plan)
    if there != plan.kafka:
        raise ClusterError(
            f"the machines have Kafka {there}, and its data says nothing to {plan.kafka}: "
            "take them down first: python -m cluster.vagrant down"
        )
    (plan.state / "kafka").write_text(plan.kafka)


def kafka_there(plan: Plan) -> str:
    """The version that the machines have, or are to have if they have none yet."""
    file = plan.state / "kafka"
    return file.read_text() if file.is_file() else plan.kafka


def ansible_playbook() -> str:
    """The program beside our own Python, or the one on the PATH. Raises ClusterError."""
    beside = Path(sys.executable).parent / "ansible-playbook"
    return str(beside) if beside.is_file() else commands.require("ansible-playbook", ADVICE)


def environment(plan: Plan) -> dict[str, str]:
    """Ansible reaches the machines as everybody else here does, by the same connections."""
    return {
        **os.environ,
        "ANSIBLE_CONFIG": str(PLAYBOOKS / "ansible.cfg"),
        "ANSIBLE_SSH_ARGS": f"-F {plan.ssh_config}",
        "ANSIBLE_FORCE_COLOR": "0",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "LC_ALL": "C.UTF-8",
    }


def changes(output: str) -> dict[str, tuple[str, ...]]:
    """The tasks that changed something, by machine."""
    found: dict[str, list[str]] = {name: [] for name, *_ in RECAP.findall(output)}
    task = ""
    for line in output.splitlines():
        if match := TASK.match(line):
            task = match[1]
        elif match := CHANGED.match(line):
            found.setdefault(match[1], []).append(task)
    return {name: tuple(tasks) for name, tasks in found.items()}


def trouble(output: str) -> str | None:
    """Which machine failed, in which phase, with what words; None if Ansible does not say."""
    task = ""
    for line in output.splitlines():
        if match := TASK.match(line):
            task = match[1]
        elif match := FATAL.match(line):
            return f"{match[1]} could not be provisioned, in the phase [{task}]: {said(match[2])}"
    return None


def said(result: str) -> str:
    """The words of a task's result, which is JSON."""
    try:
        told = json.loads(result)
    except ValueError:
        return result[:500]
    parts = [str(told.get(key, "")).strip() for key in ("msg", "stderr", "stdout")]
    if isinstance(unpacked := told.get("extract_results"), dict):  # a full disk, say
        parts.append("\n  ".join(str(unpacked.get("err", "")).strip().splitlines()[:2]))
    return "\n  ".join(part[-800:] for part in dict.fromkeys(parts) if part) or result[:500]


def remember(plan: Plan, overlay: Mapping[str, str]) -> None:
    (plan.state / "provisioned.json").write_text(json.dumps({"as": fingerprint(plan, overlay)}))


def is_provisioned(plan: Plan, overlay: Mapping[str, str]) -> bool:
    """Whether the playbook has run to its end as it would run now."""
    try:
        told = json.loads((plan.state / "provisioned.json").read_text())
    except (OSError, ValueError):
        return False
    return bool(told.get("as") == fingerprint(plan, overlay))


def fingerprint(plan: Plan, overlay: Mapping[str, str]) -> str:
    """Tells one state of the playbook and its inventory from any other."""
    files = [PLAYBOOKS / "site.yml", *sorted((PLAYBOOKS / "roles").rglob("*"))]
    files += [plan.state / "inventory.json", *sorted(plan.certificates.glob("broker*-both.pem"))]
    parts = [file.read_bytes() for file in files if file.is_file()]
    parts.append(repr((plan.kafka, sorted(overlay.items()))).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def forget(plan: Plan) -> None:
    """The machines are as nobody knows: the next start provisions them."""
    (plan.state / "provisioned.json").unlink(missing_ok=True)
