"""The merchant's balance at the provider, movement by movement: its account statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from common.money import Money
from sandbox.models import Movement
from sandbox.rules import new_id


def record_movement(
    *,
    kind: str,
    source_id: str,
    money: Money,
    metadata: Mapping[str, Any],
    now: datetime,
    fee_bp: int = 0,
    fee_amount: int = 0,
) -> Movement:
    """Move the balance by `money` (negative: it leaves), in the caller's transaction.

    Converted first where SANDBOX_SETTLES says that this provider settles that currency in another.
    fee_bp: the provider's fee in hundredths of a percent of what arrived, rounded half up;
    fee_amount: so much besides, in minor units of what it settles in.
    """
    settled, rate = _settled(money)
    fee = fee_amount + (settled.times(Decimal(fee_bp).scaleb(-4)).amount if fee_bp else 0)
    return Movement.objects.create(
        id=new_id("mov"),
        kind=kind,
        source_id=source_id,
        metadata=dict(metadata),
        currency=settled.currency,
        amount=settled.amount,
        fee=fee,
        net=settled.amount - fee,
        source_currency=money.currency,
        source_amount=money.amount,
        exchange_rate=rate,
        created_at=now,
    )


def list_movements(*, since: datetime, until: datetime) -> Iterator[Movement]:
    """Movements of [since, until), oldest first."""
    rows = Movement.objects.filter(created_at__gte=since, created_at__lt=until)
    return rows.order_by("created_at", "pk").iterator()


def movement_of(*, source_id: str, kind: str) -> Movement | None:
    """The first movement of that kind that an object caused."""
    rows = Movement.objects.filter(source_id=source_id, kind=kind)
    return rows.order_by("created_at", "pk").first()


def _settled(money: Money) -> tuple[Money, Decimal | None]:
    into = settings.SANDBOX_SETTLES.get(money.currency)
    if into is None:
        return money, None
    currency, rate = into
    return money.convert(rate, currency), rate
