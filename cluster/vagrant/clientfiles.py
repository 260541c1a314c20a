"""How clients reach the machines, as files: the YAML form that the seed's programs read, and Java's."""

from __future__ import annotations

from pathlib import Path

from cluster.local.settings import line
from cluster.vagrant import plan
from cluster.vagrant.plan import Plan

#: The names that the programs and command lines of "Learning Kafka with Python" use.
SEED, JAVA = "config.yaml", "client_ssl_config.properties"


def write(wanted: Plan) -> None:
    """Both files, for their owner only: they name a private key, and Java's may hold more one day."""
    keep(wanted.state / SEED, yaml(wanted))
    keep(wanted.state / JAVA, java(wanted))


def keep(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text)


def yaml(wanted: Plan) -> str:
    """Name, address and port of each broker, and what kafka-python's constructor takes for mutual TLS."""
    rows = ["brokers:"]
    for machine in wanted.machines:
        rows += [f"  - name: {machine.name}", f"    ip: {machine.public}", f'    port: "{plan.TLS}"']
    files = tls_files(wanted)
    names = {"ssl_cafile": "authority", "ssl_certfile": "certificate", "ssl_keyfile": "key"}
    rows += ["ssl_config:", *(f"  {name}: {quoted(str(files[what]))}" for name, what in names.items())]
    return "\n".join([*rows, ""])


def quoted(text: str) -> str:
    """A YAML string in single quotes."""
    return "'" + text.replace("'", "''") + "'"


def java(wanted: Plan) -> str:
    """For Kafka's own tools; PEM needs Kafka 2.7 or later on the side of the client (KIP-651)."""
    properties = {
        "security.protocol": "SSL",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(wanted.certificates / "client-both.pem"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(wanted.certificates / "authority.pem"),
    }
    return "".join(line(key, value) + "\n" for key, value in properties.items())


def tls_files(wanted: Plan) -> dict[str, Path]:
    """What a client of the public listener needs: its certificate, key and the authority's certificate."""
    names = {"authority": "authority", "certificate": "client", "key": "client-key"}
    return {what: wanted.certificates / f"{name}.pem" for what, name in names.items()}
