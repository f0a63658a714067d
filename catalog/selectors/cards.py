"""Listings as cards, for one reader.

Cards are shown by the dozen on the busiest pages, so texts that repeat (prices, addresses) are
remembered.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules import Preferences
from catalog.rules.prices import shown_price
from catalog.selectors.grids import CardRow
from common.countries import country_name
from common.money import Money

# Units of the buyer's currency for one of the seller's; None where no rate is known.
DisplayRate = Callable[[str], Decimal | None]

_NOWHERE = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class ListingCard:
    """What components/listing_card.html shows. price_text is in the buyer's currency where there
    is a rate, else in the seller's."""

    url: str
    title: str
    business_name: str
    country_name: str
    price_text: str
    picture_url: str
    picture_srcset: str
    badge: str


def make_cards(
    rows: Iterable[CardRow], *, preferences: Preferences, rate: DisplayRate
) -> list[ListingCard]:
    """Cards for one reader."""
    currency, locale, language = preferences.currency, preferences.locale, preferences.language
    rates: dict[str, Decimal | None] = {}
    sold_out, at_least = _("Sold out"), _("from %(price)s")
    cards = []
    for row in rows:
        own = row.currency
        if own not in rates:
            rates[own] = rate(own)
        small, srcset = _pictures(row.small, row.medium)
        price = _price_text(row.amount, own, currency, rates[own], locale)
        cards.append(
            ListingCard(
                url=listing_path(row.id, row.slug),
                title=row.title,
                business_name=row.business_name,
                country_name=_country(row.country, language),
                price_text=at_least % {"price": price} if row.varies else price,
                picture_url=small,
                picture_srcset=srcset,
                badge="" if row.in_stock else sold_out,
            )
        )
    return cards


def listing_path(pk: uuid.UUID, slug: str) -> str:
    """The address of a listing's page; reverse() by the dozen would be slow."""
    return f"{_listing_prefix()}{pk}/{slug}/"


@lru_cache(maxsize=1)
def _listing_prefix() -> str:
    return reverse("catalog:listing", args=[_NOWHERE, "x"]).split(str(_NOWHERE))[0]


@lru_cache(maxsize=20_000)
def _pictures(small: str | None, medium: str | None) -> tuple[str, str]:
    """Address and srcset of a card's picture; both empty without one."""
    if not (small and medium):
        return "", ""
    address = picture_url(small)
    return address, f"{address} 400w, {picture_url(medium)} 800w"


@lru_cache(maxsize=50_000)
def picture_url(name: str) -> str:
    """The address of a stored picture; its name never changes meaning."""
    return default_storage.url(name)


@lru_cache(maxsize=2_000)
def _country(code: str, language: str) -> str:
    return country_name(code, language)


@lru_cache(maxsize=50_000)
def _price_text(amount: int, own: str, currency: str, rate: Decimal | None, locale: str) -> str:
    money = Money(amount, own)
    if rate is not None:
        money = shown_price(money, rate=rate, currency=currency)
    return money.format(locale=locale)
