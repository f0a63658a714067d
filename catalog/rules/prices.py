"""What one unit costs, and what it costs in another currency; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Final, Protocol

from common.money import Money, charge_ceil, currency_of

# Charge steps (mostly the minor unit): from here on half a step is at most a hundredth of a price.
ROUNDED_UP_BELOW: Final = 50


class PriceRow(Protocol):
    """A row of a price list: `amount` (minor units) from `min_quantity` on, in a period."""

    min_quantity: int
    amount: int
    currency: str
    valid_from: datetime | None
    valid_to: datetime | None


class NoPriceError(LookupError):
    """Nothing says what this costs, now and in this quantity."""


def unit_price(rows: Iterable[PriceRow], *, quantity: int, now: datetime) -> Money:
    """The price of one unit when `quantity` are bought.

    Of the rows in force the highest tier reached counts; among those of one tier a row with a
    period (a sale) goes before the standing price. Raises NoPriceError.
    """
    in_force = [row for row in rows if row.min_quantity <= quantity and _covers(row, now)]
    if not in_force:
        raise NoPriceError("no price in force")
    best = max(in_force, key=lambda row: (row.min_quantity, _has_period(row), -row.amount))
    return Money(best.amount, best.currency)


def _covers(row: PriceRow, now: datetime) -> bool:
    started = row.valid_from is None or row.valid_from <= now
    return started and (row.valid_to is None or now < row.valid_to)


def _has_period(row: PriceRow) -> bool:
    return row.valid_from is not None or row.valid_to is not None


def shown_price(money: Money, *, rate: Decimal, currency: str) -> Money:
    """A seller's unit price in the buyer's currency, rounded once to what can be charged, half-up.

    A price of a few charge steps is rounded up. Half a step would be much of it, and many of them
    would not pay for what their seller is owed; and what costs something never shows as nothing.
    """
    if money.currency == currency:
        return charge_ceil(money)
    step = currency_of(currency).charge_step
    shown = money.convert(rate, currency, rounding=ROUND_HALF_UP, step=step)
    if shown.amount < ROUNDED_UP_BELOW * step:
        return money.convert(rate, currency, rounding=ROUND_UP, step=step)
    return shown
