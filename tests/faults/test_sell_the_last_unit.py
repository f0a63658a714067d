"""A hundred people press "pay" for the last one at the same time, over HTTP."""

from __future__ import annotations

import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Final

import pytest

from tests.faults.browserless import Form, NoRedirect
from tests.journeys import shopping
from tests.market import Market

pytestmark = pytest.mark.worker
BUYERS: Final = 100
THING: Final = "Marbled paper"


class Client:
    """A guest in Kuwait, without a browser."""

    def __init__(self, market: Market, number: int) -> None:
        self.url, self.number = market.url, number
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar, NoRedirect)
        self.opener.addheaders = [("Accept-Language", "en-KW"), ("Referer", market.url)]
        self.checkout: dict[str, str] = {}

    def send(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, where it leads, and the page."""
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        try:
            with self.opener.open(f"{self.url}{path}", data, timeout=120) as answer:
                return answer.status, "", answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get("Location", ""), error.read().decode()

    def stand_at_the_checkout(self, listing: str) -> None:
        _, _, page = self.send(listing)
        status, _, _ = self.send("/basket/add/", Form(page, "/basket/add/").values)
        assert status == 302
        _, _, page = self.send("/checkout/")
        self.checkout = Form(page, "/checkout/").values | {
            "email": f"buyer{self.number}@example.org",
            "country_code": "KW",
            "action": "pay",
            **shopping.SALMIYA.fields,
        }

    def pay(self, barrier: Barrier) -> tuple[int, str]:
        barrier.wait()
        status, location, _ = self.send("/checkout/", self.checkout)
        return status, location


def test_a_hundred_checkouts_of_the_last_unit_sell_one(market: Market) -> None:
    market.wait_until_ready()
    shopping.stock_up(market, THING, available=1)
    listing = shopping.path_of(market, THING)
    before = int(market.value("SELECT count(*) FROM orders_purchase"))
    clients = [Client(market, number) for number in range(BUYERS)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda client: client.stand_at_the_checkout(listing), clients))
    barrier = Barrier(BUYERS)
    with ThreadPoolExecutor(BUYERS) as pool:
        answers = list(pool.map(lambda client: client.pay(barrier), clients))
    to_payment = [where for status, where in answers if status == 302 and "/sandbox/pay/" in where]
    assert len(to_payment) == 1, answers
    # Everybody else is told on the page that it is gone.
    assert [status for status, _ in answers].count(409) == BUYERS - 1, answers
    assert int(market.value("SELECT count(*) FROM orders_purchase")) == before + 1
    left = "SELECT s.available FROM catalog_stock s JOIN catalog_variant v ON v.id = s.variant_id"
    left += " JOIN catalog_listing l ON l.id = v.listing_id WHERE l.title = %s"
    assert market.value(left, THING) == 0
