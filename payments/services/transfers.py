"""What refunds and payouts at a provider have in common: claim, call, write down what came of it.

The call is made outside any transaction, with a key made from the row. Where no answer came, the
row stays UNKNOWN and the next round asks for that key before it sends anything. Whatever a provider
finally says goes through the inbox, so that there is one path by which it reaches the books.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from common.sweeps import ROW_FAILURES
from common.wake import wake
from notifications.models import EffectQuerySet
from notifications.states import EffectState
from payments.gateways.base import (
    BALANCE_CODES,
    ProviderRefused,
    ProviderShort,
    ProviderUnavailable,
    TransferFacts,
    TransferStatus,
)
from payments.models import Payout, Refund, Reversal
from payments.services.errands import SUBMIT_PAYOUTS, SUBMIT_REFUNDS
from payments.services.inbox import BalanceNews, TransferRow, note_transfer
from payments.states import TRANSFER, TransferState

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
BATCH = 20
FIRST_LOOK = timedelta(seconds=20)
LONGEST_WAIT = timedelta(hours=1)
FIRST_SHORT_WAIT = timedelta(minutes=10)
LONGEST_SHORT_WAIT = timedelta(hours=6)

# Refused for now only: the buyer's bank has the money, and may give it back to us.
NOT_NOW = frozenset({"charge_disputed"})

Ask = Callable[[], TransferFacts]


def submit_due(
    rows: EffectQuerySet[Refund] | EffectQuerySet[Payout] | EffectQuerySet[Reversal],
    submit_one: Callable[[uuid.UUID, datetime], None],
    *,
    now: datetime,
) -> int:
    """Bring those of `rows` that are due to their providers; returns how many were looked at."""
    ids = rows.claim(now=now, limit=BATCH, lease=LEASE)
    for row_id in ids:
        try:
            submit_one(row_id, now)
        except ROW_FAILURES:
            # Its lease keeps it away for a while; the others go on.
            logger.exception("%s %s could not be sent", rows.model.__name__, row_id)
    return len(ids)


def submit(row: TransferRow, *, create: Ask, get: Ask, find: Ask, now: datetime) -> TransferState:
    """Bring one claimed row to the provider, or ask how it stands there."""
    try:
        facts = _known(row, get=get, find=find)
        if facts.status == TransferStatus.MISSING:
            facts = _create(create)
    except ProviderShort as error:
        return _try_later(row, now=now, code=error.code)
    except ProviderUnavailable as error:
        return _mark(row, TransferState.UNKNOWN, now=now, error=str(error))
    except ProviderRefused as error:
        # It would not tell us: that says nothing about the money.
        return _mark(row, TransferState.UNKNOWN, now=now, error=error.code)
    if facts.status != TransferStatus.FAILED:
        _mark(row, TransferState.SUBMITTED, now=now, ref=facts.ref)
    if facts.status in {TransferStatus.PAID, TransferStatus.FAILED}:
        note_transfer(row=row, facts=facts, now=now)
        _look_again(row, now=now)
    return TransferState(row.transfer)


def _known(row: TransferRow, *, get: Ask, find: Ask) -> TransferFacts:
    """What the provider has of it already; asked only where it may have something."""
    if row.provider_ref:
        return get()
    # An earlier claim may have died between the call and the mark.
    if row.transfer == TransferState.UNKNOWN or row.attempts > 1:
        return find()
    return TransferFacts(TransferStatus.MISSING)


def _create(create: Ask) -> TransferFacts:
    """Only a refused creation is a definite failure."""
    try:
        return create()
    except ProviderRefused as error:
        if error.code in NOT_NOW:
            raise ProviderShort(error.code, str(error)) from error
        return TransferFacts(TransferStatus.FAILED, "", error.code)


def _try_later(row: TransferRow, *, now: datetime, code: str) -> TransferState:
    """The provider has definitely not done it, and will when there is money or an account.

    A new try, under a new key, later and later. Another worker that heard the same counts once.
    """
    wait = min(FIRST_SHORT_WAIT * 2 ** min(row.try_number - 1, 8), LONGEST_SHORT_WAIT)
    type(row).objects.filter(
        pk=row.pk,
        state=EffectState.PENDING,
        try_number=row.try_number,
        transfer__in=[TransferState.PENDING, TransferState.UNKNOWN],
    ).update(
        transfer=TransferState.PENDING,
        try_number=row.try_number + 1,
        # Nothing was sent under the new key, so a hold of the payee holds it, too.
        attempts=0,
        last_error=code[:2000],
        due_at=now + wait,
        lease_until=None,
    )
    return TransferState(row.transfer)


def apply_balance_news(*, news: BalanceNews, now: datetime) -> int:
    """What waits only because our balance did not cover it is due now; returns how many rows.

    In the caller's transaction. Told too early or for nothing, they are refused and wait again.
    """
    waiting = {
        "state": EffectState.PENDING,
        "transfer": TransferState.PENDING,
        "last_error__in": BALANCE_CODES,
        "due_at__gt": now,
    }
    payouts = Payout.objects.filter(provider=news.provider, **waiting)
    refunds = Refund.objects.filter(held__payment__provider=news.provider, **waiting)
    found = 0
    for rows, errand in ((payouts, SUBMIT_PAYOUTS), (refunds, SUBMIT_REFUNDS)):
        # By id: an update does not join.
        ids = list(rows.values_list("pk", flat=True))
        if ids:
            found += rows.model.objects.filter(pk__in=ids, **waiting).update(due_at=now)
            wake(errand)
    return found


def _mark(
    row: TransferRow, new: TransferState, *, now: datetime, ref: str = "", error: str = ""
) -> TransferState:
    """Write down where the row stands and when to look again; never steps back from DONE."""
    if new != row.transfer and TRANSFER.may(TransferState(row.transfer), new):
        row.transfer = new
    row.provider_ref = ref or row.provider_ref
    row.last_error = error
    model = type(row)
    with transaction.atomic():
        model.objects.filter(
            pk=row.pk, state=EffectState.PENDING, transfer__in=[*TRANSFER.sources(new), new]
        ).update(transfer=row.transfer, provider_ref=row.provider_ref, last_error=error)
    _look_again(row, now=now)
    return TransferState(row.transfer)


def _look_again(row: TransferRow, *, now: datetime) -> None:
    """The provider tells us by webhook; in case it does not, we ask, less and less often."""
    wait = min(FIRST_LOOK * 2 ** min(row.attempts, 12), LONGEST_WAIT)
    type(row).objects.filter(pk=row.pk).update(due_at=now + wait, lease_until=None)
