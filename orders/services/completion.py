"""How an order ends well: the buyer has the goods, the seller gets its money."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from common.sweeps import ROW_FAILURES
from orders.models import Deadline, Order
from orders.notices import tell_completed
from orders.services.fulfilment import mark_delivered
from orders.services.moves import close_deadlines, is_still_due, lock_order, take_order_edge
from orders.services.timeline import EventKind, record_event
from orders.states import DeadlineKind, OrderState
from payments.services.held import HeldFrozenError, release_held

logger = logging.getLogger(__name__)
SWEEP_BATCH = 100
PUT_OFF = timedelta(hours=1)


def confirm_receipt(*, order: Order, actor: User | None, now: datetime) -> Order:
    """The buyer says that everything is there and fine: the held payment goes to the seller.

    Pressing twice does no harm. Raises TransitionError when there is nothing to confirm, and
    HeldFrozenError while a dispute is open.
    """
    with transaction.atomic():
        order = lock_order(order.pk)
        if order.state == OrderState.COMPLETED:
            return order
        return _complete(order, actor, now, by="buyer")


def complete_order(*, order: Order, now: datetime) -> Order:
    """The inspection window passed without a word: the held payment goes to the seller."""
    with transaction.atomic():
        return _complete(lock_order(order.pk), None, now, by="time")


def _complete(order: Order, actor: User | None, now: datetime, *, by: str) -> Order:
    take_order_edge(
        order,
        OrderState.COMPLETED,
        completed_at=now,
        delivered_at=order.delivered_at or now,
    )
    release_held(order_ref=order.pk, now=now)
    close_deadlines(order, now)
    record_event(orders=[order], kind=EventKind.COMPLETED, actor=actor, detail={"by": by}, now=now)
    tell_completed(order=order, now=now)
    return order


def sweep_orders(*, now: datetime) -> int:
    """Do what is due by itself: assume arrival, end inspection. Returns how many were done.

    Each order has its own transaction; one that can't move (a dispute, a race) is put off and does
    not keep the others waiting.
    """
    due = Deadline.objects.filter(
        kind__in=[DeadlineKind.ARRIVAL, DeadlineKind.INSPECTION],
        done_at__isnull=True,
        due_at__lte=now,
        order__isnull=False,
    ).select_related("order")
    done = 0
    for deadline in due.order_by("due_at")[:SWEEP_BATCH]:
        order = deadline.order
        if order is None:
            continue
        try:
            with transaction.atomic():
                if not is_still_due(deadline, now):
                    continue
                if deadline.kind == DeadlineKind.ARRIVAL:
                    mark_delivered(order=order, actor=None, now=now)
                else:
                    complete_order(order=order, now=now)
        except (HeldFrozenError, *ROW_FAILURES) as error:
            logger.warning("order %s did not move: %s", order.number, error)
            Deadline.objects.filter(pk=deadline.pk).update(due_at=now + PUT_OFF)
            continue
        done += 1
    return done
