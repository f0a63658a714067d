"""The buying journey in a browser that runs no scripts: three decimals, from Kuwait."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.journeys import shopping
from tests.journeys.album import Album
from tests.journeys.visitor import Visitor
from tests.market import Market

pytestmark = [pytest.mark.browser, pytest.mark.worker]


def test_a_basket_from_everybody_is_bought_without_scripts(
    market: Market, browser: Browser
) -> None:
    """Everything that is on sale, in dinars; a page that changes does so by a button."""
    album = Album("without-scripts")
    titles = [
        row[0] for row in market.rows("SELECT title FROM catalog_listing WHERE state = 'LIVE'")
    ]
    with Visitor(market, browser, language="en-KW", scripts=False, album=album) as buyer:
        buyer.go("/")
        buyer.sees("Kuwait · KWD")
        buyer.look("home")
        for title in titles:
            shopping.stock_up(market, title)
            shopping.search_for(buyer, title)
            shopping.open_listing(buyer, title)
            shopping.add(buyer)
        buyer.look("basket")
        buyer.page.locator("[name^=quantity-]").first.fill("2")
        buyer.press("Update the basket")
        in_basket = shopping.shown_total(buyer)
        buyer.press("Go to checkout")
        buyer.title("Checkout")
        assert len(buyer.page.evaluate(shopping.FIELDS)) <= 8
        total = shopping.fill_checkout(buyer, shopping.SALMIYA)
        assert total == in_basket
        buyer.look("checkout")
        assert shopping.to_payment(buyer) == total
        purchase = shopping.bought(buyer)
        buyer.look("payment")
        shopping.pay(buyer, "4000 0000 0000 3220", name="Fatima Al-Sabah")
        shopping.confirm_with_bank(buyer)
        assert shopping.has_receipt(buyer) == total
        buyer.look("receipt")
        assert purchase.charges() == [total]
        assert (
            market.value("SELECT currency FROM sandbox_session WHERE id = %s", purchase.session_id)
            == "KWD"
        )
        assert market.value(
            "SELECT count(*) FROM orders_order WHERE purchase_id = %s AND state = 'PAID'",
            purchase.purchase_id,
        ) == len(titles)
        assert buyer.errors == []
    assert album.complaints == []
    market.check_books()


def test_the_address_form_follows_the_country_without_scripts(
    market: Market, browser: Browser
) -> None:
    """A guest whose browser says Kuwait sends a present to Osaka."""
    shopping.stock_up(market, "Lacquer bowl")
    with Visitor(market, browser, language="en-KW", scripts=False) as buyer:
        total = shopping.quick_order(
            buyer, shopping.path_of(market, "Lacquer bowl"), shopping.OSAKA
        )
        assert total > 0
        purchase = shopping.bought(buyer)
        assert (
            market.value("SELECT country FROM orders_purchase WHERE id = %s", purchase.purchase_id)
            == "JP"
        )
