"""What a payment provider must do for us; one interface for charging, another for paying out.

Every amount is in minor units of ISO 4217; a gateway turns it into the provider's own unit. Every
request that moves money carries a key made from our row, so that repeating it is harmless. Calls
raise ProviderUnavailable when the outcome is unknown and ProviderRefused when it is a definite no.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from payments.states import DisputeState, MovementKind, TransfersState


class ProviderUnavailable(Exception):  # noqa: N818 - a state of the world, as the contract names it
    """No answer: the provider may or may not have done it. Ask before trying again."""


class ProviderRefused(Exception):  # noqa: N818
    """A definite no: nothing happened, and the same request will be refused again."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


class ProviderShort(Exception):  # noqa: N818
    """Not now: our balance at the provider does not cover it, or the payee's account is not ready.

    Nothing happened; the same will be asked again later, under a new key.
    """

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


# By these codes a ProviderShort says that the balance is what was short.
BALANCE_CODES = frozenset({"balance_insufficient", "insufficient_funds"})


class SignatureError(ValueError):
    """A webhook that the provider did not sign, or did not sign lately."""


class SessionStatus(StrEnum):
    """MISSING: the provider knows no session under our key."""

    MISSING = "MISSING"
    OPEN = "OPEN"
    PROCESSING = "PROCESSING"
    PAID = "PAID"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


class TransferStatus(StrEnum):
    """A refund or payout at the provider. MISSING: it knows none under our key."""

    MISSING = "MISSING"
    PENDING = "PENDING"
    PAID = "PAID"
    FAILED = "FAILED"


class Channel(StrEnum):
    """At which of our addresses a provider told us: each has secrets of its own.

    PLATFORM: about our own account. CONNECT: about payees' accounts. THIN: ids only.
    """

    PLATFORM = "PLATFORM"
    CONNECT = "CONNECT"
    THIN = "THIN"


class EventSubject(StrEnum):
    """What an event is about."""

    PAYMENT = "PAYMENT"
    REFUND = "REFUND"
    PAYOUT = "PAYOUT"
    REVERSAL = "REVERSAL"
    DISPUTE = "DISPUTE"  # the provider's own id: a dispute is its row, not ours
    ACCOUNT = "ACCOUNT"  # a payee's connected account, by the provider's id
    CHARGE = "CHARGE"  # its payment has new facts: fee, exchange, fraud warning
    BALANCE = "BALANCE"  # our own balance there has moved: its statement has new lines
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """A page on which the buyer pays `amount`.

    purchase_ref: under which a provider groups what belongs together.
    """

    key: str
    amount: int
    currency: str
    description: str
    email: str
    language: str
    success_url: str
    cancel_url: str
    expires_at: datetime
    payment_ref: str
    purchase_ref: str = ""


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """A session as the provider has it now; amount in minor units."""

    status: SessionStatus
    ref: str = ""
    url: str = ""
    charge_ref: str = ""
    failure: str = ""
    amount: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class RefundRequest:
    key: str
    charge_ref: str
    amount: int
    currency: str
    refund_ref: str


@dataclass(frozen=True, slots=True)
class PayoutRequest:
    """destination: the payee's account as its provider wants it (see Payee.destination)."""

    key: str
    destination: Mapping[str, Any]
    amount: int
    currency: str
    payout_ref: str


@dataclass(frozen=True, slots=True)
class ReversalRequest:
    """A part of a paid payout asked back from the payee's account at the provider."""

    key: str
    payout_provider_ref: str
    amount: int
    currency: str
    reversal_ref: str


@dataclass(frozen=True, slots=True)
class TransferFacts:
    """A refund or payout as the provider has it now."""

    status: TransferStatus
    ref: str = ""
    failure: str = ""

    @property
    def is_sent(self) -> bool:
        """Whether it went through, or may yet."""
        return self.status in {TransferStatus.PENDING, TransferStatus.PAID}


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement of our balance at the provider; see payments.models.BalanceTransaction.

    amount, fee and net in minor units of `currency`; positive makes our balance grow.
    """

    ref: str
    kind: MovementKind
    source_ref: str
    subject_ref: str
    currency: str
    amount: int
    fee: int
    net: int
    made_at: datetime
    available_on: datetime | None = None
    source_currency: str = ""
    source_amount: int | None = None
    exchange_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DisputeFacts:
    """A dispute as the provider has it now; amounts in minor units.

    charge_ref: the charge it is about, as SessionFacts named it. taken, returned: what the provider
    has withdrawn from our balance for it, and given back, in `currency`.
    """

    ref: str
    charge_ref: str
    payment_ref: str
    status: DisputeState
    reason: str
    amount: int
    currency: str
    taken: int
    returned: int
    fee: int
    fee_currency: str
    evidence_due_at: datetime | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """What we answer to a dispute. texts: field name to text; files: purpose to provider file id."""

    texts: Mapping[str, str]
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """A payee's connected account as the provider has it now.

    requirements: what it still wants to know: (its own code, due date or None).
    """

    ref: str
    transfers: TransfersState
    requirements: tuple[tuple[str, date | None], ...]
    livemode: bool


@dataclass(frozen=True, slots=True)
class IncomingEvent:
    """A webhook whose signature is right."""

    event_id: str
    kind: str
    payload: Mapping[str, Any]


class ChargeGateway(Protocol):
    """Taking money from buyers and giving it back."""

    def create_session(self, request: SessionRequest, *, now: datetime) -> SessionFacts: ...

    def get_session(self, ref: str) -> SessionFacts: ...

    def find_session(self, key: str, *, since: datetime) -> SessionFacts:
        """`since`: when our row was made; the provider may have to be asked for all of that day."""
        ...

    def expire_session(self, ref: str, *, now: datetime) -> SessionFacts: ...

    def create_refund(self, request: RefundRequest) -> TransferFacts: ...

    def get_refund(self, ref: str) -> TransferFacts: ...

    def find_refund(self, key: str, *, charge_ref: str) -> TransferFacts: ...

    def charge_owner(self, charge_ref: str) -> str:
        """Our payment's id, as the provider's charge carries it; empty when it is not ours."""
        ...

    def verify_webhook(
        self,
        *,
        headers: Mapping[str, str],
        body: bytes,
        now: datetime,
        channel: Channel = Channel.PLATFORM,
    ) -> IncomingEvent:
        """Raises SignatureError."""
        ...

    def account_of(self, payload: Mapping[str, Any]) -> str:
        """The payee's account, by the provider's id, in whose name an event was sent, or empty."""
        ...

    def subject_of(self, *, kind: str, payload: Mapping[str, Any]) -> tuple[EventSubject, str]:
        """What a stored event is about, and our own row's id as we gave it to the provider.

        Of a DISPUTE, an ACCOUNT and a CHARGE it is the provider's id.
        """
        ...

    def movements(self, *, since: datetime, until: datetime) -> Iterator[Movement]:
        """Every movement of our balance made in [since, until), oldest first."""
        ...

    def charge_movement(self, charge_ref: str) -> Movement | None:
        """How the provider booked a charge; None while it has not."""
        ...

    def get_dispute(self, ref: str) -> DisputeFacts: ...

    def upload_evidence(
        self, *, key: str, name: str, media_type: str, purpose: str, content: bytes
    ) -> str:
        """Returns the provider's id of the file."""
        ...

    def submit_evidence(self, *, ref: str, key: str, evidence: Evidence) -> DisputeFacts: ...

    def accept_dispute(self, *, ref: str, key: str) -> DisputeFacts:
        """Give in: the buyer keeps the money."""
        ...


class PayoutGateway(Protocol):
    """Sending money to payees."""

    def create_payout(self, request: PayoutRequest) -> TransferFacts: ...

    def get_payout(self, ref: str) -> TransferFacts: ...

    def find_payout(self, key: str) -> TransferFacts: ...

    def find_sent_payout(self, keys: Sequence[str]) -> TransferFacts | None:
        """Which of one payout's tries went through, or is under way; one question for all of them."""
        ...

    @property
    def can_reverse(self) -> bool:
        """Whether a paid payout can be asked back from the payee's account."""
        ...

    def create_reversal(self, request: ReversalRequest) -> TransferFacts: ...

    def get_reversal(self, ref: str, *, payout_provider_ref: str) -> TransferFacts: ...

    def find_reversal(self, key: str, *, payout_provider_ref: str) -> TransferFacts: ...


class AccountGateway(Protocol):
    """Payees' own accounts at a provider: opened by us, completed by them on its pages."""

    def create_account(
        self, *, key: str, payee_ref: str, name: str, email: str, country: str, currency: str
    ) -> AccountFacts: ...

    def get_account(self, ref: str) -> AccountFacts: ...

    def onboarding_url(self, ref: str, *, return_url: str, refresh_url: str) -> str:
        """A page of the provider on which the payee completes its account; short-lived."""
        ...

    def bank_failure(self, ref: str, payout_ref: str) -> str:
        """Why the account's bank refused the provider's payout to it; empty when it did not."""
        ...
