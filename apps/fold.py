"""The log folded into balances, and which transactions a wrong balance miscounts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from apps.transactions import Transaction


@dataclass(frozen=True)
class Miscount:
    """A transaction that a balance holds ``times`` too often; -1: not at all."""

    account: int
    number: int  # of the account's transactions, from 1
    times: int

    def __str__(self) -> str:
        what = {-1: "is missing", 1: "was counted twice", 2: "was counted three times"}
        return f"transaction {self.number} {what.get(self.times, f'is off by {self.times}')}"


@dataclass(frozen=True)
class Difference:
    """An account whose balance is not what its transactions add up to."""

    account: int
    expected: int
    actual: int
    miscounts: tuple[Miscount, ...]  # none if the transactions cannot explain it

    def __str__(self) -> str:
        off = self.actual - self.expected
        why = " and ".join(map(str, self.miscounts)) or "no transactions explain that"
        return f"account {self.account}: {abs(off)} too {'much' if off > 0 else 'little'}: {why}"


@dataclass
class Verdict:
    """How the table compares with the log."""

    transactions: int  # in the log, each counted once however many records it has
    records: int
    differences: list[Difference] = field(default_factory=list)

    @property
    def miscounts(self) -> list[Miscount]:
        return [miscount for difference in self.differences for miscount in difference.miscounts]

    @property
    def missing(self) -> list[Miscount]:
        return [miscount for miscount in self.miscounts if miscount.times < 0]

    @property
    def twice(self) -> list[Miscount]:
        """What was counted twice, or more often."""
        return [miscount for miscount in self.miscounts if miscount.times > 0]

    @property
    def unexplained(self) -> list[Difference]:
        return [difference for difference in self.differences if not difference.miscounts]

    @property
    def numbers(self) -> dict[str, int]:
        """The figures of the comparison, by their names."""
        found = {
            "transactions": self.transactions,
            "applied": self.transactions - len(self.missing),
            "missing": len(self.missing),
            "twice": len(self.twice),
        }
        if self.unexplained:
            found["unexplained"] = len(self.unexplained)
        return found

    def line(self) -> str:
        """ "transactions 10 · applied 10 · missing 0 · twice 0" """
        return " · ".join(f"{name} {number:,}" for name, number in self.numbers.items())


def compare(log: Iterable[Transaction], balances: Mapping[int, int]) -> Verdict:
    """Fold the log's records into balances, and compare those with the ones that the table holds.

    Two records with one account and one amount are one transaction that was written twice: each
    transaction counts once.
    """
    records = list(log)
    once = {(record.account, record.amount): record for record in records}
    verdict = Verdict(len(once), len(records))
    expected: dict[int, int] = {}
    for account, amount in once:
        expected[account] = expected.get(account, 0) + amount
    for account in sorted(expected.keys() | balances.keys()):
        wanted, found = expected.get(account, 0), balances.get(account, 0)
        if wanted != found:
            known = [record for record in once.values() if record.account == account]
            found_out = tuple(miscounts(found - wanted, known))
            verdict.differences.append(Difference(account, wanted, found, found_out))
    return verdict


def miscounts(difference: int, known: Iterable[Transaction]) -> list[Miscount]:
    """Which of an account's transactions make up a difference of its balance, each once too often or not at all.

    Amounts are powers of three, so there is one answer at most: the digits -1, 0 and 1 of the
    difference to the base of three.  If none fits, one transaction counted several times may; if
    none does either, nothing is given.
    """
    by_number = _by_number(known)
    found, rest, number = [], difference, 1
    while rest:
        digit = (rest + 1) % 3 - 1
        if digit:
            transaction = by_number.get(number)
            if transaction is None:
                return _several(difference, by_number)
            sign = 1 if transaction.amount > 0 else -1
            found.append(Miscount(transaction.account, number, digit * sign))
        rest, number = (rest - digit) // 3, number + 1
    return found


def _by_number(known: Iterable[Transaction]) -> dict[int, Transaction]:
    found = {}
    for transaction in known:
        try:
            found[transaction.number] = transaction
        except ValueError:  # of another producer: its amount tells nothing
            continue
    return found


def _several(difference: int, by_number: Mapping[int, Transaction]) -> list[Miscount]:
    """One transaction, the largest that divides the difference, counted three times or more."""
    for number in sorted(by_number, reverse=True):
        transaction = by_number[number]
        times, rest = divmod(difference, transaction.amount)
        if not rest and times > 1:
            return [Miscount(transaction.account, number, times)]
    return []
