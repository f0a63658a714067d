"""What happens by itself when nobody acts: deadlines are rows, this sweeps those that are due."""

from __future__ import annotations

from datetime import datetime

from orders.services.completion import sweep_orders
from orders.services.expiry import expire_due_purchases
from orders.services.overdue import sweep_overdue


def sweep_deadlines(*, now: datetime) -> int:
    """Act on every deadline that is due; returns how many. May run twice at the same time."""
    return expire_due_purchases(now=now) + sweep_overdue(now=now) + sweep_orders(now=now)
