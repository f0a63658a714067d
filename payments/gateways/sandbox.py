"""The sandbox provider, for demonstrations and tests: the only importer of `sandbox`."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.utils import timezone

from payments.gateways.base import (
    Channel,
    DisputeFacts,
    EventSubject,
    Evidence,
    IncomingEvent,
    Movement,
    PayoutRequest,
    ProviderRefused,
    ProviderShort,
    ProviderUnavailable,
    RefundRequest,
    ReversalRequest,
    SessionFacts,
    SessionRequest,
    SessionStatus,
    SignatureError,
    TransferFacts,
    TransferStatus,
)
from payments.states import DisputeState, MovementKind
from sandbox import services as sandbox

TOLERANCE_SECONDS = 300
SUBJECTS = {
    "session": (EventSubject.PAYMENT, "payment"),
    "refund": (EventSubject.REFUND, "refund"),
    "payout": (EventSubject.PAYOUT, "payout"),
    "reversal": (EventSubject.REVERSAL, "reversal"),
}
# Not a refusal: it is asked again, under a new key, when the bank has decided.
NOT_NOW = frozenset({"charge_disputed"})


@contextmanager
def _answers() -> Iterator[None]:
    """The provider's errors in our words."""
    try:
        yield
    except sandbox.SandboxError as error:
        if error.code in NOT_NOW:
            raise ProviderShort(error.code, str(error)) from error
        # A key that is taken says that an earlier request arrived, not that nothing happened.
        if error.definitive and error.code != "key_reused":
            raise ProviderRefused(error.code, str(error)) from error
        raise ProviderUnavailable(str(error)) from error


def _webhook_url() -> str:
    return f"{settings.SITE_URL}/webhooks/sandbox/"


class SandboxGateway:
    """Charges and payouts at the sandbox."""

    def create_session(self, request: SessionRequest, *, now: datetime) -> SessionFacts:
        with _answers():
            view = sandbox.create_session(
                idempotency_key=request.key,
                amount=request.amount,
                currency=request.currency,
                description=request.description,
                email=request.email,
                language=request.language,
                success_url=request.success_url,
                cancel_url=request.cancel_url,
                webhook_url=_webhook_url(),
                expires_at=request.expires_at,
                metadata={"payment": request.payment_ref},
                now=now,
            )
        return _session(view)

    def get_session(self, ref: str) -> SessionFacts:
        with _answers():
            return _session(sandbox.get_session(ref))

    def find_session(self, key: str, *, since: datetime) -> SessionFacts:
        with _answers():
            return _session(sandbox.find_session(idempotency_key=key))

    def expire_session(self, ref: str, *, now: datetime) -> SessionFacts:
        with _answers():
            return _session(sandbox.expire_session(ref, now=now))

    def create_refund(self, request: RefundRequest) -> TransferFacts:
        with _answers():
            view = sandbox.create_refund(
                idempotency_key=request.key,
                charge_id=request.charge_ref,
                amount=request.amount,
                currency=request.currency,
                webhook_url=_webhook_url(),
                metadata={"refund": request.refund_ref},
            )
        return _transfer(view)

    def get_refund(self, ref: str) -> TransferFacts:
        with _answers():
            return _transfer(sandbox.get_refund(ref))

    def charge_owner(self, charge_ref: str) -> str:
        return ""  # the sandbox names our payment in everything it tells us

    def find_refund(self, key: str, *, charge_ref: str) -> TransferFacts:
        with _answers():
            return _transfer(sandbox.find_refund(idempotency_key=key))

    def create_payout(self, request: PayoutRequest) -> TransferFacts:
        with _answers():
            view = sandbox.create_payout(
                idempotency_key=request.key,
                destination=dict(request.destination),
                amount=request.amount,
                currency=request.currency,
                webhook_url=_webhook_url(),
                metadata={"payout": request.payout_ref},
            )
        return _transfer(view)

    def get_payout(self, ref: str) -> TransferFacts:
        with _answers():
            return _transfer(sandbox.get_payout(ref))

    def find_payout(self, key: str) -> TransferFacts:
        with _answers():
            return _transfer(sandbox.find_payout(idempotency_key=key))

    def find_sent_payout(self, keys: Sequence[str]) -> TransferFacts | None:
        return next((facts for key in keys if (facts := self.find_payout(key)).is_sent), None)

    @property
    def can_reverse(self) -> bool:
        return True

    def create_reversal(self, request: ReversalRequest) -> TransferFacts:
        with _answers():
            view = sandbox.create_reversal(
                idempotency_key=request.key,
                payout_id=request.payout_provider_ref,
                amount=request.amount,
                currency=request.currency,
                webhook_url=_webhook_url(),
                metadata={"reversal": request.reversal_ref},
                now=timezone.now(),  # noqa: TID251 - an outside party has its own clock
            )
        return _transfer(view)

    def get_reversal(self, ref: str, *, payout_provider_ref: str) -> TransferFacts:
        with _answers():
            return _transfer(sandbox.get_reversal(ref))

    def find_reversal(self, key: str, *, payout_provider_ref: str) -> TransferFacts:
        with _answers():
            return _transfer(sandbox.find_reversal(idempotency_key=key))

    def get_dispute(self, ref: str) -> DisputeFacts:
        with _answers():
            return _dispute(sandbox.get_dispute(ref))

    def upload_evidence(
        self, *, key: str, name: str, media_type: str, purpose: str, content: bytes
    ) -> str:
        with _answers():
            return sandbox.upload_evidence(
                idempotency_key=key,
                name=name,
                media_type=media_type,
                content=content,
                now=timezone.now(),  # noqa: TID251
            )

    def submit_evidence(self, *, ref: str, key: str, evidence: Evidence) -> DisputeFacts:
        with _answers():
            view = sandbox.submit_evidence(
                dispute_id=ref,
                idempotency_key=key,
                texts=evidence.texts,
                files=evidence.files,
                now=timezone.now(),  # noqa: TID251
            )
        return _dispute(view)

    def accept_dispute(self, *, ref: str, key: str) -> DisputeFacts:
        with _answers():
            view = sandbox.accept_dispute(
                dispute_id=ref,
                now=timezone.now(),  # noqa: TID251
            )
        return _dispute(view)

    def movements(self, *, since: datetime, until: datetime) -> Iterator[Movement]:
        with _answers():
            return iter(
                [_movement(row) for row in sandbox.list_movements(since=since, until=until)]
            )

    def charge_movement(self, charge_ref: str) -> Movement | None:
        row = sandbox.movement_of(source_id=charge_ref, kind=MovementKind.CHARGE.value)
        return None if row is None else _movement(row)

    def account_of(self, payload: Mapping[str, Any]) -> str:
        return ""  # payees have no accounts of their own here

    def verify_webhook(
        self,
        *,
        headers: Mapping[str, str],
        body: bytes,
        now: datetime,
        channel: Channel = Channel.PLATFORM,
    ) -> IncomingEvent:
        """HMAC-SHA-256 over "<t>.<body>" with any of the secrets in use, at most 300 s old."""
        if channel != Channel.PLATFORM:
            raise SignatureError("the sandbox tells us at one address only")
        _check_signature(headers.get("Sandbox-Signature", ""), body=body, now=now)
        try:
            payload = json.loads(body)
            return IncomingEvent(str(payload["id"]), str(payload["type"]), payload)
        except (ValueError, KeyError, TypeError) as error:
            raise SignatureError("the event can't be read") from error

    def subject_of(self, *, kind: str, payload: Mapping[str, Any]) -> tuple[EventSubject, str]:
        if kind.startswith("dispute."):
            told = payload.get("data", {}).get("object", {})
            return EventSubject.DISPUTE, str(told.get("id") or "")
        subject, name = SUBJECTS.get(kind.partition(".")[0], (EventSubject.OTHER, ""))
        found: Any = payload
        for part in ("data", "object", "metadata", name):
            found = found.get(part) if isinstance(found, Mapping) else None
        ref = str(found or "")
        return (subject, ref) if ref else (EventSubject.OTHER, "")


def _check_signature(header: str, *, body: bytes, now: datetime) -> None:
    parts = [part.strip().partition("=") for part in header.split(",")]
    stamps = [value for name, _, value in parts if name == "t"]
    given = [value for name, _, value in parts if name == "v1"]
    if len(stamps) != 1 or not stamps[0].isascii() or not stamps[0].isdigit() or not given:
        raise SignatureError("there is no signature")
    if abs(now.timestamp() - int(stamps[0])) > TOLERANCE_SECONDS:
        raise SignatureError("the signature is too old")
    signed = stamps[0].encode() + b"." + body
    expected = [
        hmac.new(secret.encode(), signed, sha256).hexdigest()
        for secret in settings.SANDBOX_WEBHOOK_SECRETS
        if secret
    ]
    matches = [
        hmac.compare_digest(ours.encode(), theirs.encode()) for ours in expected for theirs in given
    ]
    if not any(matches):
        raise SignatureError("the signature is somebody else's")


def _session(view: sandbox.SessionView | None) -> SessionFacts:
    if view is None:
        return SessionFacts(SessionStatus.MISSING)
    return SessionFacts(
        status=SessionStatus(view.status.upper()),
        ref=view.id,
        url=view.url,
        charge_ref=view.charge_id,
        failure=view.failure,
        amount=view.amount,
        currency=view.currency,
    )


def _movement(row: sandbox.Movement) -> Movement:
    ours = [str(row.metadata[name]) for _, name in SUBJECTS.values() if name in row.metadata]
    return Movement(
        ref=row.pk,
        kind=MovementKind(row.kind),
        source_ref=row.source_id,
        subject_ref=ours[0] if ours else "",
        currency=row.currency,
        amount=row.amount,
        fee=row.fee,
        net=row.net,
        made_at=row.created_at,
        available_on=row.created_at,
        source_currency=row.source_currency,
        source_amount=row.source_amount,
        exchange_rate=row.exchange_rate,
    )


def _dispute(view: sandbox.DisputeView) -> DisputeFacts:
    return DisputeFacts(
        ref=view.id,
        charge_ref=view.charge_id,
        payment_ref=str(view.metadata.get("payment", "")),
        status=DisputeState(view.status.upper()),
        reason=view.reason,
        amount=view.amount,
        currency=view.currency,
        taken=view.taken,
        returned=view.returned,
        fee=view.fee,
        fee_currency=view.fee_currency,
        evidence_due_at=datetime.fromisoformat(view.evidence_due_at),
        opened_at=datetime.fromisoformat(view.opened_at),
    )


def _transfer(
    view: sandbox.RefundView | sandbox.PayoutView | sandbox.ReversalView | None,
) -> TransferFacts:
    if view is None:
        return TransferFacts(TransferStatus.MISSING)
    return TransferFacts(TransferStatus(view.status.upper()), view.id, view.failure)
