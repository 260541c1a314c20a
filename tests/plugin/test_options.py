"""What may be chosen on the command line; whatever is malformed is refused with an example."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.options import settings
from tests.plugin.conftest import Project

SHOW = """
@then("the options are shown")
def shown(options):
    print(options)
"""


@pytest.fixture
def showing(project: Project) -> Project:
    project.configure(SHOW)
    project.scenario("Then the options are shown")
    return project


WRONG = [
    (["--cluster", "moon"], "--cluster moon: there is no such cluster. Choose embedded"),
    (["--clusters", "0"], "--clusters 0: give a number from 1, such as -n 4 --clusters 2"),
    (["--clusters", "2"], "--clusters 2: each needs a worker, such as -n 4 --clusters 2"),
    (["--clusters", "3", "-n", "2"], "--clusters 3: each needs a worker, such as -n 6 --clusters 3"),
    (["--kafka", "four"], "--kafka four: a release of Kafka is named like 4.4.0"),
    (["--kafka-home", "nowhere"], "there is no folder libs in it"),
    (
        ["--broker-config", "min.insync.replicas"],
        "write KEY=VALUE, such as --broker-config min.insync.replicas=1",
    ),
    (["--broker-config", "missing.properties"], "or name a .properties file that exists"),
    (["--producer-config", "=1"], "write KEY=VALUE, such as --producer-config enable.idempotence=false"),
    (["--consumer-config", "isolation level=x"], "write KEY=VALUE"),
    (["--slowness", "fast"], "--slowness fast: give a factor from 0.1 to 100, such as --slowness 2"),
    (["--slowness", "nan"], "--slowness nan: give a factor"),
    (["--seed", "-1"], "--seed -1: a seed is a whole number, such as --seed 42"),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG)
def test_what_is_malformed_is_refused(showing: Project, arguments: list[str], words: str) -> None:
    result = showing.run(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert words in "\n".join(result.errlines)
    assert showing.lifecycle == []


def test_the_clients_may_object_to_a_setting(showing: Project) -> None:
    hook = """
def pytest_guarantees_check_overlay(side, settings):
    if side == "producer" and "max.poll.records" in settings:
        raise ValueError("max.poll.records is no setting of a producer")
"""
    showing.configure(SHOW + hook)
    result = showing.run("--producer-config", "max.poll.records=1")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "--producer-config: max.poll.records is no setting of a producer" in "\n".join(result.errlines)


def test_what_is_chosen_reaches_the_steps(showing: Project) -> None:
    properties = showing.pytester.path / "broker.properties"
    properties.write_text("# careful\nmin.insync.replicas = 2\n\nunclean.leader.election.enable=false\n")
    result = showing.run(
        "-s", "--broker-config", "broker.properties", "--broker-config", "min.insync.replicas=1",
        "--consumer-config", "isolation.level=read_committed", "--keep", "--slowness", "2", "--seed", "42",
    )  # fmt: skip
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "*Options(cluster='embedded', clusters=1, kafka='4.4.0', kafka_home=None, "
            "broker_config={'min.insync.replicas': '1', 'unclean.leader.election.enable': 'false'}, "
            "producer_config={}, consumer_config={'isolation.level': 'read_committed'}, keep=True, "
            "require_all=False, *slowness=2.0, seed=42, database_url=None, database_image=None)*"
        ]
    )


def test_help_explains_every_option(project: Project) -> None:
    text = str(project.run("--help").stdout)
    group = text[text.index("kafka guarantees:") :].partition("\n\n")[0]
    for option in ("cluster", "clusters", "kafka", "kafka-home", "broker-config", "producer-config", "consumer-config"):
        assert f"  --{option}" in group
    for option in ("keep", "require-all", "report", "slowness", "seed", "database-url", "database-image"):
        assert f"  --{option}" in group


def test_a_value_may_hold_an_equals_sign() -> None:
    assert settings("--x", ["sasl.jaas.config=a b=c;"], "k=v") == {"sasl.jaas.config": "a b=c;"}


def test_a_bad_line_of_a_properties_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "b.properties"
    path.write_text("acks=all\nnonsense\n")
    with pytest.raises(pytest.UsageError, match=r"b.properties:2: this is not KEY=VALUE: nonsense"):
        settings("--broker-config", [str(path)], "k=v")
