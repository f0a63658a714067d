"""What this market's provider charges at once."""

from __future__ import annotations

from django.conf import settings

from payments.rules.limits import ChargeLimits, charge_limits
from payments.rules.rates import RateTable


def limits_of(currency: str, *, table: RateTable) -> ChargeLimits:
    """The least and the most of one charge in `currency`, at the rates of `table`."""
    return charge_limits(
        currency,
        provider=settings.PAYMENT_PROVIDER,
        settled_in=settings.SETTLEMENT_CURRENCY,
        table=table,
    )
