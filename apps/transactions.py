"""Deposits and withdrawals: what a record holds, and what an amount tells."""

from __future__ import annotations

import json
from dataclasses import dataclass

#: A balance is a BIGINT, which holds no higher power of three.
TRANSACTIONS_AT_MOST = 39


class NotATransaction(ValueError):
    """The value of a record is no account transaction. The message says what is wrong with it."""


@dataclass(frozen=True)
class Transaction:
    """A change of one account's balance: a deposit if ``amount`` is above zero, a withdrawal below.

    ``sequence`` is the producer's number, ``id`` a name that no other transaction has; either may be
    missing, and what a sink needs it asks for.
    """

    account: int
    amount: int
    sequence: int | None = None
    id: str | None = None

    @property
    def key(self) -> bytes:
        """The key of its record: transactions of one account are in one partition."""
        return str(self.account).encode()

    @property
    def value(self) -> bytes:
        """The value of its record, JSON."""
        told = {"account": self.account, "amount": self.amount, "sequence": self.sequence, "id": self.id}
        return json.dumps({name: got for name, got in told.items() if got is not None}).encode()

    @property
    def number(self) -> int:
        """Which transaction of its account it is, from 1. ValueError for an amount that is no power of three."""
        return number_of(self.amount)

    def __str__(self) -> str:
        what = "deposit" if self.amount > 0 else "withdrawal"
        return f"{what} of {abs(self.amount)}, account {self.account}"


def parse(value: bytes | None) -> Transaction:
    """The transaction that a record's value holds. NotATransaction says why it holds none."""
    if value is None:
        raise NotATransaction("it has no value")
    try:
        told = json.loads(value)
    except ValueError:
        raise NotATransaction("its value is no JSON") from None
    if not isinstance(told, dict):
        raise NotATransaction("its value is no JSON object")
    account, amount = _whole(told, "account"), _whole(told, "amount")
    if account is None or amount is None:
        raise NotATransaction(f"it names no {'account' if account is None else 'amount'}")
    id = told.get("id")
    if id is not None and not isinstance(id, str):
        raise NotATransaction("its id is no text")
    return Transaction(account, amount, _whole(told, "sequence"), id)


def _whole(told: dict[str, object], name: str) -> int | None:
    found = told.get(name)
    if found is not None and (not isinstance(found, int) or isinstance(found, bool)):
        raise NotATransaction(f"its {name} is no whole number")
    return found


def amount_of(number: int) -> int:
    """The amount of an account's ``number``-th transaction, from 1: 1, 3, -9, 27, 81, -243, …

    No sum of some of them is the sum of others, so a wrong balance tells which are missing and which
    are counted twice; see :func:`apps.fold.miscounts`.  Every third one is a withdrawal.
    ValueError if there is no such amount.
    """
    if not 1 <= number <= TRANSACTIONS_AT_MOST:
        raise ValueError(f"an account has transactions 1 to {TRANSACTIONS_AT_MOST}, and no {number}")
    size: int = 3 ** (number - 1)
    return -size if number % 3 == 0 else size


def number_of(amount: int) -> int:
    """Which transaction of an account has this amount. ValueError if none has."""
    size, number = abs(amount), 1
    while size > 1 and size % 3 == 0:
        size, number = size // 3, number + 1
    if size != 1:
        raise ValueError(f"{amount} is no power of three")
    return number


def nth(number: int, accounts: int) -> Transaction:
    """The ``number``-th transaction of all, from 1, of so many accounts in turn."""
    return Transaction((number - 1) % accounts + 1, amount_of((number - 1) // accounts + 1))


def place_of(account: int, number: int, accounts: int) -> int:
    """Where among all transactions the ``number``-th of an account stands; the reverse of :func:`nth`."""
    return (number - 1) * accounts + account


def partition_of(account: int, partitions: int) -> int:
    """The partition of an account's records: with more partitions an account moves."""
    return account % partitions
