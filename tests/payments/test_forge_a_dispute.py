"""Reserves, disputes and reversals attacked past every guard: check_books finds each forgery."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

import psycopg2
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from common.money import Money
from payments.gateways.base import TransferFacts, TransferStatus
from payments.models import Payee, Reversal
from payments.selectors import check_books
from payments.services import (
    Leg,
    apply_payment_facts,
    apply_reversal_facts,
    create_payee,
    post_entry,
    release_held,
)
from payments.services.inbox import ReversalFacts
from payments.states import AccountKind, DisputeState, EntryKind
from tests.database import owner_connection
from tests.payments.test_hold_a_payment import facts, pay_for
from tests.payments.test_lose_to_a_bank import answered, paid_out, refunded, sold_by, tell


@pytest.fixture
def owner(transactional_db: None) -> Iterator[psycopg2.extensions.connection]:
    with closing(owner_connection(connection.settings_dict["NAME"])) as opened:
        opened.autocommit = True
        yield opened


@pytest.fixture
def lives(transactional_db: None, now: datetime) -> None:
    """One of each: kept, blocked, lost, settled by the bank, borne by the platform, asked back."""
    ama = create_payee(name="Ama's baskets", country="GH", currency="GHS", now=now)
    sales = [sold_by(ama, now) for _ in range(4)]
    payments = []
    for number, sale in enumerate(sales):
        payment = pay_for([sale], "JPY", now)
        apply_payment_facts(facts=facts(payment, charge_ref=f"ch_{number}"), now=now)
        payment.refresh_from_db()
        payments.append(payment)
    # The first was paid out and is lost: owed, and half of it asked back.
    release_held(order_ref=sales[0].order_ref, now=now)
    paid_out(now)
    tell(payments[0], now, DisputeState.LOST, ref="dp_0", fee=1500, fee_currency="EUR")
    row = Reversal.objects.get()
    done = ReversalFacts(row.pk, TransferFacts(TransferStatus.PAID, "rev_1"))
    apply_reversal_facts(facts=done, now=now)
    # The second was refunded twice, once sent and once not, and is lost.
    answered(refunded(sales[1], 914, now), now)
    refunded(sales[1], 500, now)
    tell(payments[1], now, DisputeState.LOST, ref="dp_1")
    # The third is released with a reserve, and disputed; the fourth is held and disputed.
    Payee.objects.filter(pk=ama.pk).update(
        reserve_bp=1000, reserve_days=30, reserve_until=now + timedelta(days=90)
    )
    release_held(order_ref=sales[2].order_ref, now=now)
    tell(payments[2], now, ref="dp_2", amount=1000, taken=1000)
    tell(payments[3], now, ref="dp_3")
    assert check_books().problems == []


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE payments_reservehold SET used_amount = used_amount + 1",
        "UPDATE payments_reservehold SET released_at = now()",
        "DELETE FROM payments_reservehold",
        "UPDATE payments_disputeshare SET blocked_amount = blocked_amount - 1"
        " WHERE blocked_amount > 0",
        "DELETE FROM payments_disputeshare",
        "UPDATE payments_providerdispute SET taken_amount = taken_amount + 1",
        "UPDATE payments_providerdispute SET returned_amount = 1 WHERE lost_amount = 0",
        "UPDATE payments_providerdispute SET fee_amount = 0 WHERE fee_amount > 0",
        "UPDATE payments_providerdispute SET lost_amount = 0, platform_loss_amount = 0",
        "UPDATE payments_providerdispute SET platform_loss_amount = 0"
        " WHERE platform_loss_amount > 0",
        "UPDATE payments_refund SET settled_by_id = NULL",
        "UPDATE payments_refund SET undone_at = now() WHERE origin = 'CHARGEBACK'",
        "UPDATE payments_refund SET origin = 'REQUEST' WHERE origin = 'CHARGEBACK'",
        "UPDATE payments_refund SET amount = amount + 1, mid_amount = mid_amount + 1"
        " WHERE origin = 'CHARGEBACK'",
        "DELETE FROM payments_reversal",
        "UPDATE payments_reversal SET transfer = 'SUBMITTED'",
        "UPDATE payments_payout SET reversed_amount = reversed_amount - 1"
        " WHERE reversed_amount > 0",
        "UPDATE payments_heldpayment SET frozen = false, frozen_by = '[]' WHERE frozen",
    ],
)
def test_check_books_finds_what_was_forged(
    owner: psycopg2.extensions.connection, lives: None, forgery: str
) -> None:
    with owner.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(forgery)
        assert cursor.rowcount > 0
    assert check_books().problems != []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "kind", [AccountKind.RESERVE, AccountKind.DISPUTE_HOLD, AccountKind.FEE_TAX_PAYABLE]
)
def test_what_is_kept_never_goes_below_zero(kind: AccountKind) -> None:
    money = Money(1, "GHS")
    with pytest.raises(IntegrityError, match="ledger_balance_floor"), transaction.atomic():
        post_entry(
            key="theft",
            kind=EntryKind.CORRECTION,
            legs=[Leg(kind, -money, "x"), Leg(AccountKind.PLATFORM_LOSS, money, "x")],
        )


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM payments_providerdispute",
        "DELETE FROM payments_disputeshare",
        "DELETE FROM payments_reservehold",
        "DELETE FROM payments_reversal",
        "UPDATE payments_reservehold SET amount = amount + 1",
        "UPDATE payments_reversal SET amount = amount - 1",
        "UPDATE payments_providerdispute SET currency = 'EUR'",
        "UPDATE payments_refund SET dispute_id = NULL WHERE dispute_id IS NOT NULL",
    ],
)
def test_the_application_can_not_change_what_happened(lives: None, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match=r"permission denied|is fixed|append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert check_books().problems == []
