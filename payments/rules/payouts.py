"""What of a balance a provider can pay out, and how long it may be kept."""

from __future__ import annotations

from decimal import Decimal

from common.money import Money, currency_of

MAX_HOLD_DAYS = 90
_OTHER_MAX_HOLD_DAYS = {"US": 730, "TH": 10}


def max_hold_days(country: str) -> int:
    """So many days after a buyer has paid, the money must have been paid out or given back.

    Source: Stripe, "Using manual payouts" (90 days; United States two years; Thailand ten days).
    """
    return _OTHER_MAX_HOLD_DAYS.get(country, MAX_HOLD_DAYS)


# What is held is settled one way or the other so long before the limit.
HOLD_MARGIN_DAYS = 3


def may_hold(days: int, country: str) -> bool:
    """Whether money can be held for so many days where the platform is established, and be settled."""
    return days <= max_hold_days(country) - HOLD_MARGIN_DAYS


def payout_step(currency: str) -> int:
    """The smallest payout in minor units; every payout is a multiple of it.

    A provider pays in its own unit, and for some currencies (HUF, TWD) only in whole hundreds of
    it.
    """
    row = currency_of(currency)
    step = Decimal(row.payout_step).scaleb(row.exponent - row.provider_exponent)
    return max(1, int(step))


def payout_floor(balance: Money) -> Money:
    """The part of a balance that can be paid out now; the rest stays for the next payout."""
    step = payout_step(balance.currency)
    return Money(max(balance.amount, 0) // step * step, balance.currency)


def payout_in_provider_units(amount: Money) -> int:
    """A payout as the provider's interface takes it. Raises ValueError unless it is a whole step."""
    if amount.amount % payout_step(amount.currency):
        raise ValueError(f"{amount} is no multiple of what can be paid out")
    row = currency_of(amount.currency)
    return int(amount.to_decimal().scaleb(row.provider_exponent))
