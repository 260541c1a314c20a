"""Scenarios are chosen by the release of the run: later promises are passed over, earlier ways left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.errors import NotCheckable
from fixtures.options import Options
from fixtures.releases import check_release, of_run
from tests.plugin.conftest import Project

OF_ALL_TIMES = ["Now", "Then", "Always"]


@pytest.fixture
def times(project: Project) -> Project:
    for title, tags in (("Now", "@DUR-8 @since-3.7"), ("Then", "@DUR-8 @until-3.6"), ("Always", "@DUR-7")):
        project.scenario("Given a topic", "Then all is well", tags=tags, title=title)
    return project


@pytest.mark.parametrize(
    ("version", "left_out"), [("4.4.0", ["Then"]), ("3.7.0", ["Then"]), ("3.6.2", []), ("2.4.1", [])]
)
def test_what_earlier_releases_did_is_left_out(times: Project, version: str, left_out: list[str]) -> None:
    result = times.run("--collect-only", "-q", "--kafka", version)
    found = [line.partition("::")[2] for line in result.outlines if "::" in line]
    assert sorted(found) == sorted(set(OF_ALL_TIMES) - set(left_out))


def test_nothing_of_it_counts_as_not_checkable(times: Project) -> None:
    result = times.run("--require-all", "-n", "2")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["held 2 *"])


def test_what_begins_later_is_told(times: Project) -> None:
    check_release(["since-3.7", "core"], "3.7.0")
    check_release(["until-3.6"], "3.6.2")
    with pytest.raises(NotCheckable, match=r"^this needs Kafka 3.7, and the cluster is 3.6.2$"):
        check_release(["since-3.7"], "3.6.2")


def test_an_unpacked_release_has_its_own_number(tmp_path: Path) -> None:
    (tmp_path / "libs").mkdir()
    assert of_run(Options(kafka="2.4.1", kafka_home=tmp_path)) is None
    (tmp_path / "libs" / "kafka-clients-3.9.2.jar").touch()
    assert of_run(Options(kafka="2.4.1", kafka_home=tmp_path)) == (3, 9)
    assert of_run(Options(kafka="2.4.1")) == (2, 4)


def test_the_markers_explain_both_tags(times: Project) -> None:
    times.run("--markers").stdout.fnmatch_lines(
        [
            "@pytest.mark.since-3.7: needs Kafka 3.7 or later",
            "@pytest.mark.until-3.6: tells what Kafka 3.6 and earlier do; left out with later ones",
        ]
    )
