"""What a payment session, a refund, a payout and a webhook delivery can be."""

from __future__ import annotations

from enum import StrEnum

from common.states import Machine


class SessionState(StrEnum):
    """OPEN: waits for the buyer. PROCESSING: the bank takes its time. EXPIRED: closed unpaid.

    A slow bank may pay an expired session after all.
    """

    OPEN = "OPEN"
    PROCESSING = "PROCESSING"
    PAID = "PAID"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


SESSION = Machine(
    SessionState.OPEN,
    {
        SessionState.OPEN: frozenset(
            {
                SessionState.PROCESSING,
                SessionState.PAID,
                SessionState.FAILED,
                SessionState.EXPIRED,
            }
        ),
        SessionState.PROCESSING: frozenset(
            {SessionState.PAID, SessionState.FAILED, SessionState.EXPIRED}
        ),
        SessionState.EXPIRED: frozenset({SessionState.PAID}),
        SessionState.PAID: frozenset(),
        SessionState.FAILED: frozenset(),
    },
)


class TransferState(StrEnum):
    """A refund or a payout: under way, arrived, or refused (a bank may return a paid payout)."""

    PENDING = "PENDING"
    PAID = "PAID"
    FAILED = "FAILED"


TRANSFER = Machine(
    TransferState.PENDING,
    {
        TransferState.PENDING: frozenset({TransferState.PAID, TransferState.FAILED}),
        TransferState.PAID: frozenset({TransferState.FAILED}),
        TransferState.FAILED: frozenset(),
    },
)


class DisputeState(StrEnum):
    """INQUIRY: the bank asks, nothing is taken. NEEDS_RESPONSE: taken, evidence is due.

    UNDER_REVIEW: the evidence is with the bank. A decision may be changed by a second presentment.
    """

    INQUIRY = "INQUIRY"
    NEEDS_RESPONSE = "NEEDS_RESPONSE"
    UNDER_REVIEW = "UNDER_REVIEW"
    WON = "WON"
    LOST = "LOST"


DISPUTE = Machine(
    DisputeState.INQUIRY,
    {
        DisputeState.INQUIRY: frozenset({DisputeState.NEEDS_RESPONSE, DisputeState.WON}),
        DisputeState.NEEDS_RESPONSE: frozenset(
            {DisputeState.UNDER_REVIEW, DisputeState.WON, DisputeState.LOST}
        ),
        DisputeState.UNDER_REVIEW: frozenset({DisputeState.WON, DisputeState.LOST}),
        DisputeState.WON: frozenset({DisputeState.LOST}),
        DisputeState.LOST: frozenset({DisputeState.WON}),
    },
)


class DeliveryState(StrEnum):
    """A webhook delivery: waits, was taken by the merchant, or was given up."""

    PENDING = "PENDING"
    DONE = "DONE"
    FAILED = "FAILED"


DELIVERY = Machine(
    DeliveryState.PENDING,
    {
        DeliveryState.PENDING: frozenset({DeliveryState.DONE, DeliveryState.FAILED}),
        DeliveryState.DONE: frozenset(),
        DeliveryState.FAILED: frozenset(),
    },
)
