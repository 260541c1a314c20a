"""What befalls a database while a sink writes to it, and what becomes of its tables."""

from __future__ import annotations

from pytest_bdd import given, then, when

from fixtures import sink_failures
from fixtures.accounts import Accounts
from fixtures.database import Database
from fixtures.faults import Faults
from fixtures.phrases import phrase
from fixtures.sink_runs import Runs


@given(phrase("its {time:Ordinal} COMMIT {loss:Loss}"))
def commit_lost(database: Database, time: int, loss: str) -> None:
    """Of those that store a record. The connection breaks; the fault proxy on the database's port does it."""
    sink_failures.lose(database, loss, time)


@given(phrase("the database dies {moment:Moment} its {time:Ordinal} COMMIT, and starts again"))
def database_dies(database: Database, faults: Faults, moment: str, time: int) -> None:
    """SIGKILL for mysqld, with that COMMIT held on its way, begun and not done, or done and not answered."""
    sink_failures.DEATHS[moment](database, faults, time)


@given(phrase("the database dies before its {time:Ordinal} balance is written, and starts again"))
def database_dies_between(database: Database, faults: Faults, time: int) -> None:
    """SIGKILL for mysqld, with the statement that writes the balance on its way."""
    sink_failures.die_between(database, faults, time)


@when("the tables are emptied, and one of a new group works to the end of the log")
def built_anew(runs: Runs) -> None:
    """A sink of the same kind, which begins at the first offset."""
    runs.build_anew()


@then("the balances are as before, and hold each transaction once")
def as_before(runs: Runs, accounts: Accounts) -> None:
    """The log is read to its end by a fresh client."""
    runs.require_same()
    accounts.require_right()
