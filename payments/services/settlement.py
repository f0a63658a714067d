"""Settlement: what each payee is owed becomes a payout whose lines explain it."""

from __future__ import annotations

import logging
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from common.money import Money
from common.sweeps import ROW_FAILURES
from common.wake import wake
from payments.models import Entry, Payee, Payout, PayoutLine, Posting
from payments.rules.payouts import payout_floor
from payments.rules.schedules import payout_due, schedule_period
from payments.selectors.ledger import balance
from payments.selectors.payability import (
    earned_by,
    is_cooling_off,
    payable_payees,
    terms_of,
    unsettled_postings,
    why_not_payable,
)
from payments.services.disputes import block_disputed_money
from payments.services.errands import SUBMIT_PAYOUTS
from payments.services.ledger import Leg, post_entry
from payments.states import AccountKind, EntryKind, TransferState

logger = logging.getLogger(__name__)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(slots=True)
class SettlementReport:
    """What one run did.

    on_hold: payees that may not be paid now; waiting: it is not their day, or too little, or paid
    already; failed: could not be settled.
    """

    payouts: list[Payout] = field(default_factory=list)
    on_hold: int = 0
    waiting: int = 0
    failed: int = 0


def run_settlement(*, period: str, now: datetime) -> SettlementReport:
    """Make a payout for every payee whose day it is and that is owed enough, once a period.

    Each payee is its own transaction: a run that was cut short is simply run again, and two at once
    make each payout once.
    """
    report = SettlementReport()
    for payee in payable_payees():
        if payee.payouts_held or is_cooling_off(payee, now=now):
            report.on_hold += 1
            continue
        try:
            payout = settle_payee(payee_id=payee.pk, period=period, now=now)
        except ROW_FAILURES:
            logger.exception("payee %s could not be settled", payee.pk)
            report.failed += 1
            continue
        if payout is None:
            report.waiting += 1
        else:
            report.payouts.append(payout)
    # Once: a message for each of thousands would only be found done by those behind the first.
    if report.payouts:
        wake(SUBMIT_PAYOUTS)
    return report


def settle_payee(*, payee_id: uuid.UUID, period: str, now: datetime) -> Payout | None:
    """Turn a payee's balance into a payout; None when it is not to be paid now.

    That is: on hold, not its day, too little, or paid already. Once a period: a second payout in
    the same period is made only when the first has failed, for the money that came back. What the
    provider can't pay because of its step is carried to the next payout by an entry of its own.
    Nobody is woken to send it: run_settlement does that, or the next sweep finds it.
    """
    with transaction.atomic():
        # Disputes are read again here, not when the run began; they are locked before the payee.
        block_disputed_money(payee_id=payee_id, now=now)
        # no_key: a checkout, whose row points to the payee, need not wait.
        payee = Payee.objects.select_for_update(no_key=True).get(pk=payee_id)
        if why_not_payable(payee, now=now):
            return None
        _net_debt(payee, period)
        # Read once: a release that commits a moment later belongs to the next payout as a whole.
        unsettled = unsettled_postings(payee)
        label = _label_now(payee, unsettled, period=period, now=now)
        payable = Money(sum(posting.amount for posting in unsettled), payee.currency)
        amount = payout_floor(payable)
        if label is None or not amount:
            return None
        payout = Payout(
            payee=payee,
            number=_new_number(),
            period=label,
            provider=payee.provider,
            currency=payee.currency,
            amount=amount.amount,
            due_at=now,
            created_at=now,
        )
        explained = [*(row.pk for row in unsettled), *_carry(payout, payable - amount)]
        payout.save(force_insert=True)
        PayoutLine.objects.bulk_create(PayoutLine(payout=payout, posting_id=pk) for pk in explained)
        post_entry(
            key=f"payout:{payout.pk}",
            kind=EntryKind.PAYOUT,
            reference=str(payout.pk),
            legs=[
                Leg(AccountKind.SELLER_PAYABLE, -amount, str(payee.pk)),
                Leg(AccountKind.PAYOUT_IN_TRANSIT, amount, str(payout.pk)),
            ],
        )
    return payout


def _label_now(
    payee: Payee, unsettled: Sequence[Posting], *, period: str, now: datetime
) -> str | None:
    """The name of the payout that is due now; None when none is."""
    terms = terms_of(payee)
    own = _period_label(payee, schedule_period(terms, now=now, period=period))
    earned = earned_by(unsettled, terms)
    due = payout_due(terms, earned=earned, now=now, period=period, is_paid=own is None)
    return _period_label(payee, due.period) if due else None


def _period_label(payee: Payee, period: str) -> str | None:
    """The period, numbered when all earlier payouts of it have failed; None when one stands."""
    earlier = [
        transfer
        for label, transfer in payee.payouts.values_list("period", "transfer")
        if label == period or label.startswith(f"{period}/")
    ]
    if any(transfer != TransferState.FAILED for transfer in earlier):
        return None
    return period if not earlier else f"{period}/{len(earlier) + 1}"


def _new_number() -> str:
    """Not counted up: how many payouts there are is nobody's business."""
    return "P-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


def _net_debt(payee: Payee, label: str) -> None:
    """What a seller owes (a refund after its payout) comes out of what it is owed now."""
    name = {"currency": payee.currency, "reference": str(payee.pk)}
    debt = -balance(kind=AccountKind.SELLER_RECEIVABLE, **name)
    payable = balance(kind=AccountKind.SELLER_PAYABLE, **name)
    taken = min(debt, payable)
    if taken.amount <= 0:
        return
    post_entry(
        key=f"netting:{payee.pk}:{label}:{_nettings(payee) + 1}",
        kind=EntryKind.NETTING,
        reference=str(payee.pk),
        legs=[
            Leg(AccountKind.SELLER_PAYABLE, -taken, str(payee.pk)),
            Leg(AccountKind.SELLER_RECEIVABLE, taken, str(payee.pk)),
        ],
    )


def _nettings(payee: Payee) -> int:
    """How often a debt was netted; the payee is locked, so nobody counts the same."""
    return Entry.objects.filter(kind=EntryKind.NETTING, reference=str(payee.pk)).count()


def _carry(payout: Payout, rest: Money) -> list[int]:
    """Move what the payout's step leaves over to the next payout; the ids of this payout's side.

    Two postings on the payee's own account: the debit closes this payout's sum, the credit waits
    for the next one.
    """
    if not rest:
        return []
    payee = str(payout.payee_id)
    entry = post_entry(
        key=f"carry:{payout.pk}",
        kind=EntryKind.CARRY,
        reference=str(payout.pk),
        legs=[
            Leg(AccountKind.SELLER_PAYABLE, -rest, payee),
            Leg(AccountKind.SELLER_PAYABLE, rest, payee),
        ],
    )
    return list(
        Posting.objects.filter(entry_id=entry.pk, amount__lt=0).values_list("pk", flat=True)
    )
