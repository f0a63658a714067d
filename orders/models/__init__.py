"""What was promised, what went back, and what buyers complained of; one module a subject."""

from __future__ import annotations

from orders.models.cases import Case, CaseFile, CaseMessage
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
from orders.models.refunds import OrderRefund, RefundLine

__all__ = [
    "Basket",
    "BasketLine",
    "Case",
    "CaseFile",
    "CaseMessage",
    "Deadline",
    "Order",
    "OrderCharge",
    "OrderEvent",
    "OrderLine",
    "OrderRefund",
    "Purchase",
    "RefundLine",
]
