"""What money is doing: every table of states that payments keeps."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from common.states import Machine
from payments.rules.schedules import PayoutSchedule as PayoutSchedule


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
    """HELD for the buyer's protection; RELEASED to the seller; REFUNDED in full.

    REFUNDED ends only where a bank took its decision on a lost dispute back: what was undone is
    again where it had been. Nothing is released that way (release_held refuses it).
    """

    HELD = "HELD"
    RELEASED = "RELEASED"
    REFUNDED = "REFUNDED"


# The cause of a freeze that stops the buyer's refunds, too: a match with a sanctions list.
SCREENING: Final = "screening"

HELD = Machine(
    HeldState.HELD,
    {
        HeldState.HELD: frozenset({HeldState.RELEASED, HeldState.REFUNDED}),
        HeldState.RELEASED: frozenset({HeldState.REFUNDED}),
        HeldState.REFUNDED: frozenset({HeldState.HELD, HeldState.RELEASED}),
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
        # Asked for, not there, and not to be done now: nothing was sent.
        TransferState.UNKNOWN: frozenset(
            {
                TransferState.PENDING,
                TransferState.SUBMITTED,
                TransferState.DONE,
                TransferState.FAILED,
            }
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
    PLATFORM_BANK = "PLATFORM_BANK"  # our own bank account, which bank files pay from (debit)
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
    FEE_TAX_PAYABLE = "FEE_TAX_PAYABLE"  # tax on our own fee; reference: the seller's country
    RESERVE = "RESERVE"  # reference: the payee; a new seller's share, kept for a while
    DISPUTE_HOLD = "DISPUTE_HOLD"  # reference: the order; released money that a dispute blocks
    CHARGEBACK = "CHARGEBACK"  # reference: the dispute; taken by the provider, not decided (debit)
    PLATFORM_LOSS = "PLATFORM_LOSS"  # what the platform bears itself (debit)


MAY_GO_NEGATIVE = frozenset(
    {
        AccountKind.PROVIDER_CLEARING,
        AccountKind.PLATFORM_BANK,
        AccountKind.SELLER_RECEIVABLE,
        AccountKind.COMMISSION,
        AccountKind.PROVIDER_FEES,
        AccountKind.FX_POSITION,
        AccountKind.FX_SPREAD,
        AccountKind.FX_GAIN_LOSS,
        AccountKind.ROUNDING,
        AccountKind.CHARGEBACK,
        AccountKind.PLATFORM_LOSS,
    }
)

SHARDED = frozenset(
    {
        AccountKind.PROVIDER_CLEARING,
        AccountKind.COMMISSION,
        AccountKind.FX_POSITION,
        AccountKind.FX_SPREAD,
        AccountKind.PROVIDER_FEES,
        AccountKind.FX_GAIN_LOSS,
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
    PROVIDER_BOOKED = "PROVIDER_BOOKED"  # the fee and the exchange that the provider really made
    RESERVE_RELEASED = "RESERVE_RELEASED"  # kept long enough: the seller's
    REVERSAL = "REVERSAL"  # a transfer taken back pays a seller's debt
    REVERSAL_FAILED = "REVERSAL_FAILED"  # and the provider took that back
    CHARGEBACK_TAKEN = "CHARGEBACK_TAKEN"  # the buyer's bank took the money back for now
    CHARGEBACK_FEE = "CHARGEBACK_FEE"
    CHARGEBACK_RETURNED = "CHARGEBACK_RETURNED"  # won: the provider gave it back
    CHARGEBACK_LOST = "CHARGEBACK_LOST"  # lost: borne as a refund is
    CHARGEBACK_UNDONE = "CHARGEBACK_UNDONE"  # and the bank decided otherwise: a loss taken back
    DISPUTE_HELD = "DISPUTE_HELD"  # released money blocked until a dispute is decided
    DISPUTE_FREED = "DISPUTE_FREED"  # and given back
    CORRECTION = "CORRECTION"  # by a person, with a reason in the memo


class DisputeState(StrEnum):
    """A dispute at the provider, raised by the buyer's bank.

    INQUIRY: a question, no money has moved. NEEDS_RESPONSE: evidence is due. UNDER_REVIEW: it was
    sent. WON, LOST: decided; LOST also when only a part came back.
    """

    INQUIRY = "INQUIRY"
    NEEDS_RESPONSE = "NEEDS_RESPONSE"
    UNDER_REVIEW = "UNDER_REVIEW"
    WON = "WON"
    LOST = "LOST"


DISPUTE = Machine(
    DisputeState.INQUIRY,
    {
        DisputeState.INQUIRY: frozenset(
            {
                DisputeState.NEEDS_RESPONSE,
                DisputeState.UNDER_REVIEW,
                DisputeState.WON,
                DisputeState.LOST,
            }
        ),
        DisputeState.NEEDS_RESPONSE: frozenset(
            {DisputeState.UNDER_REVIEW, DisputeState.WON, DisputeState.LOST}
        ),
        DisputeState.UNDER_REVIEW: frozenset(
            {DisputeState.NEEDS_RESPONSE, DisputeState.WON, DisputeState.LOST}
        ),
        # A bank may change its mind after the decision (a second presentment).
        DisputeState.WON: frozenset({DisputeState.LOST}),
        DisputeState.LOST: frozenset({DisputeState.WON}),
    },
)


class RefundOrigin(StrEnum):
    """Why money went back: we were asked to, or the buyer's bank took it (a lost dispute)."""

    REQUEST = "REQUEST"
    CHARGEBACK = "CHARGEBACK"


class PayoutHindrance(StrEnum):
    """Why a payee is not paid now, whatever it is owed.

    ON_HOLD: somebody said so. COOLING_OFF: its bank account has just been changed. NO_ACCOUNT: we
    know none. NOT_CONNECTED: its provider does not let money through to it yet.
    """

    ON_HOLD = "ON_HOLD"
    COOLING_OFF = "COOLING_OFF"
    NO_ACCOUNT = "NO_ACCOUNT"
    NOT_CONNECTED = "NOT_CONNECTED"


class TransfersState(StrEnum):
    """Whether a provider lets money through to a connected account."""

    NONE = "NONE"
    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    RESTRICTED = "RESTRICTED"


class BankLineState(StrEnum):
    """One payout on its way through a bank file.

    WAITING: for the next file. SENT: in a file. PAID, REJECTED: the bank's answer. RETURNED: paid
    and sent back by the other bank.
    """

    WAITING = "WAITING"
    SENT = "SENT"
    PAID = "PAID"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"


BANK_LINE = Machine(
    BankLineState.WAITING,
    {
        BankLineState.WAITING: frozenset({BankLineState.SENT}),
        BankLineState.SENT: frozenset({BankLineState.PAID, BankLineState.REJECTED}),
        BankLineState.PAID: frozenset({BankLineState.RETURNED}),
        BankLineState.REJECTED: frozenset(),
        BankLineState.RETURNED: frozenset(),
    },
)


class MovementKind(StrEnum):
    """What moved money at a provider (its balance transactions)."""

    CHARGE = "CHARGE"
    REFUND = "REFUND"
    REFUND_FAILED = "REFUND_FAILED"
    TRANSFER = "TRANSFER"
    TRANSFER_REVERSED = "TRANSFER_REVERSED"
    DISPUTE = "DISPUTE"
    DISPUTE_REVERSED = "DISPUTE_REVERSED"
    FEE = "FEE"
    PAYOUT = "PAYOUT"  # of the platform itself, to its own bank
    OTHER = "OTHER"


class DifferenceState(StrEnum):
    OPEN = "OPEN"
    RESOLVED = "RESOLVED"


DIFFERENCE = Machine(
    DifferenceState.OPEN,
    {
        DifferenceState.OPEN: frozenset({DifferenceState.RESOLVED}),
        DifferenceState.RESOLVED: frozenset(),
    },
)


class ProposalState(StrEnum):
    """A rate entered by hand. PENDING: another moderator must look. APPROVED, REJECTED: decided."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


PROPOSAL = Machine(
    ProposalState.PENDING,
    {
        ProposalState.PENDING: frozenset({ProposalState.APPROVED, ProposalState.REJECTED}),
        ProposalState.APPROVED: frozenset(),
        ProposalState.REJECTED: frozenset(),
    },
)
