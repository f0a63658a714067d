"""Reference rates of the European Central Bank, as the package CurrencyConverter carries them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from currency_converter import CurrencyConverter, RateNotFoundError

from common.currencies import CURRENCIES

# No rate is published on week-ends and bank holidays; the bundled file may be months old.
LONGEST_PAUSE_DAYS = 12


@lru_cache(maxsize=8)
def published_rates(on: date) -> tuple[date, dict[str, Decimal]]:
    """Units of each currency for one euro, of the newest day up to `on`, and that day.

    The package has the history since 1999, so a process reads it once a day. Interpolation and
    extrapolation stay off: a day without a rate has none. Empty before the first day.
    """
    history = CurrencyConverter(decimal=True)
    first, last = history.bounds["USD"]
    day = min(on, last)
    if day < first:
        return on, {}
    for back in range(LONGEST_PAUSE_DAYS):
        found = _rates_of(history, day - timedelta(days=back))
        if found:
            return day - timedelta(days=back), found
    return on, {}


def _rates_of(history: CurrencyConverter, day: date) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for code in sorted(history.currencies & CURRENCIES.keys() - {"EUR"}):
        try:
            found[code] = history.convert(Decimal(1), "EUR", code, date=day)
        except RateNotFoundError:
            continue  # not published any more (RUB), or no working day
    return found
