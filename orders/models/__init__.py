"""What was promised, what went back, and what buyers complained of; one module a subject."""

from __future__ import annotations

from orders.models.purchases import (
    Basket,
    BasketLine,
    Deadline,
    Order,
    OrderCharge,
    OrderEvent,
    OrderLine,
    Purchase,
)

__all__ = [
    "Basket",
    "BasketLine",
    "Deadline",
    "Order",
    "OrderCharge",
    "OrderEvent",
    "OrderLine",
    "Purchase",
]
