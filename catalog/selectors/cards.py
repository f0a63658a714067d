"""Listings as cards: what a grid shows of each, in one query a grid.

Cards are shown by the dozen on the busiest pages, so rows are read as tuples and texts that repeat
(prices, addresses) are remembered.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules import Preferences
from catalog.models import Listing, ListingImage
from catalog.rules.prices import shown_price
from common.countries import country_name
from common.money import Money

# A tuple of _FIELDS, in their order.
CardRow = tuple[Any, ...]
# Units of the buyer's currency for one of the seller's; None where no rate is known.
DisplayRate = Callable[[str], Decimal | None]

_NOWHERE = uuid.UUID(int=0)
_FIELDS = (
    "id",
    "slug",
    "title",
    "currency",
    "from_amount",
    "in_stock",
    "business__name",
    "business__country",
    "cover",
)


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


def card_rows(listings: QuerySet[Listing]) -> QuerySet[Listing, CardRow]:
    """The rows of `listings` (already filtered, ordered and cut) that cards are made of."""
    cover = (
        ListingImage.objects.filter(listing_id=OuterRef("pk"))
        .order_by("position", "id")
        .values(paths=JSONObject(small="small", medium="medium"))[:1]
    )
    return listings.annotate(cover=Subquery(cover)).values_list(*_FIELDS)


def make_cards(
    rows: Iterable[CardRow], *, preferences: Preferences, rate: DisplayRate
) -> list[ListingCard]:
    """Cards for one reader."""
    currency, locale, language = preferences.currency, preferences.locale, preferences.language
    rates: dict[str, Decimal | None] = {}
    sold_out = _("Sold out")
    cards = []
    for pk, slug, title, own, amount, in_stock, business, country, cover in rows:
        if own not in rates:
            rates[own] = rate(own)
        small = picture_url(cover["small"]) if cover else ""
        cards.append(
            ListingCard(
                url=listing_path(pk, slug),
                title=title,
                business_name=business,
                country_name=_country(country, language),
                price_text=_price_text(amount, own, currency, rates[own], locale),
                picture_url=small,
                picture_srcset=f"{small} 400w, {picture_url(cover['medium'])} 800w"
                if cover
                else "",
                badge="" if in_stock else sold_out,
            )
        )
    return cards


def listing_path(pk: uuid.UUID, slug: str) -> str:
    """The address of a listing's page; reverse() by the dozen would be slow."""
    return f"{_listing_prefix()}{pk}/{slug}/"


@lru_cache(maxsize=1)
def _listing_prefix() -> str:
    return reverse("catalog:listing", args=[_NOWHERE, "x"]).split(str(_NOWHERE))[0]


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


def newest(listings: QuerySet[Listing]) -> QuerySet[Listing]:
    """Latest published first."""
    return listings.order_by("-live_at", "id")
