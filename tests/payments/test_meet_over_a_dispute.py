"""Banks, settlements, refunds and returned payouts meet at the same moment, over two sellers at once."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

import pytest
from django.db import connection, transaction

from common.states import TransitionError
from payments.gateways.base import TransferFacts, TransferStatus
from payments.models import HeldPayment, Payee, Payment, Payout, Refund, Reversal
from payments.selectors import balance, check_books
from payments.services import (
    HeldFrozenError,
    PayoutFacts,
    RefundTooLargeError,
    apply_dispute_facts,
    apply_payout_facts,
    create_payee,
    release_held,
    request_refund,
    run_settlement,
    settle_payee,
)
from payments.states import AccountKind, DisputeState, TransferState
from tests.payments.test_hold_a_payment import paid, plan, quote
from tests.payments.test_lose_to_a_bank import told
from tests.payments.test_post_an_entry import in_threads

pytestmark = pytest.mark.django_db(transaction=True)
PAID = TransferFacts(TransferStatus.PAID, "po")
BACK = TransferFacts(TransferStatus.FAILED, "po", "returned")


def sold_by(payees: list[Payee], now: datetime) -> Payment:
    """One payment for an order of each payee's, in this order."""
    price = quote("GHS", "JPY", "10", now)
    orders = [
        plan(payee, price, seller=24000, commission=1440, mid=2400, spread=36, tax=244)
        for payee in payees
    ]
    payment = paid(orders, "JPY", now)
    for order in orders:
        release_held(order_ref=order.order_ref, now=now)
    return payment


def meeting(*acts: Callable[[], object]) -> None:
    """Do all of it at once; a deadlock or another refusal of the database fails the test."""
    in_threads(len(acts), lambda number: acts[number]())


def test_two_banks_and_two_settlements(now: datetime) -> None:
    """Each payment has both sellers: whoever locks one of them wants the other, too."""
    payees = [create_payee(name=name, country="GH", currency="GHS", now=now) for name in "AB"]
    for seed in range(6):
        payments = [sold_by(random.Random(seed).sample(payees, 2), now) for _ in range(4)]
        ends = [DisputeState.LOST, DisputeState.WON]
        for states in ([DisputeState.NEEDS_RESPONSE] * 2, ends):
            acts: list[Callable[[], object]] = [
                _dispute(payment, states[place % 2], now) for place, payment in enumerate(payments)
            ]
            acts += [partial(run_settlement, period=f"{seed}:{n}", now=now) for n in (1, 2)]
            meeting(*acts)
    assert check_books().problems == []


def _dispute(payment: Payment, state: DisputeState, now: datetime) -> Callable[[], object]:
    won = payment.amount if state == DisputeState.WON else 0
    facts = told(payment, state, ref=f"dp_{payment.pk}", returned=won)
    return lambda: apply_dispute_facts(facts=facts, now=now)


def test_a_payout_comes_back_as_it_is_asked_for(now: datetime) -> None:
    """Whichever is first, the seller has what came back once: by the payout, or by the reversal."""
    for _ in range(8):
        ama = create_payee(name="Ama", country="GH", currency="GHS", now=now)
        payment = sold_by([ama], now)
        payout = settle_payee(payee_id=ama.pk, period="1", now=now)
        assert payout is not None
        apply_payout_facts(facts=PayoutFacts(payout.pk, PAID), now=now)
        order = payment.held.get().order_ref

        def ask(order: uuid.UUID = order) -> None:
            request_refund(order_ref=order, amount=670, reason="x", key=str(order), now=now)

        def back(payout: Payout = payout) -> None:
            apply_payout_facts(facts=PayoutFacts(payout.pk, BACK), now=now)

        meeting(ask, back)
        asked = sum(Reversal.objects.filter(payout=payout).values_list("amount", flat=True))
        names = {"currency": "GHS", "reference": str(ama.pk)}
        payable = balance(kind=AccountKind.SELLER_PAYABLE, **names).amount
        owed = -balance(kind=AccountKind.SELLER_RECEIVABLE, **names).amount
        taken = Refund.objects.get(held__order_ref=order)
        net = taken.seller_amount - taken.commission_amount
        # Back with the payout, without what the reversal still brings; less what the refund took.
        assert payable - owed == payout.amount - asked - net
        assert payout.amount == 22560
    assert check_books().problems == []


def _asked(payout: Payout) -> int:
    return sum(payout.reversals.exclude(transfer="FAILED").values_list("amount", flat=True))


def test_anything_at_once(now: datetime) -> None:
    """Eight threads, two sellers, as the dice say; what is left is the sellers' to the minor unit."""
    payees = [create_payee(name=name, country="GH", currency="GHS", now=now) for name in "AB"]
    payments = [sold_by(random.Random(n).sample(payees, 2), now) for n in range(4)]
    refs = list(HeldPayment.objects.values_list("order_ref", flat=True).order_by("pk"))

    def throw(number: int) -> int:
        dice = random.Random(number)
        for step in range(10):
            with suppress(TransitionError, RefundTooLargeError, HeldFrozenError):
                match dice.randrange(4):
                    case 0:
                        state = dice.choice(
                            [DisputeState.NEEDS_RESPONSE, DisputeState.LOST, DisputeState.WON]
                        )
                        _dispute(dice.choice(payments), state, now)()
                    case 1:
                        request_refund(
                            order_ref=dice.choice(refs),
                            amount=dice.choice([1, 99, 670, 2680]),
                            reason="x",
                            key=f"{number}:{step}",
                            now=now,
                        )
                    case 2:
                        run_settlement(period=f"{number}:{step}", now=now)
                    case _:
                        payout = Payout.objects.order_by("?").first()
                        if payout is not None:
                            facts = PayoutFacts(payout.pk, dice.choice([PAID, BACK]))
                            apply_payout_facts(facts=facts, now=now)
        return number

    assert in_threads(8, throw) == list(range(8))
    assert check_books().problems == []
    rights = sum(
        held.seller_amount
        - held.commission_amount
        - held.refunded_seller_amount
        + held.refunded_commission_amount
        for held in HeldPayment.objects.all()
    )
    # What is still asked back of a payout that came back is not booked with it.
    sent = sum(
        _asked(payout) if payout.transfer == TransferState.FAILED else payout.amount
        for payout in Payout.objects.all()
    )
    kinds = ("SELLER_PAYABLE", "SELLER_RECEIVABLE", "DISPUTE_HOLD", "RESERVE")
    here = sum(balance(kind=AccountKind(kind), currency="GHS").amount for kind in kinds)
    assert here + sent == rights
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_balance WHERE floor_zero AND credits < debits")
        assert cursor.fetchone() == (0,)
