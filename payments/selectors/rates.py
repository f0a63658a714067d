"""Exchange rates as pages and prices read them; at most two queries a minute and process."""

from __future__ import annotations

import time
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Q

from common.memory import Remembered
from payments.models import Rate, RateFetch, SpreadRule
from payments.rules.rates import (
    MidRate,
    RateSource,
    RateTable,
    RateUnavailableError,
    SourceRate,
    choose_rates,
)
from payments.rules.spreads import SpreadTerm, spreads_on

KEEP_SECONDS = 60.0
_kept: dict[date, tuple[float, RateTable]] = {}
_by_source: Remembered[RateTable] = Remembered(KEEP_SECONDS)


def rate_table(*, now: datetime) -> RateTable:
    """All rates of today, kept in this process for a minute."""
    return _table(now.date())


def mid_rate(*, from_currency: str, to_currency: str, on: date) -> MidRate:
    """The rate without spread that holds on a day, for customs values and the books.

    Raises RateUnavailableError when no source has one that is fresh enough.
    """
    return _table(on).mid(from_currency, to_currency)


def customs_rate(
    *, from_currency: str, to_currency: str, source: str, day: date, now: datetime
) -> Decimal:
    """The rate at mid that customs wants: of one source ("" for whichever is believed), on a day.

    Where that publication is not at hand, today's rate stands in. Raises RateUnavailableError.
    """
    if not source:
        return _table(day).mid(from_currency, to_currency).rate
    try:
        return _of_source(RateSource(source), day).mid(from_currency, to_currency).rate
    except RateUnavailableError:
        return _table(now.date()).mid(from_currency, to_currency).rate


def display_rate(*, from_currency: str, to_currency: str, now: datetime) -> Decimal:
    """What a price is shown at, spread included. Raises RateUnavailableError."""
    return rate_table(now=now).price_rate(from_currency, to_currency)


def forget_rates() -> None:
    """Read the rates again next time: they have just changed."""
    _kept.clear()
    _by_source.forget()


def latest_rates(*, on: date) -> list[SourceRate]:
    """The newest usable rate a currency and source, of a day up to `on`."""
    rows = (
        Rate.objects.filter(as_of__lte=on, held_back=False)
        .order_by("currency", "source", "-as_of")
        .distinct("currency", "source")
        .values_list("currency", "rate", "source", "as_of", "fetched_at")
    )
    return [SourceRate(row[0], row[1], RateSource(row[2]), row[3], row[4]) for row in rows]


def spread_terms(*, on: date) -> list[SpreadTerm]:
    """The rules for pairs that are in force on a day."""
    rows = (
        SpreadRule.objects.filter(valid_from__lte=on)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
        .order_by("valid_from", "id")
        .values_list("from_currency", "to_currency", "basis_points", "valid_from", "valid_to")
    )
    return [SpreadTerm(*row) for row in rows]


def last_fetches() -> list[RateFetch]:
    """The newest look at every source, for operators."""
    return list(RateFetch.objects.order_by("source", "-fetched_at", "-id").distinct("source"))


def _of_source(source: RateSource, day: date) -> RateTable:
    """What one source had published by a day, and was fresh then."""

    def read() -> RateTable:
        published = [rate for rate in latest_rates(on=day) if rate.source is source]
        rates = choose_rates(published, on=day, allow_stale=False)
        return RateTable(on=day, rates=rates, spread_bp=0)

    return _by_source.get((source, day), read)


def _table(on: date) -> RateTable:
    kept = _kept.get(on)
    if kept is not None and time.monotonic() - kept[0] < KEEP_SECONDS:
        return kept[1]
    rates = choose_rates(latest_rates(on=on), on=on, allow_stale=settings.DEMO)
    table = RateTable(
        on=on,
        rates=rates,
        spread_bp=settings.FX_SPREAD_BP,
        spreads=spreads_on(spread_terms(on=on), on),
    )
    if len(_kept) > 30:
        _kept.clear()
    if rates:  # an empty market has no rates yet; the next reader looks again
        _kept[on] = (time.monotonic(), table)
    return table
