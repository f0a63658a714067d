"""A new seller's reserve: kept of each release, used for refunds, released when its time is over."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Sum

from accounts.models import User
from accounts.services import record_action
from common.money import Money
from common.sweeps import ROW_FAILURES
from payments.models import HeldPayment, Payee, ReserveHold
from payments.rules.reserves import kept_of, spread_over
from payments.services.ledger import Leg, post_entry
from payments.states import AccountKind, EntryKind

logger = logging.getLogger(__name__)
BATCH = 200
MOST_BP = 5_000


class ReserveTermsError(ValueError):
    """More than half is never kept, and what is kept is kept for some days."""


def keep_reserve(*, held: HeldPayment, net: int, now: datetime) -> int:
    """What is kept of `net` (minor units) as an order is released; its row says until when.

    In the caller's transaction; the caller posts it. 0 for a seller that is no longer new.
    """
    payee = Payee.objects.get(pk=held.payee_id)
    if payee.reserve_until is None or now >= payee.reserve_until:
        return 0
    amount = kept_of(net, reserve_bp=payee.reserve_bp)
    if amount:
        ReserveHold.objects.create(
            payee=payee,
            order_ref=held.order_ref,
            currency=held.seller_currency,
            amount=amount,
            release_at=now + timedelta(days=payee.reserve_days),
            created_at=now,
        )
    return amount


def reserve_left(*, payee_id: uuid.UUID) -> int:
    """What of a payee's reserve is neither used nor released, minor units of its currency."""
    open_holds = ReserveHold.objects.filter(payee_id=payee_id, released_at__isnull=True)
    left = open_holds.aggregate(left=Sum(F("amount") - F("used_amount"), default=0))["left"]
    return int(left)


def use_reserve(*, payee_id: uuid.UUID, amount: int) -> None:
    """Take from the reserve, what was kept first before the rest. The payee is locked."""
    rooms = [(row.pk, row.amount - row.used_amount) for row in _open(payee_id)]
    for pk, part in spread_over(amount, rooms):
        ReserveHold.objects.filter(pk=pk).update(used_amount=F("used_amount") + part)


def restore_reserve(*, payee_id: uuid.UUID, amount: int) -> int:
    """Put back what was used last, into what is not released yet; returns how much found its place.

    The payee is locked.
    """
    rooms = [(row.pk, row.used_amount) for row in reversed(_open(payee_id))]
    got = spread_over(amount, rooms)
    for pk, part in got:
        ReserveHold.objects.filter(pk=pk).update(used_amount=F("used_amount") - part)
    return sum(part for _, part in got)


def _open(payee_id: uuid.UUID) -> list[ReserveHold]:
    rows = ReserveHold.objects.filter(payee_id=payee_id, released_at__isnull=True)
    return list(rows.select_for_update().order_by("release_at", "pk"))


def release_reserves(*, now: datetime) -> int:
    """Give sellers what was kept long enough; returns how many. May run twice at once."""
    due = ReserveHold.objects.filter(released_at__isnull=True, release_at__lte=now)
    done = 0
    for pk, payee_id in due.order_by("release_at").values_list("pk", "payee_id")[:BATCH]:
        try:
            done += _release(pk, payee_id, now)
        except ROW_FAILURES:
            logger.exception("reserve %s could not be released", pk)
    return done


def _release(pk: int, payee_id: uuid.UUID, now: datetime) -> bool:
    with transaction.atomic():
        Payee.objects.select_for_update(no_key=True).get(pk=payee_id)
        row = ReserveHold.objects.select_for_update().get(pk=pk)
        if row.released_at is not None:
            return False
        left = Money(row.amount - row.used_amount, row.currency)
        if left:
            post_entry(
                key=f"reserve_released:{row.pk}",
                kind=EntryKind.RESERVE_RELEASED,
                reference=str(row.order_ref),
                legs=[
                    Leg(AccountKind.RESERVE, -left, str(payee_id)),
                    Leg(AccountKind.SELLER_PAYABLE, left, str(payee_id)),
                ],
            )
        row.released_at = now
        row.save(update_fields=["released_at"])
    return True


def change_reserve(
    *,
    payee: Payee,
    reserve_bp: int,
    reserve_days: int,
    reserve_until: datetime | None,
    actor: User,
    reason: str,
    now: datetime,
) -> Payee:
    """A moderator sets what is kept of a seller's next releases; what is kept already stays.

    reserve_until: for releases before it; None ends it. Raises ReserveTermsError.
    """
    if not 0 <= reserve_bp <= MOST_BP or reserve_days < 0 or (reserve_bp and not reserve_days):
        raise ReserveTermsError
    with transaction.atomic():
        row = Payee.objects.select_for_update(no_key=True).get(pk=payee.pk)
        before = _terms(row)
        row.reserve_bp = reserve_bp
        row.reserve_days = reserve_days
        row.reserve_until = reserve_until
        row.save(update_fields=["reserve_bp", "reserve_days", "reserve_until"])
        record_action(
            actor=actor,
            action="change_reserve",
            target=row,
            reason=reason,
            before=before,
            after=_terms(row),
            now=now,
        )
    return row


def _terms(payee: Payee) -> dict[str, object]:
    until = payee.reserve_until
    return {
        "reserve_bp": payee.reserve_bp,
        "reserve_days": payee.reserve_days,
        "reserve_until": until.isoformat() if until else None,
    }
