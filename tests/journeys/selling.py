"""What a seller does, screen by screen."""

from __future__ import annotations

import re
from io import BytesIO

from PIL import Image
from pypdf import PdfReader

from tests.journeys.shopping import pick
from tests.journeys.visitor import PASSWORD, Visitor, digits


def sign_up(seller: Visitor, email: str) -> None:
    """An account, and the address confirmed by the link in the mail."""
    seller.go("/")
    seller.go("/sell/")
    seller.look("sell-here")
    seller.page.get_by_role("link", name=re.compile("Open your business")).first.click()
    seller.title("Create an account")
    seller.look("sign-up")
    seller.fill("E-mail", email)
    seller.fill("Password", PASSWORD)
    seller.press("Create the account")
    seller.title("Open your business")
    confirm_address(seller, email)


def confirm_address(seller: Visitor, email: str) -> None:
    seller.go(seller.mail(email, "onfirm"))
    seller.look("mail-confirm-address")
    link = seller.page.locator(".prose a", has_text="/confirm-email/").first
    seller.page.goto(link.get_attribute("href") or "")
    seller.look("confirm-address")
    seller.page.locator("main form button[type=submit]").first.click()
    seller.page.wait_for_load_state()


def open_business(seller: Visitor) -> str:
    """Ama's business in Accra; returns its slug."""
    seller.go("/sell/open/")
    seller.choose("Country", "GH")
    change_country(seller, "Use this country's address form")
    seller.look("open-business")
    seller.fill("Business name", "Ama Weaves")
    seller.fill("Full name", "Ama Mensah")
    seller.fill("Street address", "4 Ring Road")
    seller.page.get_by_label(re.compile("^(Town|City)")).first.fill("Accra")
    seller.page.get_by_label(re.compile("I agree to the fee")).check()
    seller.press("Open the business")
    seller.title("Ama Weaves")
    seller.look("business-drafting")
    seller.press("Ask us to look at it")
    seller.sees("We are looking at it")
    seller.look("business-in-review")
    return re.search(r"/sell/([^/]+)/", seller.page.url).group(1)  # type: ignore[union-attr]


def change_country(visitor: Visitor, button: str) -> None:
    """The address form follows the country: by itself, or by its button without scripts."""
    if visitor.scripts:
        visitor.page.wait_for_load_state("networkidle")
    else:
        visitor.press(button)


def set_up_delivery(seller: Visitor, slug: str) -> None:
    """The usual options are there; one more goes everywhere."""
    seller.go(f"/sell/{slug}/delivery/")
    seller.look("delivery")
    seller.follow("Add an option")
    seller.fill("What buyers see", "Tracked air parcel")
    seller.page.locator("[name=carried_by][value=post]").check()
    seller.page.get_by_label(re.compile("Everywhere")).first.check()
    seller.page.locator("[name=base]").fill("140.00")
    seller.page.locator("[name=per_kg]").fill("0.00")
    seller.page.locator("[name=min_days]").fill("6")
    seller.page.locator("[name=max_days]").fill("12")
    seller.look("delivery-option")
    seller.press("Save")
    seller.sees("Tracked air parcel")


def write_listing(seller: Visitor, slug: str) -> None:
    """A basket in two sizes, from its name to the request for review."""
    seller.go(f"/sell/{slug}/listings/")
    seller.look("listings-empty")
    seller.follow("New listing")
    seller.look("listing-new")
    seller.fill("What are you selling?", "Bolga basket")
    pick(seller.field("Category"), "Baskets")
    seller.press("Make a draft")
    _words_and_papers(seller)
    _photo(seller)
    _prices(seller)
    _preview(seller)
    seller.press("Send to review")
    seller.sees("In review")
    seller.look("listing-in-review")


def _words_and_papers(seller: Visitor) -> None:
    seller.fill(
        "Description",
        "A round basket of elephant grass, woven by hand in Bolgatanga, with a leather handle.",
    )
    seller.page.locator("#hs-words").fill("basket")
    if not seller.scripts:
        seller.press("Find")
    seller.page.locator("input[name=hs_choice]").first.wait_for()
    seller.look("listing-customs-code")
    chosen = seller.page.locator("input[name=hs_choice][value='460212']")
    (chosen if chosen.count() else seller.page.locator("input[name=hs_choice]")).first.check()
    seller.fill("What customs should read", "Woven grass basket")
    seller.choose("Made in", "GH")
    seller.press("Save")
    seller.sees("Saved.")


def _photo(seller: Visitor) -> None:
    seller.follow("Photos")
    file = BytesIO()
    Image.effect_mandelbrot((900, 900), (-2.2, -1.4, 0.8, 1.4), 60).convert("RGB").save(
        file, "JPEG"
    )
    photo = {"name": "basket.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}
    seller.page.locator("input[type=file]").set_input_files(photo)  # type: ignore[arg-type]
    seller.page.locator("form[enctype] [name=alt]").fill("A round basket with a handle")
    seller.press("Add the photo")
    seller.sees("The photo is in the gallery.")
    seller.look("listing-photos")


def _prices(seller: Visitor) -> None:
    seller.follow("Prices and stock")
    seller.page.locator("#options [name=name_1]").fill("Size")
    seller.page.locator("#options [name=values_1]").fill("Small, Large")
    seller.press("Lay out the rows")
    for row, (price, stock, weight) in enumerate((("250.00", "6", "900"), ("320.00", "4", "1300"))):
        seller.page.locator(f"[name=v{row}-price]").fill(price)
        seller.page.locator(f"[name=v{row}-available]").fill(stock)
        seller.page.locator(f"[name=v{row}-weight_g]").fill(weight)
    seller.look("listing-prices")
    seller.press("Save prices and stock")
    seller.sees("Saved.")


def _preview(seller: Visitor) -> None:
    """What three destinations pay, and that the seller is paid its price less 6 %."""
    seller.follow("What buyers pay")
    for number, country in enumerate(("JP", "FR", "US"), start=1):
        seller.page.locator(f"#to-{number}").select_option(country)
    seller.press("Show")
    for name in ("Japan", "France", "United States"):
        assert seller.page.locator("section h3", has_text=name).count() == 1
    seller.look("listing-preview")
    for table in seller.page.locator("table.totals", has_text="To your account").all():
        price, delivery, fee, net = [digits(cell) for cell in table.locator("td").all_inner_texts()]
        assert (price, fee) == (25000, 1500)
        assert net == price + delivery - fee


def read_order(seller: Visitor, slug: str, number: str) -> None:
    """Find an order among those to send, and open it."""
    seller.go(f"/sell/{slug}/orders/")
    seller.look("orders-to-send")
    seller.page.locator("main a", has_text=number).first.click()
    seller.title(f"Order {number}")


def read_papers(seller: Visitor, slug: str, number: str) -> None:
    """Packing slip and customs declaration open and name what is in the parcel."""
    for paper, words in (("packing-slip", "Bolga basket"), ("customs", "Woven grass basket")):
        answer = seller.context.request.get(f"/sell/{slug}/orders/{number}/{paper}.pdf")
        assert answer.status == 200
        assert answer.headers["content-type"] == "application/pdf"
        text = " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.body())).pages)
        assert words in text, text
        assert "Haruka" in text


def ship(seller: Visitor, carrier: str, number: str) -> None:
    seller.fill("Carrier", carrier)
    seller.fill("Tracking number", number)
    seller.press("It is on its way")
    seller.sees("The buyer has been told.")


def cancel(seller: Visitor, reason: str) -> None:
    seller.page.get_by_text("You can't send it?").click()
    seller.fill("Why can't you send it?", reason)
    seller.press("Cancel the order and pay the buyer back")
    seller.sees("the buyer is paid back")
