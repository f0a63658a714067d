"""Ending what was never paid: when the reservation runs out, or when the buyer changes its mind.

The provider is asked first, outside any transaction, because the buyer may have paid a second ago.
Whether it answers or not, the goods go back on sale: a payment that arrives all the same is dealt
with by handle_payment_outcome.
"""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from django.db import transaction

from common.sweeps import ROW_FAILURES
from orders.models import Deadline, Purchase
from orders.notices import tell_expired
from orders.services.outcomes import end_unpaid, handle_payment_outcome
from orders.states import DeadlineKind, PurchaseState
from payments.gateways.base import ProviderRefused, ProviderUnavailable, SessionStatus
from payments.models import Payment
from payments.services.charging import FactsMismatchError, close_session, sync_payment

logger = logging.getLogger(__name__)
SWEEP_BATCH = 50
# One that fails does not keep the others waiting.
PUT_OFF = timedelta(minutes=1)


class PaymentUnderWayError(Exception):
    """The bank has been told to pay and can't be stopped."""


def expire_purchase(*, purchase_id: uuid.UUID, now: datetime) -> Purchase:
    """End a purchase whose reservation has run out; the buyer is told. Idempotent."""
    return _end(purchase_id, now, is_told=True)


def give_up_purchase(*, purchase_id: uuid.UUID, now: datetime) -> Purchase:
    """The buyer goes back to the basket instead of paying. Idempotent.

    The purchase comes back PAID where the money had already arrived. Raises PaymentUnderWayError
    while the buyer's bank is paying: bought again, the same things would come twice.
    """
    payment = Payment.objects.get(purchase_ref=purchase_id)
    try:
        facts = sync_payment(payment_id=payment.pk, now=now)
    except (ProviderUnavailable, ProviderRefused) as error:
        logger.warning("purchase %s is given up unasked: %s", purchase_id, error)
    else:
        if facts.status == SessionStatus.PROCESSING:
            raise PaymentUnderWayError(str(purchase_id))
    return _end(purchase_id, now, is_told=False)


def _end(purchase_id: uuid.UUID, now: datetime, *, is_told: bool) -> Purchase:
    payment = Payment.objects.get(purchase_ref=purchase_id)
    try:
        facts = close_session(payment_id=payment.pk, now=now)
        handle_payment_outcome(facts=facts, now=now)
    except (ProviderUnavailable, ProviderRefused) as error:
        logger.warning("purchase %s ends without the provider's word: %s", purchase_id, error)
    except FactsMismatchError:
        logger.exception("purchase %s: the provider reports another amount", purchase_id)
    with transaction.atomic():
        purchase = Purchase.objects.select_for_update().get(pk=purchase_id)
        was_open = end_unpaid(purchase=purchase, now=now)
        if is_told and purchase.state == PurchaseState.EXPIRED:
            tell_expired(purchase=purchase, now=now)
    logger.info("purchase %s ended (%s)", purchase.number, "open" if was_open else purchase.state)
    return purchase


def expire_due_purchases(*, now: datetime) -> int:
    """Expire every purchase whose time to pay is over; returns how many were looked at."""
    due = Deadline.objects.filter(
        kind=DeadlineKind.PAYMENT, done_at__isnull=True, due_at__lte=now
    ).order_by("due_at")
    ids = list(
        due.filter(purchase__isnull=False).values_list("purchase_id", flat=True)[:SWEEP_BATCH]
    )
    for purchase_id in ids:
        try:
            expire_purchase(purchase_id=purchase_id, now=now)
        except ROW_FAILURES:
            logger.exception("purchase %s could not be ended", purchase_id)
            due.filter(purchase=purchase_id).update(due_at=now + PUT_OFF)
    return len(ids)
