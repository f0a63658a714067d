"""Buyers, sellers, moderators, the provider and every sweep at once: nothing is lost or doubled."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import pytest
import time_machine
from django.db.models import Model, QuerySet, Sum

from catalog.models import StockReservation
from catalog.services.stock import OutOfStockError, adjust_stock
from common.states import TransitionError
from orders.models import Order, Purchase
from orders.selectors.baskets import price_basket
from orders.services.baskets import add_to_basket, open_basket
from orders.services.checkout import Buyer, NotPayableError, place_order
from orders.services.completion import confirm_receipt
from orders.services.deadlines import sweep_deadlines
from orders.services.events import handle_provider_events
from orders.services.expiry import PaymentUnderWayError, give_up_purchase
from orders.services.fulfilment import cancel_order, mark_shipped
from orders.services.outcomes import handle_payment_outcome
from orders.services.quotes import checkout_quotes
from orders.services.reconciling import poll_late_payments, poll_open_payments
from orders.services.refunds import AlreadyRefundedError, RefundAmountError, refund_order
from orders.states import OrderState, PurchaseState
from payments.models import HeldPayment, Payment, Payout, Refund
from payments.selectors import check_books
from payments.services import (
    open_session,
    run_settlement,
    submit_payouts,
    submit_refunds,
    sync_payment,
)
from payments.states import HeldState, PaymentState
from sandbox import services as sandbox
from sandbox.models import Payout as SandboxPayout
from sandbox.models import Session
from tests.cast import ADDRESSES, NOW, Cast, make_cast
from tests.orders.shopper import LATE, PAYS, available
from tests.payments.test_post_an_entry import in_threads

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6
STEPS = 20
STOCK = 40
RowT = TypeVar("RowT", bound=Model)
# What may be answered to somebody who comes too late; anything else fails the test.
TOO_LATE = (
    TransitionError,
    OutOfStockError,
    NotPayableError,
    PaymentUnderWayError,
    AlreadyRefundedError,
    RefundAmountError,
    sandbox.SandboxError,
)


@pytest.fixture
def market(transactional_db: None, clock: time_machine.Traveller) -> Cast:
    return make_cast()


class Crowd:
    """One thread's share: the dice say what it does next, and the hour goes on with every step."""

    def __init__(self, cast: Cast, number: int) -> None:
        self.cast = cast
        self.dice = random.Random(number)
        self.now = NOW
        self.steps: list[Callable[[], object]] = [
            self.buy,
            self.buy,
            self.pay,
            self.pay,
            self.come_back,
            self.give_up,
            self.bank,
            self.cancel,
            self.refund,
            self.ship,
            self.confirm,
            lambda: sweep_deadlines(now=self.now),
            lambda: handle_provider_events(now=self.now),
            lambda: poll_open_payments(now=self.now),
            lambda: poll_late_payments(now=self.now),
            lambda: run_settlement(period=str(uuid.uuid4())[:20], now=self.now),
            lambda: submit_refunds(now=self.now),
            lambda: submit_payouts(now=self.now),
        ]

    def run(self) -> None:
        for step in range(STEPS):
            self.now = NOW + timedelta(minutes=step)
            try:
                self.dice.choice(self.steps)()
            except TOO_LATE:
                continue

    def buy(self) -> None:
        basket = open_basket(user=None, cookie=None, now=self.now)
        for seller in self.dice.sample(list(self.cast.sellers), self.dice.randint(1, 3)):
            quantity = self.dice.randint(1, 3)
            add_to_basket(
                basket=basket, variant_id=seller.variant.pk, quantity=quantity, now=self.now
            )
        quotes = checkout_quotes(basket=basket, currency="JPY", now=self.now)
        priced = price_basket(
            basket=basket,
            options={},
            country="FR",
            region="",
            currency="JPY",
            now=self.now,
            rates=quotes.rates,
        )
        purchase = place_order(
            basket=basket,
            buyer=Buyer(None, "guest@example.org", "en", "JPY", ADDRESSES["FR"]),
            options={},
            quotes=quotes,
            accepted_total=priced.total,
            checkout_key=uuid.uuid4(),
            now=self.now,
        )
        open_session(payment_id=Payment.objects.get(purchase_ref=purchase.pk).pk, now=self.now)

    def pay(self) -> None:
        session = self._one(Session.objects.filter(state="OPEN"))
        card = self.dice.choice([PAYS, PAYS, LATE])
        sandbox.pay_session(session_id=session.pk, card_number=card, now=self.now)

    def come_back(self) -> None:
        payment = self._one(Payment.objects.all())
        handle_payment_outcome(
            facts=sync_payment(payment_id=payment.pk, now=self.now), now=self.now
        )

    def give_up(self) -> None:
        purchase = self._one(Purchase.objects.filter(state=PurchaseState.AWAITING_PAYMENT))
        give_up_purchase(purchase_id=purchase.pk, now=self.now)

    def bank(self) -> None:
        sandbox.run_bank(now=self.now + timedelta(minutes=1))
        session = self._one(Session.objects.filter(bank_pending=True))
        sandbox.finish_transfer(session_id=session.pk, now=self.now)

    def cancel(self) -> None:
        order = self._one(Order.objects.filter(state=OrderState.PAID))
        cancel_order(order=order, actor=None, reason="Broken", now=self.now)

    def refund(self) -> None:
        order = self._one(Order.objects.exclude(paid_at=None))
        left = order.total_amount - order.refunded_amount
        refund_order(
            order=order,
            amount=self.dice.choice([1, left // 2, left]),
            seen_refunded=order.refunded_amount,
            actor=self.cast.mira,
            reason="Late",
            now=self.now,
        )

    def ship(self) -> None:
        order = self._one(Order.objects.filter(state=OrderState.PAID))
        mark_shipped(order=order, actor=None, carrier="", tracking_number="", now=self.now)

    def confirm(self) -> None:
        order = self._one(Order.objects.filter(state=OrderState.SHIPPED))
        confirm_receipt(order=order, actor=None, now=self.now)

    def _one(self, rows: QuerySet[RowT]) -> RowT:
        found = list(rows)
        if not found:
            raise TransitionError("there is none")
        return self.dice.choice(found)


def drain() -> None:
    """The crowd has gone home; what the market does by itself goes on until nothing is open."""
    for hour in range(1, 4):
        now = NOW + timedelta(hours=hour)
        for session in Session.objects.filter(bank_pending=True):
            sandbox.finish_transfer(session_id=session.pk, now=now)
        sweep_deadlines(now=now)
        poll_open_payments(now=now)
        for payment in Payment.objects.exclude(session_ref=""):
            handle_payment_outcome(facts=sync_payment(payment_id=payment.pk, now=now), now=now)
        submit_refunds(now=now)
        submit_payouts(now=now)
        sandbox.run_bank(now=now + timedelta(minutes=1))
        handle_provider_events(now=now)


@pytest.mark.parametrize("seed", [1])
def test_everything_at_once(market: Cast, seed: int) -> None:
    for seller in market.sellers:
        adjust_stock(variant_id=seller.variant.pk, change=STOCK - 10)
    in_threads(THREADS, lambda number: Crowd(market, seed * 100 + number).run())
    drain()
    assert check_books().problems == []
    _assert_stock_is_somewhere(market)
    _assert_charged_means_bought()
    _assert_orders_and_money_agree()
    _assert_the_provider_did_as_the_rows_say()


def _assert_stock_is_somewhere(market: Cast) -> None:
    for seller in market.sellers:
        taken = StockReservation.objects.filter(variant=seller.variant).exclude(state="RELEASED")
        sold = taken.aggregate(sum=Sum("quantity", default=0))["sum"]
        assert available(seller.variant) + sold == STOCK
    assert not StockReservation.objects.filter(state="HELD").exists()


def _assert_charged_means_bought() -> None:
    purchases = dict(Purchase.objects.values_list("pk", "state"))
    assert PurchaseState.PAID in purchases.values()
    for payment in Payment.objects.all():
        session = Session.objects.get(pk=payment.session_ref)
        state = purchases[payment.purchase_ref]
        assert (session.state == "PAID") == (payment.state == PaymentState.PAID)
        bought = state in {PurchaseState.PAID, PurchaseState.LATE_REFUNDED}
        assert bought == (payment.state == PaymentState.PAID)
        assert bought or state == PurchaseState.EXPIRED


def _assert_orders_and_money_agree() -> None:
    orders = {order.pk: order for order in Order.objects.exclude(paid_at=None)}
    for held in HeldPayment.objects.filter(order_ref__in=orders):
        order = orders[held.order_ref]
        assert held.refunded_amount == order.refunded_amount
        ended = order.state in {OrderState.CANCELLED, OrderState.REFUNDED}
        assert ended == (held.state == HeldState.REFUNDED)
        assert (order.state == OrderState.COMPLETED) == (held.state == HeldState.RELEASED)


def _assert_the_provider_did_as_the_rows_say() -> None:
    for payment in Payment.objects.filter(state=PaymentState.PAID):
        owed = Refund.objects.filter(held__payment=payment).aggregate(sum=Sum("amount", default=0))[
            "sum"
        ]
        session = Session.objects.get(pk=payment.session_ref)
        assert session.refunded_amount == owed <= session.amount
    for payout in Payout.objects.all():
        assert SandboxPayout.objects.get(pk=payout.provider_ref).amount == payout.amount
    assert SandboxPayout.objects.count() == Payout.objects.count()
