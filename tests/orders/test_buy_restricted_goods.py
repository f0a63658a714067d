"""A buyer reads before paying what may not be sent there, and can't pay for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from catalog.models import Listing, Stock
from catalog.services.editing import update_listing
from orders.models import OrderLine, Purchase
from orders.services import checkout
from tests.cast import NOW, Cast
from tests.orders.shopper import Shopper

pytestmark = pytest.mark.django_db
LACKS = "The seller has not said that it holds the permit."


def become(cast: Cast, hs_code: str, words: str, **more: object) -> Listing:
    return update_listing(
        listing=cast.ama.listing, now=NOW, hs_code=hs_code, customs_description=words, **more
    )


def look(cast: Cast, country: str, currency: str) -> str:
    client = Client()
    client.cookies["preferences"] = f"{country}-{currency}"
    listing = cast.ama.listing
    return client.get(f"/l/{listing.pk}/{listing.slug}/").content.decode()


def test_the_listing_says_what_is_forbidden(cast: Cast) -> None:
    become(cast, "040690", "Hard goat cheese, aged")
    text = look(cast, "FR", "EUR")
    assert "This may not be sent there" in text
    assert "veterinary certificate" in text


def test_the_listing_says_what_there_is_to_know(cast: Cast) -> None:
    become(cast, "330300", "Rose perfume, 30 ml")
    text = look(cast, "FR", "EUR")
    assert "This may not be sent there" not in text
    assert "flammable liquids are refused by most post" in text


def test_a_page_that_was_shown_before_buys_nothing(cast: Cast) -> None:
    """The basket and the checkout were open; then the seller named what it really sells."""
    shopper = Shopper("FR")
    shopper.add(cast.ama.variant)
    form = shopper.filled(shopper.checkout())
    before = Stock.objects.get(variant=cast.ama.variant).available
    become(cast, "040690", "Hard goat cheese, aged")
    basket = shopper.basket()
    assert "veterinary certificate" in basket
    response = shopper.send(form)
    assert "/sandbox/pay/" not in response.headers.get("Location", "")
    assert not Purchase.objects.exists()
    assert Stock.objects.get(variant=cast.ama.variant).available == before


def test_a_permit_that_is_not_held_forbids(cast: Cast) -> None:
    become(cast, "970690", "Carved stool, 120 years old")
    assert LACKS in look(cast, "FR", "EUR")
    shopper = Shopper("FR")
    shopper.add(cast.ama.variant)
    assert LACKS in shopper.basket()
    become(
        cast,
        "970690",
        "Carved stool, 120 years old",
        permit_held=True,
        permit_text="Export permit GMMB 12/2026",
    )
    text = look(cast, "FR", "EUR")
    assert LACKS not in text
    assert "may need an export licence" in text
    purchase = shopper.place()
    assert purchase.orders.count() == 1


def test_vague_words_are_refused_on_the_way_to_the_door(cast: Cast) -> None:
    """A listing from before the rule still says "gift": nobody can buy it abroad."""
    Listing.objects.filter(pk=cast.ama.listing.pk).update(customs_description="gift")
    assert "Customs refuse this description" in look(cast, "FR", "EUR")
    shopper = Shopper("FR")
    shopper.add(cast.ama.variant)
    assert "Customs refuse this description" in shopper.basket()
    page = shopper.checkout()
    assert "Customs refuse this description" in page
    response = shopper.send(shopper.filled(page))
    assert "/sandbox/pay/" not in response.headers.get("Location", "")
    assert not Purchase.objects.exists()


def test_the_classification_is_frozen_on_the_order_line(cast: Cast) -> None:
    shopper = Shopper("FR")
    shopper.add(cast.ama.variant)
    purchase = shopper.place()
    line = OrderLine.objects.get(order__purchase=purchase)
    frozen = (line.hs_code, line.origin_country, line.customs_description)
    listing = cast.ama.listing
    assert frozen == (listing.hs_code, listing.origin_country, listing.customs_description)
    become(cast, "691200", "Stoneware mug", origin_country="TG")
    line.refresh_from_db()
    assert (line.hs_code, line.origin_country, line.customs_description) == frozen


def test_nothing_but_placing_an_order_writes_a_classification() -> None:
    """No service of orders sets it again; `order_rows` is the only module that names it."""
    services = Path(checkout.__file__).parent
    writers = {
        path.name
        for path in services.rglob("*.py")
        if "hs_code" in path.read_text(encoding="utf-8")
    }
    assert writers == {"order_rows.py"}
