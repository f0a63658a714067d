"""Asking a part of a payout back from the payee's account at the provider, to pay its debt."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from common.money import Money, currency_of
from common.wake import wake
from notifications.states import EffectState
from payments.gateways import UnknownProviderError, payout_gateway
from payments.gateways.base import ReversalRequest, TransferStatus
from payments.models import HeldPayment, Payout, Refund, Reversal
from payments.rules.reserves import spread_over
from payments.selectors.ledger import balance
from payments.services.errands import SUBMIT_REVERSALS
from payments.services.inbox import OWN_EVENT, ReversalFacts, store_event, transfer_key
from payments.services.ledger import Leg, post_entry
from payments.services.payee_money import lock_payee
from payments.services.transfers import submit, submit_due
from payments.states import TRANSFER, AccountKind, EntryKind, TransferState

NO_LONGER_OWED = "no_longer_owed"


@dataclass(frozen=True, slots=True)
class ReversalOutcome:
    """Where a reversal stands at the provider; newly: this call moved it there."""

    reversal_id: uuid.UUID
    payee_id: uuid.UUID
    transfer: TransferState
    newly: bool


def ask_back(
    *, held: HeldPayment, amount: int, refund: Refund, reason: str, now: datetime
) -> list[Reversal]:
    """Ask for `amount` minor units that the payee owes, from its newest paid payouts first.

    In the caller's transaction, with the payee locked. Never more than is left of a payout; what
    no provider can give back stays owed and is netted by later settlements.
    """
    # A provider can't take what it can't name in its own unit; that stays owed.
    amount -= amount % currency_of(held.seller_currency).charge_step
    if amount <= 0:
        return []
    payouts = Payout.objects.filter(
        payee_id=held.payee_id, currency=held.seller_currency, transfer=TransferState.DONE
    ).order_by("-paid_at", "-created_at")
    rooms = [(row, row.amount - _asked(row)) for row in payouts if _can_reverse(row.provider)]
    by_id = {row.pk: row for row, _ in rooms}
    made = []
    for pk, part in spread_over(amount, [(row.pk, room) for row, room in rooms]):
        made.append(
            Reversal.objects.create(
                payout=by_id[pk],
                key=f"reversal:{refund.pk}:{pk}",
                currency=held.seller_currency,
                amount=part,
                refund=refund,
                reason=reason[:200],
                due_at=now,
                created_at=now,
            )
        )
    if made:
        wake(SUBMIT_REVERSALS)
    return made


def _asked(payout: Payout) -> int:
    """What of it was given back or is asked for."""
    asked = payout.reversals.exclude(transfer=TransferState.FAILED)
    return int(asked.aggregate(sum=Sum("amount", default=0))["sum"])


def _can_reverse(provider: str) -> bool:
    try:
        return payout_gateway(provider).can_reverse
    except UnknownProviderError:
        return False


def submit_reversals(*, now: datetime) -> int:
    """Bring reversals that are due to their providers; returns how many were looked at."""
    return submit_due(Reversal.objects.all(), _submit, now=now)


def _submit(reversal_id: uuid.UUID, now: datetime) -> None:
    with transaction.atomic(durable=True):
        row = Reversal.objects.select_related("payout").get(pk=reversal_id)
    if row.transfer == TransferState.PENDING and row.attempts <= 1 and not _debt(row.payout):
        _give_up(row, now)
        return
    gateway = payout_gateway(row.payout.provider)
    key, paid_by = transfer_key(row), row.payout.provider_ref
    request = ReversalRequest(
        key=key,
        payout_provider_ref=paid_by,
        amount=row.amount,
        currency=row.currency,
        reversal_ref=str(row.pk),
    )
    submit(
        row,
        create=lambda: gateway.create_reversal(request),
        get=lambda: gateway.get_reversal(row.provider_ref, payout_provider_ref=paid_by),
        find=lambda: gateway.find_reversal(key, payout_provider_ref=paid_by),
        now=now,
    )


def _give_up(row: Reversal, now: datetime) -> None:
    """A settlement has taken the debt meanwhile; nothing was sent."""
    with transaction.atomic():
        known = _lock(row.pk)
        if known.transfer != TransferState.PENDING or known.attempts != row.attempts:
            return  # another worker has it by now, and may have sent it
        _book_refused(known, now)
        known.transfer = TransferState.FAILED
        known.state = EffectState.FAILED
        known.last_error = NO_LONGER_OWED
        known.done_at = now
        known.lease_until = None
        known.save(update_fields=["transfer", "state", "last_error", "done_at", "lease_until"])


def _lock(reversal_id: uuid.UUID) -> Reversal:
    """The reversal and its payout (row.payout), locked; their payee first."""
    lock_payee(Payout.objects.get(reversals__pk=reversal_id).payee_id)
    rows = Reversal.objects.select_for_update(of=("self", "payout")).select_related("payout")
    return rows.get(pk=reversal_id)


def _debt(payout: Payout) -> int:
    """What the payee owes, minor units."""
    owed = balance(
        kind=AccountKind.SELLER_RECEIVABLE,
        currency=payout.currency,
        reference=str(payout.payee_id),
    )
    return max(-owed.amount, 0)


def apply_reversal_facts(*, facts: ReversalFacts, now: datetime) -> ReversalOutcome:
    """Book what the provider says of a reversal, in the caller's transaction. Idempotent.

    Given back: it pays what the payee owes, and what it owes no more is the payee's again. Refused:
    the debt stays, to be netted.
    """
    with transaction.atomic():
        row = _lock(facts.reversal_id)
        payee_id = row.payout.payee_id
        old = TransferState(row.transfer)
        new = {
            TransferStatus.PAID: TransferState.DONE,
            TransferStatus.FAILED: TransferState.FAILED,
        }.get(facts.transfer.status)
        if new is None or not TRANSFER.may(old, new):
            return ReversalOutcome(row.pk, payee_id, old, newly=False)
        if new == TransferState.DONE:
            _book(row, EntryKind.REVERSAL, sign=1)
        elif old == TransferState.DONE:
            _book(row, EntryKind.REVERSAL_FAILED, sign=-1)
        else:
            _book_refused(row, now)
        row.transfer = new
        row.state = EffectState.DONE if new == TransferState.DONE else EffectState.FAILED
        row.provider_ref = facts.transfer.ref or row.provider_ref
        row.last_error = facts.transfer.failure
        row.done_at = now
        row.save(update_fields=["transfer", "state", "provider_ref", "last_error", "done_at"])
    return ReversalOutcome(row.pk, payee_id, new, newly=True)


def _book_refused(row: Reversal, now: datetime) -> None:
    """Nothing comes back by this reversal; has its payout come back by itself instead?"""
    payout = row.payout
    if payout.transfer == TransferState.FAILED:
        _book_with_payout(row)
    elif _asked(payout) >= payout.amount:
        # While all of it was asked for, its coming back looked like our own doing.
        told = {
            "id": payout.provider_ref,
            "metadata": {"payout": str(payout.pk)},
            "key": transfer_key(payout),
        }
        store_event(
            provider=payout.provider,
            event_id=f"{OWN_EVENT}not_reversed:{row.pk}",
            kind="payout.asked",
            payload={"data": {"object": told}},
            now=now,
        )


def _book_with_payout(row: Reversal) -> None:
    """The payout came back as a whole while this part of it was asked for: the payee's again."""
    back = Money(row.amount, row.currency)
    post_entry(
        key=f"payout_failed:{row.payout_id}:{row.pk}",
        kind=EntryKind.PAYOUT_FAILED,
        reference=str(row.payout_id),
        legs=[
            Leg(AccountKind.PROVIDER_CLEARING, -back, str(row.payout_id)),
            Leg(AccountKind.SELLER_PAYABLE, back, str(row.payout.payee_id)),
        ],
    )


def _book(row: Reversal, kind: EntryKind, *, sign: int) -> None:
    payout = row.payout
    payee = str(payout.payee_id)
    paid = min(_debt(payout), row.amount) if sign > 0 else row.amount
    back = Money(row.amount, row.currency)
    debt = Money(paid, row.currency)
    post_entry(
        key=f"{kind.value.lower()}:{row.pk}:{row.try_number}",
        kind=kind,
        reference=str(row.pk),
        memo=row.reason,
        legs=[
            Leg(AccountKind.PROVIDER_CLEARING, -back * sign, str(payout.pk)),
            Leg(AccountKind.SELLER_RECEIVABLE, debt * sign, payee),
            Leg(AccountKind.SELLER_PAYABLE, (back - debt) * sign, payee),
        ],
    )
    payout.reversed_amount += sign * row.amount
    payout.save(update_fields=["reversed_amount"])
