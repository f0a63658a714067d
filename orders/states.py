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
    """What happens by itself when nobody acts.

    PAYMENT: reservation ends. SEND_LATE: seller and buyer are told that it should have been sent.
    DISPATCH: never sent, so cancelled. ARRIVAL: assumed delivered. INSPECTION: the money is
    released. HOLD_LIMIT: money may be held no longer. CASE_REMIND: who must act in a case is told
    once more. CASE_ANSWER: the seller was silent. CASE_REPLY: the buyer was.
    """

    PAYMENT = "PAYMENT"
    SEND_LATE = "SEND_LATE"
    DISPATCH = "DISPATCH"
    ARRIVAL = "ARRIVAL"
    INSPECTION = "INSPECTION"
    HOLD_LIMIT = "HOLD_LIMIT"
    CASE_REMIND = "CASE_REMIND"
    CASE_ANSWER = "CASE_ANSWER"
    CASE_REPLY = "CASE_REPLY"


class CaseKind(StrEnum):
    """What a buyer says is wrong with an order."""

    NOT_SENT = "NOT_SENT"
    NOT_ARRIVED = "NOT_ARRIVED"
    NOT_AS_DESCRIBED = "NOT_AS_DESCRIBED"
    DAMAGED = "DAMAGED"
    OTHER = "OTHER"


class CaseWish(StrEnum):
    """What the buyer asks for: all of its money back, or an amount."""

    REFUND_FULL = "REFUND_FULL"
    REFUND_PART = "REFUND_PART"


class Party(StrEnum):
    """Who wrote or decided something in a case. TIME: nobody acted, so it happened by itself."""

    BUYER = "BUYER"
    SELLER = "SELLER"
    MODERATOR = "MODERATOR"
    TIME = "TIME"


class CaseState(StrEnum):
    """A buyer's complaint about an order.

    OPEN: the seller must answer. ANSWERED: the buyer must reply. ESCALATED: a moderator decides.
    REFUNDED, PARTLY_REFUNDED, REJECTED: decided or agreed. WITHDRAWN: by the buyer.
    """

    OPEN = "OPEN"
    ANSWERED = "ANSWERED"
    ESCALATED = "ESCALATED"
    REFUNDED = "REFUNDED"
    PARTLY_REFUNDED = "PARTLY_REFUNDED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


_ENDINGS = frozenset(
    {
        CaseState.REFUNDED,
        CaseState.PARTLY_REFUNDED,
        CaseState.REJECTED,
        CaseState.WITHDRAWN,
    }
)
CASE = Machine(
    CaseState.OPEN,
    {
        CaseState.OPEN: frozenset({CaseState.ANSWERED, CaseState.ESCALATED, *_ENDINGS}),
        CaseState.ANSWERED: frozenset({CaseState.OPEN, CaseState.ESCALATED, *_ENDINGS}),
        CaseState.ESCALATED: _ENDINGS,
        CaseState.REFUNDED: frozenset(),
        CaseState.PARTLY_REFUNDED: frozenset(),
        CaseState.REJECTED: frozenset(),
        CaseState.WITHDRAWN: frozenset(),
    },
)
OPEN_CASE_STATES = (CaseState.OPEN, CaseState.ANSWERED, CaseState.ESCALATED)
