"""Whom we pay out to."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from common.money import currency_of
from payments.models import Payee
from payments.rules.providers import SANDBOX, payout_provider

# Why payouts are held, so that the end of one reason does not end another.
BY_PERSON, SUSPENDED, PROVIDER, ACCOUNT_CHANGE = "person", "suspended", "provider", "account"


def create_payee(*, name: str, country: str, currency: str, now: datetime) -> Payee:
    """A payee that is paid in `currency`, by whoever reaches its country in this market.

    Raises UnknownCurrencyError.
    """
    currency_of(currency)
    provider = payout_provider(
        charged_by=settings.PAYMENT_PROVIDER,
        platform_country=settings.PLATFORM_COUNTRY,
        country=country,
    )
    payee = Payee(
        name=name[:120],
        country=country,
        currency=currency,
        provider=provider,
        created_at=now,
    )
    if payee.provider == SANDBOX:
        payee.destination = {"account": f"sandbox-{payee.pk.hex[:12]}"}
    _start_reserve(payee, now=now)
    payee.save(force_insert=True)
    return payee


def _start_reserve(payee: Payee, *, now: datetime) -> None:
    """What is kept of a new seller's releases, for a while."""
    if settings.NEW_SELLER_RESERVE_BP:
        payee.reserve_bp = settings.NEW_SELLER_RESERVE_BP
        payee.reserve_days = settings.NEW_SELLER_RESERVE_DAYS
        payee.reserve_until = now + timedelta(days=settings.NEW_SELLER_DAYS)


def update_payee(
    *,
    payee_id: uuid.UUID,
    name: str | None = None,
    country: str | None = None,
    destination: Mapping[str, Any] | None = None,
) -> Payee:
    """Change what is given. The currency never changes: balances are in it."""
    with transaction.atomic():
        payee = _lock(payee_id)
        if name is not None:
            payee.name = name[:120]
        if country is not None:
            payee.country = country
        if destination is not None:
            payee.destination = dict(destination)
        payee.save(update_fields=["name", "country", "destination"])
    return payee


def hold_payouts(
    *, payee_id: uuid.UUID, reason: str, now: datetime, cause: str = BY_PERSON
) -> Payee:
    """Settlement passes this payee over until each cause has been resumed. Idempotent.

    reason: what the seller reads, of the latest hold.
    """
    with transaction.atomic():
        payee = _lock(payee_id)
        payee.hold_causes = {**payee.hold_causes, cause: reason[:200]}
        return _save_hold(payee, reason[:200])


def resume_payouts(*, payee_id: uuid.UUID, now: datetime, cause: str | None = BY_PERSON) -> Payee:
    """This cause is over (None: every one); paid again when none is left. Idempotent."""
    with transaction.atomic():
        payee = _lock(payee_id)
        left = {name: why for name, why in payee.hold_causes.items() if name != cause}
        payee.hold_causes = {} if cause is None else left
        return _save_hold(payee, next(reversed(payee.hold_causes.values()), ""))


def _save_hold(payee: Payee, reason: str) -> Payee:
    payee.payouts_held, payee.hold_reason = bool(payee.hold_causes), reason
    payee.save(update_fields=["payouts_held", "hold_reason", "hold_causes"])
    return payee


def _lock(payee_id: uuid.UUID) -> Payee:
    return Payee.objects.select_for_update(no_key=True).get(pk=payee_id)
