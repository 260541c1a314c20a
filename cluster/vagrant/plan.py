"""Which machines there are, where they are reached, and where what is known of them is kept.

Everything that may differ from one place to another is an environment variable, for the Vagrantfile
reads the same ones.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import ClusterError
from cluster.local.layout import BROKERS, CONTROLLERS
from cluster.release import DEFAULT

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PLAYBOOKS = HERE.parent / "ansible"

PROVIDERS = ("docker", "libvirt", "virtualbox")

#: The image that the docker provider runs machines from, unless another one is named.
IMAGE = "kafka-guarantees/machine:local"

#: Ports: what clients use on the public network, what brokers and controllers use on the private one.
TLS, PLAIN, CONTROLLER = 9093, 9092, 9094

#: Data and logs of Kafka on a machine.
DATA, LOGS = "/var/lib/kafka", "/var/log/kafka"


@dataclass(frozen=True)
class Machine:
    """One machine. It runs the broker with its number and the controller beside it."""

    number: int
    public: str  # address on the network of the clients
    private: str  # address on the network of the brokers

    @property
    def name(self) -> str:
        return f"broker{self.number}"

    @property
    def controller(self) -> int:
        return CONTROLLERS[self.number - 1]


@dataclass(frozen=True)
class Plan:
    """What is to be there; ``state`` is the folder that keeps what is known of the machines."""

    provider: str
    kafka: str
    public: ipaddress.IPv4Network
    private: ipaddress.IPv4Network
    state: Path
    image: str = IMAGE

    @property
    def machines(self) -> tuple[Machine, ...]:
        """The machines, each with the same last number on both networks: 11, 12 and 13."""
        return tuple(
            Machine(number, str(self.public[10 + number]), str(self.private[10 + number]))
            for number in BROKERS
        )

    def machine(self, number: int) -> Machine:
        return self.machines[BROKERS.index(number)]

    @property
    def certificates(self) -> Path:
        return self.state / "certificates"

    @property
    def login_key(self) -> Path:
        return self.state / "login-key"

    @property
    def ssh_config(self) -> Path:
        return self.state / "ssh_config"

    def environment(self) -> dict[str, str]:
        """What the Vagrantfile reads, beside what this process has."""
        return {
            **os.environ,
            "VAGRANT_CWD": str(HERE),
            "VAGRANT_DOTFILE_PATH": str(self.state / "vagrant"),
            "VAGRANT_DEFAULT_PROVIDER": self.provider,
            # Debian's package does not find its own versions of what it is made of.
            "VAGRANT_DISABLE_STRICT_DEPENDENCY_ENFORCEMENT": "1",
            "KAFKA_GUARANTEES_PROVIDER": self.provider,
            "KAFKA_GUARANTEES_PUBLIC_NET": str(self.public),
            "KAFKA_GUARANTEES_PRIVATE_NET": str(self.private),
            "KAFKA_GUARANTEES_IMAGE": self.image,
            "KAFKA_GUARANTEES_STATE": str(self.state),
        }


def plan(kafka: str = DEFAULT, given: Mapping[str, str] | None = None) -> Plan:
    """The plan that the environment variables ask for. Raises ClusterError for values that cannot be."""
    given = os.environ if given is None else given
    provider = given.get("KAFKA_GUARANTEES_PROVIDER") or "docker"
    if provider not in PROVIDERS:
        raise ClusterError(f"KAFKA_GUARANTEES_PROVIDER is {provider!r}: there are {', '.join(PROVIDERS)}")
    public = network("KAFKA_GUARANTEES_PUBLIC_NET", given, "172.30.60.0/24")
    private = network("KAFKA_GUARANTEES_PRIVATE_NET", given, "172.30.61.0/24")
    if public.overlaps(private):
        raise ClusterError(f"the public network {public} and the private network {private} overlap")
    state = Path(given.get("KAFKA_GUARANTEES_STATE") or ROOT / ".state").absolute()
    return Plan(provider, kafka, public, private, state, given.get("KAFKA_GUARANTEES_IMAGE") or IMAGE)


def network(name: str, given: Mapping[str, str], default: str) -> ipaddress.IPv4Network:
    """A private network of 256 addresses or more. Raises ClusterError."""
    text = given.get(name) or default
    try:
        found = ipaddress.IPv4Network(text)
    except ValueError as error:
        raise ClusterError(f"{name} is {text!r}: {error}; write it like {default}") from None
    if found.prefixlen > 24 or not found.is_private:
        raise ClusterError(f"{name} is {text!r}: a private network of /24 or wider is needed, like {default}")
    return found
