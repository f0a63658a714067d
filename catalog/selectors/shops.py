"""The businesses behind the listings, as shoppers meet them."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from catalog.selectors.cards import picture_url
from common.countries import country_name, flag
from common.memory import Remembered
from sellers.models import Business


@dataclass(frozen=True, slots=True)
class ShopCard:
    name: str
    url: str
    tagline: str
    country: str
    flag: str
    logo_url: str


_countries: Remembered[tuple[str, ...]] = Remembered(seconds=300)


def selling_countries() -> tuple[str, ...]:
    """Countries that an approved business sells from; at most five minutes old."""
    return _countries.get("all", _load_countries)


def _load_countries() -> tuple[str, ...]:
    found = Business.objects.selling().order_by("country").values_list("country", flat=True)
    return tuple(found.distinct())


def storefront(*, slug: str) -> Business:
    """The business of a shop page. Raises Business.DoesNotExist for one that may not sell."""
    return Business.objects.selling().get(slug=slug)


def shops_of_the_world(*, count: int, language: str) -> list[ShopCard]:
    """Approved businesses, the newest of each country, in one query."""
    newest = (
        Business.objects.selling()
        .order_by("country", "-approved_at", "id")
        .distinct("country")
        .only("name", "slug", "tagline", "country", "logo", "approved_at")
    )
    shops = sorted(newest, key=lambda shop: (str(shop.approved_at), shop.name), reverse=True)
    return [shop_card(shop, language=language) for shop in shops[:count]]


def shop_card(shop: Business, *, language: str) -> ShopCard:
    return ShopCard(
        name=shop.name,
        url=reverse("catalog:storefront", args=[shop.slug]),
        tagline=shop.tagline,
        country=country_name(shop.country, language),
        flag=flag(shop.country),
        logo_url=picture_url(shop.logo.name) if shop.logo else "",
    )
