"""The rates promised to a buyer while it is at the checkout."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from orders.models import Basket
from orders.rules import PromisedRate, PromisedRates, promised_rates
from orders.services.baskets import merge_choices
from payments.models import Quote
from payments.rules.rates import RateUnavailableError
from payments.selectors.rates import rate_table
from payments.services.rates import freeze_quote

QUOTES = "quotes"


@dataclass(frozen=True, slots=True)
class CheckoutQuotes:
    """Quote ids a seller's currency, and the rates to price with; they hold until `expires_at`."""

    ids: Mapping[str, uuid.UUID]
    rates: PromisedRates
    expires_at: datetime


def checkout_quotes(*, basket: Basket, currency: str, now: datetime) -> CheckoutQuotes:
    """The quotes for every seller currency in the basket, into the buyer's `currency`.

    Those that were shown to this buyer are used until they expire; then all of them are made anew,
    and the buyer has to accept the new total. A currency that can't be quoted is left out: its
    parcel can't be paid.
    """
    needed = set(
        basket.lines.order_by().values_list("variant__listing__currency", flat=True).distinct()
    )
    quotes = _kept(basket, needed, currency, now)
    if quotes is None:
        with transaction.atomic():
            quotes = _frozen(needed, currency, now)
            merge_choices(basket, {QUOTES: [str(quote.pk) for quote in quotes]}, now)
    return CheckoutQuotes(
        ids={quote.from_currency: quote.pk for quote in quotes},
        rates=promised_rates(
            rate_table(now=now), {_pair(quote): _promise(quote) for quote in quotes}
        ),
        expires_at=min((quote.expires_at for quote in quotes), default=now),
    )


def _kept(basket: Basket, needed: set[str], currency: str, now: datetime) -> list[Quote] | None:
    """The quotes remembered with the basket; None when one of them is missing or has expired."""
    ids = [uuid.UUID(text) for text in basket.choices.get(QUOTES, [])]
    if not ids:
        return None
    quotes = [
        quote
        for quote in Quote.objects.filter(pk__in=ids, expires_at__gt=now)
        if quote.to_currency == currency and quote.from_currency in needed
    ]
    return quotes if {quote.from_currency for quote in quotes} == needed else None


def _frozen(needed: set[str], currency: str, now: datetime) -> list[Quote]:
    quotes = []
    for seller_currency in sorted(needed):
        try:
            quotes.append(
                freeze_quote(from_currency=seller_currency, to_currency=currency, now=now)
            )
        except RateUnavailableError:
            continue
    return quotes


def _pair(quote: Quote) -> tuple[str, str]:
    return quote.from_currency, quote.to_currency


def _promise(quote: Quote) -> PromisedRate:
    return PromisedRate(mid=quote.mid, rate=quote.rate, source=quote.source, as_of=quote.as_of)
