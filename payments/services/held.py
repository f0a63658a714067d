"""Held payments: kept for the buyer's protection, then released to the seller."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from common.states import TransitionError
from payments.models import HeldPayment, Refund
from payments.rules.refunds import Parts
from payments.services.bookings import parts_of, release_legs
from payments.services.ledger import post_entry
from payments.services.reserves import keep_reserve
from payments.states import EntryKind, HeldState


class HeldFrozenError(Exception):
    """A case, a dispute or a match with a sanctions list is open: nothing of it is released until all
    of them are over."""


def lock_held(order_ref: uuid.UUID) -> HeldPayment:
    """The order's held payment, locked. Raises HeldPayment.DoesNotExist."""
    return HeldPayment.objects.select_for_update().get(order_ref=order_ref)


def refunded_parts(held: HeldPayment) -> Parts:
    """What all refunds and lost disputes of it took so far."""
    sums = Refund.objects.filter(held=held, undone_at__isnull=True).aggregate(
        mid=Sum("mid_amount", default=0),
        spread=Sum("spread_amount", default=0),
        tax=Sum("tax_amount", default=0),
        duty=Sum("duty_amount", default=0),
        fees=Sum("fees_amount", default=0),
        seller=Sum("seller_amount", default=0),
        commission=Sum("commission_amount", default=0),
        fee_tax=Sum("fee_tax_amount", default=0),
    )
    return Parts(**{name: int(value) for name, value in sums.items()})


def release_held(*, order_ref: uuid.UUID, now: datetime) -> HeldPayment:
    """What is held for an order becomes the seller's, less our fee. Idempotent.

    Of a new seller's part some is kept in reserve. In the caller's transaction. Raises HeldFrozenError while a dispute is open, TransitionError
    when it was refunded in full or never paid.
    """
    with transaction.atomic():
        held = lock_held(order_ref)
        if held.state == HeldState.RELEASED:
            return held
        if held.state != HeldState.HELD:
            raise TransitionError("it was refunded")
        if held.booked_at is None:
            raise TransitionError("it was never paid")
        if held.frozen:
            raise HeldFrozenError(f"the payment for order {order_ref} is frozen")
        left = parts_of(held) - refunded_parts(held)
        if left.seller:
            reserve = keep_reserve(held=held, net=left.seller_net, now=now)
            post_entry(
                key=f"release:{order_ref}",
                kind=EntryKind.RELEASE,
                reference=str(order_ref),
                legs=release_legs(held=held, left=left, reserve=reserve),
            )
        held.state = HeldState.RELEASED
        held.released_at = now
        held.save(update_fields=["state", "released_at"])
    return held


def freeze_held(*, order_ref: uuid.UUID, cause: str) -> HeldPayment:
    """Nothing of it is released while `cause` ("case:1", "dispute:…") lasts. Idempotent.

    In the caller's transaction. Each cause is its own: one that ends leaves the others.
    """
    return _set_cause(order_ref, cause, lasts=True)


def unfreeze_held(*, order_ref: uuid.UUID, cause: str) -> HeldPayment:
    """The cause is over; what no other cause keeps may be released. Idempotent."""
    return _set_cause(order_ref, cause, lasts=False)


def _set_cause(order_ref: uuid.UUID, cause: str, *, lasts: bool) -> HeldPayment:
    with transaction.atomic():
        held = lock_held(order_ref)
        set_cause(held, cause, lasts=lasts)
    return held


def set_cause(held: HeldPayment, cause: str, *, lasts: bool) -> None:
    """The same for a held payment that is locked already."""
    causes = set(held.frozen_by) - {cause} | ({cause} if lasts else set())
    if causes != set(held.frozen_by):
        held.frozen_by = sorted(causes)
        held.frozen = bool(causes)
        held.save(update_fields=["frozen", "frozen_by"])
