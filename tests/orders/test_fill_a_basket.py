"""A visitor puts things into the basket, changes them, and sees the full cost to the door."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.services.editing import pause_listing
from catalog.services.stock import adjust_stock
from orders.models import Basket, BasketLine
from orders.services.baskets import add_to_basket, open_basket
from tests.cast import CHIARA_PAPER, NOW, Cast, make_listing
from tests.orders.shopper import Shopper

pytestmark = pytest.mark.django_db


def lines() -> dict[uuid.UUID, int]:
    return dict(BasketLine.objects.values_list("variant_id", "quantity"))


def test_an_empty_basket_says_so_kindly(cast: Cast) -> None:
    page = Shopper().basket()
    assert "Your basket is empty" in page
    assert Basket.objects.count() == 0


def test_a_guest_fills_a_basket_from_three_sellers(cast: Cast) -> None:
    lucie = Shopper("FR")
    for seller in cast.sellers:
        assert lucie.add(seller.variant).status_code == 302
    page = lucie.basket()
    for seller in cast.sellers:
        assert seller.business.name in page
        assert seller.listing.title in page
    # 250 GH₵ at 1 € = 12.5 GH₵ is 20 €, and 2 % for promising the rate; 600,000 ₫ the same.
    assert page.count("20,40\xa0€ each") == 2
    assert "18,00\xa0€ each" in page
    assert "All of it, to your door" in page


def test_the_same_thing_twice_is_one_line(cast: Cast) -> None:
    lucie = Shopper("FR")
    lucie.add(cast.ama.variant)
    lucie.add(cast.ama.variant, 2)
    assert lines() == {cast.ama.variant.pk: 3}


@pytest.mark.parametrize("quantity", ["0", "-1", "", "many", "1.5", "9999999999"])
def test_a_nonsense_quantity_adds_nothing(cast: Cast, quantity: str) -> None:
    client = Client()
    client.post("/basket/add/", {"variant": str(cast.ama.variant.pk), "quantity": quantity})
    assert lines() == {}


def test_what_is_not_on_sale_is_not_added(cast: Cast) -> None:
    pause_listing(listing=cast.ama.listing, now=NOW)
    Shopper().add(cast.ama.variant)
    Client().post("/basket/add/", {"variant": str(uuid.uuid4()), "quantity": "1"})
    Client().post("/basket/add/", {"variant": "x", "quantity": "1"})
    assert lines() == {}


def test_quantities_change_and_lines_go(cast: Cast) -> None:
    lucie = Shopper("FR")
    lucie.add(cast.ama.variant)
    lucie.add(cast.chiara.variant)
    changed = {f"quantity-{cast.ama.variant.pk}": "3", f"quantity-{cast.chiara.variant.pk}": "1"}
    response = lucie.client.post("/basket/update/", {**changed, "go": "basket"})
    assert response["Location"] == "/basket/"
    assert lines() == {cast.ama.variant.pk: 3, cast.chiara.variant.pk: 1}
    lucie.client.post("/basket/update/", {**changed, "remove": str(cast.ama.variant.pk)})
    assert lines() == {cast.chiara.variant.pk: 1}
    lucie.client.post("/basket/update/", {f"quantity-{cast.chiara.variant.pk}": "0"})
    assert lines() == {}


def test_changes_are_kept_on_the_way_to_the_checkout(cast: Cast) -> None:
    lucie = Shopper("FR")
    lucie.add(cast.ama.variant)
    response = lucie.client.post(
        "/basket/update/", {f"quantity-{cast.ama.variant.pk}": "2", "go": "checkout"}
    )
    assert response["Location"] == "/checkout/"
    assert lines() == {cast.ama.variant.pk: 2}


def test_htmx_gets_the_basket_alone(cast: Cast) -> None:
    lucie = Shopper("FR")
    lucie.add(cast.ama.variant)
    response = lucie.client.post(
        "/basket/update/",
        {f"quantity-{cast.ama.variant.pk}": "2"},
        headers={"HX-Request": "true"},
    )
    page = response.content.decode()
    assert response.status_code == 200
    assert page.lstrip().startswith('<div id="basket">')
    assert "<html" not in page


def test_warnings_name_what_is_wrong_and_stop_the_checkout(cast: Cast) -> None:
    lucie = Shopper("FR")
    for seller in cast.sellers:
        lucie.add(seller.variant, 2)
    adjust_stock(variant_id=cast.ama.variant.pk, change=-9)
    adjust_stock(variant_id=cast.linh.variant.pk, change=-10)
    pause_listing(listing=cast.chiara.listing, now=NOW)
    page = lucie.basket()
    assert "Only 1 is left" in page
    assert "Sold out meanwhile" in page
    assert "no longer on sale" in page
    assert "needs your attention" in page
    assert lines()  # nothing is taken out behind the visitor's back


def test_somebody_elses_basket_stays_closed(cast: Cast) -> None:
    lucie = Shopper("FR", cast.lucie)
    lucie.add(cast.ama.variant)
    basket = Basket.objects.get(user=cast.lucie)
    stranger = Client()
    stranger.cookies["basket"] = str(basket.pk)
    assert "Your basket is empty" in stranger.get("/basket/").content.decode()
    stranger.post("/basket/update/", {f"quantity-{cast.ama.variant.pk}": "0"})
    assert lines() == {cast.ama.variant.pk: 1}


def test_a_guests_basket_comes_along_at_sign_in(cast: Cast) -> None:
    earlier = open_basket(user=cast.lucie, cookie=None, now=NOW)
    add_to_basket(basket=earlier, variant_id=cast.ama.variant.pk, quantity=1, now=NOW)
    add_to_basket(basket=earlier, variant_id=cast.linh.variant.pk, quantity=3, now=NOW)
    lucie = Shopper("FR")
    lucie.add(cast.ama.variant, 2)
    lucie.add(cast.chiara.variant)
    lucie.client.force_login(cast.lucie)
    lucie.basket()
    mine = Basket.objects.get()
    assert mine.user == cast.lucie
    # The larger quantity counts: the same cup on two devices is one cup.
    assert lines() == {
        cast.ama.variant.pk: 2,
        cast.linh.variant.pk: 3,
        cast.chiara.variant.pk: 1,
    }


def test_a_full_basket_takes_no_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders.services.baskets.MAX_BASKET_LINES", 1)
    lucie = Shopper("FR")
    lucie.add(cast.ama.variant)
    lucie.add(cast.linh.variant)
    assert lines() == {cast.ama.variant.pk: 1}


def test_the_delivery_choice_of_a_seller_is_kept(cast: Cast) -> None:
    lucie = Shopper("FR")
    lucie.add(cast.ama.variant)
    lucie.client.post(
        "/basket/update/", {f"option-{cast.ama.business.pk}": str(cast.ama.option.pk)}
    )
    assert Basket.objects.get().choices["options"] == {
        str(cast.ama.business.pk): str(cast.ama.option.pk)
    }


def test_the_basket_page_asks_a_fixed_number_of_questions(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    few, many = Shopper("FR"), Shopper("FR")
    few.add(cast.ama.variant)
    for seller in cast.sellers:
        many.add(seller.variant)
    for number in range(6):
        wares = CHIARA_PAPER.__class__(
            f"Paper {number}", 1000 + number, 100, "482090", "Decorated paper", 900
        )
        listing = make_listing(cast.chiara.business, wares, moderator=cast.mira, now=NOW)
        many.add(listing.variants.get())
    few.basket()
    with django_assert_max_num_queries(10) as first:
        few.basket()
    with django_assert_max_num_queries(10) as second:
        many.basket()
    assert len(second.captured_queries) == len(first.captured_queries)


def test_an_old_basket_is_priced_at_todays_rates(cast: Cast, clock: object) -> None:
    lucie = Shopper("FR")
    lucie.add(cast.chiara.variant)
    clock.shift(timedelta(days=40))  # type: ignore[attr-defined]
    assert "18,00\xa0€ each" in lucie.basket()
