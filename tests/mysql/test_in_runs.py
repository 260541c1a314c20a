"""The database in whole runs: who gets one, what becomes of it, and what the report says."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from cluster.mysql import checks, engine
from cluster.mysql.access import Access
from cluster.mysql.server import Server
from cluster.waiting import eventually
from tests.end_to_end.conftest import Begin
from tests.end_to_end.runs import END_PATIENCE, Run, features_in, until

pytestmark = pytest.mark.cluster

HEAD = """@sink
Feature: The database
  Documented: nowhere.
"""
LOST_ANSWER = """
  @SNK-8 @database @database-faults
  Scenario: The answer to a COMMIT is lost
    Given a table of numbers
    And a network that loses the first answer to a COMMIT
    When a program writes 1
    Then the table has 1
"""
KILLED = """
  @SNK-8 @database @kills-database
  Scenario: The database is killed in a COMMIT
    Given a table of numbers
    When the database is killed while it commits 1
    Then the table has nothing
"""
NO_INNODB = """
  @SNK-8 @database
  Scenario: A table has no transactions
    Given a table without transactions
    Then all was well
"""
GONE = """
  @SNK-8 @database @kills-database
  Scenario: The container goes in the middle
    Given a table of numbers
    When somebody removes its container
    Then a promise is broken
"""
HOLDS = """
  @SNK-8 @database
  Scenario: It takes long
    Given a table of numbers
    When somebody thinks for long
    Then all was well
"""
WITHOUT = """
  @SNK-8
  Scenario: It needs no database
    Then all was well
"""


@pytest.fixture
def features(tmp_path: Path) -> Path:
    (tmp_path / "sink").mkdir()
    return tmp_path


def arguments(features: Path, *scenarios: str) -> list[str]:
    """Of a run on these scenarios."""
    (features / "sink" / "own.feature").write_text(HEAD + "".join(scenarios))
    return [*features_in(features), "-p", "tests.mysql.sentences"]


def verdicts(run: Run) -> list[str]:
    return [told["verdict"] for told in run.scenarios]


def containers_of(run: Run) -> list[str]:
    """Containers whose folder lies in the run's."""
    found = engine.of_run(engine.connect())
    return [str(one.name) for one in found if one.labels[engine.FOLDER].startswith(f"{run.room}/")]


def texts(folder: Path) -> str:
    """All that a report says."""
    return "".join(file.read_text(errors="replace") for file in folder.rglob("*") if file.is_file())


def test_scenarios_have_a_database_lose_it_and_get_it_back(image: str, begin: Begin, features: Path) -> None:
    run = begin(*arguments(features, LOST_ANSWER, KILLED, NO_INNODB), "-n2", "-v")
    assert run.finish() == 1, run.output
    said = {told["title"]: (told["verdict"], told["reason"]) for told in run.scenarios}
    assert said["The answer to a COMMIT is lost"] == ("held", ""), run.output
    assert said["The database is killed in a COMMIT"] == ("held", ""), run.output
    verdict, reason = said["A table has no transactions"]
    assert verdict == "invalid" and "numbers is MyISAM's" in reason
    assert run.told["facts"]["MySQL"].endswith(f"({image})")
    assert containers_of(run) == []


def test_a_server_that_is_there_is_used_and_left_as_it_was(
    server: Server, begin: Begin, features: Path
) -> None:
    with closing(server.access.connect()) as connection:
        before = checks.rows(connection, "SHOW SCHEMAS")
    access = server.access
    url = f"mysql://{access.user}:{quote(access.password, safe='')}@{access.host}:{access.port}"
    chosen = [*arguments(features, LOST_ANSWER, KILLED), "-v"]
    run = begin(*chosen, env={"KAFKA_GUARANTEES_DATABASE_URL": url})
    assert run.finish() == 0, run.output
    assert verdicts(run) == ["held", "not checkable"]
    assert "with this database nobody can kill the database" in run.output
    assert run.told["facts"]["MySQL"] == f"{server.version} (at {access.host}:{access.port})"
    assert access.password not in run.output + texts(run.report)
    with closing(server.access.connect()) as connection:
        assert checks.rows(connection, "SHOW SCHEMAS") == before


def test_without_docker_and_url_it_is_not_checkable_by_name(begin: Begin, features: Path) -> None:
    run = begin(*arguments(features, LOST_ANSWER, WITHOUT), "-p", "tests.mysql.without_docker")
    assert run.finish() == 0, run.output
    assert verdicts(run) == ["not checkable", "held"]
    assert "there is no Docker here (/var/run/no-such-docker.sock does not exist)" in run.output


def test_a_database_that_goes_in_the_middle_breaks_no_promise(
    image: str, begin: Begin, features: Path
) -> None:
    run = begin(*arguments(features, GONE))
    assert run.finish() == 75, run.output
    assert verdicts(run) == ["environment"]
    assert "has gone in the middle (gone)" in run.output


def test_a_run_that_is_killed_leaves_nothing(image: str, begin: Begin, features: Path) -> None:
    run = begin(*arguments(features, HOLDS), "-n2")
    until(lambda: thinking(run), run, "a scenario in its middle")
    assert len(containers_of(run)) == 1
    run.process.kill()
    eventually(lambda: not containers_of(run), END_PATIENCE, "an end of the container")


def thinking(run: Run) -> bool:
    return any(run.clusters) and any(
        "somebody thinks" in file.read_text()
        for folder in run.clusters
        for file in folder.glob("history/*/faults.jsonl")
    )


def test_a_run_without_such_scenarios_starts_no_database(begin: Begin, features: Path) -> None:
    run = begin(*arguments(features, WITHOUT), "--database-url", "mysql://nobody@127.0.0.1:29998")
    assert run.finish() == 0, run.output
    assert "MySQL" not in run.told["facts"]


SECRET = "a-password-that-nobody-sees"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            ["--database-url", f"mysql://me:{SECRET}@127.0.0.1:29998"],
            "no database answers at mysql://me@127.0.0.1:29998",
        ),
        (["--database-image", "kg/nosuch:1"], "the image kg/nosuch:1 could not be pulled"),
        (
            ["--database-image", "kg/nosuch:1", "-p", "tests.mysql.without_docker"],
            "--database-image: there is no Docker here",
        ),
    ],
)
def test_a_database_that_cannot_be_had_stops_the_run_before_it_begins(
    image: str, begin: Begin, features: Path, options: list[str], words: str
) -> None:
    run = begin(*arguments(features, LOST_ANSWER), *options)
    assert run.finish() == 75, run.output
    assert f"the environment failed: {words}" in run.output
    assert run.scenarios == []
    assert SECRET not in run.output + texts(run.report)


def test_an_account_is_refused_by_name(server: Server, begin: Begin, features: Path) -> None:
    stranger = Access(server.access.host, server.access.port, "stranger", SECRET)
    url = f"mysql://stranger:{SECRET}@{stranger.host}:{stranger.port}"
    run = begin(*arguments(features, LOST_ANSWER), "-n2", env={"KAFKA_GUARANTEES_DATABASE_URL": url})
    assert run.finish() == 75, run.output
    assert f"the database at {stranger} refuses the login" in run.output
    assert SECRET not in run.output + texts(run.report)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--database-url", f"postgres://me:{SECRET}@db"], "--database-url: write it like mysql://"),
        (["--database-url", "mysql://me@db", "--database-image", "mysql:9"], "not both"),
    ],
)
def test_an_option_that_cannot_be_is_refused(begin: Begin, options: list[str], words: str) -> None:
    run = begin("--collect-only", "-q", *options)
    assert run.finish() == 4
    assert words in run.output and SECRET not in run.output
