"""What a payment's outcome does to the purchase it is for.

The provider tells us by redirect and by webhook, in either order, twice or never; whoever hears of
it first calls handle_payment_outcome, and every later call finds nothing left to do. Payment,
purchase, stock, notices and timeline change in one transaction.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from catalog.services.stock import claim_stock, release_stock, rereserve_stock
from orders.models import Deadline, Order, Purchase
from orders.notices import tell_late_refunded, tell_paid
from orders.rules.cases import cancel_unsent_at, hold_limit_at, not_sent_from
from orders.services.baskets import put_back, take_out
from orders.services.timeline import EventKind, record_event
from orders.states import ORDER, PURCHASE, DeadlineKind, OrderState, PurchaseState
from payments.gateways.base import SessionStatus
from payments.models import Payment
from payments.rules.payouts import max_hold_days
from payments.services.charging import PaymentFacts, apply_payment_facts
from payments.services.refunds import request_refund
from payments.states import PaymentState

logger = logging.getLogger(__name__)


@transaction.atomic
def handle_payment_outcome(*, facts: PaymentFacts, now: datetime) -> Purchase:
    """Book what the provider said about a payment, and move its purchase accordingly. Idempotent.

    Paid: the stock is sold, sellers and buyer are told. Declined or closed: everything goes back.
    Paid after the purchase had expired: the stock is taken once more; where it is gone, the whole
    amount goes back to the buyer.
    """
    payment = Payment.objects.only("purchase_ref").get(pk=facts.payment_id)
    purchase = Purchase.objects.select_for_update().get(pk=payment.purchase_ref)
    # Before anything is booked: stock comes before the books (docs/ledger.md, Locks).
    is_late = facts.status == SessionStatus.PAID and purchase.state == PurchaseState.EXPIRED
    is_there = is_late and rereserve_stock(purchase_ref=purchase.pk)
    outcome = apply_payment_facts(facts=facts, now=now)
    if outcome.state == PaymentState.PAID:
        _settle_paid(purchase, now, is_there=is_there)
    elif outcome.state in {PaymentState.FAILED, PaymentState.EXPIRED}:
        end_unpaid(purchase=purchase, now=now)
    return purchase


def _settle_paid(purchase: Purchase, now: datetime, *, is_there: bool) -> None:
    """is_there: the goods of a purchase that had expired are held for it once more."""
    if purchase.state == PurchaseState.AWAITING_PAYMENT:
        claim_stock(purchase_ref=purchase.pk)
        _mark_paid(purchase, now)
    elif purchase.state == PurchaseState.EXPIRED:
        if is_there:
            claim_stock(purchase_ref=purchase.pk)
            take_out(purchase=purchase)
            _mark_paid(purchase, now)
        else:
            _refund_late(purchase, now)


def _mark_paid(purchase: Purchase, now: datetime) -> None:
    _move(purchase, PurchaseState.PAID, OrderState.PAID, now)
    orders = list(purchase.orders.all())
    Deadline.objects.bulk_create(row for order in orders for row in _deadlines(order, now))
    record_event(orders=orders, kind=EventKind.PAID, now=now)
    tell_paid(purchase=purchase, now=now)


def _deadlines(order: Order, now: datetime) -> list[Deadline]:
    """What happens by itself to an order that is paid and not sent, and to money held too long."""
    days = max_hold_days(settings.PLATFORM_COUNTRY)
    moments = {
        DeadlineKind.SEND_LATE: not_sent_from(paid_at=now, dispatch_days=order.dispatch_days),
        DeadlineKind.DISPATCH: cancel_unsent_at(paid_at=now, dispatch_days=order.dispatch_days),
        DeadlineKind.HOLD_LIMIT: hold_limit_at(paid_at=now, max_hold_days=days),
    }
    return [Deadline(kind=kind, order=order, due_at=due_at) for kind, due_at in moments.items()]


def _refund_late(purchase: Purchase, now: datetime) -> None:
    """The goods were sold to somebody else meanwhile: all of the money goes back."""
    _move(purchase, PurchaseState.LATE_REFUNDED, OrderState.CANCELLED, now)
    orders = list(purchase.orders.all())
    for order in orders:
        request_refund(
            order_ref=order.pk,
            amount=order.total_amount,
            reason="Paid after the reservation had ended; no longer in stock.",
            key=f"late:{order.pk}",
            now=now,
        )
    record_event(orders=orders, kind=EventKind.LATE_REFUNDED, now=now)
    tell_late_refunded(purchase=purchase, now=now)


def end_unpaid(*, purchase: Purchase, now: datetime) -> bool:
    """Close a purchase that nobody paid for: stock released, goods back in the basket.

    Call with the purchase locked. Returns whether it was still open; False changes nothing.
    """
    if purchase.state != PurchaseState.AWAITING_PAYMENT:
        return False
    _move(purchase, PurchaseState.EXPIRED, OrderState.EXPIRED, now)
    # The basket is locked before stock, as place_order does it.
    put_back(purchase=purchase, now=now)
    release_stock(purchase_ref=purchase.pk)
    record_event(orders=purchase.orders.all(), kind=EventKind.EXPIRED, now=now)
    return True


def _move(
    purchase: Purchase, purchase_state: PurchaseState, order_state: OrderState, now: datetime
) -> None:
    """Take the purchase and every order of it along their edges; the purchase is locked."""
    PURCHASE.check(PurchaseState(purchase.state), purchase_state)
    purchase.state = purchase_state
    changes: dict[str, object] = {"state": order_state}
    if purchase_state in {PurchaseState.PAID, PurchaseState.LATE_REFUNDED}:
        purchase.paid_at = now
        changes["paid_at"] = now
    if order_state == OrderState.CANCELLED:
        changes["cancelled_at"] = now
        changes["refunded_amount"] = F("total_amount")
    purchase.save(update_fields=["state", "paid_at"])
    Order.objects.filter(purchase=purchase, state__in=ORDER.sources(order_state)).update(**changes)
    Deadline.objects.filter(
        purchase=purchase, kind=DeadlineKind.PAYMENT, done_at__isnull=True
    ).update(done_at=now)
