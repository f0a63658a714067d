"""A buyer looks at a purchase: by its secret link, or in the account it belongs to."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from orders.models import Order, Purchase
from orders.services.fulfilment import mark_shipped
from orders.states import OrderState
from payments.selectors import check_books
from tests.cast import NOW, Cast
from tests.orders.shopper import Shopper

pytestmark = pytest.mark.django_db


def paid(cast: Cast, shopper: Shopper) -> Purchase:
    for seller in cast.sellers:
        shopper.add(seller.variant)
    purchase = shopper.place()
    shopper.pay(purchase)
    shopper.come_back(purchase)
    return Purchase.objects.get(pk=purchase.pk)


def send(order: Order) -> None:
    mark_shipped(
        order=order,
        actor=order.business.memberships.get().user,
        carrier="dhl",
        tracking_number="JD014600006281234567",
        now=NOW,
    )


def test_a_guest_sees_it_by_its_link(cast: Cast) -> None:
    purchase = paid(cast, Shopper("JP"))
    page = Client().get(f"/purchases/{purchase.token}/").content.decode()
    for text in ("Bolga basket", "Lacquer bowl", "Marbled paper", "held safely", "Umeda"):
        assert text in page
    assert f"¥{purchase.total_amount:,}" in page
    assert 'name="robots" content="noindex"' in page


def test_a_wrong_link_opens_nothing(cast: Cast) -> None:
    purchase = paid(cast, Shopper("JP"))
    for token in ("x", purchase.token[:-1], str(purchase.pk), purchase.number):
        for path in (f"/purchases/{token}/", f"/checkout/return/{token}/"):
            assert Client().get(path).status_code == 404
        assert Client().post(f"/checkout/pay/{token}/").status_code == 404
        assert Client().post(f"/checkout/give-up/{token}/").status_code == 404


def test_an_accounts_purchase_opens_for_that_account_only(cast: Cast) -> None:
    lucie = Shopper("FR", cast.lucie)
    purchase = paid(cast, lucie)
    assert purchase.user == cast.lucie
    path = f"/purchases/{purchase.token}/"
    assert lucie.client.get(path).status_code == 200
    assert Client().get(path)["Location"].startswith("/account/login/")
    for stranger in (cast.jordan, cast.ama.user):
        client = Client()
        client.force_login(stranger)
        assert client.get(path).status_code == 404
        assert client.post(f"/checkout/give-up/{purchase.token}/").status_code == 404


def test_the_account_lists_its_own_purchases(cast: Cast) -> None:
    lucie = Shopper("FR", cast.lucie)
    purchase = paid(cast, lucie)
    other = paid(cast, Shopper("US", cast.jordan))
    page = lucie.client.get("/account/purchases/").content.decode()
    assert purchase.number in page
    assert other.number not in page
    assert Client().get("/account/purchases/").status_code == 302


def test_an_account_without_purchases(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.fatima)
    assert "No orders yet" in client.get("/account/purchases/").content.decode()


def test_confirming_pays_the_seller(cast: Cast) -> None:
    shopper = Shopper("FR")
    purchase = paid(cast, shopper)
    order = purchase.orders.get(business=cast.ama.business)
    path = f"/purchases/{purchase.token}/{order.number}/received/"
    shopper.client.post(path)
    order.refresh_from_db()
    assert order.state == OrderState.PAID
    send(order)
    page = shopper.client.get(f"/purchases/{purchase.token}/").content.decode()
    assert "JD014600006281234567" in page
    assert "I have received everything" in page
    for _ in range(2):
        shopper.client.post(path)
    order.refresh_from_db()
    assert order.state == OrderState.COMPLETED
    assert check_books().problems == []


def test_a_stranger_confirms_nothing(cast: Cast) -> None:
    purchase = paid(cast, Shopper("FR", cast.lucie))
    order = purchase.orders.get(business=cast.ama.business)
    send(order)
    client = Client()
    client.force_login(cast.ama.user)
    path = f"/purchases/{purchase.token}/{order.number}/received/"
    assert client.post(path).status_code == 404
    Client().post(path)
    order.refresh_from_db()
    assert order.state == OrderState.SHIPPED


def test_the_page_asks_a_fixed_number_of_questions(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    purchase = paid(cast, Shopper("FR"))
    with django_assert_max_num_queries(9):
        assert Client().get(f"/purchases/{purchase.token}/").status_code == 200


def test_the_frozen_rate_is_shown_to_buyer_and_seller(cast: Cast) -> None:
    """12.5 cedis a euro: one cedi is 0.08 €, and 2 % more."""
    purchase = paid(cast, Shopper("FR"))
    order = purchase.orders.get(business=cast.ama.business)
    seller = Client()
    seller.force_login(cast.ama.user)
    business = cast.ama.business
    for client, path in (
        (Client(), f"/purchases/{purchase.token}/"),
        (seller, reverse("orders:seller_order", args=[business.slug, order.number])),
    ):
        page = client.get(path, headers={"accept-language": "en"}).content.decode()
        assert "The exchange rate of this order" in page
        assert re.search(r"1 GHS = 0[.,]08\d* EUR", page)
        assert re.search(r"MANUAL, (24 Nov|Nov 24,) 2026", page)
        assert re.search(r"2(\.0)?\s?%", page)
    # Chiara asks in euros: nothing was converted, nothing is said.
    text = Client().get(f"/purchases/{purchase.token}/").content.decode()
    assert text.count("The exchange rate of this order") == 2


def test_its_page_gives_thanks_only_until_something_has_happened(cast: Cast) -> None:
    purchase = paid(cast, Shopper("JP"))
    path = f"/purchases/{purchase.token}/"
    assert "<h1>Thank you</h1>" in Client().get(path).content.decode()
    send(purchase.orders.get(business=cast.ama.business))
    page = Client().get(path).content.decode()
    assert f"<h1>Purchase {purchase.number}</h1>" in page
    assert "Thank you" not in page
    assert "today" not in page.partition("<main")[2]  # rules and rates are those of that day
