"""What was promised, and how far it has come."""

from __future__ import annotations

from enum import StrEnum

from common.states import Machine


class PurchaseState(StrEnum):
    """What a buyer pays once. LATE_REFUNDED: paid after expiry with the goods gone, so paid back."""

    AWAITING_PAYMENT = "AWAITING_PAYMENT"
    PAID = "PAID"
    EXPIRED = "EXPIRED"
    LATE_REFUNDED = "LATE_REFUNDED"


PURCHASE = Machine(
    PurchaseState.AWAITING_PAYMENT,
    {
        PurchaseState.AWAITING_PAYMENT: frozenset({PurchaseState.PAID, PurchaseState.EXPIRED}),
        PurchaseState.EXPIRED: frozenset({PurchaseState.PAID, PurchaseState.LATE_REFUNDED}),
        PurchaseState.PAID: frozenset(),
        PurchaseState.LATE_REFUNDED: frozenset(),
    },
)


class OrderState(StrEnum):
    """One seller's part of a purchase.

    PAID: the seller must ship. SHIPPED: on its way. DELIVERED: arrived, the buyer may inspect.
    COMPLETED: confirmed or the window passed; the money is released. CANCELLED: before shipping,
    refunded in full. REFUNDED: fully refunded after shipping. EXPIRED: never paid.
    """

    AWAITING_PAYMENT = "AWAITING_PAYMENT"
    PAID = "PAID"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    REFUNDED = "REFUNDED"
    EXPIRED = "EXPIRED"


ORDER = Machine(
    OrderState.AWAITING_PAYMENT,
    {
        OrderState.AWAITING_PAYMENT: frozenset({OrderState.PAID, OrderState.EXPIRED}),
        OrderState.EXPIRED: frozenset({OrderState.PAID, OrderState.CANCELLED}),
        OrderState.PAID: frozenset({OrderState.SHIPPED, OrderState.CANCELLED}),
        OrderState.SHIPPED: frozenset(
            {OrderState.DELIVERED, OrderState.COMPLETED, OrderState.REFUNDED}
        ),
        OrderState.DELIVERED: frozenset({OrderState.COMPLETED, OrderState.REFUNDED}),
        OrderState.COMPLETED: frozenset({OrderState.REFUNDED}),
        OrderState.CANCELLED: frozenset(),
        OrderState.REFUNDED: frozenset(),
    },
)


class DeadlineKind(StrEnum):
    """PAYMENT: reservation ends. ARRIVAL: assumed delivered. INSPECTION: the money is released."""

    PAYMENT = "PAYMENT"
    ARRIVAL = "ARRIVAL"
    INSPECTION = "INSPECTION"
