"""What a provider adds to a payment later: how it booked it, and whether it looks like fraud."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import record_action
from common.states import TransitionError
from payments.gateways import charge_gateway
from payments.gateways.base import Movement
from payments.models import HeldPayment, Payment, ProviderEvent
from payments.services.actuals import book_actuals
from payments.services.held import freeze_held, set_cause, unfreeze_held

FRAUD_WARNING = "radar.early_fraud_warning."
REVIEW = "review."
REVIEW_CLOSED = "review.closed"
# What the causes of a warning and of a review begin with; a person may end them.
CAUSES = ("warning:", "review:")


@dataclass(frozen=True, slots=True)
class ChargeNews:
    """movement: how the provider booked the payment's charge, once it has.

    cause: what freezes the payment ("review:prv_1"), while it `lasts`; empty: nothing of the kind.
    """

    payment_id: uuid.UUID
    movement: Movement | None = None
    cause: str = ""
    lasts: bool = False


def charge_news(*, event: ProviderEvent, charge_ref: str) -> ChargeNews | None:
    """What an event about a charge means for a payment of ours; None when it is not ours.

    Outside any transaction. Raises ProviderUnavailable, ProviderRefused.
    """
    payment_id = _payment_of(event.provider, charge_ref)
    if payment_id is None:
        return None
    if event.kind.startswith((FRAUD_WARNING, REVIEW)):
        return _warning(event, payment_id)
    movement = charge_gateway(event.provider).charge_movement(charge_ref)
    return ChargeNews(payment_id, movement)


def _payment_of(provider: str, charge_ref: str) -> uuid.UUID | None:
    """Ours by its charge, or by what the charge says: a warning may come before the payment's end."""
    known = Payment.objects.filter(provider=provider, charge_ref=charge_ref).values_list("pk")
    found = known.first()
    if found is not None:
        return uuid.UUID(str(found[0]))
    try:
        owner = uuid.UUID(charge_gateway(provider).charge_owner(charge_ref))
    except ValueError:
        return None
    return owner if Payment.objects.filter(pk=owner, provider=provider).exists() else None


def _warning(event: ProviderEvent, payment_id: uuid.UUID) -> ChargeNews:
    """A review is over once we were told so, in whatever order; a warning stays until a person acts."""
    thing = str(event.payload["data"]["object"]["id"])
    if event.kind.startswith(FRAUD_WARNING):
        return ChargeNews(payment_id, cause=f"warning:{thing}", lasts=True)
    closed = ProviderEvent.objects.filter(
        provider=event.provider, kind=REVIEW_CLOSED, payload__data__object__id=thing
    )
    return ChargeNews(payment_id, cause=f"review:{thing}", lasts=not closed.exists())


def apply_charge_news(*, news: ChargeNews, now: datetime) -> None:
    """Book what the provider really took; freeze or free what is held. Idempotent.

    In the caller's transaction.
    """
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=news.payment_id)
        if news.movement is not None:
            book_actuals(provider=payment.provider, movement=news.movement, now=now)
        if not news.cause:
            return
        change = freeze_held if news.lasts else unfreeze_held
        for order_ref in payment.held.order_by("order_ref").values_list("order_ref", flat=True):
            change(order_ref=order_ref, cause=news.cause)


def is_warned(held: HeldPayment) -> bool:
    """Whether a warning or a review keeps it, whatever else does."""
    return any(cause.startswith(CAUSES) for cause in held.frozen_by)


def end_warnings(*, held: HeldPayment, actor: User, reason: str, now: datetime) -> HeldPayment:
    """A person has looked at the payment: its warnings and reviews keep nothing of it any longer.

    A case or a dispute still does. Raises TransitionError when no warning keeps it.
    """
    with transaction.atomic():
        Payment.objects.select_for_update().get(pk=held.payment_id)
        rows = list(
            HeldPayment.objects.filter(payment=held.payment_id).select_for_update().order_by("pk")
        )
        ended = {cause for row in rows for cause in row.frozen_by if cause.startswith(CAUSES)}
        if not ended:
            raise TransitionError("no warning keeps it")
        for row in rows:
            for cause in ended:
                set_cause(row, cause, lasts=False)
        changed = next(row for row in rows if row.pk == held.pk)
        record_action(
            actor=actor,
            action="end_warnings",
            target=changed,
            reason=reason,
            before={"frozen_by": sorted(ended)},
            after={"frozen_by": changed.frozen_by},
            now=now,
        )
    return changed
