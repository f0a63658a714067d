"""The whole main job, as three people: from three workshops to their payouts, in four currencies."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Browser

from tests.journeys import moderating, selling, shopping
from tests.journeys.album import Album
from tests.journeys.visitor import Visitor, digits
from tests.market import Market

pytestmark = [pytest.mark.browser, pytest.mark.worker]


def test_from_three_workshops_to_their_payouts(market: Market, browser: Browser) -> None:
    album = Album("main-job")
    people = {
        "ama": Visitor(market, browser, who="ama", language="en-GH", album=album),
        "linh": Visitor(market, browser, who="linh", language="vi-VN", album=album),
        "chiara": Visitor(market, browser, who="chiara", language="it-IT", album=album),
        "mira": Visitor(market, browser, who="mira", language="en-GB", album=album),
        "haruka": Visitor(market, browser, who="haruka", language="ja-JP", album=album),
    }
    try:
        Journey(market, album, **people).walk()
    except BaseException:
        (album.folder / "complaints.txt").write_text("\n".join(album.complaints))
        for name, person in people.items():
            person.page.screenshot(path=album.folder / f"failed-{name}.png", full_page=True)
        raise
    finally:
        for person in people.values():
            person.context.close()
    assert [error for person in people.values() for error in person.errors] == []
    assert album.complaints == []


class Journey:
    """The steps, in order; each leaves what the next one needs."""

    def __init__(
        self,
        market: Market,
        album: Album,
        *,
        ama: Visitor,
        linh: Visitor,
        chiara: Visitor,
        mira: Visitor,
        haruka: Visitor,
    ) -> None:
        self.market, self.album = market, album
        self.ama, self.linh, self.chiara = ama, linh, chiara
        self.mira, self.haruka = mira, haruka
        self.total = 0
        self.numbers: dict[str, str] = {}

    def walk(self) -> None:
        for title in ("Lacquer bowl", "Marbled paper"):
            shopping.stock_up(self.market, title)
        self.a_shop_opens()
        self.a_listing_goes_live()
        self.a_guest_fills_a_basket()
        self.the_guest_pays_what_was_shown()
        self.sellers_send_or_cancel()
        self.the_buyer_has_it_all()
        self.a_moderator_gives_some_back()
        self.sellers_are_paid()
        self.everybody_was_told()
        self.market.check_books()

    def a_shop_opens(self) -> None:
        selling.sign_up(self.ama, "ama@example.org")
        self.slug = selling.open_business(self.ama)
        self.mira.go("/account/login/")
        self.mira.look("sign-in")
        self.mira.sign_in("mira@example.org")
        self.mira.go("/admin/")
        self.mira.look("admin")
        moderating.approve_waiting(self.mira, "sellers/business", "Ama Weaves")

    def a_listing_goes_live(self) -> None:
        selling.set_up_delivery(self.ama, self.slug)
        selling.write_listing(self.ama, self.slug)
        moderating.approve_waiting(self.mira, "catalog/listing", "Bolga basket")
        self.ama.go(f"/sell/{self.slug}/")
        self.ama.look("overview")
        self.ama.go("/notices/")
        self.ama.look("notices")

    def a_guest_fills_a_basket(self) -> None:
        """By search, by category and by storefront; country and currency come from the browser."""
        buyer = self.haruka
        buyer.go("/")
        buyer.sees("Japan · JPY")
        buyer.look("home")
        shopping.search_for(buyer, "bolga baskt")  # a typing mistake
        buyer.look("search")
        shopping.open_listing(buyer, "Bolga basket")
        buyer.look("listing")
        buyer.page.locator(".pill", has_text="Large").click()
        shopping.add(buyer)
        buyer.go("/c/home/baskets/")
        buyer.look("category")
        shopping.open_listing(buyer, "Lacquer bowl")
        shopping.add(buyer, quantity=2)
        shopping.search_for(buyer, "marbled paper")
        shopping.open_listing(buyer, "Marbled paper")
        buyer.follow("Visit the shop")
        buyer.title("Chiara Carta")
        buyer.look("storefront")
        shopping.open_listing(buyer, "Marbled paper")
        shopping.add(buyer)
        buyer.look("basket")

    def the_guest_pays_what_was_shown(self) -> None:
        buyer = self.haruka
        in_basket = shopping.shown_total(buyer)
        buyer.press("Go to checkout")
        buyer.title("Checkout")
        fields = buyer.page.evaluate(shopping.FIELDS)
        assert len(fields) <= 8, fields
        buyer.look("checkout")
        self.total = shopping.fill_checkout(buyer, shopping.OSAKA)
        assert self.total == in_basket
        assert shopping.to_payment(buyer) == self.total
        self.purchase = shopping.bought(buyer)
        buyer.look("payment")
        shopping.pay(buyer, "4000 0000 0000 3220")
        buyer.title("Confirm with your bank")
        buyer.look("confirm-with-bank")
        shopping.confirm_with_bank(buyer)
        assert shopping.has_receipt(buyer) == self.total
        buyer.look("receipt")
        self.receipt = buyer.page.url
        assert self.purchase.charges() == [self.total]
        orders = self.market.rows(
            "SELECT b.name, o.number, o.state FROM orders_order o JOIN sellers_business b"
            " ON b.id = o.business_id WHERE o.purchase_id = %s",
            self.purchase.purchase_id,
        )
        assert [state for _, _, state in orders] == ["PAID"] * 3
        self.numbers = {name.split()[0].lower(): number for name, number, _ in orders}

    def sellers_send_or_cancel(self) -> None:
        selling.read_order(self.ama, self.slug, self.numbers["ama"])
        self.ama.look("order-to-send")
        selling.read_papers(self.ama, self.slug, self.numbers["ama"])
        selling.ship(self.ama, "EMS", "EE123456789GH")
        self.ama.look("order-sent")
        self.chiara.sign_in("chiara@example.org")
        selling.read_order(self.chiara, "chiara-carta", self.numbers["chiara"])
        selling.ship(self.chiara, "Poste Italiane", "RR123456785IT")
        self.linh.sign_in("linh@example.org")
        selling.read_order(self.linh, "linh-lacquer", self.numbers["linh"])
        selling.cancel(self.linh, "The lacquer has not dried in this weather.")
        self.linh.look("order-cancelled")
        order_total, refunded = self.market.rows(
            "SELECT total_amount, refunded_amount FROM orders_order WHERE number = %s",
            self.numbers["linh"],
        )[0]
        assert order_total == refunded
        self.market.wait_for_value(
            order_total,
            "SELECT sum(amount) FROM sandbox_refund WHERE state = 'PAID' AND session_id = %s",
            self.purchase.session_id,
        )

    def the_buyer_has_it_all(self) -> None:
        buyer = self.haruka
        buyer.page.goto(self.receipt)
        buyer.sees("Paid back:")
        buyer.look("receipt-on-its-way")
        confirm = buyer.page.locator("section.card", has_text="Ama Weaves")
        confirm.get_by_role("button", name="I have received everything").click()
        buyer.sees("The seller is paid now.")
        buyer.look("receipt-confirmed")

    def a_moderator_gives_some_back(self) -> None:
        """A third of Chiara's order, before it is released."""
        total = self.market.value(
            "SELECT total_amount FROM orders_order WHERE number = %s", self.numbers["chiara"]
        )
        moderating.open_order(self.mira, self.numbers["chiara"])
        self.mira.look("admin-order")
        moderating.decide(
            self.mira, "Refund", amount=str(total // 3), reason="Two sheets were bent."
        )
        self.market.wait_for_value(
            total // 3,
            "SELECT amount FROM sandbox_refund WHERE state = 'PAID' AND session_id = %s"
            " ORDER BY created_at DESC LIMIT 1",
            self.purchase.session_id,
        )
        buyer = self.haruka
        buyer.page.goto(self.receipt)
        chiaras = buyer.page.locator("section.card", has_text="Chiara Carta")
        chiaras.get_by_role("button", name="I have received everything").click()
        buyer.sees("The seller is paid now.")

    def sellers_are_paid(self) -> None:
        self.market.manage("settle")
        done = (
            "SELECT count(DISTINCT currency) FROM payments_payout"
            " WHERE transfer = 'DONE' AND currency IN ('GHS', 'EUR')"
        )
        self.market.wait_for_value(2, done, seconds=150)
        for person, slug, currency in (
            (self.ama, self.slug, "GHS"),
            (self.chiara, "chiara-carta", "EUR"),
        ):
            person.go(f"/sell/{slug}/payouts/")
            person.look(f"payouts-{currency.lower()}")
            person.page.locator("table a[href*='/payouts/']").first.click()
            person.title("Payout")
            person.look(f"payout-{currency.lower()}")
            # Other journeys pay sellers in this market as well: what the bank did with this one.
            amount = self.market.value(
                "SELECT bank.amount FROM sandbox_payout AS bank JOIN payments_payout AS payout"
                " ON payout.provider_ref = bank.id WHERE payout.number = %s AND bank.state = 'PAID'",
                person.page.url.rstrip("/").rpartition("/")[2],
            )
            nets = person.page.locator("tbody td[data-label=Net]").all_inner_texts()
            assert sum(signed(net) for net in nets) == amount
            assert digits(person.page.locator(shopping.TOTAL).inner_text()) == amount
        # 320 cedis and 140 for the parcel, less 6 % of the goods.
        paid = self.market.value("SELECT amount FROM sandbox_payout WHERE currency = 'GHS'")
        assert Decimal(paid) / 100 == Decimal("320") + Decimal("140") - Decimal("19.20")

    def everybody_was_told(self) -> None:
        mails = 'SELECT "to", subject FROM notifications_emaildelivery'
        told = self.market.rows(mails)
        missing = [
            (to, words)
            for to, words in EXPECTED_MAIL
            if not any(to == whom and re.search(words, subject) for whom, subject in told)
        ]
        assert missing == [], told
        self.market.wait_for_value(
            0, "SELECT count(*) FROM notifications_emaildelivery WHERE state <> 'DONE'"
        )
        self.mira.go("/dev/mail/")
        self.mira.look("mailbox")


# Who is written to at each step.
EXPECTED_MAIL = [
    ("ama@example.org", "Confirm your e-mail address"),
    ("ama@example.org", "We have Ama Weaves and will look at it"),
    ("ama@example.org", "Ama Weaves may sell"),
    ("ama@example.org", "“Bolga basket” is on sale"),
    ("haruka@example.org", "Your receipt for purchase"),
    ("ama@example.org", "New order .*: please send it"),
    ("linh@example.org", "New order .*: please send it"),
    ("chiara@example.org", "New order .*: please send it"),
    ("haruka@example.org", "Your parcel from Ama Weaves is on its way"),
    ("haruka@example.org", "Your parcel from Chiara Carta is on its way"),
    ("linh@example.org", "is cancelled: please do not send it"),
    ("haruka@example.org", "was cancelled and your money is on its way back"),
    ("haruka@example.org", "is on its way back to you"),
    ("chiara@example.org", "A refund was given on order"),
    ("ama@example.org", "The payment for order .* is yours"),
    ("ama@example.org", "GHS.440.80 is on its way to your bank"),
    ("chiara@example.org", "is on its way to your bank"),
]


def signed(text: str) -> int:
    """Minor units of an amount that may be taken off."""
    return -digits(text) if re.search("[-−]", text) else digits(text)
