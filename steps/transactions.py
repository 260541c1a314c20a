"""Transactions of accounts: in the log, on their way, and in the balances of a database."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, then

from fixtures.accounts import Accounts
from fixtures.clients import Topic
from fixtures.faults import Faults
from fixtures.phrases import phrase
from fixtures.programs import Program, Programs
from fixtures.sink_faults import hold_back, refuse_second, write_past
from fixtures.sink_runs import Runs
from fixtures.sinks import require_deaths

# -- in the log


@given(phrase("transactions {numbers:Numbers} of {count:Number} accounts in it"))
def transactions_there(accounts: Accounts, numbers: Sequence[int], count: int) -> None:
    """Of the accounts in turn, numbered within each partition, acknowledged. Account a is in partition a modulo their number."""
    accounts.write(numbers, count)


@given(phrase("transactions {numbers:Numbers} of {count:Number} accounts in it, {numbering:Numbering}"))
def transactions_numbered(accounts: Accounts, numbers: Sequence[int], count: int, numbering: str) -> None:
    """The same, numbered in this way."""
    accounts.write(numbers, count, "--numbering", numbering)


@given(
    phrase(
        "transactions {numbers:Numbers} of {count:Number} accounts in it,"
        " by a {client:Client} producer {writing:Writing}"
    )
)
def transactions_by(
    accounts: Accounts, numbers: Sequence[int], count: int, client: str, writing: Sequence[str]
) -> None:
    """The same, written in this way, by a program of its own that talks through the fault proxy."""
    accounts.write(numbers, count, *writing, library=client)


@given(
    phrase(
        "transactions {numbers:Numbers} by two {client:Client} producers, the first held up, {numbering:Numbering}"
    )
)
def transactions_past_each_other(
    accounts: Accounts, faults: Faults, numbers: Sequence[int], client: str, numbering: str
) -> None:
    """Of an account each. The first is numbered before the other one, and lies behind it in the log."""
    write_past(faults, accounts, client, numbers, "--numbering", numbering)


@given(
    phrase(
        "transactions {numbers:Numbers} of {count:Number} accounts in it,"
        " a record that is none, and {more:Numbers}"
    )
)
def transactions_and_another(runs: Runs, numbers: Sequence[int], count: int, more: Sequence[int]) -> None:
    """The record in the middle is plain text."""
    runs.write_with_poison(numbers, count, more)


# -- on their way


@given(
    phrase("a network that holds back partition {one:Partition} until partition {other:Partition} is applied")
)
def holds_back_partition(faults: Faults, programs: Programs, topic: Topic, one: int, other: int) -> None:
    """The sinks' fetches from its leader are not answered so long."""
    hold_back(faults, programs, topic, one, other)


@given(
    phrase("a leader that refuses its second batch with {error:Error} once {count:Number} are on their way")
)
def refuses_second_batch(faults: Faults, topic: Topic, error: str, count: int) -> None:
    """It holds that one so long, and stores the others. The answer is the fault proxy's."""
    refuse_second(faults, topic, error, count)


# -- in the balances


@then("the balances hold each transaction once")
def balances_right(accounts: Accounts) -> None:
    """The log, read to its end by a fresh client, adds up to what the table holds, account by account."""
    accounts.require_right()


@then(phrase("it has died {count:Number} times, and the balances hold each transaction once"))
def died_and_right(deaths: list[Program], accounts: Accounts, count: int) -> None:
    """By SIGKILL, a process of its own each time."""
    require_deaths(deaths, count)
    accounts.require_right()


@then("the log holds a transaction twice, and the balances hold each once")
def twice_and_right(accounts: Accounts) -> None:
    """Read to its end by a fresh client."""
    accounts.repeated()
    accounts.require_right()


@then("just what the log holds twice is counted twice")
def counted_as_often(accounts: Accounts) -> None:
    """The log is read to its end by a fresh client; amounts are powers of three and tell which they are."""
    accounts.require_wrong(twice=accounts.repeated())


@then(phrase("transactions {numbers:Numbers} are counted twice, and nothing else is wrong"))
@then(phrase("transaction {numbers:Numbers} is counted twice, and nothing else is wrong"))
def counted_twice(accounts: Accounts, numbers: Sequence[int]) -> None:
    """Amounts are powers of three, so that a balance tells which transactions it holds."""
    accounts.require_wrong(twice=numbers)


@then(phrase("transactions {numbers:Numbers} are missing, and nothing else is wrong"))
@then(phrase("transaction {numbers:Numbers} is missing, and nothing else is wrong"))
def missing(accounts: Accounts, numbers: Sequence[int]) -> None:
    """Amounts are powers of three, so that a balance tells which transactions it lacks."""
    accounts.require_wrong(missing=numbers)
