"""What a payment provider must do for us; one interface for charging, another for paying out.

Every amount is in minor units of ISO 4217; a gateway turns it into the provider's own unit. Every
request that moves money carries a key made from our row, so that repeating it is harmless. Calls
raise ProviderUnavailable when the outcome is unknown and ProviderRefused when it is a definite no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class ProviderUnavailable(Exception):  # noqa: N818 - a state of the world, as the contract names it
    """No answer: the provider may or may not have done it. Ask before trying again."""


class ProviderRefused(Exception):  # noqa: N818
    """A definite no: nothing happened, and the same request will be refused again."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


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


class EventSubject(StrEnum):
    """What an event is about."""

    PAYMENT = "PAYMENT"
    REFUND = "REFUND"
    PAYOUT = "PAYOUT"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """A page on which the buyer pays `amount`."""

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
    key: str
    destination: Mapping[str, Any]
    amount: int
    currency: str
    payout_ref: str


@dataclass(frozen=True, slots=True)
class TransferFacts:
    """A refund or payout as the provider has it now."""

    status: TransferStatus
    ref: str = ""
    failure: str = ""


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

    def find_session(self, key: str) -> SessionFacts: ...

    def expire_session(self, ref: str, *, now: datetime) -> SessionFacts: ...

    def create_refund(self, request: RefundRequest) -> TransferFacts: ...

    def get_refund(self, ref: str) -> TransferFacts: ...

    def find_refund(self, key: str) -> TransferFacts: ...

    def verify_webhook(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> IncomingEvent:
        """Raises SignatureError."""
        ...

    def subject_of(self, *, kind: str, payload: Mapping[str, Any]) -> tuple[EventSubject, str]:
        """What a stored event is about, and our own row's id as we gave it to the provider."""
        ...


class PayoutGateway(Protocol):
    """Sending money to payees."""

    def create_payout(self, request: PayoutRequest) -> TransferFacts: ...

    def get_payout(self, ref: str) -> TransferFacts: ...

    def find_payout(self, key: str) -> TransferFacts: ...
