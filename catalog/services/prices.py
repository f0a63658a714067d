"""What grids read of a listing without looking at its variants: lowest price, sort price."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection

from catalog.models import Listing
from catalog.services.stock import refresh_in_stock_of
from common.money import Money
from payments.rules.rates import RateUnavailableError
from payments.selectors.rates import rate_table

SORT_CURRENCY = "EUR"


def refresh_listing_prices(*, listing_ids: Collection[uuid.UUID], now: datetime) -> None:
    """After a change of variants, prices or stock: lowest price, sort price, in-stock flag.

    The lowest price is that of one unit, today, of any active variant.
    """
    if not listing_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE catalog_listing AS listing
               SET from_amount = coalesce((
                   SELECT min(current.amount)
                     FROM catalog_variant AS variant
                     CROSS JOIN LATERAL (
                         SELECT price.amount
                           FROM catalog_price AS price
                          WHERE price.variant_id = variant.id
                            AND price.min_quantity = 1
                            AND (price.valid_from IS NULL OR price.valid_from <= %(now)s)
                            AND (price.valid_to IS NULL OR price.valid_to > %(now)s)
                          ORDER BY (price.valid_from IS NULL AND price.valid_to IS NULL),
                                price.amount
                          LIMIT 1
                     ) AS current
                    WHERE variant.listing_id = listing.id AND variant.is_active
               ), 0)
             WHERE listing.id = ANY(%(ids)s::uuid[])
            """,
            {"now": now, "ids": [str(pk) for pk in listing_ids]},
        )
    refresh_in_stock_of(listing_ids=listing_ids)
    currencies = Listing.objects.filter(pk__in=listing_ids).values_list("currency", flat=True)
    for currency in set(currencies):
        _set_sort_price(currency, now=now, listing_ids=listing_ids)


def refresh_sort_prices(*, now: datetime) -> int:
    """After a change of rates: every listing's price in euro cents; how many currencies.

    A currency without a rate keeps the sort prices it has.
    """
    currencies = Listing.objects.order_by("currency").values_list("currency", flat=True).distinct()
    return sum(_set_sort_price(currency, now=now) for currency in list(currencies))


def _set_sort_price(
    currency: str, *, now: datetime, listing_ids: Collection[uuid.UUID] | None = None
) -> bool:
    rate = _euro_cents(currency, now=now)
    if rate is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE catalog_listing SET sort_eur_amount = round(from_amount * %(rate)s)
             WHERE currency = %(currency)s
               AND (%(ids)s::uuid[] IS NULL OR id = ANY(%(ids)s::uuid[]))
               AND sort_eur_amount IS DISTINCT FROM round(from_amount * %(rate)s)
            """,
            {
                "rate": rate,
                "currency": currency,
                "ids": None if listing_ids is None else [str(pk) for pk in listing_ids],
            },
        )
    return True


def _euro_cents(currency: str, *, now: datetime) -> Decimal | None:
    """Euro cents for one minor unit of `currency`, at mid."""
    try:
        rate = rate_table(now=now).mid(currency, SORT_CURRENCY).rate
    except RateUnavailableError:
        return None
    unit = Money(1, currency).to_decimal()
    return (unit * rate * 100).quantize(Decimal(1).scaleb(-18), rounding=ROUND_HALF_UP)
