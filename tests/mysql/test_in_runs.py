"""The database in whole runs: started with the cluster, an empty schema a scenario, gone afterwards."""

from __future__ import annotations

from pathlib import Path

from tests.end_to_end.conftest import Begin
from tests.end_to_end.runs import features_in

FEATURE = """@sink
Feature: The database
  Documented: nowhere.

  @SNK-8 @database @database-faults
  Scenario: The answer to a COMMIT is lost
    Given a table of numbers
    And a network that loses the first answer to a COMMIT
    When a program writes 1
    Then the table has 1

  @SNK-8 @database @kills-database
  Scenario: The database is killed in a COMMIT
    Given a table of numbers
    When the database is killed while it commits 1
    Then the table has nothing
"""


def test_try(begin: Begin, tmp_path: Path) -> None:
    folder = tmp_path / "sink"
    folder.mkdir()
    (folder / "own.feature").write_text(FEATURE)
    run = begin(*features_in(tmp_path), "-p", "tests.mysql.sentences", "-v")
    code = run.finish()
    print(run.output)
    assert code == 0, run.output
