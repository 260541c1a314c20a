"""What machines and tools say, and what is made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.errors import ClusterError
from cluster.vagrant import bundles, commands, image, links, machines, plan, provisioning, services
from cluster.vagrant.ssh import Shell

OUTPUT = """\
PLAY [Make three machines a cluster] ***

TASK [machine : Look for room on the disk] ***
ok: [broker1]
ok: [broker2]

TASK [kafka : Write the settings of this node] ***
ok: [broker1]
changed: [broker2]

PLAY RECAP ***
broker1 : ok=31   changed=0    unreachable=0    failed=0    skipped=6    rescued=0    ignored=0
broker2 : ok=31   changed=1    unreachable=0    failed=0    skipped=6    rescued=0    ignored=0
"""
FAILED = """\
TASK [machine : Refuse a full disk] ***
ok: [broker1]
fatal: [broker2]: FAILED! => {"assertion": "x", "msg": "No space left on the disk of broker2: 3MiB free"}
"""
UNREACHABLE = """\
TASK [java : Unpack the Java runtime] ***
fatal: [broker3]: UNREACHABLE! => {"changed": false, "msg": "Failed to connect to the host via ssh"}
"""


def test_what_a_playbook_changed_is_known_by_machine() -> None:
    found = provisioning.changes(OUTPUT)
    assert found == {"broker1": (), "broker2": ("kafka : Write the settings of this node",)}
    assert provisioning.Done(found, 1.0).count == 1


@pytest.mark.parametrize(
    ("output", "parts"),
    [
        (FAILED, ["broker2", "machine : Refuse a full disk", "3MiB free"]),
        (UNREACHABLE, ["broker3", "java : Unpack the Java runtime", "via ssh"]),
    ],
)
def test_a_failure_names_machine_and_phase(output: str, parts: list[str]) -> None:
    told = provisioning.trouble(output)
    assert told is not None
    assert all(part in told for part in parts)
    assert provisioning.trouble(OUTPUT) is None


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("899 0 kafka.service active S", {"running": True, "paused": False, "pid": 899, "exit": None}),
        ("899 0 kafka.service active T", {"running": True, "paused": True, "pid": 899, "exit": None}),
        ("0 9 kafka.service inactive -", {"running": False, "paused": False, "pid": None, "exit": 9}),
        ("0 1 kafka.service activating -", {"running": False, "paused": False, "pid": None, "exit": 1}),
    ],
)
def test_the_state_of_a_service(line: str, state: dict[str, object]) -> None:
    assert services.state(line) == state


def test_a_state_that_nobody_understands_is_no_state() -> None:
    with pytest.raises(ClusterError, match="nobody understands"):
        services.state("sudo: a password is required")


def test_what_vagrant_says_to_machines_is_made_readable() -> None:
    output = (
        "17957,,ui,error,no\n"
        r"17957,,error-exit,ProviderNotUsable,VirtualBox is missing%!(VAGRANT_COMMA) or\nnot found."
    )
    assert commands.last_words(output) == "  VirtualBox is missing, or\n  not found."


def test_a_tool_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    made = plan.plan(given={"KAFKA_GUARANTEES_STATE": str(tmp_path)})
    with pytest.raises(ClusterError, match="vagrant is not installed"):
        machines.up(made, print)
    with pytest.raises(
        ClusterError, match="docker is not installed: install Docker, or choose another provider"
    ):
        image.require_docker()


def test_a_command_that_fails_tells_its_last_words_and_what_to_try(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "try.log"
    with pytest.raises(ClusterError) as told:
        commands.run(["sh", "-c", "echo no KVM; exit 3"], 10, "start it", hint="try docker", log=log)
    assert str(told.value) == f"could not start it:\n  no KVM\nall of it: {log}\ntry docker"
    assert log.read_text() == "no KVM\n"
    with pytest.raises(ClusterError, match=r"could not start it:\nno end in 0.1 s"):
        commands.run(["sleep", "5"], 0.1, "start it")


def test_two_do_not_handle_the_same_machines(tmp_path: Path) -> None:
    made = plan.plan(given={"KAFKA_GUARANTEES_STATE": str(tmp_path / "state")})
    with (
        machines.alone(made),
        pytest.raises(ClusterError, match="somebody else handles the machines"),
        machines.alone(made),
    ):
        pass
    assert (tmp_path / "state").stat().st_mode & 0o077 == 0


def test_a_machine_that_is_not_reached_is_named_with_a_command_to_try(tmp_path: Path) -> None:
    config = tmp_path / "ssh_config"
    config.write_text("Host broker1\n  HostName 127.0.0.1\n  Port 9\n  BatchMode yes\n")
    with pytest.raises(
        ClusterError, match=r"ssh does not reach broker1: .*\ntry: ssh -F .* broker1; .*vagrant up"
    ):
        Shell("broker1", config).run("true")


def test_a_script_reaches_the_other_shell_as_it_is() -> None:
    command = Shell("broker1", Path("config")).command("echo 'a b' \"$HOME\"")
    assert command[:4] == ["ssh", "-F", "config", "broker1"]
    assert command[4] == "sudo -n sh -c 'echo '\"'\"'a b'\"'\"' \"$HOME\"'"


def test_packets_are_refused_and_not_dropped() -> None:
    rules = links.refusal("172.30.61.12")
    assert rules.count("REJECT --reject-with tcp-reset") == 2
    assert "DROP" not in rules


def test_a_bundle_is_the_same_bytes_whoever_packs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = []
    for number in (1, 2):
        home = tmp_path / f"home-{number}"
        (home / "bin").mkdir(parents=True)
        (home / "jmods").mkdir()
        (home / "bin" / "java").write_text("#!")
        (home / "bin" / "java").chmod(0o700 + number)
        (home / "conf").symlink_to(home / "bin")
        monkeypatch.setenv("KAFKA_GUARANTEES_CACHE", str(tmp_path / f"cache-{number}"))
        packed.append(bundles.bundle("java", home, lambda line: None).archive.read_bytes())
    assert packed[0] == packed[1]
    assert b"jmods" not in packed[0]


def test_another_kafka_is_refused_on_disks_that_are_used(tmp_path: Path) -> None:
    given = {"KAFKA_GUARANTEES_STATE": str(tmp_path)}
    provisioning.keep_to_one(plan.plan("4.4.0", given))
    provisioning.keep_to_one(plan.plan("4.4.0", given))
    assert provisioning.kafka_there(plan.plan("2.4.1", given)) == "4.4.0"
    with pytest.raises(ClusterError, match=r"the machines have Kafka 4.4.0, .*cluster.vagrant down"):
        provisioning.keep_to_one(plan.plan("2.4.1", given))


def test_the_playbook_is_run_again_when_something_of_it_differs(tmp_path: Path) -> None:
    made = plan.plan(given={"KAFKA_GUARANTEES_STATE": str(tmp_path)})
    assert not provisioning.is_provisioned(made, {})
    provisioning.remember(made, {})
    assert provisioning.is_provisioned(made, {})
    assert not provisioning.is_provisioned(made, {"min.insync.replicas": "1"})
    provisioning.forget(made)
    assert not provisioning.is_provisioned(made, {})


def test_what_tar_said_of_a_full_disk_is_told() -> None:
    result = '{"msg": "failed to unpack", "extract_results": {"err": "tar: a.jar: No space left on device\\n"}}'
    assert provisioning.said(result) == "failed to unpack\n  tar: a.jar: No space left on device"
