"""Every way a payment can end, through the browser: refused, abandoned, told late, twice or never."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import shopping
from tests.journeys.shopping import OSAKA
from tests.journeys.visitor import Visitor
from tests.market import Market

pytestmark = [pytest.mark.browser, pytest.mark.worker]
THING = "Marbled paper"
GOOD, CHALLENGE = "4242 4242 4242 4242", "4000 0000 0000 3220"
SILENT, TWICE, LATE = "4000 0000 0000 0259", "4000 0000 0000 0341", "4000 0000 0000 5126"


@pytest.fixture
def buyer(market: Market, browser: Browser) -> Iterator[Visitor]:
    shopping.stock_up(market, THING)
    with Visitor(market, browser, language="ja-JP") as visitor:
        yield visitor
        assert visitor.errors == []
    market_is_honest(market)


def market_is_honest(market: Market) -> None:
    """Nobody was charged twice and the books balance, whatever happened."""
    twice = market.rows(
        "SELECT metadata->>'payment' FROM sandbox_session WHERE state = 'PAID'"
        " GROUP BY 1 HAVING count(*) > 1"
    )
    assert twice == []
    unbalanced = market.rows(
        "SELECT currency, sum(amount) FROM ledger_posting GROUP BY currency HAVING sum(amount) <> 0"
    )
    assert unbalanced == []


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ("4000 0000 0000 0002", "The bank declined this card."),
        ("4000 0000 0000 9995", "There is not enough money on this card."),
    ],
)
def test_a_refused_card_says_why_and_another_may_be_tried(
    buyer: Visitor, card: str, words: str
) -> None:
    total = shopping.quick_order(buyer, shopping.path_of(buyer.market, THING), OSAKA)
    purchase = shopping.bought(buyer)
    shopping.pay(buyer, card)
    buyer.sees(words)
    assert (purchase.state(), purchase.charges()) == ("AWAITING_PAYMENT", [])
    shopping.pay(buyer, GOOD)
    assert shopping.has_receipt(buyer) == total
    assert purchase.charges() == [total]


def test_an_abandoned_page_gives_everything_back(buyer: Visitor) -> None:
    shopping.quick_order(buyer, shopping.path_of(buyer.market, THING), OSAKA)
    purchase = shopping.bought(buyer)
    buyer.page.get_by_role("link", name=re.compile("Cancel and go back")).click()
    buyer.title("Not paid yet")
    buyer.press("Change something first")
    buyer.title("Your basket")
    buyer.sees(THING)
    assert (purchase.state(), purchase.charges()) == ("EXPIRED", [])
    assert purchase.captures() == 0


def test_a_failed_challenge_charges_nothing(buyer: Visitor) -> None:
    total = shopping.quick_order(buyer, shopping.path_of(buyer.market, THING), OSAKA)
    purchase = shopping.bought(buyer)
    shopping.pay(buyer, CHALLENGE)
    shopping.confirm_with_bank(buyer, passes=False)
    buyer.sees("The bank could not confirm that it is you.")
    assert (purchase.state(), purchase.charges()) == ("AWAITING_PAYMENT", [])
    shopping.pay(buyer, CHALLENGE)
    shopping.confirm_with_bank(buyer)
    assert shopping.has_receipt(buyer) == total
    assert purchase.charges() == [total]


def test_the_return_alone_is_enough(buyer: Visitor) -> None:
    """The provider never tells us; the buyer comes back."""
    total = shopping.quick_order(buyer, shopping.path_of(buyer.market, THING), OSAKA)
    purchase = shopping.bought(buyer)
    shopping.pay(buyer, SILENT)
    assert shopping.has_receipt(buyer) == total
    assert purchase.events() == 0
    assert (purchase.charges(), purchase.captures()) == ([total], 1)


def test_the_webhook_alone_is_enough(buyer: Visitor) -> None:
    """The buyer closes the tab; the provider tells us."""
    total = shopping.quick_order(buyer, shopping.path_of(buyer.market, THING), OSAKA)
    purchase = shopping.bought(buyer)
    shopping.pay_and_close_the_tab(buyer)
    purchase.becomes("PAID")
    assert purchase.events() >= 1
    assert (purchase.charges(), purchase.captures()) == ([total], 1)


def test_a_webhook_that_comes_twice_books_once(buyer: Visitor) -> None:
    total = shopping.quick_order(buyer, shopping.path_of(buyer.market, THING), OSAKA)
    purchase = shopping.bought(buyer)
    shopping.pay(buyer, TWICE)
    assert shopping.has_receipt(buyer) == total
    buyer.market.wait_for_value(
        2,
        "SELECT count(*) FROM sandbox_delivery d JOIN sandbox_event e ON e.id = d.event_id"
        " WHERE e.object_id = %s AND e.kind = 'session.paid' AND d.state = 'DONE'",
        purchase.session_id,
    )
    assert (purchase.charges(), purchase.captures()) == ([total], 1)


@pytest.mark.parametrize("goods_are_there", [True, False])
def test_money_that_comes_late_buys_the_goods_or_goes_back(
    buyer: Visitor, goods_are_there: bool
) -> None:
    """A bank transfer arrives after the reservation has ended."""
    total = shopping.quick_order(buyer, shopping.path_of(buyer.market, THING), OSAKA)
    purchase = shopping.bought(buyer)
    shopping.pay(buyer, LATE)
    buyer.title("Your bank takes its time")
    purchase.runs_out()
    purchase.becomes("EXPIRED")
    if not goods_are_there:
        shopping.stock_up(buyer.market, THING, available=0)
    buyer.page.reload()
    buyer.press("Finish the bank transfer")
    if goods_are_there:
        purchase.becomes("PAID")
        assert shopping.has_receipt(buyer) == total
        return
    purchase.becomes("LATE_REFUNDED")
    expect(buyer.page.locator("h1")).to_have_text("We are paying your money back")
    buyer.market.wait_for_value(
        total,
        "SELECT sum(amount) FROM sandbox_refund WHERE session_id = %s AND state = 'PAID'",
        purchase.session_id,
    )
    stock = "SELECT min(available) FROM catalog_stock"
    assert buyer.market.value(stock) >= 0
