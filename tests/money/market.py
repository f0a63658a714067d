"""The market that a walk moves through: our services, and the sandbox provider at its worst."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from catalog.models import Stock
from orders.models import Order, Purchase
from orders.selectors.baskets import price_basket
from orders.services.baskets import add_to_basket, open_basket
from orders.services.checkout import Buyer, place_order
from orders.services.deadlines import sweep_deadlines
from orders.services.events import handle_provider_events
from orders.services.quotes import checkout_quotes
from orders.services.reconciling import poll_disputes, poll_late_payments, poll_open_payments
from orders.services.settling import run_settlement
from payments.gateways import charge_gateway
from payments.models import BalanceTransaction, HeldPayment, Payment
from payments.services import open_session, receive_webhook, submit_payouts, submit_refunds
from payments.services.actuals import book_actuals
from payments.services.missed import ask_about_movements
from payments.services.reserves import release_reserves
from payments.services.reversals import submit_reversals
from sandbox import services as sandbox
from sandbox.models import Delivery
from sandbox.services import webhooks
from sandbox.states import DeliveryState
from tests.cast import ADDRESSES, Seller

CALLS = ("create_session", "create_refund", "create_payout", "create_reversal")
CURRENCY = {"FR": "EUR", "JP": "JPY", "US": "USD", "KW": "KWD"}


@dataclass
class Provider:
    """The sandbox, which loses answers and webhooks when it is told to.

    lose: for each call, answers still to be lost; True: before the work is done.
    """

    random: Random
    lose: dict[str, list[bool]] = field(default_factory=dict)
    real: dict[str, Callable[..., Any]] = field(default_factory=dict)
    faults: int = 0
    now: Callable[[], datetime] = datetime.now

    def take_over(self) -> None:
        for name in CALLS:
            self.real[name] = getattr(sandbox, name)
            setattr(sandbox, name, self._unreliable(name))
        self.real["post_event"] = getattr(webhooks, "post_event")  # noqa: B009 - it is imported there
        setattr(webhooks, "post_event", self._arrive)  # noqa: B010

    def give_back(self) -> None:
        for name in CALLS:
            setattr(sandbox, name, self.real[name])
        setattr(webhooks, "post_event", self.real["post_event"])  # noqa: B010

    def _unreliable(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            waiting = self.lose.get(name)
            if not waiting:
                return self.real[name](*args, **kwargs)
            before = waiting.pop()
            self.faults += 1
            if not before:
                self.real[name](*args, **kwargs)
            raise sandbox.SandboxError("timeout", "No answer.", definitive=False)

        return call

    def _arrive(self, _url: str, body: bytes, headers: dict[str, str]) -> str:
        receive_webhook(provider="sandbox", headers=headers, body=body, now=self.now())
        return "200"

    def lose_answer(self, call: str, *, before: bool) -> None:
        self.lose.setdefault(call, []).append(before)

    def spoil_webhooks(self, how: str, now: datetime) -> None:
        """Drop, double, delay or turn round what waits to be delivered."""
        waiting = list(Delivery.objects.filter(state=DeliveryState.PENDING))
        self.random.shuffle(waiting)
        self.faults += bool(waiting)
        if how == "drop":
            Delivery.objects.filter(pk__in=[one.pk for one in waiting]).delete()
        for place, one in enumerate(waiting):
            if how == "double":
                Delivery.objects.create(event_id=one.event_id, due_at=now, created_at=now)
            elif how == "late":
                Delivery.objects.filter(pk=one.pk).update(due_at=now + timedelta(hours=3))
            elif how == "shuffle":
                Delivery.objects.filter(pk=one.pk).update(due_at=now - timedelta(seconds=place))


def buy(
    *, country: str, wanted: dict[Seller, int], checkout: str, now: datetime
) -> Purchase | None:
    """Place an order as a guest; None when there is not enough of something."""
    for seller, quantity in wanted.items():
        if Stock.objects.get(variant=seller.variant).available < quantity:
            return None
    basket = open_basket(user=None, cookie=None, now=now)
    for seller, quantity in wanted.items():
        add_to_basket(basket=basket, variant_id=seller.variant.pk, quantity=quantity, now=now)
    currency = CURRENCY[country]
    quotes = checkout_quotes(basket=basket, currency=currency, now=now)
    priced = price_basket(
        basket=basket,
        options={},
        country=country,
        region="TX" if country == "US" else "",
        currency=currency,
        now=now,
        rates=quotes.rates,
    )
    return place_order(
        basket=basket,
        buyer=Buyer(
            user=None,
            email=f"{checkout[:8]}@example.org",
            language="en",
            currency=currency,
            address=ADDRESSES[country],
        ),
        options={},
        quotes=quotes,
        accepted_total=priced.total,
        checkout_key=uuid.UUID(checkout),
        now=now,
    )


def work(now: datetime, provider: Provider) -> None:
    """Everything that workers and beat do, once round."""
    provider.now = lambda: now
    submit_refunds(now=now)
    submit_payouts(now=now)
    submit_reversals(now=now)
    release_reserves(now=now)
    sandbox.run_bank(now=now)
    sandbox.deliver_batch(now=now)
    poll_open_payments(now=now)
    poll_late_payments(now=now)
    handle_provider_events(now=now)
    sweep_deadlines(now=now)


def take_in_what_is_new(now: datetime) -> None:
    """take_in_movements, but it does not go on where it last stopped.

    A walk begins at the hour at which the one before it began, so "since the last time" would be a
    time to come, and a dispute that nobody told of would never be asked about.
    """
    known = BalanceTransaction.objects.filter(booked_at__isnull=False)
    refs = set(known.values_list("ref", flat=True))
    since = now - timedelta(days=400)
    for movement in charge_gateway("sandbox").movements(since=since, until=now):
        if movement.ref not in refs:
            book_actuals(provider="sandbox", movement=movement, now=now)


def hear_what_was_lost(now: datetime) -> None:
    """What beat does every hour: look at the account statement, and ask about disputes."""
    take_in_what_is_new(now)
    ask_about_movements(now=now)
    poll_disputes(now=now)
    handle_provider_events(now=now)


def session_of(purchase: Purchase, now: datetime) -> str:
    """The provider's page of a purchase, opened; empty when the provider gave no answer."""
    payment = Payment.objects.get(purchase_ref=purchase.pk)
    return open_session(payment_id=payment.pk, now=now).session_ref


def settle(now: datetime) -> None:
    run_settlement(now=now)


def held_of(order: Order) -> HeldPayment:
    return HeldPayment.objects.get(order_ref=order.pk)
