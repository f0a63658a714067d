"""A shopper looks at one thing and at what it costs to the door."""

from __future__ import annotations

import json
import re
import uuid

from django.test import Client
from django.urls import reverse

from catalog.models import Listing
from catalog.services.editing import VariantInput, pause_listing, set_variants, update_listing
from common.money import Money
from shipping.models import DeliveryOption
from tests.cast import NOW, Cast
from tests.catalog.conftest import Shopper


def address(listing: Listing) -> str:
    return f"/l/{listing.pk}/{listing.slug}/"


def text_of(client: Client, path: str) -> str:
    page = client.get(path)
    assert page.status_code == 200
    return " ".join(page.content.decode().replace("\xa0", " ").split())


def give_bowls_sizes(cast: Cast) -> Listing:
    """Four choices: two colours in two sizes; large red is sold out."""
    rows = [
        VariantInput(
            price=Money(600_000 if size == "S" else 900_000, "VND"),
            options={"Colour": colour, "Size": size},
            stock_change=0 if (colour, size) == ("Red", "L") else 4,
            weight_g=400 if size == "S" else 1_400,
        )
        for colour in ("Black", "Red")
        for size in ("S", "L")
    ]
    set_variants(listing=cast.linh.listing, rows=rows, now=NOW)
    return cast.linh.listing


def test_the_price_is_in_the_visitors_money_with_the_makers_beside(
    cast: Cast, shopper: Shopper
) -> None:
    page = shopper("FR", "EUR").get(address(cast.linh.listing))
    # 600,000 VND is EUR 20.00 at mid; at mid × 1.02 it is 20.40.
    assert page.context["price_text"] == "20,40\xa0€"
    assert "600" in page.context["own_price_text"]
    assert page.context["own_price"] == Money(600_000, "VND")


def test_the_cost_to_the_door_line_by_line(cast: Cast, shopper: Shopper) -> None:
    page = shopper("FR", "EUR").get(address(cast.linh.listing))
    quote = page.context["quote"]
    # Goods 20.40, post 10.20; EUR 3 flat duty under the 2026 rules; VAT 20 % of 33.60; EUR 2 for handling.
    assert quote.goods == Money(2040, "EUR")
    assert quote.delivery == Money(1020, "EUR")
    assert quote.duty == Money(300, "EUR")
    assert quote.tax == Money(672, "EUR")
    assert quote.total == Money(4232, "EUR")
    rows = [(row.label, row.text) for row in page.context["cost"].rows]
    assert rows[0] == ("Goods", "20,40\xa0€")
    assert rows[1] == ("Delivery", "10,20\xa0€")
    assert page.context["cost"].total_text == "42,32\xa0€"


def test_quantity_and_option_change_the_cost(cast: Cast, shopper: Shopper) -> None:
    client = shopper("FR", "EUR")
    one = client.get(address(cast.chiara.listing)).context["quote"]
    three = client.get(address(cast.chiara.listing) + "?quantity=3").context["quote"]
    assert (one.goods, three.goods) == (Money(1800, "EUR"), Money(5400, "EUR"))
    express = DeliveryOption.objects.create(
        profile=cast.chiara.option.profile,
        name="Express",
        everywhere=True,
        currency="EUR",
        base_amount=2500,
        min_days=1,
        max_days=2,
    )
    quick = client.get(f"{address(cast.chiara.listing)}?option={express.pk}").context["quote"]
    assert quick.delivery == Money(2500, "EUR")
    assert quick.total == Money(4300, "EUR")


def test_the_fragment_is_the_same_block(cast: Cast, shopper: Shopper) -> None:
    client = shopper("FR", "EUR")
    listing = cast.chiara.listing
    cost = client.get(
        reverse("catalog:listing_cost", args=[listing.pk]),
        {"quantity": "2"},
        HTTP_HX_REQUEST="true",
    )
    assert cost.status_code == 200
    assert cost.content.decode().strip().startswith("<section")
    assert cost.context["quote"].total == Money(3600 + 900, "EUR")


def test_a_country_whose_rules_are_not_known(cast: Cast, shopper: Shopper) -> None:
    page = shopper("KW", "KWD").get(address(cast.linh.listing))
    text = page.content.decode()
    assert "Something is missing from this total" in text
    assert "not known yet" in text
    unknown = [row for row in page.context["cost"].rows if row.unknown]
    assert len(unknown) == 2
    assert page.context["quote"].lines[0].unit == Money(6_530, "KWD")


def test_a_shop_that_does_not_send_there(cast: Cast, shopper: Shopper) -> None:
    DeliveryOption.objects.filter(pk=cast.ama.option.pk).update(everywhere=False, countries=["GH"])
    page = shopper("FR", "EUR").get(address(cast.ama.listing))
    text = page.content.decode()
    assert "does not send there yet" in text
    assert page.context["price_text"] == "20,40\xa0€"
    assert "cost" not in page.context


def test_no_rate_no_guess(cast: Cast, shopper: Shopper) -> None:
    text = text_of(shopper("IS", "ISK"), address(cast.ama.listing))
    assert "No price in your currency today" in text
    assert "250.00" in text


def test_options_are_links(cast: Cast, client: Client) -> None:
    listing = give_bowls_sizes(cast)
    page = client.get(address(listing))
    colour, size = page.context["choices"]
    assert [value.label for value in colour.values] == ["Black", "Red"]
    assert [value.label for value in size.values] == ["S", "L"]
    red = colour.values[1]
    chosen = client.get(f"{address(listing)}?v={red.variant_id}")
    assert chosen.context["variant"].options == {"Colour": "Red", "Size": "S"}
    # From red, large leads to the red large one, which is sold out and says so.
    large = chosen.context["choices"][1].values[1]
    assert large.sold_out
    gone = client.get(f"{address(listing)}?v={large.variant_id}").content.decode()
    assert "Sold out" in gone
    assert 'id="buy-quantity"' not in gone


def test_the_basket_form_names_the_variant(cast: Cast, client: Client) -> None:
    page = client.get(address(cast.ama.listing)).content.decode()
    assert f'name="variant" value="{cast.ama.variant.pk}"' in page
    assert 'action="/basket/add/"' in page
    assert 'max="10"' in page


def test_nonsense_in_the_address_changes_nothing(cast: Cast, client: Client) -> None:
    plain = client.get(address(cast.ama.listing)).context["quote"]
    for query in ("?v=nonsense", "?quantity=-3", "?quantity=x", "?option=1"):
        assert client.get(address(cast.ama.listing) + query).context["quote"] == plain


def test_an_old_name_leads_to_the_new_one(cast: Cast, client: Client) -> None:
    answer = client.get(f"/l/{cast.ama.listing.pk}/something-else/")
    assert answer.status_code == 301
    assert answer["Location"] == address(cast.ama.listing)


def test_what_the_public_may_not_see_is_404(cast: Cast, client: Client) -> None:
    pause_listing(listing=cast.ama.listing, now=NOW)
    cost = reverse("catalog:listing_cost", args=[cast.ama.listing.pk])
    assert client.get(address(cast.ama.listing)).status_code == 404
    assert client.get(cost).status_code == 404
    assert client.get(f"/l/{uuid.uuid4()}/x/").status_code == 404
    client.force_login(cast.linh.user)
    assert client.get(address(cast.ama.listing)).status_code == 404


def test_search_engines_read_the_offer(cast: Cast, client: Client) -> None:
    update_listing(listing=cast.ama.listing, title="</script><b>Basket & co</b>", now=NOW)
    page = client.get(address(cast.ama.listing)).content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert data["name"] == "</script><b>Basket & co</b>"
    assert data["offers"]["price"] == "250.00"
    assert data["offers"]["priceCurrency"] == "GHS"
    assert "<b>Basket" not in page
    assert 'property="og:image"' in page


def test_goods_that_may_not_go_there(cast: Cast, shopper: Shopper) -> None:
    update_listing(
        listing=cast.ama.listing,
        hs_code="930700",
        customs_description="Sword with a carved ivory handle",
        now=NOW,
    )
    page = shopper("US", "USD").get(address(cast.ama.listing))
    assert page.context["quote"].restrictions
