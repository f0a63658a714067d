"""Every guarantee of the books, attacked with raw SQL: as the application, and as the owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from io import StringIO
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from common.money import Money
from payments.gateways.base import TransferFacts, TransferStatus
from payments.models import Account, Balance, Entry
from payments.selectors import balance, check_books
from payments.services import (
    Leg,
    RefundFacts,
    apply_refund_facts,
    create_payee,
    post_entry,
    release_held,
    request_refund,
    run_settlement,
)
from payments.states import AccountKind, EntryKind
from tests.database import owner_connection
from tests.payments.test_hold_a_payment import paid, pay_for, plan, quote

HELD = AccountKind.HELD
CLEARING = AccountKind.PROVIDER_CLEARING


def book(amount: int = 1000, key: str = "capture:1", currency: str = "EUR") -> Entry:
    money = Money(amount, currency)
    legs = [Leg(CLEARING, -money), Leg(HELD, money, "order-1")]
    return post_entry(key=key, kind=EntryKind.CAPTURE, legs=legs, reference="order-1")


def run(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def account_id(kind: AccountKind, currency: str = "EUR") -> int:
    return Account.objects.get(kind=kind, currency=currency).pk


def new_entry(key: str) -> int:
    run(
        "INSERT INTO ledger_entry (key, kind, reference, memo, created_at)"
        " VALUES (%s, 'CAPTURE', '', '', now())",
        key,
    )
    return Entry.objects.get(key=key).pk


def add_leg(entry: int, account: int, amount: int, currency: str = "EUR") -> None:
    run(
        "INSERT INTO ledger_posting (entry_id, account_id, currency, amount)"
        " VALUES (%s, %s, %s, %s)",
        entry,
        account,
        currency,
        amount,
    )


def forge(key: str, *legs: tuple[AccountKind, str, int, str]) -> None:
    """An entry past the one door: (account's kind and currency, amount, the leg's currency)."""
    with transaction.atomic():
        entry = new_entry(key)
        for kind, currency, amount, leg_currency in legs:
            add_leg(entry, account_id(kind, currency), amount, leg_currency)


def books() -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    return (
        run("SELECT entry_id, account_id, currency, amount FROM ledger_posting ORDER BY id"),
        run("SELECT account_id, credits, debits FROM ledger_balance ORDER BY account_id"),
    )


@pytest.fixture
def owner(transactional_db: None) -> Iterator[psycopg2.extensions.connection]:
    with closing(owner_connection(connection.settings_dict["NAME"])) as opened:
        yield opened


@pytest.mark.django_db
def test_the_application_is_not_the_owner_and_owns_nothing() -> None:
    assert run(
        "SELECT count(*) FROM pg_class AS thing JOIN pg_roles AS role ON role.oid = thing.relowner"
        " WHERE role.rolname = current_user"
    ) == [(0,)]
    assert run("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [(False,)]


@pytest.mark.django_db(transaction=True)
def test_an_unbalanced_entry_is_refused_at_commit() -> None:
    book()
    before = books()
    with pytest.raises(IntegrityError, match="not balanced in EUR"):
        forge("theft", (HELD, "EUR", 500, "EUR"), (CLEARING, "EUR", -499, "EUR"))
    assert books() == before


@pytest.mark.django_db(transaction=True)
def test_currencies_do_not_balance_each_other() -> None:
    book()
    book(key="capture:yen", currency="JPY")
    before = books()
    with pytest.raises(IntegrityError, match="not balanced in"):
        forge("out of thin air", (CLEARING, "EUR", -500, "EUR"), (HELD, "JPY", 500, "JPY"))
    assert books() == before


@transaction.atomic
def add_a_leg_after_the_check() -> None:
    entry = new_entry("late leg")
    add_leg(entry, account_id(HELD), 500)
    add_leg(entry, account_id(CLEARING), -500)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")
    add_leg(entry, account_id(HELD), 500)


@pytest.mark.django_db(transaction=True)
def test_an_early_check_does_not_let_a_later_leg_through() -> None:
    book()
    before = books()
    with pytest.raises(IntegrityError, match="not balanced"):
        add_a_leg_after_the_check()
    assert books() == before


@pytest.mark.django_db(transaction=True)
def test_an_entry_without_legs_is_refused() -> None:
    with pytest.raises(IntegrityError, match="has 0 legs"), transaction.atomic():
        new_entry("empty")
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_leg_cannot_be_in_another_currency_than_its_account() -> None:
    book()
    before = books()
    with pytest.raises(IntegrityError, match="ledger_posting_account_currency"):
        forge("yen on euro accounts", (HELD, "EUR", 500, "JPY"), (CLEARING, "EUR", -500, "JPY"))
    assert books() == before


@pytest.mark.django_db(transaction=True)
def test_a_leg_of_zero_is_refused() -> None:
    book()
    with pytest.raises(IntegrityError, match="ledger_posting_not_zero"), transaction.atomic():
        add_leg(new_entry("nothing"), account_id(HELD), 0)


@pytest.mark.django_db(transaction=True)
def test_an_entry_is_sealed_after_its_transaction() -> None:
    entry = book()
    before = books()
    with pytest.raises(IntegrityError, match="sealed"), transaction.atomic():
        add_leg(entry.pk, account_id(HELD), 500)
    assert books() == before


@pytest.mark.django_db(transaction=True)
def test_the_transaction_of_an_entry_cannot_be_chosen() -> None:
    """Else an entry could be left open for a transaction to come."""
    book()
    with transaction.atomic():
        entry = run(
            "INSERT INTO ledger_entry (key, kind, reference, memo, created_at, xid)"
            " VALUES ('open', 'CAPTURE', '', '', now(), '999999999') RETURNING id"
        )[0][0]
        assert run("SELECT xid = pg_current_xact_id() FROM ledger_entry WHERE id = %s", entry) == [
            (True,)
        ]
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_held_money_never_goes_below_zero() -> None:
    book()
    before = books()
    with pytest.raises(IntegrityError, match="ledger_balance_floor"):
        post_entry(
            key="overdraw",
            kind=EntryKind.CORRECTION,
            legs=[
                Leg(HELD, Money(-1001, "EUR"), "order-1"),
                Leg(CLEARING, Money(1001, "EUR"), "order-1"),
            ],
        )
    assert books() == before
    assert not Entry.objects.filter(key="overdraw").exists()


@pytest.mark.django_db(transaction=True)
def test_an_account_that_may_not_go_negative_cannot_be_opened_as_one_that_may() -> None:
    with pytest.raises(IntegrityError, match="ledger_account_floor"), transaction.atomic():
        run(
            "INSERT INTO ledger_account (kind, currency, reference, may_go_negative)"
            " VALUES ('HELD', 'EUR', 'order-2', true)"
        )


TABLES = ("ledger_account", "ledger_entry", "ledger_posting", "ledger_balance")
FROZEN = (*TABLES, "payments_quote", "payments_payoutline")
COLUMN = {
    "ledger_account": "reference = 'x'",
    "ledger_entry": "memo = 'x'",
    "ledger_posting": "amount = amount + 1",
    "ledger_balance": "credits = credits + 1",
    "payments_quote": "rate = 1",
    "payments_payoutline": "id = id + 1",
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", FROZEN)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_the_application_can_change_nothing(table: str, verb: str) -> None:
    book()
    before = books()
    statement = {
        "UPDATE": f"UPDATE {table} SET {COLUMN[table]}",
        "DELETE": f"DELETE FROM {table}",
        "TRUNCATE": f"TRUNCATE {table} CASCADE",
    }[verb]
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        run(statement)
    assert books() == before


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_even_the_owner_is_refused(
    table: str, verb: str, owner: psycopg2.extensions.connection
) -> None:
    book()
    before = books()
    statement = {
        "UPDATE": f"UPDATE {table} SET {COLUMN[table]}",
        "DELETE": f"DELETE FROM {table}",
        "TRUNCATE": f"TRUNCATE {table} CASCADE",
    }[verb]
    with owner.cursor() as cursor, pytest.raises(psycopg2.Error, match="append-only"):
        cursor.execute(statement)
    assert books() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO ledger_balance VALUES (1, 'EUR', 1000, 0, false)",
        "ALTER TABLE ledger_posting DISABLE TRIGGER ALL",
        "ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_account_currency",
        "DROP TRIGGER ledger_posting_balanced ON ledger_posting",
        "CREATE OR REPLACE FUNCTION ledger_entry_balanced() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NULL; END'",
        "SET session_replication_role = replica",
        "SELECT ledger_posting_made()",
    ],
)
def test_the_application_cannot_go_round_the_guards(statement: str) -> None:
    book()
    before = books()
    with (
        pytest.raises(DatabaseError, match=r"must be owner|permission denied"),
        transaction.atomic(),
    ):
        run(statement)
    assert books() == before


@pytest.mark.django_db(transaction=True)
def test_a_table_of_the_same_name_does_not_fool_the_guards() -> None:
    """The trigger that writes balances looks in no schema that the application can put first."""
    book()
    with transaction.atomic():
        run("CREATE TEMP TABLE ledger_balance (LIKE ledger_balance) ON COMMIT DROP")
        book(key="capture:2")
    assert balance(kind=HELD, currency="EUR", reference="order-1") == Money(2000, "EUR")
    assert check_books().ok


def test_check_books_sees_what_a_superuser_forged(owner: psycopg2.extensions.connection) -> None:
    """Past every guard, with the triggers switched off, the recomputation still finds it."""
    book()
    assert check_books().problems == []
    with owner.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE ledger_balance SET credits = credits + 7 FROM ledger_account AS account"
            " WHERE account.id = account_id AND account.kind = 'HELD'"
        )
    assert check_books().problems == [
        "balance of HELD EUR order-1: credits 1007, debits 0; its postings say 1000 and 0"
    ]
    with owner.cursor() as cursor:
        cursor.execute("UPDATE ledger_posting SET amount = 1007 WHERE amount > 0")
    assert check_books().problems == [
        "entry capture:1 is not balanced in EUR",
        "all postings in EUR add up to 7",
    ]


@pytest.mark.django_db
def test_every_account_gets_a_balance_row() -> None:
    book()
    assert sorted(Balance.objects.values_list("credits", "debits", "floor_zero")) == [
        (0, 1000, False),
        (1000, 0, True),
    ]


@pytest.fixture
def lives(transactional_db: None, now: datetime) -> None:
    """One order is refunded in part, released and paid out, another one waits to be paid."""
    ama = create_payee(name="Ama's baskets", country="GH", currency="GHS", now=now)
    price = quote("GHS", "JPY", "10", now)
    one, other = (
        plan(ama, price, seller=24000, commission=1440, mid=2400, spread=36, tax=244)
        for _ in range(2)
    )
    paid([one], "JPY", now)
    pay_for([other], "JPY", now)
    refund = request_refund(order_ref=one.order_ref, amount=914, reason="x", key="r", now=now)
    arrived = TransferFacts(TransferStatus.PAID, "re_1")
    apply_refund_facts(facts=RefundFacts(refund.pk, arrived), now=now)
    release_held(order_ref=one.order_ref, now=now)
    run_settlement(period="2026-11-24", now=now)


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE ledger_balance SET credits = credits + 1, debits = debits + 1",
        "DELETE FROM ledger_balance",
        "UPDATE ledger_posting SET amount = amount - 1 WHERE amount > 0",
        "DELETE FROM ledger_posting",
        "UPDATE payments_payment SET state = 'PAID'",
        "UPDATE payments_payment SET state = 'EXPIRED'",
        "UPDATE payments_payment SET amount = amount + 1",
        "UPDATE payments_heldpayment SET state = 'HELD'",
        "UPDATE payments_heldpayment SET refunded_amount = refunded_amount + 1",
        "UPDATE payments_heldpayment SET refunded_commission_amount = 0",
        "UPDATE payments_refund SET amount = amount - 1, mid_amount = mid_amount - 1",
        "UPDATE payments_refund SET transfer = 'SUBMITTED'",
        "DELETE FROM payments_refund",
        "UPDATE payments_payout SET amount = amount + 1",
        "UPDATE payments_payout SET transfer = 'DONE'",
        "DELETE FROM payments_payoutline",
        "DELETE FROM payments_payout",
    ],
)
def test_the_command_fails_on_whatever_was_forged(
    owner: psycopg2.extensions.connection, lives: None, forgery: str
) -> None:
    call_command("check_books", stdout=StringIO())
    with owner.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(forgery)
        assert cursor.rowcount > 0
    with pytest.raises(CommandError, match="The books are wrong"):
        call_command("check_books", stdout=StringIO())
