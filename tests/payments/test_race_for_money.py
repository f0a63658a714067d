"""Many do the same, or the opposite, at the same moment; money is neither lost nor doubled."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

from common.money import Money
from common.states import TransitionError
from payments.models import Entry, HeldPayment, Payee, Payout, Refund
from payments.selectors import balance, check_books
from payments.services import (
    HeldPlan,
    RefundTooLargeError,
    apply_payment_facts,
    create_payee,
    release_held,
    request_refund,
    run_settlement,
)
from payments.states import AccountKind, EntryKind, HeldState
from tests.payments.test_hold_a_payment import facts, paid, pay_for, plan, quote
from tests.payments.test_post_an_entry import in_threads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ama(now: datetime) -> Payee:
    return create_payee(name="Ama's baskets", country="GH", currency="GHS", now=now)


def sale(payee: Payee, now: datetime) -> HeldPlan:
    price = quote("GHS", "JPY", "10", now)
    return plan(payee, price, seller=24000, commission=1440, mid=2400, spread=36, tax=244)


def test_eight_hear_of_one_payment(ama: Payee, now: datetime) -> None:
    payment = pay_for([sale(ama, now)], "JPY", now)
    outcomes = in_threads(8, lambda _: apply_payment_facts(facts=facts(payment), now=now).newly)
    assert sorted(outcomes, key=bool) == [False] * 7 + [True]
    assert Entry.objects.count() == 1


def test_eight_release_one_order(ama: Payee, now: datetime) -> None:
    one = sale(ama, now)
    paid([one], "JPY", now)
    in_threads(8, lambda _: release_held(order_ref=one.order_ref, now=now).state)
    assert balance(kind=AccountKind.SELLER_PAYABLE, currency="GHS") == Money(22560, "GHS")
    assert Entry.objects.filter(kind=EntryKind.RELEASE).count() == 1


def test_eight_refund_the_whole_of_one_order(ama: Payee, now: datetime) -> None:
    one = sale(ama, now)
    paid([one], "JPY", now)

    def refund(number: int) -> bool:
        try:
            request_refund(
                order_ref=one.order_ref, amount=2680, reason="x", key=f"r{number}", now=now
            )
        except RefundTooLargeError:
            return False
        return True

    assert in_threads(8, refund).count(True) == 1
    assert Refund.objects.get().amount == 2680
    assert check_books().problems == []


def test_release_refund_and_settlement_in_any_order_at_once(ama: Payee, now: datetime) -> None:
    """Six orders; eight threads release, refund bits and settle as the dice say."""
    orders = [sale(ama, now) for _ in range(6)]
    paid(orders, "JPY", now)

    def throw(number: int) -> int:
        dice = random.Random(number)
        for step in range(12):
            order = dice.choice(orders).order_ref
            try:
                match dice.randrange(3):
                    case 0:
                        release_held(order_ref=order, now=now)
                    case 1:
                        request_refund(
                            order_ref=order,
                            amount=dice.choice([1, 99, 670, 2680]),
                            reason="x",
                            key=f"{number}:{step}",
                            now=now,
                        )
                    case _:
                        run_settlement(period=f"{number}:{step}", now=now)
            except (TransitionError, RefundTooLargeError):
                continue
        return number

    assert in_threads(8, throw) == list(range(8))
    assert check_books().problems == []
    for order in orders:
        release_unless_refunded(order, now)
    run_settlement(period="last", now=now)
    assert check_books().problems == []
    kept = sum(
        held.seller_amount
        - held.commission_amount
        - held.refunded_seller_amount
        + held.refunded_commission_amount
        for held in HeldPayment.objects.all()
    )
    on_its_way = sum(Payout.objects.values_list("amount", flat=True))
    owed = balance(kind=AccountKind.SELLER_RECEIVABLE, currency="GHS").amount
    assert on_its_way + owed == kept
    assert balance(kind=AccountKind.HELD, currency="GHS") == Money(0, "GHS")


def release_unless_refunded(order: HeldPlan, now: datetime) -> None:
    held = HeldPayment.objects.get(order_ref=order.order_ref)
    if held.state == HeldState.HELD:
        release_held(order_ref=order.order_ref, now=now)
