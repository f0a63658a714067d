"""Pages ask the database a fixed number of times, however much is on the shelves."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Listing
from catalog.selectors.parcels import ParcelItem, ParcelRequest, quote_parcels
from catalog.selectors.variants import variants_for_basket
from common.memory import forget_everything
from payments.selectors import forget_rates
from tests.cast import NOW, Cast, Wares, make_listing
from tests.catalog.conftest import Shopper

PAGES: dict[str, Callable[[Cast], str]] = {
    "home": lambda cast: "/",
    "category": lambda cast: "/c/home/?min=1&stock=1&sort=price",
    "search": lambda cast: "/search/?q=basket+bowl+workshop",
    "fuzzy search": lambda cast: "/search/?q=baskat",
    "storefront": lambda cast: f"/shops/{cast.ama.business.slug}/",
    "listing": lambda cast: f"/l/{cast.ama.listing.pk}/{cast.ama.listing.slug}/?quantity=2",
    "cost": lambda cast: f"/l/{cast.ama.listing.pk}/cost/",
    "api list": lambda cast: "/api/v1/listings/?q=workshop",
    "api listing": lambda cast: f"/api/v1/listings/{cast.ama.listing.pk}/",
}
# Of a process that remembers nothing: rates, spreads, fees, shelves, tax numbers and the newest change
# of the rulebook are six of them.
BUDGET = 12


def queries(client: Client, address: str) -> int:
    """How many queries the page costs a process that remembers nothing."""
    forget_everything()
    forget_rates()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_pages(cast: Cast, shopper: Shopper) -> None:
    client = shopper("FR", "EUR")
    few = {page: queries(client, make(cast)) for page, make in PAGES.items()}
    assert {page: count for page, count in few.items() if not 0 < count <= BUDGET} == {}
    wares = Wares("Basket", 1000, 100, "460212", "Woven straw basket", 100)
    for seller in cast.sellers:
        for _ in range(4):
            make_listing(seller.business, wares, moderator=cast.mira, now=NOW)
    assert Listing.objects.public().count() == 15
    assert {page: queries(client, make(cast)) for page, make in PAGES.items()} == few


def test_a_parcel_and_many_cost_the_same(cast: Cast) -> None:
    def cost(variant_ids: list[uuid.UUID]) -> int:
        with CaptureQueriesContext(connection) as captured:
            variants = variants_for_basket(variant_ids=variant_ids)
            quotes = quote_parcels(
                parcels=[ParcelRequest([ParcelItem(v, 2)]) for v in variants.values()],
                country="FR",
                currency="EUR",
                now=NOW,
            )
        assert len(quotes) == len(variant_ids)
        return len(captured)

    every = [seller.variant.pk for seller in cast.sellers]
    cost(every[:1])
    assert cost(every[:1]) == cost(every) <= 4
