"""The provider's objects as a merchant sees them, and what its own pages read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet
from django.urls import reverse

from sandbox.models import Dispute, Event, Payout, Refund, Reversal, Session
from sandbox.rules import SandboxError


@dataclass(frozen=True, slots=True)
class SessionView:
    """A payment session. status: open, processing, paid, failed or expired; amount in minor units.

    failure is the last decline's code ("card_declined", …), also while another card may be tried.
    """

    id: str
    url: str
    status: str
    charge_id: str
    failure: str
    amount: int
    currency: str
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund. status: pending, paid or failed; amount in minor units."""

    id: str
    status: str
    charge_id: str
    failure: str
    amount: int
    currency: str
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PayoutView:
    """A payout. status: pending, paid or failed (also after paid: returned); minor units."""

    id: str
    status: str
    failure: str
    amount: int
    currency: str
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReversalView:
    """A part of a payout taken back. status: paid; amount in minor units."""

    id: str
    status: str
    payout_id: str
    failure: str
    amount: int
    currency: str
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute. status: inquiry, needs_response, under_review, won or lost; minor units.

    taken and returned are in `currency`, the charge's; times are ISO 8601.
    """

    id: str
    status: str
    charge_id: str
    reason: str
    amount: int
    currency: str
    taken: int
    returned: int
    fee: int
    fee_currency: str
    evidence_due_at: str
    opened_at: str
    metadata: Mapping[str, Any]


def reversal_view(row: Reversal) -> ReversalView:
    return ReversalView(
        id=row.id,
        status="paid",
        payout_id=row.payout_id,
        failure="",
        amount=row.amount,
        currency=row.currency,
        metadata=row.metadata,
    )


def dispute_view(row: Dispute) -> DisputeView:
    return DisputeView(
        id=row.id,
        status=row.state.lower(),
        charge_id=row.session.charge_id or "",
        reason=row.reason,
        amount=row.amount,
        currency=row.currency,
        taken=row.taken_amount,
        returned=row.returned_amount,
        fee=row.fee_amount,
        fee_currency=row.fee_currency,
        evidence_due_at=row.evidence_due_at.isoformat(),
        opened_at=row.created_at.isoformat(),
        metadata=row.metadata,
    )


def session_view(session: Session) -> SessionView:
    return SessionView(
        id=session.id,
        url=f"{settings.SITE_URL}{reverse('sandbox:pay', args=[session.id])}",
        status=session.state.lower(),
        charge_id=session.charge_id or "",
        failure=session.failure,
        amount=session.amount,
        currency=session.currency,
        metadata=session.metadata,
    )


def refund_view(refund: Refund) -> RefundView:
    return RefundView(
        id=refund.id,
        status=refund.state.lower(),
        charge_id=refund.session.charge_id or "",
        failure=refund.failure,
        amount=refund.amount,
        currency=refund.currency,
        metadata=refund.metadata,
    )


def payout_view(payout: Payout) -> PayoutView:
    return PayoutView(
        id=payout.id,
        status=payout.state.lower(),
        failure=payout.failure,
        amount=payout.amount,
        currency=payout.currency,
        metadata=payout.metadata,
    )


def as_data(
    view: SessionView | RefundView | PayoutView | ReversalView | DisputeView,
) -> dict[str, Any]:
    """The object inside an event."""
    return asdict(view)


def get_session(session_id: str) -> SessionView:
    """Raises SandboxError("no_such_session")."""
    return session_view(session_row(session_id))


def get_refund(refund_id: str) -> RefundView:
    """Raises SandboxError("no_such_refund")."""
    found = Refund.objects.select_related("session").filter(pk=refund_id).first()
    if found is None:
        raise SandboxError("no_such_refund")
    return refund_view(found)


def get_payout(payout_id: str) -> PayoutView:
    """Raises SandboxError("no_such_payout")."""
    found = Payout.objects.filter(pk=payout_id).first()
    if found is None:
        raise SandboxError("no_such_payout")
    return payout_view(found)


def find_session(*, idempotency_key: str) -> SessionView | None:
    """What a request with this key made, if it ever arrived; for an outcome that is unknown."""
    found = Session.objects.filter(idempotency_key=idempotency_key).first()
    return None if found is None else session_view(found)


def find_refund(*, idempotency_key: str) -> RefundView | None:
    """What a request with this key made, if it ever arrived."""
    rows = Refund.objects.select_related("session")
    found = rows.filter(idempotency_key=idempotency_key).first()
    return None if found is None else refund_view(found)


def find_payout(*, idempotency_key: str) -> PayoutView | None:
    """What a request with this key made, if it ever arrived."""
    found = Payout.objects.filter(idempotency_key=idempotency_key).first()
    return None if found is None else payout_view(found)


def get_reversal(reversal_id: str) -> ReversalView:
    """Raises SandboxError("no_such_reversal")."""
    found = Reversal.objects.filter(pk=reversal_id).first()
    if found is None:
        raise SandboxError("no_such_reversal")
    return reversal_view(found)


def find_reversal(*, idempotency_key: str) -> ReversalView | None:
    """What a request with this key made, if it ever arrived."""
    found = Reversal.objects.filter(idempotency_key=idempotency_key).first()
    return None if found is None else reversal_view(found)


def get_dispute(dispute_id: str) -> DisputeView:
    """Raises SandboxError("no_such_dispute")."""
    return dispute_view(dispute_row(dispute_id))


def dispute_row(dispute_id: str) -> Dispute:
    """Raises SandboxError("no_such_dispute")."""
    found = Dispute.objects.select_related("session").filter(pk=dispute_id).first()
    if found is None:
        raise SandboxError("no_such_dispute")
    return found


def session_row(session_id: str) -> Session:
    """The row behind a session's id. Raises SandboxError("no_such_session")."""
    found = Session.objects.filter(pk=session_id).first()
    if found is None:
        raise SandboxError("no_such_session")
    return found


def list_sessions(*, limit: int) -> QuerySet[Session]:
    return Session.objects.order_by("-created_at", "pk")[:limit]


def list_refunds(*, limit: int) -> QuerySet[Refund]:
    return Refund.objects.select_related("session").order_by("-created_at", "pk")[:limit]


def list_payouts(*, limit: int) -> QuerySet[Payout]:
    return Payout.objects.order_by("-created_at", "pk")[:limit]


def list_disputes(*, limit: int) -> QuerySet[Dispute]:
    return Dispute.objects.select_related("session").order_by("-created_at", "pk")[:limit]


def list_events(*, limit: int) -> QuerySet[Event]:
    """Newest first, each with its deliveries."""
    return (
        Event.objects.prefetch_related("deliveries")
        .annotate(last_due=Max("deliveries__due_at"))
        .order_by("-created_at", "pk")[:limit]
    )
