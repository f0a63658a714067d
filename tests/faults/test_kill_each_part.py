"""kill -9 of each part in the middle of the job: it ends right, once, and the supervisor says so.

Each test makes the moment certain: what is about to act is held (a stopped process, a lock in the
database), the part is killed, and only then the world goes on.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.faults.moments import (
    between_call_and_mark,
    held,
    killed,
    lease_ends,
    somebody_waits_for,
    worker_stands_still,
)
from tests.journeys import selling, shopping
from tests.journeys.shopping import Bought
from tests.journeys.visitor import Visitor
from tests.market import Market, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.worker]
THING = "Lacquer bowl"
CARD, SILENT = "4242 4242 4242 4242", "4000 0000 0000 0259"


@pytest.fixture
def buyer(market: Market, browser: Browser) -> Iterator[Visitor]:
    """A guest in Kuwait who closes the tab right after paying."""
    market.wait_until_ready()
    shopping.stock_up(market, THING)
    with Visitor(market, browser, language="en-KW") as visitor:
        yield visitor


def about_to_pay(buyer: Visitor) -> tuple[Bought, int]:
    total = shopping.quick_order(buyer, shopping.path_of(buyer.market, THING), shopping.SALMIYA)
    return shopping.bought(buyer), total


def ends_right(purchase: Bought, total: int) -> None:
    """One charge, one booking, one order, and the books balance."""
    assert purchase.charges() == [total]
    assert purchase.captures() == 1
    orders = purchase.market.rows(
        "SELECT count(*), sum(total_amount) FROM orders_order WHERE purchase_id = %s",
        purchase.purchase_id,
    )
    assert orders == [(1, total)]
    assert purchase.market.value("SELECT min(available) FROM catalog_stock") >= 0
    purchase.market.check_books()


def paid_and_gone(buyer: Visitor, purchase: Bought, card: str = CARD) -> None:
    """Paid at the provider, and the tab is closed before it leads back."""
    shopping.pay_and_close_the_tab(buyer, card)
    wait_for(purchase.charges, 90, "the provider charges")


def test_the_web_dies_before_it_hears_of_the_payment(market: Market, buyer: Visitor) -> None:
    purchase, total = about_to_pay(buyer)
    with worker_stands_still(market):
        paid_and_gone(buyer, purchase)
        assert purchase.events() == 0
        with killed(market, "web"):
            assert purchase.state() == "AWAITING_PAYMENT"
    purchase.becomes("PAID", seconds=150)
    ends_right(purchase, total)


def test_the_worker_dies_while_it_acts_on_a_payment(market: Market, buyer: Visitor) -> None:
    """It has asked the provider and waits for the purchase's row when it is killed."""
    purchase, total = about_to_pay(buyer)
    with held(market, "SELECT FROM orders_purchase WHERE id = %s FOR UPDATE", purchase.purchase_id):
        paid_and_gone(buyer, purchase)
        wait_for(purchase.events, 90, "the webhook is stored")
        wait_for(lambda: somebody_waits_for(market, "orders_purchase"), 90, "the worker waits")
        with killed(market, "worker"):
            assert purchase.state() == "AWAITING_PAYMENT"
    purchase.becomes("PAID", seconds=150)
    ends_right(purchase, total)


def test_beat_dies_and_nobody_else_knows_of_the_payment(market: Market, buyer: Visitor) -> None:
    """No webhook, no return: only a sweep that beat starts can find the money."""
    purchase, total = about_to_pay(buyer)
    with killed(market, "beat"):
        paid_and_gone(buyer, purchase, SILENT)
        # The sweep asks about what has been quiet for two minutes.
        market.rows(
            "UPDATE payments_payment SET created_at = created_at - interval '3 minutes'"
            " WHERE purchase_ref = %s",
            purchase.purchase_id,
        )
    purchase.becomes("PAID", seconds=150)
    assert purchase.events() == 0
    ends_right(purchase, total)


def test_redis_dies_with_the_wake_up_in_it(market: Market, buyer: Visitor) -> None:
    purchase, total = about_to_pay(buyer)
    with killed(market, "Redis"):
        paid_and_gone(buyer, purchase)
    purchase.becomes("PAID", seconds=150)
    ends_right(purchase, total)


@pytest.fixture
def linh(market: Market, browser: Browser) -> Iterator[Visitor]:
    with Visitor(market, browser, who="linh", language="vi-VN") as visitor:
        visitor.sign_in("linh@example.org")
        yield visitor


def paid(buyer: Visitor) -> tuple[Bought, int, str]:
    """A paid purchase of one order: it, its total, the order's number."""
    purchase, total = about_to_pay(buyer)
    paid_and_gone(buyer, purchase)
    purchase.becomes("PAID")
    number = buyer.market.value(
        "SELECT number FROM orders_order WHERE purchase_id = %s", purchase.purchase_id
    )
    return purchase, total, str(number)


def test_the_worker_dies_between_the_refund_and_its_mark(
    market: Market, buyer: Visitor, linh: Visitor
) -> None:
    """The provider has the refund, we have not written that down: it is not sent twice."""
    purchase, total, number = paid(buyer)

    def call_it_off() -> str:
        linh.go(f"/sell/linh-lacquer/orders/{number}/")
        selling.cancel(linh, "The lacquer has not dried.")
        newest = "SELECT id FROM payments_refund ORDER BY created_at DESC LIMIT 1"
        return str(market.value(newest))

    with between_call_and_mark(market, "refund", call_it_off) as refund, killed(market, "worker"):
        pass
    lease_ends(market, "refund", refund)
    done = "SELECT transfer FROM payments_refund WHERE id = %s"
    market.wait_for_value("DONE", done, refund, seconds=150)
    given = "SELECT amount, state FROM sandbox_refund WHERE session_id = %s"
    assert market.rows(given, purchase.session_id) == [(total, "PAID")]
    ends_right(purchase, total)


def test_postgresql_dies_between_the_payout_and_its_mark(
    market: Market, buyer: Visitor, linh: Visitor
) -> None:
    """The provider has the payout, we have not written that down: it is not sent twice."""
    purchase, total, number = paid(buyer)
    linh.go(f"/sell/linh-lacquer/orders/{number}/")
    selling.ship(linh, "EMS", "EE987654321VN")

    def is_received_and_settled() -> str:
        receipt = market.value(
            "SELECT '/purchases/' || token || '/' FROM orders_purchase WHERE id = %s",
            purchase.purchase_id,
        )
        buyer.go(receipt)
        buyer.press("I have received everything")
        buyer.sees("The seller is paid now.")
        market.manage("settle")
        newest = "SELECT id FROM payments_payout ORDER BY created_at DESC LIMIT 1"
        return str(market.value(newest))

    with (
        between_call_and_mark(market, "payout", is_received_and_settled) as payout,
        killed(market, "PostgreSQL"),
    ):
        pass
    lease_ends(market, "payout", payout)
    done = "SELECT transfer FROM payments_payout WHERE id = %s"
    market.wait_for_value("DONE", done, payout, seconds=90)
    made = market.rows(
        "SELECT s.state, s.amount = p.amount FROM sandbox_payout s JOIN payments_payout p"
        " ON s.metadata->>'payout' = p.id::text WHERE p.id = %s",
        payout,
    )
    assert made == [("PAID", True)]
    ends_right(purchase, total)


def test_nothing_was_paid_twice_by_all_of_that(market: Market) -> None:
    """Over everything that these tests have done to this market."""
    for table, name in (("session", "payment"), ("refund", "refund"), ("payout", "payout")):
        twice = market.rows(
            f"SELECT metadata->>%s FROM sandbox_{table} WHERE state = 'PAID'"
            " GROUP BY 1 HAVING count(*) > 1",
            name,
        )
        assert twice == [], table
    market.check_books()
