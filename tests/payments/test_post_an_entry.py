"""The one door into the books: once for each key, and without deadlocks."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Barrier
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from common.money import Money
from payments.models import Account, Balance, Entry, Posting
from payments.selectors import balance, check_books, trial_balance
from payments.services import EntryConflictError, Leg, post_entry
from payments.states import AccountKind, EntryKind

EUR = "EUR"


def move(key: str, amount: int, order: str = "order-1") -> Entry:
    return post_entry(
        key=key,
        kind=EntryKind.CAPTURE,
        reference=order,
        legs=[
            Leg(AccountKind.PROVIDER_CLEARING, Money(-amount, EUR)),
            Leg(AccountKind.HELD, Money(amount, EUR), order),
        ],
    )


def in_threads(count: int, work: Callable[[int], object]) -> list[object]:
    """Run `work(n)` in `count` threads that start together, each with its own connection."""
    start = Barrier(count)

    def one(number: int) -> object:
        try:
            start.wait()
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.mark.django_db
def test_the_same_key_is_posted_once() -> None:
    first = move("capture:1", 1000)
    again = move("capture:1", 1000)
    assert again.pk == first.pk
    assert Posting.objects.count() == 2
    assert balance(kind=AccountKind.HELD, currency=EUR) == Money(1000, EUR)


@pytest.mark.django_db
def test_the_same_key_with_other_legs_is_an_error() -> None:
    move("capture:1", 1000)
    with pytest.raises(EntryConflictError), transaction.atomic():
        move("capture:1", 1001)
    with pytest.raises(EntryConflictError), transaction.atomic():
        move("capture:1", 1000, "order-2")
    assert balance(kind=AccountKind.HELD, currency=EUR) == Money(1000, EUR)


@pytest.mark.django_db
def test_legs_of_zero_are_left_out_and_one_leg_is_no_entry() -> None:
    with pytest.raises(ValueError, match="two legs"):
        post_entry(
            key="k",
            kind=EntryKind.CORRECTION,
            legs=[
                Leg(AccountKind.ROUNDING, Money(1, EUR)),
                Leg(AccountKind.HELD, Money(0, EUR), "o"),
            ],
        )
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_hot_accounts_are_several_and_read_as_one() -> None:
    for number in range(40):
        move(f"capture:{number}", 100, f"order-{number}")
    shards = Account.objects.filter(kind=AccountKind.PROVIDER_CLEARING)
    assert shards.count() > 4
    assert balance(kind=AccountKind.PROVIDER_CLEARING, currency=EUR) == Money(-4000, EUR)
    assert [(line.kind, line.balance.amount) for line in trial_balance()] == [
        ("HELD", 4000),
        ("PROVIDER_CLEARING", -4000),
    ]


@pytest.mark.django_db(transaction=True)
def test_eight_racers_with_one_key_make_one_entry() -> None:
    entries = in_threads(8, lambda _: move("capture:1", 1000).pk)
    assert len(set(entries)) == 1
    assert Entry.objects.count() == 1
    assert balance(kind=AccountKind.HELD, currency=EUR) == Money(1000, EUR)
    assert check_books().ok


@pytest.mark.django_db(transaction=True)
def test_money_going_round_in_every_direction_at_once_does_not_deadlock() -> None:
    """Eight threads move money among the same six accounts in random directions; none is lost."""
    people = [f"payee-{number}" for number in range(6)]
    for person in people:
        post_entry(
            key=f"fund:{person}",
            kind=EntryKind.CORRECTION,
            legs=[
                Leg(AccountKind.FX_GAIN_LOSS, Money(-1_000_000, EUR)),
                Leg(AccountKind.SELLER_PAYABLE, Money(1_000_000, EUR), person),
            ],
        )

    def shuffle(number: int) -> int:
        dice = random.Random(number)
        for step in range(25):
            giver, taker = dice.sample(people, 2)
            with transaction.atomic():  # one transaction, so nothing is tried again
                post_entry(
                    key=f"move:{number}:{step}",
                    kind=EntryKind.CORRECTION,
                    legs=[
                        Leg(AccountKind.SELLER_PAYABLE, Money(-step - 1, EUR), giver),
                        Leg(AccountKind.SELLER_PAYABLE, Money(step + 1, EUR), taker),
                    ],
                )
        return number

    assert in_threads(8, shuffle) == list(range(8))
    assert balance(kind=AccountKind.SELLER_PAYABLE, currency=EUR) == Money(6_000_000, EUR)
    assert Entry.objects.count() == 6 + 8 * 25
    assert check_books().problems == []


@pytest.mark.django_db(transaction=True)
def test_two_open_the_same_account_at_once() -> None:
    in_threads(8, lambda number: move(f"capture:{number}", 10, "order-1"))
    assert Account.objects.filter(kind=AccountKind.HELD).count() == 1
    assert Balance.objects.get(account__kind=AccountKind.HELD).credits == 80


@pytest.mark.django_db
def test_an_entry_takes_few_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    move("capture:1", 1000)
    with django_assert_num_queries(3):
        move("capture:2", 1000)


@pytest.mark.django_db
def test_check_books_says_that_they_balance() -> None:
    move("capture:1", 1234)
    out = StringIO()
    call_command("check_books", stdout=out)
    assert "The books balance." in out.getvalue()
    assert "12.34" in out.getvalue()


@pytest.mark.django_db
def test_check_books_fails_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The state that a forged balance leaves is tested in test_attack_the_ledger."""
    report = check_books()
    report.problems.append("entry x is not balanced in EUR")
    monkeypatch.setattr("payments.management.commands.check_books.check_books", lambda: report)
    with pytest.raises(CommandError, match="entry x is not balanced in EUR"):
        call_command("check_books", stdout=StringIO())
