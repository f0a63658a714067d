"""Stopping orders whose buyer resembles a party on a sanctions list, and letting them go on.

A stopped order is neither sent nor released, and nothing of it is paid back: what is held for it is
frozen under the cause SCREENING (payments.services.held), beside whatever else may freeze it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from accounts.models import User
from orders.models import Deadline, Order
from orders.notices.screening import tell_goes_on, tell_stopped
from orders.rules.cases import cancel_unsent_at, not_sent_from
from orders.services.timeline import EventKind, record_event
from orders.states import DeadlineKind, OrderState
from payments.selectors.held import stopped_orders
from payments.services.held import freeze_held, unfreeze_held
from payments.states import SCREENING

# Something of these can still be kept from happening; what has expired may still be paid late.
STOPPABLE: Final = (
    OrderState.AWAITING_PAYMENT,
    OrderState.EXPIRED,
    OrderState.PAID,
    OrderState.SHIPPED,
    OrderState.DELIVERED,
)


def stop_orders(
    *, purchase_refs: Sequence[uuid.UUID], actor: User | None, now: datetime
) -> list[Order]:
    """Stop what is still under way of these purchases; returns what was not stopped before.

    In the caller's transaction. Sellers who would have to send something are told to wait.
    """
    orders = [order for order in _locked(purchase_refs) if order.state in STOPPABLE]
    stopped = stopped_orders(order_refs=[order.pk for order in orders])
    newly = [order for order in orders if order.pk not in stopped]
    for order in newly:
        freeze_held(order_ref=order.pk, cause=SCREENING)
    record_event(orders=newly, kind=EventKind.STOPPED, actor=actor, now=now, public=False)
    for order in newly:
        if order.state == OrderState.PAID:
            tell_stopped(order=order, now=now)
    return newly


def free_orders(*, purchase_refs: Sequence[uuid.UUID], actor: User, now: datetime) -> list[Order]:
    """Let what was stopped of these purchases go on; returns it. In the caller's transaction.

    Whoever was kept from sending has its whole time again.
    """
    orders = _locked(purchase_refs)
    stopped = stopped_orders(order_refs=[order.pk for order in orders])
    freed = [order for order in orders if order.pk in stopped]
    for order in freed:
        unfreeze_held(order_ref=order.pk, cause=SCREENING)
    record_event(orders=freed, kind=EventKind.GOES_ON, actor=actor, now=now, public=False)
    for order in freed:
        if order.state == OrderState.PAID:
            _start_again(order, now)
            tell_goes_on(order=order, now=now)
    return freed


def _locked(purchase_refs: Sequence[uuid.UUID]) -> list[Order]:
    rows = Order.objects.select_for_update(of=("self",)).select_related("purchase", "business")
    return list(rows.filter(purchase__in=purchase_refs).order_by("pk"))


def _start_again(order: Order, now: datetime) -> None:
    """Only deadlines that still run: an open case has closed them."""
    moments = {
        DeadlineKind.SEND_LATE: not_sent_from(paid_at=now, dispatch_days=order.dispatch_days),
        DeadlineKind.DISPATCH: cancel_unsent_at(paid_at=now, dispatch_days=order.dispatch_days),
    }
    for kind, due_at in moments.items():
        Deadline.objects.filter(order=order, kind=kind, done_at__isnull=True).update(due_at=due_at)
