"""The plan of the machines, from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.errors import ClusterError
from cluster.vagrant import clientfiles, inventory, plan


def test_the_machines_have_the_same_number_on_both_networks() -> None:
    made = plan.plan(given={})
    assert [machine.public for machine in made.machines] == ["172.30.60.11", "172.30.60.12", "172.30.60.13"]
    assert [machine.private for machine in made.machines] == ["172.30.61.11", "172.30.61.12", "172.30.61.13"]
    assert [machine.controller for machine in made.machines] == [101, 102, 103]
    assert made.machine(2).name == "broker2"


def test_networks_are_settings(tmp_path: Path) -> None:
    given = {
        "KAFKA_GUARANTEES_PUBLIC_NET": "10.9.0.0/16",
        "KAFKA_GUARANTEES_PRIVATE_NET": "10.8.4.0/24",
        "KAFKA_GUARANTEES_STATE": str(tmp_path),
    }
    made = plan.plan(given=given)
    assert (made.machine(3).public, made.machine(3).private) == ("10.9.0.13", "10.8.4.13")
    assert made.environment()["KAFKA_GUARANTEES_PRIVATE_NET"] == "10.8.4.0/24"
    assert made.state == tmp_path


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("KAFKA_GUARANTEES_PROVIDER", "podman", "docker, libvirt, virtualbox"),
        ("KAFKA_GUARANTEES_PUBLIC_NET", "here", "write it like 172.30.60.0/24"),
        ("KAFKA_GUARANTEES_PUBLIC_NET", "10.0.0.0/30", "/24 or wider"),
        ("KAFKA_GUARANTEES_PUBLIC_NET", "8.8.8.0/24", "a private network"),
        ("KAFKA_GUARANTEES_PUBLIC_NET", "172.30.0.0/16", "overlap"),
    ],
)
def test_what_cannot_be_is_refused_with_an_example(name: str, value: str, words: str) -> None:
    with pytest.raises(ClusterError, match=words):
        plan.plan(given={name: value})


def test_the_vagrantfile_reads_what_the_plan_sets() -> None:
    read = (plan.HERE / "Vagrantfile").read_text()
    for name in ("PROVIDER", "PUBLIC_NET", "PRIVATE_NET", "IMAGE", "STATE"):
        assert f"'KAFKA_GUARANTEES_{name}'" in read
        assert f"KAFKA_GUARANTEES_{name}" in plan.plan(given={}).environment()


def test_brokers_have_the_settings_of_the_embedded_cluster_on_two_networks() -> None:
    made = plan.plan(given={})
    broker = {
        **inventory.broker_settings(made.machine(1)),
        **inventory.kraft_member(made, made.machine(1)),
        **inventory.pem(),
    }
    assert broker["listeners"] == "PLAIN://172.30.61.11:9092,TLS://172.30.60.11:9093"
    assert broker["inter.broker.listener.name"] == "PLAIN"
    assert broker["min.insync.replicas"] == "2"
    assert broker["listener.name.tls.ssl.client.auth"] == "required"
    assert broker["controller.quorum.voters"].startswith("101@172.30.61.11:9094,")
    assert not broker["log.dirs"].startswith("/tmp")


def test_certificates_are_made_once_and_keys_are_their_owners(tmp_path: Path) -> None:
    made = plan.plan(given={"KAFKA_GUARANTEES_STATE": str(tmp_path)})
    inventory.issue_certificates(made)
    first = {file.name: file.read_bytes() for file in made.certificates.iterdir()}
    inventory.issue_certificates(made)
    assert {file.name: file.read_bytes() for file in made.certificates.iterdir()} == first
    assert {"authority.pem", "client.pem", "client-key.pem", "broker3-both.pem"} <= set(first)
    keys = [file for file in made.certificates.iterdir() if b"PRIVATE KEY" in file.read_bytes()]
    assert len(keys) == 9
    assert all(file.stat().st_mode & 0o077 == 0 for file in keys)


def test_client_files_have_the_forms_that_programs_read(tmp_path: Path) -> None:
    made = plan.plan(given={"KAFKA_GUARANTEES_STATE": str(tmp_path)})
    clientfiles.write(made)
    told = (tmp_path / "config.yaml").read_text()
    assert told.startswith('brokers:\n  - name: broker1\n    ip: 172.30.60.11\n    port: "9093"\n')
    assert f"  ssl_keyfile: '{tmp_path}/certificates/client-key.pem'\n" in told
    java = (tmp_path / "client_ssl_config.properties").read_text()
    assert "security.protocol=SSL\n" in java
    assert f"ssl.keystore.location={tmp_path}/certificates/client-both.pem\n" in java
    assert "PRIVATE KEY" not in told + java
