"""`./run --stripe-peer` from an empty folder: what is bought, paid out, given back and disputed at a stand-in for Stripe.

Chiara (Italy) is paid by Stripe, Linh (Viet Nam) by bank file. Everything on a telephone's width.
"""

from __future__ import annotations

import json
import shutil
import urllib.request
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import pytest
from PIL import Image
from playwright.sync_api import Browser, ViewportSize

from tests.journeys import moderating, selling, shopping
from tests.journeys.album import Album
from tests.journeys.shopping import OSAKA
from tests.journeys.visitor import Visitor
from tests.market import Market
from tests.test_run import free_port

pytestmark = [pytest.mark.browser, pytest.mark.worker]
PAPER, BOWL = "Marbled paper", "Lacquer bowl"
RECONCILE: Final = """
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from payments.selectors.reconciliation import open_differences
from payments.services.reconciliation import reconcile
run = reconcile(provider="stripe", now=timezone.now() + timedelta(minutes=20))
assert run.error == "", run.error
print(run.matched, [str(row) for row in open_differences(providers=["stripe"])])
"""
TELEPHONE: Final[ViewportSize] = {"width": 360, "height": 740}
DECLINED, ASKS = "4000 0000 0000 0002", "4000 0000 0000 3220"
AT_ONCE = "4000 0000 0000 0077"


@pytest.fixture(scope="module")
def peer_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def market(peer_port: int) -> Iterator[Market]:
    """A market of its own: this one's money lives at the peer."""
    folder = Path(mkdtemp(prefix="freeport-"))
    started = Market(folder / "data", "--stripe-peer", str(peer_port))
    try:
        started.wait_until_open()
        started.python("-m", "tests.journeys.prepare")
        yield started
    finally:
        started.close()
        shutil.rmtree(folder, ignore_errors=True)


def test_paid_through_stripe(market: Market, peer_port: int, browser: Browser) -> None:
    album = Album("paid-through-stripe")
    people = {
        name: Visitor(market, browser, who=name, language=language)
        for name, language in (("haruka", "ja-JP"), ("chiara", "it-IT"), ("mira", "en-GB"))
    }
    for name in ("haruka", "chiara"):
        people[name].page.set_viewport_size(TELEPHONE)
    try:
        Journey(market, peer_port, **people).walk()
    except BaseException:
        for name, person in people.items():
            person.page.screenshot(path=album.folder / f"failed-{name}.png", full_page=True)
        raise
    finally:
        for person in people.values():
            person.context.close()
    assert [error for person in people.values() for error in person.errors] == []


class Journey:
    """The steps, in order; each leaves what the next one needs."""

    def __init__(
        self, market: Market, peer_port: int, *, haruka: Visitor, chiara: Visitor, mira: Visitor
    ) -> None:
        self.market, self.peer_port = market, peer_port
        self.haruka, self.chiara, self.mira = haruka, chiara, mira

    def walk(self) -> None:
        self.chiara.sign_in("chiara@example.org")
        self.mira.sign_in("mira@example.org")
        self.a_seller_introduces_itself()
        number = self.buy([PAPER, BOWL], quantity=2, declined_first=True)
        self.sent_and_received(number)
        self.market.kill("stripe peer")
        self.market.kill("worker")
        self.paid_out()
        self.some_is_given_back(number)
        self.market.kill("web")
        self.market.wait_until_ready()
        self.disputed("winning_evidence", "WON")
        self.disputed("losing_evidence", "LOST")
        self.books_agree()

    def peer(self, path: str, **given: Any) -> Any:
        """Move the peer's world by its control API."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.peer_port}/_peer/{path}", json.dumps(given).encode()
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def a_seller_introduces_itself(self) -> None:
        """Not yet, then not readable, then all of it."""
        seller = self.chiara
        seller.go("/sell/chiara-carta/getting-paid/")
        seller.sees("Not connected yet")
        seller.press("Open an account at Stripe")
        seller.page.wait_for_url("**/setup/**")
        seller.press("Not now")
        seller.sees("Stripe needs to know more")
        assert seller.page.locator("#wanted + ul li").count() >= 1
        seller.press("Continue at Stripe")
        seller.page.get_by_label("have a document that can't be read").check()
        seller.press("Send")
        seller.sees("Stripe needs to know more")
        seller.press("Continue at Stripe")
        seller.page.get_by_label("are complete and correct").check()
        seller.press("Send")
        seller.sees("You can be paid")

    def buy(
        self,
        titles: list[str],
        *,
        quantity: int = 1,
        card: str = ASKS,
        declined_first: bool = False,
    ) -> str:
        """A guest buys and pays; returns the number of Chiara's order."""
        buyer = self.haruka
        for title in titles:
            shopping.stock_up(self.market, title)
            buyer.go(shopping.path_of(self.market, title))
            shopping.add(buyer, quantity)
        buyer.go("/checkout/")
        total = shopping.fill_checkout(buyer, OSAKA)
        buyer.press("Continue to payment")
        buyer.page.wait_for_url("**/c/pay/**")
        session = buyer.page.url.rsplit("/", 1)[1]
        purchase = shopping.Bought(
            self.market,
            str(
                self.market.value(
                    "SELECT purchase_ref FROM payments_payment WHERE session_ref = %s", session
                )
            ),
            session,
        )
        if declined_first:
            self.type_card(DECLINED)
            buyer.page.locator("#number-bad").wait_for()
            assert purchase.state() == "AWAITING_PAYMENT"
        self.type_card(card)
        if card == ASKS:
            buyer.page.wait_for_url("**/3ds/**")
            buyer.page.locator("button[value=no]").click()
            buyer.page.locator("#number-bad").wait_for()
            self.type_card(card)
            buyer.page.wait_for_url("**/3ds/**")
            buyer.page.locator("button[value=yes]").click()
        assert shopping.has_receipt(buyer) == total
        purchase.becomes("PAID")
        self.receipt = buyer.page.url
        self.market.wait_for_value(
            "DONE",
            "SELECT state FROM payments_providerevent WHERE kind = 'checkout.session.completed'"
            " AND payload::text LIKE %s",
            f"%{session}%",
        )
        assert purchase.captures() == 1
        self.charge = self.market.value(
            "SELECT charge_ref FROM payments_payment WHERE session_ref = %s", session
        )
        return str(
            self.market.value(
                "SELECT o.number FROM orders_order o JOIN sellers_business b ON b.id = o.business_id"
                " WHERE o.purchase_id = %s AND b.slug = 'chiara-carta'",
                purchase.purchase_id,
            )
        )

    def type_card(self, number: str) -> None:
        page = self.haruka.page
        for name, value in (
            ("number", number),
            ("exp", "12/30"),
            ("cvc", "123"),
            ("name", "Haruka Sato"),
        ):
            page.locator(f"[name={name}]").fill(value)
        page.locator("form.card button").first.click()

    def sent_and_received(self, number: str) -> None:
        selling.read_order(self.chiara, "chiara-carta", number)
        selling.ship(self.chiara, "Poste Italiane", "RR123456785IT")
        buyer = self.haruka
        buyer.page.goto(self.receipt)
        card = buyer.page.locator("section.card", has_text="Chiara Carta")
        card.get_by_role("button", name="I have received everything").click()
        buyer.sees("The seller is paid now.")

    def paid_out(self) -> None:
        """Settlement sends a transfer, although the peer had been killed."""
        self.market.manage("settle")
        self.market.wait_for_value(
            "DONE", "SELECT transfer FROM payments_payout WHERE provider = 'stripe'", seconds=60
        )
        self.chiara.go("/sell/chiara-carta/payouts/")
        self.chiara.page.locator("main a[href*='/payouts/']").first.click()
        self.chiara.title("Payout")
        self.chiara.sees("Paid")

    def some_is_given_back(self, number: str) -> None:
        """One of two sheets, after the payout: the provider takes it from the seller's account again."""
        seller = self.chiara
        seller.go(f"/sell/chiara-carta/orders/{number}/refund/")
        seller.page.locator("[name=reason][value=NOT_AS_DESCRIBED]").check()
        seller.page.locator("[name^=quantity-]").first.fill("1")
        seller.press("Work out")
        seller.sees("This goes back")
        seller.page.locator("button[name=do][value=confirm]").click()
        self.market.wait_for_value(
            "DONE", "SELECT transfer FROM payments_refund ORDER BY created_at DESC LIMIT 1"
        )
        self.market.wait_for_value("DONE", "SELECT transfer FROM payments_reversal")

    def disputed(self, said: str, outcome: str) -> None:
        """The card's owner asks its bank; the seller and a moderator answer; the bank decides."""
        number = self.buy([PAPER], card=AT_ONCE)
        self.peer(f"charges/{self.charge}/dispute", reason="fraudulent")
        state = (
            "SELECT d.state FROM payments_providerdispute d JOIN payments_payment p"
            " ON p.id = d.payment_id WHERE p.charge_ref = %s"
        )
        self.market.wait_for_value("NEEDS_RESPONSE", state, self.charge)
        seller = self.chiara
        seller.go("/sell/chiara-carta/disputes/")
        seller.page.locator("main a", has_text=number).first.click()
        seller.title("Dispute about order")
        seller.fill("Your account of it", "Sent with a tracking number.")
        seller.page.locator("input[type=file]").set_input_files(
            {"name": "proof.png", "mimeType": "image/png", "buffer": _picture()}
        )
        seller.press("Keep")
        seller.sees("Kept. We send it to the bank with our answer.")
        self.mira.go("/admin/payments/providerdispute/?answer=due")
        self.mira.page.locator("#result_list a[href*='/change/']").first.click()
        self.mira.page.wait_for_url("**/change/**")
        moderating.decide(self.mira, "Answer the bank", reason=said)
        self.market.wait_for_value(outcome, state, self.charge, seconds=150)
        seller.page.reload()
        seller.sees("The bank gave its claim up" if outcome == "WON" else "What the bank kept")

    def books_agree(self) -> None:
        """Also with what moved only just now, which `manage.py reconcile` leaves for later."""
        self.market.check_books()
        said = self.market.python("-c", RECONCILE)
        matched, differences = said.strip().split(maxsplit=1)
        # Three payments, a refund, a payout, what was taken of it again, and two disputes.
        assert (matched, differences) == ("8", "[]")


def _picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (320, 200), "#0c5560").save(file, "PNG")
    return file.getvalue()
