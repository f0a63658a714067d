"""Taking an order along its table of states; the only place where an order's state changes."""

from __future__ import annotations

import uuid
from datetime import datetime

from common.states import TransitionError
from orders.models import Deadline, Order
from orders.states import ORDER, OrderState


def lock_order(order_id: uuid.UUID) -> Order:
    """The order as it is now, locked until the transaction ends."""
    locked = Order.objects.select_for_update(of=("self",))
    return locked.select_related("purchase", "business").get(pk=order_id)


def take_order_edge(order: Order, new: OrderState, **changes: object) -> None:
    """Move a locked order to `new` with other columns; raises TransitionError if it may not."""
    old = OrderState(order.state)
    ORDER.check(old, new)
    if not Order.objects.filter(pk=order.pk, state=old).update(state=new, **changes):
        raise TransitionError(f"order {order.number} is no longer {old}")
    order.state = new
    for name, value in changes.items():
        setattr(order, name, value)


def close_deadlines(order: Order, now: datetime) -> None:
    """Nothing happens by itself any more."""
    Deadline.objects.filter(order=order, done_at__isnull=True).update(done_at=now)
