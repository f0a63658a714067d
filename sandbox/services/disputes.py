"""Chargebacks: a buyer's bank takes a charge back, the merchant answers, the bank decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from common.money import Money
from sandbox.models import Dispute, EvidenceFile, Session
from sandbox.rules import (
    DISPUTE_TAKES,
    EVIDENCE_DUE_AFTER,
    LOSING_WORD,
    MOST_EVIDENCE_BYTES,
    WINNING_WORD,
    SandboxError,
    digest,
    new_id,
)
from sandbox.selectors import DisputeView, dispute_row, dispute_view
from sandbox.services.movements import record_movement
from sandbox.services.webhooks import tell_of_dispute
from sandbox.states import DISPUTE, DisputeState, SessionState

BATCH = 50
OPEN_WITH_MONEY = (DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW)


def is_disputed(session: Session) -> bool:
    """Whether the bank has taken the charge back and not decided."""
    return session.disputes.filter(state__in=OPEN_WITH_MONEY).exists()


@transaction.atomic
def open_dispute(
    *,
    session_id: str,
    now: datetime,
    amount: int | None = None,
    is_inquiry: bool = False,
    reason: str = "product_not_received",
) -> DisputeView:
    """The buyer's bank wants `amount` minor units of a charge back, all of it by default.

    An inquiry takes nothing yet. Raises SandboxError: "no_such_session", "not_paid", "bad_amount",
    "already_disputed".
    """
    session = Session.objects.select_for_update().filter(pk=session_id).first()
    if session is None:
        raise SandboxError("no_such_session")
    if session.state != SessionState.PAID:
        raise SandboxError("not_paid")
    wanted = session.amount if amount is None else amount
    if not 0 < wanted <= session.amount:
        raise SandboxError("bad_amount")
    if session.disputes.exclude(state__in=(DisputeState.WON, DisputeState.LOST)).exists():
        raise SandboxError("already_disputed")
    name = new_id("dp")
    dispute = Dispute.objects.create(
        id=name,
        idempotency_key=name,
        digest=digest({"session": session_id, "amount": wanted}),
        session=session,
        amount=wanted,
        currency=session.currency,
        webhook_url=session.webhook_url,
        metadata=session.metadata,
        reason=reason,
        state=DisputeState.INQUIRY if is_inquiry else DisputeState.NEEDS_RESPONSE,
        evidence_due_at=now + EVIDENCE_DUE_AFTER,
        created_at=now,
    )
    if not is_inquiry:
        _take(dispute, dispute.amount, now)
    tell_of_dispute(dispute, "dispute.created", now=now)
    return dispute_view(dispute)


@transaction.atomic
def escalate_dispute(*, dispute_id: str, now: datetime) -> DisputeView:
    """An inquiry becomes a dispute: the money is taken. Raises SandboxError("already_decided")."""
    dispute = _locked(dispute_id)
    _move_on(dispute, DisputeState.NEEDS_RESPONSE)
    _take(dispute, dispute.amount, now)
    tell_of_dispute(dispute, "dispute.updated", now=now)
    return dispute_view(dispute)


@transaction.atomic
def decide_dispute(
    *, dispute_id: str, won: bool, now: datetime, returned: int | None = None
) -> DisputeView:
    """The bank decides; may be called again when it changes its mind.

    Won: all comes back, or `returned` minor units. Lost: nothing, or that part. Raises
    SandboxError: "already_decided", "bad_amount".
    """
    dispute = _locked(dispute_id)
    was_won = dispute.state == DisputeState.WON
    _move_on(dispute, DisputeState.WON if won else DisputeState.LOST)
    kept = dispute.taken_amount - dispute.returned_amount
    if not won and was_won:
        _take(dispute, dispute.amount, now)
        kept = dispute.taken_amount - dispute.returned_amount
    back = returned if returned is not None else (kept if won else 0)
    if not 0 <= back <= kept:
        raise SandboxError("bad_amount")
    if back:
        dispute.returned_amount += back
        dispute.save(update_fields=["returned_amount"])
        _record("DISPUTE_REVERSED", dispute, back, now)
    tell_of_dispute(dispute, "dispute.closed", now=now)
    return dispute_view(dispute)


def upload_evidence(
    *, idempotency_key: str, name: str, media_type: str, content: bytes, now: datetime
) -> str:
    """Take a document in; returns its id. Raises SandboxError("bad_file")."""
    if not content or len(content) > MOST_EVIDENCE_BYTES:
        raise SandboxError("bad_file")
    stored, _ = EvidenceFile.objects.get_or_create(
        idempotency_key=idempotency_key,
        defaults={
            "id": new_id("file"),
            "digest": digest({"name": name, "content": content.hex()}),
            "name": name[:120],
            "media_type": media_type[:60],
            "size": len(content),
            "created_at": now,
        },
    )
    return stored.pk


@transaction.atomic
def submit_evidence(
    *,
    dispute_id: str,
    idempotency_key: str,
    texts: Mapping[str, str],
    files: Mapping[str, str],
    now: datetime,
) -> DisputeView:
    """Answer a dispute, once; the bank decides a few seconds later where the words tell it how.

    A text with "winning" wins, with "losing" loses; without either somebody decides at the console.
    Raises SandboxError: "already_decided", "no_such_file".
    """
    dispute = _locked(dispute_id)
    if dispute.evidence_key == idempotency_key:
        return dispute_view(dispute)
    if EvidenceFile.objects.filter(pk__in=files.values()).count() != len(set(files.values())):
        raise SandboxError("no_such_file")
    if dispute.state == DisputeState.INQUIRY:
        _move_on(dispute, DisputeState.WON)
    else:
        _move_on(dispute, DisputeState.UNDER_REVIEW)
    dispute.evidence = {"texts": dict(texts), "files": dict(files)}
    dispute.evidence_key = idempotency_key
    dispute.answered_at = now
    dispute.save(update_fields=["evidence", "evidence_key", "answered_at"])
    tell_of_dispute(dispute, "dispute.updated", now=now)
    return dispute_view(dispute)


@transaction.atomic
def accept_dispute(*, dispute_id: str, now: datetime) -> DisputeView:
    """The merchant gives in: lost. Repeatable."""
    dispute = _locked(dispute_id)
    if dispute.state != DisputeState.LOST:
        _move_on(dispute, DisputeState.LOST)
        tell_of_dispute(dispute, "dispute.closed", now=now)
    return dispute_view(dispute)


def decide_by_evidence(*, now: datetime) -> int:
    """Decide what was answered some seconds ago with words that say how; returns how many."""
    answered = Dispute.objects.filter(
        state=DisputeState.UNDER_REVIEW, answered_at__lte=now - DISPUTE_TAKES
    )
    decided = 0
    for dispute in answered.order_by("answered_at")[:BATCH]:
        words = " ".join(dispute.evidence.get("texts", {}).values()).lower()
        if WINNING_WORD in words or LOSING_WORD in words:
            decide_dispute(dispute_id=dispute.pk, won=WINNING_WORD in words, now=now)
            decided += 1
    return decided


def _locked(dispute_id: str) -> Dispute:
    dispute_row(dispute_id)
    return (
        Dispute.objects.select_for_update(of=("self",)).select_related("session").get(pk=dispute_id)
    )


def _move_on(dispute: Dispute, new: DisputeState) -> None:
    if not DISPUTE.may(DisputeState(dispute.state), new):
        raise SandboxError("already_decided", f"The dispute is {dispute.state.lower()}.")
    dispute.state = new
    dispute.save(update_fields=["state"])


def _take(dispute: Dispute, amount: int, now: datetime) -> None:
    """Out of the merchant's balance, with the fee for it the first time."""
    fee = 0 if dispute.taken_amount else settings.SANDBOX_DISPUTE_FEE
    movement = _record("DISPUTE", dispute, -amount, now, fee=fee)
    dispute.taken_amount += amount
    if fee:
        dispute.fee_amount, dispute.fee_currency = fee, movement
    dispute.save(update_fields=["taken_amount", "fee_amount", "fee_currency"])


def _record(kind: str, dispute: Dispute, amount: int, now: datetime, *, fee: int = 0) -> str:
    """Move the merchant's balance; returns the currency in which it was moved.

    No metadata: the merchant knows a dispute by the provider's id.
    """
    return record_movement(
        kind=kind,
        source_id=dispute.pk,
        money=Money(amount, dispute.currency),
        metadata={},
        now=now,
        fee_amount=fee,
    ).currency
