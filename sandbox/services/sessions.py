"""Payment sessions: made by the merchant, paid by the buyer on the hosted page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from common.money import Money
from sandbox.models import Session
from sandbox.rules import (
    MOST_DECLINES,
    TEST_CARDS,
    CardOutcome,
    SandboxError,
    digest,
    is_answer_lost,
    new_id,
)
from sandbox.selectors import SessionView, session_row, session_view
from sandbox.services.disputes import open_dispute
from sandbox.services.movements import record_movement
from sandbox.services.requests import check_amount, fault_after, fault_before, insert_once
from sandbox.services.webhooks import tell_of_session
from sandbox.states import SESSION, SessionState

# metadata {"webhook": …} lets a merchant's test ask for a fault when it makes the session.
WEBHOOK_FAULTS = {
    "never": "drop_next",
    "twice": "send_twice",
    "late": "send_late",
    "first": "send_first",
}
DECLINES = {
    CardOutcome.DECLINED: "card_declined",
    CardOutcome.NO_FUNDS: "insufficient_funds",
}


def create_session(
    *,
    idempotency_key: str,
    amount: int,
    currency: str,
    description: str,
    email: str,
    success_url: str,
    cancel_url: str,
    webhook_url: str,
    expires_at: datetime,
    metadata: Mapping[str, Any],
    now: datetime,
    language: str = "en",
    merchant: str = "",
) -> SessionView:
    """Make a hosted payment page for `amount` minor units; repeatable with the same key.

    Raises SandboxError: "bad_amount", "unknown_currency", "bad_expiry", "key_reused"; "timeout"
    (not definitive) where the metadata ask for it or the e-mail begins with "lost-answer".
    """
    check_amount(amount, currency)
    fault_before(metadata)
    fields: dict[str, Any] = {
        "amount": amount,
        "currency": currency,
        "description": description[:200],
        "email": email,
        "success_url": success_url,
        "cancel_url": cancel_url,
        "webhook_url": webhook_url,
        "expires_at": expires_at,
        "metadata": dict(metadata),
        "language": language,
        "merchant": merchant or settings.SITE_NAME,
    }
    row = Session(
        id=new_id("ses"),
        idempotency_key=idempotency_key,
        digest=digest(fields),
        created_at=now,
        **fields,
    )
    fault = WEBHOOK_FAULTS.get(str(metadata.get("webhook", "")))
    if fault is not None:
        setattr(row, fault, True)
    stored, newly = insert_once(row)
    fault_after(metadata, newly=newly, answer_lost=is_answer_lost(email))
    return session_view(stored)


def expire_session(session_id: str, *, now: datetime | None = None) -> SessionView:
    """Close an unpaid session, so that nobody pays it any more; a slow bank still may.

    A session that is paid, failed or expired stays as it is: look at the answer's status.
    """
    moment = now or timezone.now()  # noqa: TID251 - an outside party has its own clock
    with transaction.atomic():
        closed = Session.objects.filter(
            pk=session_id, state__in=SESSION.sources(SessionState.EXPIRED)
        ).update(state=SessionState.EXPIRED, challenged=False)
        session = session_row(session_id)
        if closed:
            tell_of_session(session, "session.expired", now=moment)
    return session_view(session)


@transaction.atomic
def pay_session(*, session_id: str, card_number: str, now: datetime) -> Session:
    """Charge a test card; the returned session's state and `failure` say what came of it.

    The number itself is never stored. Raises SandboxError("not_payable") when the session is no
    longer open and "unknown_card" when the number is not one of the test cards.
    """
    outcome = TEST_CARDS.get(card_number)
    if outcome is None:
        raise SandboxError("unknown_card")
    session = Session.objects.select_for_update().filter(pk=session_id).first()
    if session is None:
        raise SandboxError("no_such_session")
    if session.state != SessionState.OPEN or session.expires_at <= now:
        raise SandboxError("not_payable")
    Session.objects.filter(pk=session.pk).update(
        card_brand="Visa", card_last4=card_number[-4:], failure="", challenged=False
    )
    if outcome in DECLINES:
        _decline(session, DECLINES[outcome], now=now)
    elif outcome == CardOutcome.CHALLENGE:
        Session.objects.filter(pk=session.pk).update(challenged=True)
    elif outcome == CardOutcome.PAYS_DISPUTED:
        _capture(session, now=now)
        open_dispute(session_id=session.pk, now=now)
    elif outcome == CardOutcome.PAYS_LATE:
        _start_transfer(session, now=now)
    else:
        if outcome == CardOutcome.PAYS_SILENTLY:
            Session.objects.filter(pk=session.pk).update(drop_next=True)
        if outcome == CardOutcome.PAYS_TWICE_TOLD:
            Session.objects.filter(pk=session.pk).update(send_twice=True)
        _capture(session, now=now)
    return session_row(session.pk)


@transaction.atomic
def answer_challenge(*, session_id: str, passed: bool, now: datetime) -> Session:
    """What the buyer told the bank on the 3-D Secure page.

    Raises SandboxError("not_payable") when no challenge is open.
    """
    session = Session.objects.select_for_update().filter(pk=session_id).first()
    if session is None:
        raise SandboxError("no_such_session")
    open_still = session.state == SessionState.OPEN and session.expires_at > now
    if not session.challenged or not open_still:
        raise SandboxError("not_payable")
    Session.objects.filter(pk=session.pk).update(challenged=False)
    if passed:
        _capture(session, now=now)
    else:
        _decline(session, "authentication_failed", now=now)
    return session_row(session.pk)


@transaction.atomic
def finish_transfer(*, session_id: str, now: datetime) -> Session:
    """The slow bank pays at last, whether or not the session has expired meanwhile.

    Raises SandboxError("not_payable") when no transfer is under way.
    """
    session = Session.objects.select_for_update().filter(pk=session_id).first()
    if session is None:
        raise SandboxError("no_such_session")
    if not session.bank_pending:
        raise SandboxError("not_payable")
    _capture(session, now=now)
    return session_row(session.pk)


def _capture(session: Session, *, now: datetime) -> None:
    paid = Session.objects.filter(
        pk=session.pk, state__in=SESSION.sources(SessionState.PAID)
    ).update(
        state=SessionState.PAID,
        charge_id=new_id("ch"),
        paid_at=now,
        failure="",
        bank_pending=False,
    )
    if not paid:
        raise SandboxError("not_payable")
    paid_session = session_row(session.pk)
    record_movement(
        kind="CHARGE",
        source_id=paid_session.charge_id or "",
        money=Money(paid_session.amount, paid_session.currency),
        metadata=paid_session.metadata,
        now=now,
        fee_bp=settings.SANDBOX_FEE_BP,
    )
    tell_of_session(paid_session, "session.paid", now=now)


def _start_transfer(session: Session, *, now: datetime) -> None:
    Session.objects.filter(pk=session.pk).update(state=SessionState.PROCESSING, bank_pending=True)
    tell_of_session(session_row(session.pk), "session.processing", now=now)


def _decline(session: Session, failure: str, *, now: datetime) -> None:
    """Another card may be tried, but not for ever."""
    Session.objects.filter(pk=session.pk).update(failure=failure, declines=F("declines") + 1)
    if session.declines + 1 >= MOST_DECLINES:
        Session.objects.filter(pk=session.pk).update(state=SessionState.FAILED)
        tell_of_session(session_row(session.pk), "session.failed", now=now)
