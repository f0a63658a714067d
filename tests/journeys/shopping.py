"""What a buyer does: finds things, fills a basket, checks out, pays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Locator, expect

from tests.journeys.visitor import Visitor, digits
from tests.market import Market

TOTAL: Final = ".totals__sum td"
# What somebody must fill in or choose in the checkout, as it is first shown.
FIELDS: Final = """[...document.querySelectorAll("main form input, main form select, main form textarea")]
  .filter(e => !["hidden", "submit", "button", "radio"].includes(e.type) && e.checkVisibility())
  .map(e => e.name)"""


@dataclass(frozen=True, slots=True)
class Address:
    """What is typed into the checkout, by the field's name."""

    email: str
    country: str
    fields: dict[str, str]
    area: str = ""


OSAKA: Final = Address(
    "haruka@example.org",
    "JP",
    {
        "name": "Haruka Sato",
        "street_address": "1-2-3 Umeda, Kita-ku, Osaka-shi",
        "postal_code": "530-0001",
    },
    area="Osaka",
)
SALMIYA: Final = Address(
    "fatima@example.org",
    "KW",
    {"name": "Fatima Al-Sabah", "street_address": "Block 5, Street 12", "city": "Salmiya"},
)


def prefer(buyer: Visitor, country: str, currency: str) -> None:
    """Say where things go and in which currency one thinks."""
    buyer.go("/preferences/?next=/")
    buyer.look("preferences")
    buyer.choose("Country", country)
    buyer.choose("Currency", currency)
    buyer.press("Save")
    buyer.page.wait_for_load_state()


def add(buyer: Visitor, quantity: int = 1) -> None:
    """Put what is shown into the basket."""
    if quantity != 1:
        buyer.page.locator("#buy-quantity").fill(str(quantity))
    buyer.press("Add to basket")
    buyer.sees("It is in your basket.")


def open_listing(buyer: Visitor, title: str) -> None:
    buyer.page.locator(".listing-card__title a", has_text=title).first.click()
    buyer.title(title)


def search_for(buyer: Visitor, words: str) -> None:
    buyer.go("/")
    buyer.page.locator("#site-search").fill(words)
    buyer.page.locator("#site-search").press("Enter")
    buyer.page.wait_for_url(re.compile("/search/"))


def fill_checkout(buyer: Visitor, address: Address) -> int:
    """Who and where; returns the total that is shown then, in minor units."""
    form = buyer.page.locator("main form")
    if form.locator("[name=country_code]").input_value() != address.country:
        form.locator("[name=country_code]").select_option(address.country)
        if buyer.scripts:
            buyer.page.wait_for_load_state("networkidle")
        else:
            buyer.press("Use this country's address form")
    form.locator("[name=email]").fill(address.email)
    for name, value in address.fields.items():
        form.locator(f"[name={name}]").fill(value)
    if address.area:
        pick(form.locator("[name=country_area]"), address.area)
    if buyer.scripts:
        buyer.page.wait_for_timeout(400)
        buyer.page.wait_for_load_state("networkidle")
    else:
        buyer.press("Update the total")
    return shown_total(buyer)


def pick(select: Locator, words: str) -> None:
    """Choose the first option that has these words in it."""
    option = select.locator("option", has_text=words).first
    select.select_option(option.get_attribute("value") or "")


def shown_total(buyer: Visitor) -> int:
    """The sum at the foot of the page's last table of costs."""
    return digits(buyer.page.locator(f"main aside {TOTAL}").last.inner_text())


def to_payment(buyer: Visitor) -> int:
    """On to the provider's page; returns the amount that it asks for."""
    buyer.press("Continue to payment")
    buyer.page.wait_for_url(re.compile("/sandbox/pay/"))
    amount = digits(buyer.page.locator(".order__amount").inner_text())
    button = buyer.page.locator("button.primary").inner_text()
    assert digits(button) == amount
    return amount


def pay(buyer: Visitor, card: str = "4242 4242 4242 4242", name: str = "Haruka Sato") -> None:
    """Type a card and press the button; what comes of it is the card's matter."""
    buyer.fill("Card number", card)
    buyer.fill("Expiry date", "12 / 30")
    buyer.fill("Security code", "123")
    buyer.fill("Name on the card", name)
    buyer.page.locator("button.primary").click()


def pay_and_close_the_tab(buyer: Visitor, card: str = "4242 4242 4242 4242") -> None:
    """Pay, and never come back: the provider's answer leads to us, and nobody follows it."""
    typed = {"number": card, "expiry": "12 / 30", "code": "123", "name": "Somebody"}
    token = buyer.page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value") or ""
    answer = buyer.context.request.post(
        buyer.page.url,
        form={**typed, "csrfmiddlewaretoken": token},
        headers={"Referer": buyer.page.url},
        max_redirects=0,
    )
    assert answer.status == 302
    assert "/checkout/return/" in answer.headers["location"]


def confirm_with_bank(buyer: Visitor, *, passes: bool = True) -> None:
    buyer.title("Confirm with your bank")
    buyer.press("Yes, confirm the payment" if passes else "No, stop it")


def has_receipt(buyer: Visitor) -> int:
    """The receipt is open; returns the total on it."""
    buyer.page.wait_for_url(re.compile("/purchases/"))
    expect(buyer.page.locator("h1")).to_have_text("Thank you")
    return shown_total(buyer)


def quick_order(buyer: Visitor, listing: str, address: Address, quantity: int = 1) -> int:
    """From a listing's page to the payment page; returns the amount asked for there."""
    buyer.go(listing)
    add(buyer, quantity)
    buyer.go("/checkout/")
    total = fill_checkout(buyer, address)
    assert to_payment(buyer) == total
    return total


# --- what the market knows of it -----------------------------------------------------------------


def path_of(market: Market, title: str) -> str:
    """Where a listing is."""
    key, slug = market.rows("SELECT id, slug FROM catalog_listing WHERE title = %s", title)[0]
    return f"/l/{key}/{slug}/"


def stock_up(market: Market, title: str, available: int = 30) -> None:
    """Have that many of each kind of a thing on the shelf."""
    market.rows(
        "UPDATE catalog_stock SET available = %s WHERE variant_id IN (SELECT v.id FROM catalog_variant v"
        " JOIN catalog_listing l ON l.id = v.listing_id WHERE l.title = %s)",
        available,
        title,
    )


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase, as the market and the provider know it."""

    market: Market
    purchase_id: str
    session_id: str

    def state(self) -> str:
        return str(
            self.market.value("SELECT state FROM orders_purchase WHERE id = %s", self.purchase_id)
        )

    def becomes(self, state: str, seconds: float = 40) -> None:
        self.market.wait_for_value(
            state,
            "SELECT state FROM orders_purchase WHERE id = %s",
            self.purchase_id,
            seconds=seconds,
        )

    def charges(self) -> list[int]:
        """What the provider has charged for it, each time."""
        rows = self.market.rows(
            "SELECT s.amount FROM sandbox_session s JOIN payments_payment p"
            " ON s.metadata->>'payment' = p.id::text"
            " WHERE s.state = 'PAID' AND p.purchase_ref = %s",
            self.purchase_id,
        )
        return [row[0] for row in rows]

    def events(self) -> int:
        """How often the provider's word about it has come in."""
        return int(
            self.market.value(
                "SELECT count(*) FROM payments_providerevent WHERE payload::text LIKE %s",
                f"%{self.session_id}%",
            )
        )

    def captures(self) -> int:
        """How often it was booked as paid."""
        return int(
            self.market.value(
                "SELECT count(*) FROM ledger_entry e JOIN payments_payment p"
                " ON e.reference = p.id::text WHERE e.kind = 'CAPTURE' AND p.purchase_ref = %s",
                self.purchase_id,
            )
        )

    def runs_out(self) -> None:
        """Its time to pay is over."""
        for statement in (
            "UPDATE orders_deadline SET due_at = now() - interval '1 second' WHERE purchase_id = %s",
            "UPDATE payments_payment SET expires_at = now() - interval '1 second'"
            " WHERE purchase_ref = %s",
        ):
            self.market.rows(statement, self.purchase_id)
        self.market.rows(
            "UPDATE sandbox_session SET expires_at = now() - interval '1 second' WHERE id = %s",
            self.session_id,
        )
        self.market.wake("orders.tasks.sweep_deadlines")


def bought(buyer: Visitor) -> Bought:
    """What is being paid on the provider's page that is open."""
    session_id = buyer.page.url.split("/sandbox/pay/")[1].split("/")[0]
    purchase_id = buyer.market.value(
        "SELECT purchase_ref FROM payments_payment WHERE session_ref = %s", session_id
    )
    return Bought(buyer.market, str(purchase_id), session_id)
