"""Taking an order along its table of states; the only place where an order's state changes."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from common.states import TransitionError
from orders.models import Deadline, Order
from orders.states import ORDER, DeadlineKind, OrderState
from payments.selectors.held import is_stopped
from payments.services.held import HeldFrozenError


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


def check_not_stopped(order: Order) -> None:
    """Raise HeldFrozenError while the buyer of a locked order resembles a party on a sanctions list."""
    if is_stopped(order_ref=order.pk):
        raise HeldFrozenError(f"order {order.number} waits for a moderator")


def set_deadline(order: Order, kind: DeadlineKind, due_at: datetime) -> None:
    """From now on `kind` happens at `due_at` when nobody acts, also where it had been closed."""
    Deadline.objects.update_or_create(
        kind=kind, order=order, purchase=None, defaults={"due_at": due_at, "done_at": None}
    )


def close_deadlines(
    order: Order, now: datetime, kinds: Collection[DeadlineKind] | None = None
) -> None:
    """Nothing happens by itself any more; with `kinds` nothing of these kinds."""
    rows = Deadline.objects.filter(order=order, done_at__isnull=True)
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    rows.update(done_at=now)


def is_still_due(deadline: Deadline, now: datetime) -> bool:
    """Whether it still has to happen, with its order locked: somebody may just have acted."""
    if deadline.order_id is not None:
        lock_order(deadline.order_id)
    rows = Deadline.objects.filter(pk=deadline.pk, done_at__isnull=True, due_at__lte=now)
    return rows.exists()
