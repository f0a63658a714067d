"""Exchange rates as grids need them: what a card's price is shown at, and euros to sort by."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from catalog.selectors.cards import DisplayRate
from common.money import Money
from payments.rules.rates import RateUnavailableError
from payments.selectors.rates import rate_table

SORT_CURRENCY = "EUR"


def card_rate(*, currency: str, now: datetime) -> DisplayRate:
    """Units of `currency` for one of a seller's, spread included; None where there is no rate."""
    table = rate_table(now=now)

    def rate(own: str) -> Decimal | None:
        try:
            return table.price_rate(own, currency)
        except RateUnavailableError:
            return None

    return rate


def to_euro_cents(money: Money | None, *, now: datetime) -> int | None:
    """A price filter in what listings are sorted by, at mid; None where there is no rate for it."""
    if money is None:
        return None
    if money.currency == SORT_CURRENCY:
        return money.amount
    try:
        rate = rate_table(now=now).mid(money.currency, SORT_CURRENCY).rate
    except RateUnavailableError:
        return None
    return money.convert(rate, SORT_CURRENCY, rounding=ROUND_HALF_UP).amount
