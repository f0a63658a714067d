"""Asking the provider about payments and disputes of whose end nothing was heard.

The webhook may never come and the buyer may have closed the tab: this is what still ends right.
"""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from common.sweeps import ROW_FAILURES
from orders.services.disputes import handle_dispute
from orders.services.outcomes import handle_payment_outcome
from payments.gateways.base import ProviderRefused, ProviderUnavailable
from payments.models import Payment, ProviderDispute
from payments.selectors.disputes import DECIDED
from payments.services.charging import (
    FactsMismatchError,
    PaymentFacts,
    close_session,
    sync_payment,
)
from payments.services.disputes import DisputeMismatchError, DisputeTooEarlyError, ask_dispute
from payments.states import PaymentState

logger = logging.getLogger(__name__)
BATCH = 500
LATE_BATCH = 5000
# A card payment is over in a minute or two; before that the webhook is only on its way.
QUIET = timedelta(minutes=2)
# A bank transfer may still arrive days after the page was closed.
GIVE_UP_AFTER = timedelta(days=7)
# How often poll_late_payments runs, and as long again as a run may be late.
LATE_EVERY = timedelta(minutes=5)
LATE_WINDOW = timedelta(minutes=6)


def poll_open_payments(*, now: datetime) -> int:
    """Bring payments that are still open up to what the provider knows; returns how many.

    An unknown one is asked about at once, an open one when it has been quiet for a while. Past its
    time the provider's page is closed too. Runs every minute.
    """
    quiet = Q(state__in=[PaymentState.OPEN, PaymentState.CREATED], created_at__lte=now - QUIET)
    return _poll(Payment.objects.filter(Q(state=PaymentState.UNKNOWN) | quiet), now)


def poll_late_payments(*, now: datetime) -> int:
    """Ask once more about payments that ended unpaid: a slow bank may have paid after all.

    Only needed where the provider's own message was lost. It runs every LATE_EVERY and asks about
    each at doubling ages, so that a week of them is little work and no recent one waits behind it.
    """
    ages = [timedelta(0)]
    while ages[-1] < GIVE_UP_AFTER:
        ages.append(max(2 * ages[-1], LATE_EVERY))
    due = Q()
    for age in ages:
        due |= Q(expires_at__gt=now - age - LATE_WINDOW, expires_at__lte=now - age)
    ended = Payment.objects.filter(due, state__in=[PaymentState.EXPIRED, PaymentState.FAILED])
    return _poll(ended.exclude(session_ref=""), now, batch=LATE_BATCH)


def _poll(payments: QuerySet[Payment], now: datetime, *, batch: int = BATCH) -> int:
    recent = payments.filter(expires_at__gt=now - GIVE_UP_AFTER).order_by("created_at")
    rows = list(recent.values_list("pk", "expires_at")[:batch])
    for payment_id, expires_at in rows:
        _ask(payment_id, is_over=expires_at <= now, now=now)
    return len(rows)


def _ask(payment_id: uuid.UUID, *, is_over: bool, now: datetime) -> None:
    try:
        facts = _facts(payment_id, is_over=is_over, now=now)
        handle_payment_outcome(facts=facts, now=now)
    except (ProviderUnavailable, ProviderRefused) as error:
        logger.info("payment %s stays open: %s", payment_id, error)
    except (FactsMismatchError, *ROW_FAILURES):
        logger.exception("payment %s needs a person", payment_id)


def _facts(payment_id: uuid.UUID, *, is_over: bool, now: datetime) -> PaymentFacts:
    if is_over:
        return close_session(payment_id=payment_id, now=now)
    return sync_payment(payment_id=payment_id, now=now)


def poll_disputes(*, now: datetime) -> int:
    """Ask about disputes that are not decided, of whose end we may not have been told.

    What a bank keeps it keeps without a movement, so no statement tells. Runs every hour; returns
    how many were asked about.
    """
    rows = list(ProviderDispute.objects.exclude(state__in=DECIDED).order_by("opened_at")[:BATCH])
    for dispute in rows:
        try:
            handle_dispute(facts=ask_dispute(dispute=dispute), now=now)
        except (ProviderUnavailable, ProviderRefused) as error:
            logger.info("dispute %s stays open: %s", dispute.pk, error)
        except (DisputeMismatchError, DisputeTooEarlyError, *ROW_FAILURES):
            logger.exception("dispute %s needs a person", dispute.pk)
    return len(rows)
