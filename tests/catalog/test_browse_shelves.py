"""A shopper looks around: home, shelves, filters, shops."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from django.test import Client
from django.urls import reverse

from catalog.models import Category, Listing
from catalog.selectors.listings import PAGE_SIZE
from catalog.services.editing import VariantInput, pause_listing, set_variants
from catalog.services.review import remove_listing
from catalog.services.shelves import count_shelves, save_shelves
from common.memory import forget_everything
from common.money import Money
from sellers.services.review import reinstate_business, suspend_business
from tests.cast import NOW, Cast, Wares, make_listing
from tests.catalog.conftest import Shopper


def titles(client: Client, address: str) -> list[str]:
    return [card.title for card in client.get(address).context["listings"]]


def test_home_shows_what_is_new_in_the_visitors_money(cast: Cast, shopper: Shopper) -> None:
    page = shopper("FR", "EUR").get(reverse("catalog:home"))
    cards = {card.title: card for card in page.context["listings"]}
    # 250.00 GHS at 12.5 is 20.00; with 2 % 20.40. A basket's own price is never rounded twice.
    assert cards["Bolga basket"].price_text == "20,40\xa0€"
    assert cards["Marbled paper"].price_text == "18,00\xa0€"
    assert {shop.name for shop in page.context["shops"]} == {
        seller.business.name for seller in cast.sellers
    }


def test_prices_follow_the_currency(cast: Cast, shopper: Shopper) -> None:
    page = shopper("JP", "JPY").get(reverse("catalog:home"))
    bowl = next(c for c in page.context["listings"] if c.title == "Lacquer bowl")
    assert bowl.price_text == "¥3,264"


def test_a_card_says_from_where_variants_cost_more(cast: Cast, shopper: Shopper) -> None:
    rows = [
        VariantInput(price=Money(amount, "EUR"), options={"Size": size}, weight_g=100)
        for size, amount in (("S", 1200), ("M", 1500))
    ]
    set_variants(listing=cast.chiara.listing, rows=rows, now=NOW)
    page = shopper("FR", "EUR").get("/c/home/")
    prices = {card.title: card.price_text for card in page.context["listings"]}
    assert prices["Marbled paper"] == "from 12,00\xa0€"
    assert prices["Bolga basket"] == "20,40\xa0€"


def test_an_empty_market_is_still_a_page(db: None, client: Client) -> None:
    page = client.get(reverse("catalog:home"))
    assert page.status_code == 200
    assert "The harbour is quiet" in page.content.decode()


def test_a_shelf_holds_its_own_and_what_is_below(cast: Cast, client: Client) -> None:
    save_shelves(shelves=[("food", "Food")])
    forget_everything()
    assert len(titles(client, "/c/home/")) == 3
    assert len(titles(client, "/c/home/baskets/")) == 3
    assert titles(client, "/c/food/") == []
    assert "still empty" in client.get("/c/food/").content.decode()


def test_what_is_not_there_is_404(cast: Cast, client: Client) -> None:
    addresses = ("/c/nowhere/", "/c/home/nowhere/", "/shops/nobody/")
    assert [client.get(address).status_code for address in addresses] == [404] * 3


def test_filters(cast: Cast, shopper: Shopper) -> None:
    client = shopper("FR", "EUR")
    assert titles(client, "/c/home/?from=GH") == ["Bolga basket"]
    assert titles(client, "/c/home/?max=18,50") == ["Marbled paper"]
    assert set(titles(client, "/c/home/?min=19")) == {"Bolga basket", "Lacquer bowl"}
    assert titles(client, "/c/home/?sort=price")[0] == "Marbled paper"
    assert titles(client, "/c/home/?sort=-price")[-1] == "Marbled paper"
    cast.ama.variant.stock.available = 0
    cast.ama.variant.stock.save()
    Listing.objects.filter(pk=cast.ama.listing.pk).update(in_stock=False)
    assert "Bolga basket" not in titles(client, "/c/home/?stock=1")


def test_the_price_filter_understands_the_visitors_currency(cast: Cast, shopper: Shopper) -> None:
    # The paper is EUR 18.00, which is JPY 2,880 at mid; the others are EUR 20.00, JPY 3,200.
    assert titles(shopper("JP", "JPY"), "/c/home/?max=3000") == ["Marbled paper"]


def test_nonsense_in_the_address_is_answered_kindly(cast: Cast, client: Client) -> None:
    page = client.get("/c/home/?min=abc&sort=nope&from=QQ&page=x&stock=9")
    assert page.status_code == 200
    assert "digits only" in page.content.decode()
    assert len(page.context["listings"]) == 3


def test_a_narrow_filter_offers_the_way_back(cast: Cast, client: Client) -> None:
    page = client.get("/c/home/?from=JP")
    assert "Nothing here fits" in page.content.decode()


def test_pages(cast: Cast, client: Client, clock: time_machine.Traveller) -> None:
    wares = Wares("Basket", 1000, 100, "460212", "Woven straw basket", 100)
    for _ in range(PAGE_SIZE):
        clock.shift(timedelta(minutes=1))
        make_listing(cast.ama.business, wares, moderator=cast.mira, now=NOW + timedelta(minutes=1))
    first = client.get("/c/home/")
    assert len(first.context["listings"]) == PAGE_SIZE
    assert 'rel="next"' in first.content.decode()
    second = client.get("/c/home/?page=2")
    assert len(second.context["listings"]) == 3
    assert 'rel="next"' not in second.content.decode()
    shown = {card.url for page in (first, second) for card in page.context["listings"]}
    assert len(shown) == PAGE_SIZE + 3
    assert client.get("/c/home/?page=3").status_code == 404


def test_paused_and_removed_listings_vanish(cast: Cast, client: Client) -> None:
    pause_listing(listing=cast.ama.listing, now=NOW)
    remove_listing(listing=cast.linh.listing, actor=cast.mira, reason="Fake", now=NOW)
    assert titles(client, "/c/home/") == ["Marbled paper"]
    for seller in (cast.ama, cast.linh):
        assert client.get(f"/l/{seller.listing.pk}/{seller.listing.slug}/").status_code == 404


def test_a_suspended_shop_vanishes_at_once_and_comes_back(cast: Cast, client: Client) -> None:
    address = f"/shops/{cast.ama.business.slug}/"
    assert titles(client, address) == ["Bolga basket"]
    business = suspend_business(
        business=cast.ama.business, actor=cast.mira, reason="Complaints", now=NOW
    )
    assert client.get(address).status_code == 404
    assert "Bolga basket" not in titles(client, "/c/home/")
    listing = cast.ama.listing
    assert client.get(f"/l/{listing.pk}/{listing.slug}/").status_code == 404
    reinstate_business(business=business, actor=cast.mira, reason="Settled", now=NOW)
    assert titles(client, address) == ["Bolga basket"]


def test_a_storefront_tells_who_sells(cast: Cast, client: Client) -> None:
    page = client.get(f"/shops/{cast.linh.business.slug}/").content.decode()
    assert "Linh Lacquer" in page
    assert "Vietnam" in page


def test_shelves_count_what_is_live(cast: Cast) -> None:
    shelf = cast.ama.listing.category
    Category.objects.filter(pk=shelf.pk).update(live_count=0)
    count_shelves()
    shelf.refresh_from_db()
    assert shelf.live_count == 3
    pause_listing(listing=cast.ama.listing, now=NOW)
    count_shelves()
    shelf.refresh_from_db()
    assert shelf.live_count == 2
