"""What money is doing: every table of states that payments keeps."""

from __future__ import annotations

from enum import StrEnum

from common.states import Machine


class PaymentState(StrEnum):
    """CREATED: the intent is a row, the provider may not know yet. OPEN: the buyer can pay.

    UNKNOWN: the provider did not answer; the reconciler asks. PAID: captured and booked. FAILED:
    declined for good. EXPIRED: closed unpaid.
    """

    CREATED = "CREATED"
    UNKNOWN = "UNKNOWN"
    OPEN = "OPEN"
    PAID = "PAID"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


PAYMENT = Machine(
    PaymentState.CREATED,
    {
        PaymentState.CREATED: frozenset(
            {
                PaymentState.OPEN,
                PaymentState.UNKNOWN,
                PaymentState.PAID,
                PaymentState.FAILED,
                PaymentState.EXPIRED,
            }
        ),
        PaymentState.UNKNOWN: frozenset(
            {PaymentState.OPEN, PaymentState.PAID, PaymentState.FAILED, PaymentState.EXPIRED}
        ),
        PaymentState.OPEN: frozenset(
            {PaymentState.PAID, PaymentState.FAILED, PaymentState.EXPIRED}
        ),
        # A provider may report success after we gave up: the money is real, so it is booked.
        PaymentState.FAILED: frozenset({PaymentState.PAID}),
        PaymentState.EXPIRED: frozenset({PaymentState.PAID}),
        PaymentState.PAID: frozenset(),
    },
)


class HeldState(StrEnum):
    """HELD for the buyer's protection; RELEASED to the seller; REFUNDED in full."""

    HELD = "HELD"
    RELEASED = "RELEASED"
    REFUNDED = "REFUNDED"


HELD = Machine(
    HeldState.HELD,
    {
        HeldState.HELD: frozenset({HeldState.RELEASED, HeldState.REFUNDED}),
        HeldState.RELEASED: frozenset({HeldState.REFUNDED}),
        HeldState.REFUNDED: frozenset(),
    },
)


class TransferState(StrEnum):
    """A refund or a payout at the provider. UNKNOWN stays until the provider has been asked."""

    PENDING = "PENDING"
    UNKNOWN = "UNKNOWN"
    SUBMITTED = "SUBMITTED"
    DONE = "DONE"
    FAILED = "FAILED"


TRANSFER = Machine(
    TransferState.PENDING,
    {
        TransferState.PENDING: frozenset(
            {
                TransferState.SUBMITTED,
                TransferState.UNKNOWN,
                TransferState.DONE,
                TransferState.FAILED,
            }
        ),
        TransferState.UNKNOWN: frozenset(
            {TransferState.SUBMITTED, TransferState.DONE, TransferState.FAILED}
        ),
        TransferState.SUBMITTED: frozenset({TransferState.DONE, TransferState.FAILED}),
        TransferState.DONE: frozenset({TransferState.FAILED}),
        TransferState.FAILED: frozenset({TransferState.PENDING}),
    },
)


class InboxState(StrEnum):
    """NEW: stored. DONE: its effect is in the books. PARKED: failed too often; a person looks."""

    NEW = "NEW"
    DONE = "DONE"
    PARKED = "PARKED"


INBOX = Machine(
    InboxState.NEW,
    {
        InboxState.NEW: frozenset({InboxState.DONE, InboxState.PARKED}),
        InboxState.PARKED: frozenset({InboxState.NEW}),
        InboxState.DONE: frozenset(),
    },
)


class AccountKind(StrEnum):
    """The chart of accounts; each account is of one kind, one currency and one reference.

    Credit is positive. Accounts in MAY_GO_NEGATIVE may go below zero; every other is refused below
    zero by the database.
    """

    PROVIDER_CLEARING = "PROVIDER_CLEARING"  # what the provider holds for us (debit balance)
    HELD = "HELD"  # reference: the order; the seller's money until release
    SELLER_PAYABLE = "SELLER_PAYABLE"  # reference: the payee
    SELLER_RECEIVABLE = "SELLER_RECEIVABLE"  # reference: the payee; owed by the seller (debit)
    PAYOUT_IN_TRANSIT = "PAYOUT_IN_TRANSIT"  # reference: the payout
    BUYER_REFUNDABLE = "BUYER_REFUNDABLE"  # reference: the payment; refunds on their way
    COMMISSION = "COMMISSION"
    TAX_PAYABLE = "TAX_PAYABLE"  # reference: destination country
    DUTY_PAYABLE = "DUTY_PAYABLE"  # reference: destination country
    FEES_PAYABLE = "FEES_PAYABLE"  # border levies collected; reference: destination country
    PROVIDER_FEES = "PROVIDER_FEES"
    FX_POSITION = "FX_POSITION"
    FX_SPREAD = "FX_SPREAD"
    FX_GAIN_LOSS = "FX_GAIN_LOSS"
    ROUNDING = "ROUNDING"
    DISPUTE_HOLD = "DISPUTE_HOLD"
    RESERVE = "RESERVE"


MAY_GO_NEGATIVE = frozenset(
    {
        AccountKind.PROVIDER_CLEARING,
        AccountKind.SELLER_RECEIVABLE,
        AccountKind.COMMISSION,
        AccountKind.PROVIDER_FEES,
        AccountKind.FX_POSITION,
        AccountKind.FX_SPREAD,
        AccountKind.FX_GAIN_LOSS,
        AccountKind.ROUNDING,
    }
)

SHARDED = frozenset(
    {
        AccountKind.PROVIDER_CLEARING,
        AccountKind.COMMISSION,
        AccountKind.FX_POSITION,
        AccountKind.FX_SPREAD,
    }
)
"""Accounts that every purchase touches; each is kept as several sub-accounts, read as their sum."""


class EntryKind(StrEnum):
    """Why an entry was made."""

    CAPTURE = "CAPTURE"  # the buyer paid; conversion happens here, once
    RELEASE = "RELEASE"  # held money becomes the seller's and the commission ours
    REFUND = "REFUND"  # owed back to the buyer
    REFUND_PAID = "REFUND_PAID"  # the provider gave it back
    REFUND_FAILED = "REFUND_FAILED"  # the provider took a finished refund back
    NETTING = "NETTING"  # what a seller owed, taken from what it is owed
    CARRY = "CARRY"  # what a payout's step leaves over, moved to the next payout
    PAYOUT = "PAYOUT"  # on its way to the seller
    PAYOUT_PAID = "PAYOUT_PAID"
    PAYOUT_FAILED = "PAYOUT_FAILED"  # back to the seller's payable
    CORRECTION = "CORRECTION"  # by a person, with a reason in the memo
