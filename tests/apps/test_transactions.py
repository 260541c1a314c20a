"""What a record holds, and what amounts tell."""

from __future__ import annotations

import itertools
import random

import pytest

from apps.fold import Miscount, compare, miscounts
from apps.transactions import (
    TRANSACTIONS_AT_MOST,
    NotATransaction,
    Transaction,
    amount_of,
    nth,
    number_of,
    parse,
    place_of,
)


@pytest.mark.parametrize(
    "transaction",
    [
        Transaction(7, 27),
        Transaction(7, -9, sequence=4),
        Transaction(7, 1, id="7-1"),
        Transaction(0, 3, 1, "x"),
    ],
)
def test_a_transaction_is_read_as_it_was_written(transaction: Transaction) -> None:
    assert parse(transaction.value) == transaction
    assert transaction.key == str(transaction.account).encode()


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "it has no value"),
        (b"\xff\xfe", "its value is no JSON"),
        (b"hello", "its value is no JSON"),
        (b"[1, 2]", "its value is no JSON object"),
        (b"{}", "it names no account"),
        (b'{"account": 1}', "it names no amount"),
        (b'{"account": "1", "amount": 3}', "its account is no whole number"),
        (b'{"account": 1, "amount": 2.5}', "its amount is no whole number"),
        (b'{"account": 1, "amount": true}', "its amount is no whole number"),
        (b'{"account": 1, "amount": 3, "id": 4}', "its id is no text"),
        (b'{"account": 1, "amount": 3, "sequence": "4"}', "its sequence is no whole number"),
    ],
)
def test_what_is_no_transaction_is_refused_with_the_reason(value: bytes | None, why: str) -> None:
    with pytest.raises(NotATransaction, match=why):
        parse(value)


def test_amounts_are_powers_of_three_that_tell_their_number() -> None:
    amounts = [amount_of(number) for number in range(1, TRANSACTIONS_AT_MOST + 1)]
    assert amounts[:6] == [1, 3, -9, 27, 81, -243]
    assert [number_of(amount) for amount in amounts] == list(range(1, TRANSACTIONS_AT_MOST + 1))
    assert sum(map(abs, amounts)) < 2**63


@pytest.mark.parametrize("number", [0, -1, TRANSACTIONS_AT_MOST + 1])
def test_there_are_no_other_amounts(number: int) -> None:
    with pytest.raises(ValueError, match="an account has transactions"):
        amount_of(number)


@pytest.mark.parametrize("amount", [0, 2, -6, 10])
def test_an_amount_that_is_no_power_of_three_has_no_number(amount: int) -> None:
    with pytest.raises(ValueError, match="no power of three"):
        number_of(amount)


def test_transactions_go_to_the_accounts_in_turn() -> None:
    found = [nth(number, 4) for number in range(1, 11)]
    assert [one.account for one in found] == [1, 2, 3, 4, 1, 2, 3, 4, 1, 2]
    assert [place_of(one.account, one.number, 4) for one in found] == list(range(1, 11))


def test_every_way_to_miscount_five_transactions_is_told_from_the_balance_alone() -> None:
    known = [Transaction(7, amount_of(number)) for number in range(1, 6)]
    for times in itertools.product((-1, 0, 1), repeat=5):
        difference = sum(one.amount * off for one, off in zip(known, times, strict=True))
        expected = [Miscount(7, number, off) for number, off in enumerate(times, 1) if off]
        assert miscounts(difference, known) == expected


def test_the_same_of_many_transactions_at_random() -> None:
    chance = random.Random(7)
    known = [Transaction(1, amount_of(number)) for number in range(1, TRANSACTIONS_AT_MOST + 1)]
    for _ in range(200):
        times = [chance.choice((-1, 0, 1)) for _ in known]
        difference = sum(one.amount * off for one, off in zip(known, times, strict=True))
        found = miscounts(difference, known)
        assert [(one.number, one.times) for one in found] == [
            (number, off) for number, off in enumerate(times, 1) if off
        ]


def log(*numbers: int, accounts: int = 2) -> list[Transaction]:
    return [nth(number, accounts) for number in numbers]


def test_a_right_table_differs_in_nothing() -> None:
    verdict = compare(log(1, 2, 3, 4), {1: 4, 2: 4})
    assert not verdict.differences
    assert verdict.line() == "transactions 4 · applied 4 · missing 0 · twice 0"


def test_a_transaction_written_twice_counts_once() -> None:
    verdict = compare(log(1, 2, 3, 3), {1: 4, 2: 1})
    assert not verdict.differences
    assert (verdict.transactions, verdict.records) == (3, 4)


def test_a_wrong_balance_names_its_account_and_transactions() -> None:
    verdict = compare(log(*range(1, 9)), {1: 4 - 9 + 27 + 27, 2: 1 - 9 + 27})
    assert [str(difference) for difference in verdict.differences] == [
        "account 1: 27 too much: transaction 4 was counted twice",
        "account 2: 3 too little: transaction 2 is missing",
    ]
    assert verdict.line() == "transactions 8 · applied 7 · missing 1 · twice 1"


def test_a_missing_withdrawal_makes_too_much() -> None:
    (difference,) = compare(log(1, 3, 5), {1: 4}).differences
    assert str(difference) == "account 1: 9 too much: transaction 3 is missing"


def test_an_account_without_a_row_has_nothing() -> None:
    (difference,) = compare(log(1), {}).differences
    assert str(difference) == "account 1: 1 too little: transaction 1 is missing"


def test_a_transaction_counted_three_times_is_told() -> None:
    (difference,) = compare(log(1, 3), {1: 1 + 3 * 3}).differences
    assert str(difference) == "account 1: 6 too much: transaction 2 was counted three times"


def test_money_from_nowhere_is_told_as_such() -> None:
    verdict = compare(log(1), {1: 1, 9: 5})
    assert [str(difference) for difference in verdict.differences] == [
        "account 9: 5 too much: no transactions explain that"
    ]
    assert verdict.numbers["unexplained"] == 1
