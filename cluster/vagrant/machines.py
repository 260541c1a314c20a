"""The machines as Vagrant knows them: started, looked at, halted, taken away."""

from __future__ import annotations

import fcntl
import ipaddress
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from cluster.errors import ClusterError
from cluster.vagrant import commands, image
from cluster.vagrant.plan import Plan
from cluster.vagrant.ssh import Shell

#: Longest waits, in seconds: for all machines to boot, to go, and for Vagrant to say something.
UP, DOWN, TELL = 900.0, 120.0, 60.0

Say = Callable[[str], None]

VAGRANT = "Debian has it in the package vagrant; elsewhere it comes from its makers"


@contextmanager
def alone(plan: Plan) -> Iterator[None]:
    """Nobody else handles these machines meanwhile. Raises ClusterError if somebody does."""
    prepare(plan.state)
    lock = os.open(plan.state / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise ClusterError(
            f"somebody else handles the machines of {plan.state} now; "
            "wait, or set KAFKA_GUARANTEES_STATE and other networks for machines of your own"
        ) from None
    try:
        yield
    finally:
        os.close(lock)


def prepare(state: Path) -> None:
    """The state folder, for its owner only: it holds keys."""
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        state.chmod(0o700)
    except OSError as error:
        raise ClusterError(
            f"the state folder {state} cannot be used ({error.strerror}): set KAFKA_GUARANTEES_STATE to another"
        ) from error


def up(plan: Plan, say: Say) -> bool:
    """Start the machines that are not running, and write how ssh reaches them; whether there was one to start.

    Raises ClusterError naming what to try.
    """
    commands.require("vagrant", VAGRANT)
    commands.require("ssh", "install OpenSSH's client")
    if plan.ssh_config.is_file() and all_answer(plan):
        return False
    states = running(plan)
    if plan.provider == "docker":
        image.ensure(plan.image, say)
        require_free(plan, any(states.values()))
    make_login_key(plan)
    say(f"starting {', '.join(name for name, runs in states.items() if not runs)} ({plan.provider})")
    vagrant(plan, ["up", "--provider", plan.provider], UP, "start the machines", hint=hint(plan))
    told = vagrant(plan, ["ssh-config"], TELL, "ask how ssh reaches the machines")
    write_ssh_config(plan, told)
    return True


def all_answer(plan: Plan) -> bool:
    """Whether ssh reaches every machine, which says more than Vagrant knows and is sooner known."""

    def answers(name: str) -> bool:
        try:
            return Shell(name, plan.ssh_config).tried("true", within=TELL).returncode == 0
        except ClusterError:
            return False

    with ThreadPoolExecutor() as together:
        return all(together.map(answers, [machine.name for machine in plan.machines]))


def down(plan: Plan, say: Say) -> None:
    """Take the machines and their data away. What belongs to nobody any more goes from the state folder."""
    if not (plan.state / "vagrant").is_dir():
        return
    commands.require("vagrant", VAGRANT)
    say("taking the machines down")
    close_connections(plan)
    vagrant(plan, ["destroy", "-f"], DOWN, "take the machines down")
    if plan.provider == "docker":
        remove_networks(plan)
    for name in ("vagrant", "certificates"):
        shutil.rmtree(plan.state / name, ignore_errors=True)
    for name in ("ssh_config", "login-key", "login-key.pub", "provisioned.json", "config.yaml",
                 "client_ssl_config.properties", "inventory.json", "kafka"):  # fmt: skip
        (plan.state / name).unlink(missing_ok=True)


def halt(plan: Plan, number: int | None = None) -> None:
    """Shut one machine down, or all."""
    names = [plan.machine(number).name] if number else []
    vagrant(plan, ["halt", *names], DOWN, f"shut down {names[0] if names else 'the machines'}")


def boot(plan: Plan, number: int) -> None:
    """Start one machine that was shut down; ssh may reach it by another port then."""
    name = plan.machine(number).name
    vagrant(plan, ["up", name], UP, f"start {name}", hint=hint(plan))
    write_ssh_config(plan, vagrant(plan, ["ssh-config"], TELL, "ask how ssh reaches the machines"))


def running(plan: Plan) -> dict[str, bool]:
    """For each machine whether it runs, as Vagrant knows it."""
    names = [machine.name for machine in plan.machines]
    if not (plan.state / "vagrant").is_dir():
        return dict.fromkeys(names, False)
    asking = ["status", "--machine-readable"]
    told = vagrant(plan, asking, TELL, "ask for the state of the machines", hint=hint(plan))
    found = dict(re.findall(r"^\d+,(\w+),state,(\w+)$", told, re.MULTILINE))
    return {name: found.get(name) == "running" for name in names}


def vagrant(plan: Plan, arguments: list[str], within: float, what: str, hint: str = "") -> str:
    log = plan.state / "logs" / f"vagrant-{arguments[0]}.log"
    environment = plan.environment()
    return commands.run(["vagrant", *arguments], within, what, environment=environment, hint=hint, log=log)


def hint(plan: Plan) -> str:
    """What to try when machines do not start."""
    kvm = "is there hardware virtualisation (/dev/kvm), and may you use it? Without it: KAFKA_GUARANTEES_PROVIDER=docker"
    return {
        "docker": "look at them: docker ps -a; docker logs NAME",
        "libvirt": kvm,
        "virtualbox": kvm,
    }[plan.provider] + "\nstart anew: python -m cluster.vagrant down"


def make_login_key(plan: Plan) -> None:
    """The key by which Vagrant and Ansible log in to containers; its owner alone may read it."""
    if plan.login_key.is_file():
        return
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "kafka-guarantees", "-f"]
    commands.run([*command, str(plan.login_key)], 30, "make a login key")


def write_ssh_config(plan: Plan, told: str) -> None:
    """What Vagrant says of ssh, with one connection for many commands."""
    extra = ["ControlMaster auto", f"ControlPath {control_path()}", "ControlPersist 60s", "ConnectTimeout 10"]
    extra += ["ServerAliveInterval 5", "ServerAliveCountMax 3"]
    found = "Host *\n" + "".join(f"  {line}\n" for line in extra) + "\n" + told
    plan.ssh_config.touch(mode=0o600)
    plan.ssh_config.write_text(found)


def control_path() -> str:
    """Sockets of shared connections: a short path, for those of Unix sockets may not be long."""
    folder = control_folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid() or folder.is_symlink():
        raise ClusterError(f"{folder} belongs to somebody else; remove it")
    return str(folder / "%C")


def control_folder() -> Path:
    return Path(f"/tmp/kafka-guarantees-ssh-{os.getuid()}")


def close_connections(plan: Plan) -> None:
    """End the connections that ssh keeps for a while; their folder goes unless other machines have some there."""
    if plan.ssh_config.is_file():
        for machine in plan.machines:
            exiting = ["ssh", "-F", str(plan.ssh_config), "-O", "exit", machine.name]
            subprocess.run(exiting, capture_output=True, timeout=TELL)
    with suppress(OSError):
        control_folder().rmdir()


def require_free(plan: Plan, ours: bool) -> None:
    """Raises ClusterError if a network of Docker has these addresses already and is not ours."""
    if ours:
        return
    for name, network in networks():
        for wanted in (plan.public, plan.private):
            if network.overlaps(wanted) and not name.startswith("vagrant_network_"):
                raise ClusterError(
                    f"the addresses {wanted} are taken by Docker's network {name} ({network}): set "
                    "KAFKA_GUARANTEES_PUBLIC_NET and KAFKA_GUARANTEES_PRIVATE_NET to others"
                )


def networks() -> list[tuple[str, ipaddress.IPv4Network]]:
    """Docker's networks that have addresses."""
    names = commands.run(["docker", "network", "ls", "-q"], 30, "list Docker's networks").split()
    if not names:
        return []
    done = subprocess.run(["docker", "network", "inspect", *names], capture_output=True, text=True)
    found = []
    for network in json.loads(done.stdout or "[]"):
        for config in network["IPAM"]["Config"] or []:
            if ":" not in config["Subnet"]:
                found.append((network["Name"], ipaddress.IPv4Network(config["Subnet"])))
    return found


def remove_networks(plan: Plan) -> None:
    """Vagrant leaves Docker's networks behind where the last machine went beside another."""
    for name, network in networks():
        if name.startswith("vagrant_network_") and network in (plan.public, plan.private):
            subprocess.run(["docker", "network", "rm", name], capture_output=True)
