"""Acting on what payment providers told us: each stored event once, in one transaction each."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from common.sweeps import ROW_FAILURES
from common.wake import Errand
from orders.services.disputes import handle_dispute, handle_refund
from orders.services.outcomes import handle_payment_outcome
from orders.services.settling import handle_account_outcome, handle_payout_outcome
from payments.gateways.base import DisputeFacts, ProviderRefused, ProviderUnavailable
from payments.models import ProviderEvent
from payments.services.accounts import AccountNews, apply_account_facts
from payments.services.charging import FactsMismatchError, PaymentFacts
from payments.services.disputes import (
    DisputeMismatchError,
    DisputeTooEarlyError,
)
from payments.services.inbox import (
    BalanceNews,
    PayoutFacts,
    RefundFacts,
    ReversalFacts,
    event_facts,
    fail_event,
    finish_event,
    pending_events,
)
from payments.services.payouts import apply_payout_facts
from payments.services.reversals import apply_reversal_facts
from payments.services.transfers import apply_balance_news
from payments.services.warnings import ChargeNews, apply_charge_news

logger = logging.getLogger(__name__)
HANDLE_PROVIDER_EVENTS = Errand("orders.tasks.handle_provider_events", queue="settlement")
BATCH = 50
FAILURES = (
    ProviderUnavailable,
    ProviderRefused,
    FactsMismatchError,
    DisputeMismatchError,
    DisputeTooEarlyError,
    *ROW_FAILURES,
)


def handle_provider_events(*, now: datetime) -> int:
    """Act on the oldest events that wait; returns how many were looked at.

    One that fails is tried again later and never holds up the others; payments parks it for a
    person after several tries.
    """
    events = pending_events(BATCH, now=now)
    for event in events:
        try:
            _handle(event, now)
        except FAILURES as error:
            logger.exception("event %s of %s failed", event.event_id, event.provider)
            fail_event(event=event, error=f"{type(error).__name__}: {error}", now=now)
    return len(events)


def _handle(event: ProviderEvent, now: datetime) -> None:
    """The provider is asked outside the transaction; effect and "done" are one transaction."""
    facts = event_facts(event=event)
    with transaction.atomic():
        match facts:
            case PaymentFacts():
                handle_payment_outcome(facts=facts, now=now)
            case RefundFacts():
                handle_refund(facts=facts, now=now)
            case PayoutFacts():
                outcome = apply_payout_facts(facts=facts, now=now)
                handle_payout_outcome(outcome=outcome, now=now)
            case ReversalFacts():
                apply_reversal_facts(facts=facts, now=now)
            case DisputeFacts():
                handle_dispute(facts=facts, now=now)
            case AccountNews():
                account = apply_account_facts(news=facts, now=now)
                handle_account_outcome(outcome=account, now=now)
            case ChargeNews():
                apply_charge_news(news=facts, now=now)
            case BalanceNews():
                apply_balance_news(news=facts, now=now)
            case None:
                pass
        finish_event(event=event, now=now)
