"""Writing an order's history down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from accounts.models import User
from orders.models import Order, OrderEvent


class EventKind(StrEnum):
    """What can happen to an order, as its timeline tells it."""

    PLACED = "PLACED"
    PAID = "PAID"
    EXPIRED = "EXPIRED"
    LATE_REFUNDED = "LATE_REFUNDED"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    REFUNDED = "REFUNDED"
    NOT_SENT = "NOT_SENT"
    CASE_OPENED = "CASE_OPENED"
    CASE_ENDED = "CASE_ENDED"
    DISPUTED = "DISPUTED"
    DISPUTE_WON = "DISPUTE_WON"
    DISPUTE_LOST = "DISPUTE_LOST"
    STOPPED = "STOPPED"
    GOES_ON = "GOES_ON"


def record_event(
    *,
    orders: Iterable[Order],
    kind: EventKind,
    now: datetime,
    actor: User | None = None,
    detail: Mapping[str, Any] | None = None,
    public: bool = True,
) -> None:
    """Add the same event to the timeline of each order, in the caller's transaction."""
    OrderEvent.objects.bulk_create(
        OrderEvent(
            order=order, kind=kind, detail=dict(detail or {}), actor=actor, public=public, at=now
        )
        for order in orders
    )
