"""A refund after the payout: what the seller lacks is asked back from its account at the provider.

Chiara sells for EUR 50.00 less 3.00 commission to Haruka, who pays ¥8,932: her payout is EUR 47.00.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from pytest_django import Settings

from payments.gateways import charge_gateway
from payments.gateways.base import TransferFacts, TransferStatus
from payments.models import Payee, Payment, Payout, Refund, Reversal
from payments.selectors import balance, check_books
from payments.services import (
    PayoutFacts,
    apply_dispute_facts,
    apply_payout_facts,
    apply_refund_facts,
    apply_reversal_facts,
    create_payee,
    event_facts,
    finish_event,
    pending_events,
    refresh_rates,
    release_held,
    request_refund,
    run_settlement,
    submit_payouts,
    submit_refunds,
    submit_reversals,
)
from payments.services.actuals import take_in_movements
from payments.services.inbox import RefundFacts, ReversalFacts
from payments.services.reconciliation import reconcile
from payments.states import AccountKind, TransferState
from sandbox import services as sandbox
from sandbox.models import Payout as SandboxPayout
from tests.payments.test_hold_a_payment import pay_for, plan, quote
from tests.payments.test_reach_the_provider import loses_the_answer, order_of, pay

OWED = AccountKind.SELLER_RECEIVABLE
PAYABLE = AccountKind.SELLER_PAYABLE
CLEARING = AccountKind.PROVIDER_CLEARING


@pytest.fixture
def now() -> datetime:
    """The sandbox has a clock of its own."""
    return datetime.now(UTC)


@pytest.fixture
def chiara(db: None, now: datetime) -> Payee:
    return create_payee(name="Chiara Carta", country="IT", currency="EUR", now=now)


@pytest.fixture
def sold(chiara: Payee, now: datetime) -> Payment:
    """Paid, released and paid out."""
    one = plan(
        chiara,
        quote("EUR", "JPY", "160", now),
        seller=5000,
        commission=300,
        mid=8000,
        spread=120,
        tax=812,
    )
    payment = pay(pay_for([one], "JPY", now), now)
    release_held(order_ref=order_of(payment), now=now)
    run_settlement(period="2026-11-24", now=now)
    submit_payouts(now=now)
    later = now + timedelta(minutes=1)
    sandbox.run_bank(now=later)
    submit_payouts(now=later)
    read(later)
    return payment


def read(now: datetime) -> None:
    for event in pending_events(50):
        facts = event_facts(event=event)
        with transaction.atomic():
            match facts:
                case RefundFacts():
                    apply_refund_facts(facts=facts, now=now)
                case PayoutFacts():
                    apply_payout_facts(facts=facts, now=now)
                case ReversalFacts():
                    apply_reversal_facts(facts=facts, now=now)
            finish_event(event=event, now=now)


def refund(payment: Payment, amount: int, now: datetime) -> Refund:
    return request_refund(
        order_ref=order_of(payment), amount=amount, reason="broken", key=f"r{amount}", now=now
    )


def euros(kind: AccountKind) -> int:
    return balance(kind=kind, currency="EUR").amount


def test_asked_back_before_the_buyer_is_paid(sold: Payment, now: datetime) -> None:
    later = now + timedelta(minutes=2)
    row = refund(sold, 8932, later)
    assert euros(OWED) == -4700
    reversal = Reversal.objects.get()
    assert (reversal.amount, reversal.refund) == (4700, row)
    assert submit_refunds(now=later) == 0  # not before the transfer was asked back
    assert submit_reversals(now=later) == 1
    assert submit_refunds(now=later) == 1
    read(later)
    reversal.refresh_from_db()
    assert reversal.transfer == TransferState.DONE
    assert (euros(OWED), euros(PAYABLE)) == (0, 0)
    payout = Payout.objects.get()
    assert (payout.transfer, payout.reversed_amount) == ("DONE", 4700)
    assert SandboxPayout.objects.get().reversed_amount == 4700
    assert check_books().problems == []


def test_an_account_that_is_empty_owes_it(sold: Payment, now: datetime) -> None:
    SandboxPayout.objects.update(destination={"account": "empty-1"})
    refund(sold, 8932, now)
    submit_reversals(now=now)
    read(now)
    reversal = Reversal.objects.get()
    assert (reversal.transfer, reversal.last_error) == ("FAILED", "insufficient_funds")
    assert euros(OWED) == -4700  # the next settlement takes it
    assert Refund.objects.get().transfer == "PENDING"
    assert submit_refunds(now=now) == 1  # the buyer doesn't wait for the seller
    assert check_books().problems == []


def test_never_more_than_the_payout(sold: Payment, now: datetime) -> None:
    refund(sold, 4000, now)
    refund(sold, 4932, now)
    amounts = list(Reversal.objects.order_by("created_at", "pk").values_list("amount", flat=True))
    assert sum(amounts) == 4700
    while submit_reversals(now=now):
        pass
    read(now)
    assert (euros(OWED), Payout.objects.get().reversed_amount) == (0, 4700)


def test_a_debt_that_was_netted_meanwhile_is_not_asked_for(
    sold: Payment, chiara: Payee, now: datetime
) -> None:
    refund(sold, 8932, now)
    other = plan(
        chiara, quote("EUR", "JPY", "160", now), seller=9000, commission=0, mid=14400, spread=0
    )
    second = pay(pay_for([other], "JPY", now), now)
    release_held(order_ref=order_of(second), now=now)
    run_settlement(period="2026-11-25", now=now)
    assert euros(OWED) == 0
    submit_reversals(now=now)
    row = Reversal.objects.get()
    assert (row.transfer, row.last_error) == ("FAILED", "no_longer_owed")
    assert check_books().problems == []


def test_a_lost_answer_takes_it_back_once(
    sold: Payment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    refund(sold, 8932, now)
    loses_the_answer(monkeypatch, "create_reversal", after=True)
    submit_reversals(now=now)
    assert Reversal.objects.get().transfer == TransferState.UNKNOWN
    submit_reversals(now=now + timedelta(minutes=5))
    read(now)
    assert Reversal.objects.get().transfer == TransferState.DONE
    assert SandboxPayout.objects.get().reversed_amount == 4700
    assert check_books().problems == []


def test_what_the_provider_calls_failed_because_we_took_it_back(
    sold: Payment, now: datetime
) -> None:
    """A provider may show a payout that we reversed as failed: it is not booked twice."""
    refund(sold, 8932, now)
    submit_reversals(now=now)
    failed = TransferFacts(TransferStatus.FAILED, "po_1", "reversed")
    payout = Payout.objects.get()
    assert not apply_payout_facts(facts=PayoutFacts(payout.pk, failed), now=now).newly
    read(now)
    assert (euros(OWED), euros(PAYABLE)) == (0, 0)
    assert check_books().problems == []


def test_a_payout_that_comes_back_after_a_part_was_taken(sold: Payment, now: datetime) -> None:
    refund(sold, 4466, now)
    submit_reversals(now=now)
    read(now)
    taken = Payout.objects.get().reversed_amount
    failed = TransferFacts(TransferStatus.FAILED, "po_1", "returned")
    apply_payout_facts(facts=PayoutFacts(Payout.objects.get().pk, failed), now=now)
    assert euros(PAYABLE) == 4700 - taken
    assert check_books().problems == []


def test_reconciled_with_disputes_and_reversals(sold: Payment, now: datetime) -> None:
    """Every movement of the provider's has its entry: nothing is missing, nothing is extra."""
    dispute = sandbox.open_dispute(session_id=sold.session_ref, amount=4466, now=now)
    gateway = charge_gateway("sandbox")
    apply_dispute_facts(facts=gateway.get_dispute(dispute.id), now=now)
    sandbox.decide_dispute(dispute_id=dispute.id, won=False, returned=466, now=now)
    apply_dispute_facts(facts=gateway.get_dispute(dispute.id), now=now)
    submit_reversals(now=now)
    read(now)
    take_in_movements(provider="sandbox", now=now + timedelta(hours=1))
    run = reconcile(
        provider="sandbox", now=now + timedelta(hours=1), since=now - timedelta(hours=1)
    )
    assert (run.error, run.missing, run.extra, run.different) == ("", 0, 0, 0)
    assert run.matched >= 3
    assert check_books().problems == []


def test_the_provider_settles_yen_in_euros(
    sold: Payment, now: datetime, settings: Settings
) -> None:
    """A disputed ¥4,466 leave a balance in euros, at the provider's rate; the fee is booked once."""
    settings.SANDBOX_SETTLES = {"JPY": ("EUR", Decimal("0.006"))}
    settings.SANDBOX_DISPUTE_FEE = 1500
    refresh_rates(now=now)
    dispute = sandbox.open_dispute(session_id=sold.session_ref, amount=4466, now=now)
    facts = charge_gateway("sandbox").get_dispute(dispute.id)
    assert (facts.fee, facts.fee_currency) == (1500, "EUR")
    apply_dispute_facts(facts=facts, now=now)
    before = euros(CLEARING)
    take_in_movements(provider="sandbox", now=now + timedelta(hours=1))
    # ¥4,466 at 0.006 are EUR 26.80; the fee of 15.00 was booked with the dispute.
    assert euros(CLEARING) == before + 2680
    assert euros(AccountKind.PROVIDER_FEES) == -1500
    assert check_books().problems == []


# --- a payout that its bank sends back while a part of it is asked for ------------------------------


def came_back(payout: Payout, now: datetime) -> None:
    """The receiving bank returns it, as the sandbox's would by itself."""
    SandboxPayout.objects.update(will_return=True, created_at=now - timedelta(days=1))
    sandbox.run_bank(now=now)
    failed = TransferFacts(TransferStatus.FAILED, payout.provider_ref, "returned")
    apply_payout_facts(facts=PayoutFacts(payout.pk, failed), now=now)


def test_a_payout_that_came_back_whole_while_all_of_it_was_asked_for(
    sold: Payment, now: datetime
) -> None:
    """Its coming back looks like our own reversal, until that is refused."""
    refund(sold, 8932, now)
    came_back(Payout.objects.get(), now)
    assert Payout.objects.get().transfer == TransferState.DONE
    submit_reversals(now=now)
    read(now)  # refused: there is nothing left to take
    read(now)
    assert Reversal.objects.get().transfer == TransferState.FAILED
    assert Payout.objects.get().transfer == TransferState.FAILED
    assert (euros(OWED), euros(PAYABLE)) == (-4700, 4700)
    assert check_books().problems == []


def test_a_part_that_is_no_longer_asked_for_came_back_with_its_payout(
    sold: Payment, now: datetime
) -> None:
    refund(sold, 4466, now)
    asked = Reversal.objects.get().amount
    came_back(Payout.objects.get(), now)
    assert euros(PAYABLE) == 4700 - asked
    run_settlement(period="2026-11-25", now=now)  # takes what is owed of what came back
    assert euros(OWED) == 0
    before = euros(PAYABLE)
    submit_reversals(now=now)
    assert Reversal.objects.get().last_error == "no_longer_owed"
    assert euros(PAYABLE) == before + asked
    assert check_books().problems == []


def test_what_a_provider_cannot_name_stays_owed(chiara: Payee, now: datetime) -> None:
    """A provider takes fils in tens only: the last digit is netted by a later settlement."""
    noor = create_payee(name="Noor", country="KW", currency="KWD", now=now)
    one = plan(noor, quote("KWD", "JPY", "500", now), seller=5004, commission=0, mid=2502, spread=0)
    payment = pay(pay_for([one], "JPY", now), now)
    release_held(order_ref=order_of(payment), now=now)
    run_settlement(period="2026-11-24", now=now)
    submit_payouts(now=now)
    later = now + timedelta(minutes=1)
    sandbox.run_bank(now=later)
    submit_payouts(now=later)
    read(later)
    assert Payout.objects.get().amount == 5000  # and 4 are carried
    refund(payment, 1201, later)
    owed = -balance(kind=OWED, currency="KWD").amount
    assert owed % 10
    assert Reversal.objects.get().amount == owed - owed % 10
    submit_reversals(now=later)
    read(later)
    assert balance(kind=OWED, currency="KWD").amount == -(owed % 10)
    assert check_books().problems == []
