"""A buyer reads how its payment is protected before it pays."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from tests.cast import Cast

pytestmark = pytest.mark.django_db


@override_settings(INSPECTION_DAYS=9, DEFAULT_FROM_EMAIL="The shop <care@shop.example>")
def test_the_page_says_until_when_and_whom_to_write_to(client: Client) -> None:
    page = client.get("/protection/").content.decode()
    assert "you have 9 days to look at it" in page
    assert 'href="mailto:care@shop.example"' in page


def test_it_is_linked_from_every_listing_and_every_foot(cast: Cast, client: Client) -> None:
    listing = cast.ama.listing
    assert client.get(f"/l/{listing.pk}/{listing.slug}/").content.decode().count("/protection/") > 2
    assert "/protection/#help" in client.get("/rates/").content.decode()


def test_figures_are_written_alike_on_the_listing_and_in_the_basket(
    cast: Cast, client: Client
) -> None:
    """A German reader sees "1.234,50 €" everywhere, not "€1,234.50" from the basket on."""
    listing, variant = cast.ama.listing, cast.ama.variant
    german = {"Accept-Language": "de-DE"}
    shown = client.get(f"/l/{listing.pk}/{listing.slug}/", headers=german)
    client.post("/basket/add/", {"variant": str(variant.pk), "quantity": "1"}, headers=german)
    basket = client.get("/basket/", headers=german).content.decode()
    assert shown.context["price_text"].endswith("\xa0€")
    assert shown.context["price_text"] in basket
