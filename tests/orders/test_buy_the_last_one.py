"""Many buyers, one thing left: exactly one of them gets it."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from django.db import connection

from catalog.services.stock import OutOfStockError, adjust_stock
from common.money import Money
from orders.models import Basket, Order, Purchase
from orders.selectors.baskets import price_basket
from orders.services.baskets import add_to_basket, open_basket
from orders.services.checkout import Buyer, NotPayableError, place_order
from orders.services.quotes import CheckoutQuotes, checkout_quotes
from payments.models import Payment
from tests.cast import ADDRESSES, NOW, Cast, make_cast
from tests.orders.shopper import available

pytestmark = pytest.mark.django_db(transaction=True)
BUYERS = 60
AT_ONCE = 12


@pytest.fixture
def market(transactional_db: None, clock: time_machine.Traveller) -> Cast:
    return make_cast()


def filled_basket(cast: Cast) -> tuple[Basket, CheckoutQuotes, Money]:
    basket = open_basket(user=None, cookie=None, now=NOW)
    add_to_basket(basket=basket, variant_id=cast.ama.variant.pk, quantity=1, now=NOW)
    quotes = checkout_quotes(basket=basket, currency="EUR", now=NOW)
    priced = price_basket(
        basket=basket,
        options={},
        country="FR",
        region="",
        currency="EUR",
        now=NOW,
        rates=quotes.rates,
    )
    return basket, quotes, priced.total


def place(basket: Basket, quotes: CheckoutQuotes, total: Money, key: uuid.UUID) -> Purchase:
    return place_order(
        basket=basket,
        buyer=Buyer(None, "guest@example.org", "en", "EUR", ADDRESSES["FR"]),
        options={},
        quotes=quotes,
        accepted_total=total,
        checkout_key=key,
        now=NOW,
    )


def test_many_parallel_checkouts_of_the_last_unit_sell_exactly_one(market: Cast) -> None:
    baskets = [filled_basket(market) for buyer in range(BUYERS)]
    adjust_stock(variant_id=market.ama.variant.pk, change=-9)
    start = Barrier(AT_ONCE)

    def buy(ready: tuple[Basket, CheckoutQuotes, Money]) -> bool:
        try:
            start.wait(timeout=30)
            place(*ready, uuid.uuid4())
        except (OutOfStockError, NotPayableError):
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        sold = list(pool.map(buy, baskets))
    assert sum(sold) == 1
    assert available(market.ama.variant) == 0
    assert Purchase.objects.count() == Order.objects.count() == Payment.objects.count() == 1


def test_one_click_sent_many_times_at_once_is_one_purchase(market: Cast) -> None:
    basket, quotes, total = filled_basket(market)
    start, key = Barrier(AT_ONCE), uuid.uuid4()

    def click(number: int) -> uuid.UUID:
        try:
            start.wait(timeout=30)
            # Half of the clicks come from another tab, whose page has its own key.
            return place(basket, quotes, total, key if number % 2 else uuid.uuid4()).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = set(pool.map(click, range(AT_ONCE)))
    assert len(made) == 1
    assert Purchase.objects.count() == 1
    assert available(market.ama.variant) == 9
