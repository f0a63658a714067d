"""Bringing payouts to their provider, and booking what became of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, Sum

from accounts.models import User
from accounts.services import record_action
from common.money import Money
from common.states import TransitionError
from notifications.states import EffectState
from payments.gateways import payout_gateway
from payments.gateways.base import (
    PayoutGateway,
    PayoutRequest,
    ProviderRefused,
    ProviderShort,
    ProviderUnavailable,
    TransferFacts,
    TransferStatus,
)
from payments.models import Payee, Payout
from payments.rules.providers import BANK_FILE
from payments.selectors.payability import is_cooling_off
from payments.services.inbox import PayoutFacts, payout_key, transfer_key
from payments.services.ledger import Leg, post_entry
from payments.services.payee_money import lock_payee
from payments.services.transfers import submit, submit_due
from payments.states import TRANSFER, AccountKind, EntryKind, TransferState

RECALLED = "recalled"


@dataclass(frozen=True, slots=True)
class PayoutOutcome:
    """Where a payout stands at the provider; newly: this call moved it there."""

    payout_id: uuid.UUID
    payee_id: uuid.UUID
    transfer: TransferState
    newly: bool


def submit_payouts(*, now: datetime) -> int:
    """Bring payouts that are due to their providers; returns how many were looked at.

    One that was never sent waits while its payee is on hold, or has just changed its account; one
    that was is followed all the same, and waits too when the provider turns out not to have it.
    """
    unsent = Q(transfer=TransferState.PENDING, attempts=0)
    waits = Q(payee__payouts_held=True) | Q(payee__cooling_off_until__gt=now)
    due = Payout.objects.exclude(unsent & waits)
    return submit_due(due, _submit, now=now)


def _submit(payout_id: uuid.UUID, now: datetime) -> None:
    with transaction.atomic(durable=True):
        payout = Payout.objects.select_related("payee").get(pk=payout_id)
    gateway = payout_gateway(payout.provider)
    key = transfer_key(payout)
    request = PayoutRequest(
        key=key,
        destination=payout.payee.destination,
        amount=payout.amount,
        currency=payout.currency,
        payout_ref=str(payout.pk),
    )
    submit(
        payout,
        create=lambda: _earlier_try(gateway, payout) or _send(gateway, request, payout, now),
        get=lambda: gateway.get_payout(payout.provider_ref),
        find=lambda: gateway.find_payout(key),
        now=now,
    )


def _send(
    gateway: PayoutGateway, request: PayoutRequest, payout: Payout, now: datetime
) -> TransferFacts:
    """Nothing leaves while the payee waits, not even what we had tried to send before it did."""
    payee = Payee.objects.get(pk=payout.payee_id)
    if payee.payouts_held or is_cooling_off(payee, now=now):
        raise ProviderShort("on_hold")
    return gateway.create_payout(request)


def _earlier_try(gateway: PayoutGateway, payout: Payout) -> TransferFacts | None:
    """A request of an earlier try that was slow to arrive and did go through after all."""
    keys = [payout_key(payout.pk, number) for number in range(1, payout.try_number)]
    return gateway.find_sent_payout(keys) if keys else None


def is_unsent(payout: Payout) -> bool:
    """Whether it waits, and nothing was sent that may still arrive."""
    waits = payout.state == EffectState.PENDING and payout.transfer == TransferState.PENDING
    return waits and payout.attempts == 0 and payout.lease_until is None


def recall_payout(*, payout: Payout, actor: User, reason: str, now: datetime) -> Payout:
    """A payout that its provider will never take (an account that was closed): the money is the
    payee's balance again, and the next settlement pays it, perhaps by another way.

    Outside any transaction, because the provider is asked for every try first. Raises
    TransitionError when it was sent, or when the provider does not say that it was not.
    """
    gateway = payout_gateway(payout.provider)
    try:
        sent = _earlier_try(gateway, payout)
    except (ProviderUnavailable, ProviderRefused) as error:
        raise TransitionError("the provider does not say whether it was sent") from error
    if sent is not None:
        raise TransitionError("the provider has it")
    with transaction.atomic():
        lock_payee(payout.payee_id)
        row = Payout.objects.select_for_update().get(pk=payout.pk)
        if not is_unsent(row) or row.try_number != payout.try_number:
            raise TransitionError("it was sent meanwhile")
        _book_failed(row, row.amount, was_paid=False)
        row.transfer, row.state = TransferState.FAILED, EffectState.FAILED
        row.last_error, row.done_at = RECALLED, now
        row.save(update_fields=["transfer", "state", "last_error", "done_at"])
        record_action(
            actor=actor,
            action="recall_payout",
            target=row,
            reason=reason,
            before={"transfer": TransferState.PENDING, "last_error": payout.last_error},
            after={"transfer": TransferState.FAILED},
            now=now,
        )
    return row


def apply_payout_facts(*, facts: PayoutFacts, now: datetime) -> PayoutOutcome:
    """Book what the provider says of a payout, in the caller's transaction. Idempotent.

    Paid: out of transit. Failed, also after it was paid: back to the payee's balance, for the next
    payout.
    """
    with transaction.atomic():
        # Whoever asks a part of it back holds the payee, too: one of the two comes first.
        lock_payee(Payout.objects.values_list("payee_id", flat=True).get(pk=facts.payout_id))
        payout = Payout.objects.select_for_update().get(pk=facts.payout_id)
        old = TransferState(payout.transfer)
        new = {
            TransferStatus.PAID: TransferState.DONE,
            TransferStatus.FAILED: TransferState.FAILED,
        }.get(facts.transfer.status)
        if new is None or not TRANSFER.may(old, new):
            return PayoutOutcome(payout.pk, payout.payee_id, old, newly=False)
        if new == TransferState.DONE:
            _book_paid(payout)
            payout.paid_at = now
        else:
            asked_back = _asked_back(payout)
            if old == TransferState.DONE and asked_back >= payout.amount:
                # We took it back ourselves; each reversal books its own part. One that is refused
                # has us ask about the payout again.
                return PayoutOutcome(payout.pk, payout.payee_id, old, newly=False)
            amount = payout.amount - (asked_back if old == TransferState.DONE else 0)
            _book_failed(payout, amount, was_paid=old == TransferState.DONE)
        payout.transfer = new
        payout.state = EffectState.DONE if new == TransferState.DONE else EffectState.FAILED
        payout.provider_ref = facts.transfer.ref or payout.provider_ref
        payout.last_error = facts.transfer.failure
        payout.done_at = now
        payout.save(
            update_fields=["transfer", "state", "provider_ref", "last_error", "done_at", "paid_at"]
        )
    return PayoutOutcome(payout.pk, payout.payee_id, new, newly=True)


def _book_paid(payout: Payout) -> None:
    money = Money(payout.amount, payout.currency)
    post_entry(
        key=f"payout_paid:{payout.pk}",
        kind=EntryKind.PAYOUT_PAID,
        reference=str(payout.pk),
        legs=[
            Leg(AccountKind.PAYOUT_IN_TRANSIT, -money, str(payout.pk)),
            Leg(_paid_from(payout), money),
        ],
    )


def _asked_back(payout: Payout) -> int:
    """What of it we have taken back, or are about to."""
    asked = payout.reversals.exclude(transfer=TransferState.FAILED)
    return int(asked.aggregate(sum=Sum("amount", default=0))["sum"])


def _book_failed(payout: Payout, amount: int, *, was_paid: bool) -> None:
    money = Money(amount, payout.currency)
    source = (
        Leg(_paid_from(payout), -money)
        if was_paid
        else Leg(AccountKind.PAYOUT_IN_TRANSIT, -money, str(payout.pk))
    )
    post_entry(
        key=f"payout_failed:{payout.pk}",
        kind=EntryKind.PAYOUT_FAILED,
        reference=str(payout.pk),
        legs=[source, Leg(AccountKind.SELLER_PAYABLE, money, str(payout.payee_id))],
    )


def _paid_from(payout: Payout) -> AccountKind:
    """Where the money leaves: our own bank account, or our balance at the provider."""
    by_bank = payout.provider == BANK_FILE
    return AccountKind.PLATFORM_BANK if by_bank else AccountKind.PROVIDER_CLEARING
