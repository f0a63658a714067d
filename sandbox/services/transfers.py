"""Refunds and payouts, and the bank that carries them out a few seconds later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from common.money import Money
from sandbox.models import Payout, Refund, Reversal, Session
from sandbox.rules import (
    PAYOUT_TAKES,
    REFUND_TAKES,
    RETURN_TAKES,
    BankFate,
    SandboxError,
    bank_fate,
    digest,
    new_id,
)
from sandbox.selectors import (
    PayoutView,
    RefundView,
    ReversalView,
    payout_view,
    refund_view,
    reversal_view,
)
from sandbox.services.disputes import decide_by_evidence, is_disputed
from sandbox.services.movements import record_movement
from sandbox.services.requests import check_amount, fault_after, fault_before, insert_once
from sandbox.services.sessions import expire_session
from sandbox.services.webhooks import tell_of_transfer
from sandbox.states import TRANSFER, SessionState, TransferState

BATCH = 50


def create_refund(
    *,
    idempotency_key: str,
    charge_id: str,
    amount: int,
    currency: str,
    webhook_url: str,
    metadata: Mapping[str, Any],
) -> RefundView:
    """Give `amount` minor units of a charge back; repeatable with the same key.

    Raises SandboxError: "no_such_charge", "wrong_currency", "over_refund" (more than is left),
    "bad_amount", "key_reused", "charge_disputed" (ask again when that is decided); "timeout" (not
    definitive) where the metadata ask for it.
    """
    check_amount(amount, currency)
    fault_before(metadata)
    session = Session.objects.filter(charge_id=charge_id).first()
    if session is None:
        raise SandboxError("no_such_charge")
    if is_disputed(session):
        raise SandboxError("charge_disputed")
    fields = {"charge": charge_id, "amount": amount, "currency": currency, "to": webhook_url}
    with transaction.atomic():
        stored, newly = insert_once(
            Refund(
                id=new_id("re"),
                idempotency_key=idempotency_key,
                digest=digest({**fields, "metadata": dict(metadata)}),
                session=session,
                amount=amount,
                currency=currency,
                webhook_url=webhook_url,
                metadata=dict(metadata),
            )
        )
        if newly:
            _take_from_charge(session, amount, currency)
    fault_after(metadata, newly=newly)
    stored.session = session
    return refund_view(stored)


def create_payout(
    *,
    idempotency_key: str,
    destination: Mapping[str, Any] | str,
    amount: int,
    currency: str,
    webhook_url: str,
    metadata: Mapping[str, Any],
) -> PayoutView:
    """Send `amount` minor units to a bank account; repeatable with the same key.

    An account that begins with "refuse" is refused at once, with "fail" fails after some seconds,
    with "return" is paid and comes back, with "lost" is paid but not answered. Raises SandboxError: "no_such_account", "bad_amount",
    "unknown_currency", "key_reused"; "timeout" (not definitive) where it is asked for.
    """
    check_amount(amount, currency)
    fault_before(metadata)
    fate = bank_fate(destination)
    if fate == BankFate.REFUSES:
        raise SandboxError("no_such_account")
    fields = {"destination": destination, "amount": amount, "currency": currency, "to": webhook_url}
    stored, newly = insert_once(
        Payout(
            id=new_id("po"),
            idempotency_key=idempotency_key,
            digest=digest({**fields, "metadata": dict(metadata)}),
            destination=destination if isinstance(destination, str) else dict(destination),
            will_return=fate == BankFate.RETURNS,
            amount=amount,
            currency=currency,
            webhook_url=webhook_url,
            metadata=dict(metadata),
        )
    )
    fault_after(metadata, newly=newly, answer_lost=fate == BankFate.ANSWER_LOST)
    return payout_view(stored)


def create_reversal(
    *,
    idempotency_key: str,
    payout_id: str,
    amount: int,
    currency: str,
    webhook_url: str,
    metadata: Mapping[str, Any],
    now: datetime,
) -> ReversalView:
    """Take `amount` minor units of a paid payout back; repeatable with the same key.

    Done at once. Raises SandboxError: "no_such_payout", "not_paid", "wrong_currency",
    "over_reversal", "insufficient_funds" (an account that begins with "empty"), "bad_amount",
    "key_reused"; "timeout" (not definitive) where the metadata ask for it.
    """
    check_amount(amount, currency)
    fault_before(metadata)
    payout = Payout.objects.filter(pk=payout_id).first()
    if payout is None:
        raise SandboxError("no_such_payout")
    if payout.currency != currency:
        raise SandboxError("wrong_currency", f"The payout is in {payout.currency}.")
    if bank_fate(payout.destination) == BankFate.EMPTY:
        raise SandboxError("insufficient_funds")
    fields = {"payout": payout_id, "amount": amount, "currency": currency, "to": webhook_url}
    with transaction.atomic():
        stored, newly = insert_once(
            Reversal(
                id=new_id("rev"),
                idempotency_key=idempotency_key,
                digest=digest({**fields, "metadata": dict(metadata)}),
                payout=payout,
                amount=amount,
                currency=currency,
                webhook_url=webhook_url,
                metadata=dict(metadata),
                created_at=now,
            )
        )
        if newly:
            _take_from_payout(payout, amount)
            _move("TRANSFER_REVERSED", stored, amount, now)
            tell_of_transfer(stored, "reversal.paid", now=now)
    fault_after(metadata, newly=newly)
    return reversal_view(stored)


def _take_from_payout(payout: Payout, amount: int) -> None:
    left = Payout.objects.filter(pk=payout.pk, reversed_amount__lte=F("amount") - amount)
    if payout.state != TransferState.PAID:
        raise SandboxError("not_paid")
    if not left.update(reversed_amount=F("reversed_amount") + amount):
        raise SandboxError("over_reversal", "That is more than is left of the payout.")


def run_bank(*, now: datetime) -> int:
    """Carry out what takes the bank some seconds, and close sessions whose time is over.

    Returns how many things changed. May run twice at once: each row is one worker's.
    """
    changed = 0
    over = Session.objects.filter(
        state__in=(SessionState.OPEN, SessionState.PROCESSING), expires_at__lte=now
    )
    for session_id in list(over.values_list("pk", flat=True)[:BATCH]):
        expire_session(session_id, now=now)
        changed += 1
    due = Refund.objects.filter(state=TransferState.PENDING, created_at__lte=now - REFUND_TAKES)
    for refund_id in list(due.values_list("pk", flat=True)[:BATCH]):
        changed += _finish_refund(refund_id, now=now)
    changed += sum(_finish_payout(row, TransferState.PENDING, now=now) for row in _due_payouts(now))
    changed += sum(_finish_payout(row, TransferState.PAID, now=now) for row in _returned(now))
    changed += decide_by_evidence(now=now)
    return changed


def _take_from_charge(session: Session, amount: int, currency: str) -> None:
    if currency != session.currency:
        raise SandboxError("wrong_currency", f"The charge is in {session.currency}.")
    left = Session.objects.filter(pk=session.pk, refunded_amount__lte=F("amount") - amount)
    if not left.update(refunded_amount=F("refunded_amount") + amount):
        raise SandboxError("over_refund", "That is more than is left of the charge.")


@transaction.atomic
def _finish_refund(refund_id: str, *, now: datetime) -> bool:
    pending = Refund.objects.filter(pk=refund_id, state__in=TRANSFER.sources(TransferState.PAID))
    if not pending.update(state=TransferState.PAID):
        return False
    refund = Refund.objects.select_related("session").get(pk=refund_id)
    _move("REFUND", refund, -refund.amount, now)
    tell_of_transfer(refund, "refund.paid", now=now)
    return True


def _due_payouts(now: datetime) -> list[Payout]:
    due = Payout.objects.filter(state=TransferState.PENDING, created_at__lte=now - PAYOUT_TAKES)
    return list(due.order_by("created_at")[:BATCH])


def _returned(now: datetime) -> list[Payout]:
    """Paid payouts whose bank sends them back about now."""
    paid = Payout.objects.filter(
        state=TransferState.PAID,
        created_at__lte=now - RETURN_TAKES,
        will_return=True,
    )
    return list(paid.order_by("created_at")[:BATCH])


@transaction.atomic
def _finish_payout(payout: Payout, old: TransferState, *, now: datetime) -> bool:
    fate = bank_fate(payout.destination)
    fails = old == TransferState.PAID or fate == BankFate.FAILS
    new = TransferState.FAILED if fails else TransferState.PAID
    failure = ("returned" if old == TransferState.PAID else "account_closed") if fails else ""
    changed = Payout.objects.filter(pk=payout.pk, state=old).update(state=new, failure=failure)
    if not changed:
        return False
    payout.refresh_from_db()
    if old == TransferState.PAID:
        _move("TRANSFER_REVERSED", payout, payout.amount - payout.reversed_amount, now)
    elif new == TransferState.PAID:
        _move("TRANSFER", payout, -payout.amount, now)
    tell_of_transfer(payout, f"payout.{new.lower()}", now=now)
    return True


def _move(kind: str, row: Refund | Payout | Reversal, amount: int, now: datetime) -> None:
    record_movement(
        kind=kind,
        source_id=row.pk,
        money=Money(amount, row.currency),
        metadata=row.metadata,
        now=now,
    )
