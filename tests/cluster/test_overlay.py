"""Settings from outside: what is malformed is refused with an example."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster import overlay
from cluster.errors import ClusterError
from cluster.local import settings


def test_pairs_and_files_are_read_and_a_later_one_wins(tmp_path: Path) -> None:
    file = tmp_path / "broker.properties"
    file.write_text("# careful\n\n! too\nacks = all\nmin.insync.replicas=2\n")
    found = overlay.parse([str(file), "min.insync.replicas=1", "sasl.jaas.config=a b=c;"])
    assert found == {"acks": "all", "min.insync.replicas": "1", "sasl.jaas.config": "a b=c;"}


@pytest.mark.parametrize(
    "given", ["min.insync.replicas", "=1", "two words=1", "missing.properties", "a=1\nb=2", ""]
)
def test_what_is_no_setting_is_refused_with_an_example(given: str) -> None:
    with pytest.raises(overlay.Malformed, match=r"write KEY=VALUE, such as --broker-config min\.insync"):
        overlay.parse([given])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"acks=all\nnonsense\n", r"b.properties:2: this is not KEY=VALUE: nonsense"),
        (b"a=\xff", "as UTF-8 text"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "b.properties").write_bytes(content)
    with pytest.raises(overlay.Malformed, match=words):
        overlay.parse([str(tmp_path / "b.properties")])


@pytest.mark.parametrize("key", ["node.id", "listeners", "log.dirs", "controller.quorum.voters"])
def test_what_the_cluster_sets_itself_cannot_be_laid_over(key: str) -> None:
    with pytest.raises(ClusterError, match=f"--broker-config {key}: the embedded cluster sets this itself"):
        settings.check_overlay({"min.insync.replicas": "1", key: "1"})


LOG = "INFO KafkaConfig values: \n\tlog.retention.ms = null\n\tmin.insync.replicas = 2\n (KafkaConfig)\n"


def test_what_the_broker_does_not_know_is_refused_with_the_nearest_name() -> None:
    settings.refuse_unknown({"min.insync.replicas": "1", "listener.name.tls.ssl.protocol": "x"}, LOG, "4.4.0")
    with pytest.raises(ClusterError, match=r"4.4.0 knows no such .* did you mean min.insync.replicas\?"):
        settings.refuse_unknown({"min.insync.replica": "1"}, LOG, "4.4.0")


def test_a_properties_file_is_written_as_java_reads_it(tmp_path: Path) -> None:
    settings.write({"log.dirs": "/tmp/ü\\x", "b": "𝄞"}, tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == rb"log.dirs=/tmp/\u00fc\\x" + b"\n" + rb"b=\ud834\udd1e" + b"\n"
