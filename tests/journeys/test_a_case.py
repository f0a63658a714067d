"""Something is wrong with what came: a case with a photo, an offer, a part of the money back.

The buyer's browser runs no scripts.
"""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.journeys import selling, shopping
from tests.journeys.album import Album
from tests.journeys.shopping import SALMIYA, Bought
from tests.journeys.visitor import Visitor
from tests.market import Market

pytestmark = [pytest.mark.browser, pytest.mark.worker]
SLUG, THING = "chiara-carta", "Marbled paper"
ASKED, OFFERED = 2_000, 1_500  # fils
HELD = (
    "SELECT h.state, h.refunded_amount, h.seller_amount - h.refunded_seller_amount"
    " - h.commission_amount + h.refunded_commission_amount"
    " FROM payments_heldpayment h JOIN orders_order o ON o.id = h.order_ref WHERE o.number = %s"
)
RELEASED = (
    "SELECT sum(p.amount) FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id"
    " JOIN ledger_account a ON a.id = p.account_id WHERE e.kind = 'RELEASE'"
    " AND a.kind = 'SELLER_PAYABLE' AND e.reference ="
    " (SELECT id::text FROM orders_order WHERE number = %s)"
)


def test_a_case_ends_with_an_offer_that_is_accepted(market: Market, browser: Browser) -> None:
    """What was offered goes back to the card, and the rest is released to the seller at once."""
    album = Album("a-case")
    shopping.stock_up(market, THING)
    with (
        Visitor(
            market, browser, who="Fatima", language="en-KW", scripts=False, album=album
        ) as buyer,
        Visitor(market, browser, who="Chiara", album=album) as seller,
    ):
        total = shopping.quick_order(buyer, shopping.path_of(market, THING), SALMIYA, quantity=3)
        purchase = shopping.bought(buyer)
        shopping.pay(buyer, name="Fatima Al-Sabah")
        assert shopping.has_receipt(buyer) == total
        receipt = buyer.page.url
        number = market.value(
            "SELECT number FROM orders_order WHERE purchase_id = %s", purchase.purchase_id
        )
        seller.sign_in("chiara@example.org")
        _arrives(market, seller, number)

        buyer.page.goto(receipt)
        _open_case(buyer)
        _offer_a_part(seller, number)
        [(state, refunded, _)] = market.rows(HELD, number)
        assert (state, refunded) == ("HELD", 0)
        buyer.page.goto(receipt)
        buyer.follow("See your case")
        buyer.sees("The seller offers to pay")
        buyer.look("case-answered")
        buyer.press("Accept")
        buyer.sees("How it ended")
        buyer.look("case-over")

        _money_has_moved(market, purchase, number, total)
        buyer.page.goto(receipt)
        buyer.sees("Paid back")
        buyer.look("receipt-paid-back")
        seller.go(f"/sell/{SLUG}/orders/{number}/")
        seller.look("order-paid-back")
        assert buyer.errors == []
        assert seller.errors == []
    assert album.complaints == []
    market.check_books()


def _arrives(market: Market, seller: Visitor, number: str) -> None:
    """Sent by the seller; nobody says that it came, so its day of arrival does."""
    seller.go(f"/sell/{SLUG}/orders/{number}/")
    selling.ship(seller, "Poste Italiane", "RR987654321IT")
    market.rows(
        "UPDATE orders_deadline SET due_at = now() - interval '1 second' WHERE kind = 'ARRIVAL'"
        " AND order_id = (SELECT id FROM orders_order WHERE number = %s)",
        number,
    )
    market.wake("orders.tasks.sweep_deadlines")
    market.wait_for_value("DELIVERED", "SELECT state FROM orders_order WHERE number = %s", number)


def _open_case(buyer: Visitor) -> None:
    """Nothing typed is lost where a field was forgotten; a browser alone forgets the photo."""
    buyer.follow("Something is wrong with this order")
    buyer.look("case-new")
    buyer.page.get_by_label(re.compile("damaged", re.IGNORECASE)).check()
    buyer.fill("What happened?", "Two of the sheets are torn at the edge.")
    buyer.page.get_by_label("A part of it back").check()
    buyer.press("Open a case")
    buyer.look("case-without-an-amount")
    assert buyer.field("What happened?").input_value().startswith("Two of the sheets")
    buyer.fill("How much", "2.000")
    file = BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((800, 600)).save(file, "JPEG")
    photo = {"name": "torn.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}
    buyer.page.locator("input[type=file]").set_input_files(photo)  # type: ignore[arg-type]
    buyer.press("Open a case")
    buyer.title("Your case about order")
    buyer.look("case-open")


def _offer_a_part(seller: Visitor, number: str) -> None:
    seller.go(f"/sell/{SLUG}/cases/")
    seller.look("cases")
    seller.page.locator("main a", has_text=number).first.click()
    seller.title(f"Case about order {number}")
    seller.sees("Two of the sheets are torn")
    picture = seller.page.locator("main img[src*='/files/']").first
    answer = seller.context.request.get(picture.get_attribute("src") or "")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/webp")
    seller.page.locator("[name=text]").fill("I am sorry. May I pay a part back?")
    seller.page.locator("[name=offer]").fill("1.500")
    seller.look("case-to-answer")
    seller.press("Send")
    seller.sees("Offers to pay")
    seller.look("case-offered")


def _money_has_moved(market: Market, purchase: Bought, number: str, total: int) -> None:
    market.wait_for_value(
        OFFERED,
        "SELECT sum(amount) FROM sandbox_refund WHERE state = 'PAID' AND session_id = %s",
        purchase.session_id,
    )
    assert market.rows(
        "SELECT c.state, c.wanted_amount, c.outcome_amount, o.state, o.total_amount, o.refunded_amount"
        " FROM orders_case c JOIN orders_order o ON o.id = c.order_id WHERE o.number = %s",
        number,
    ) == [("PARTLY_REFUNDED", ASKED, OFFERED, "COMPLETED", total, OFFERED)]
    [(state, refunded, rest)] = market.rows(HELD, number)
    assert (state, refunded) == ("RELEASED", OFFERED)
    assert market.value(RELEASED, number) == rest > 0
