"""Every page of the shop in a language with long words, from the left and from the right.

A second web process shows the market's own pages in that language (stretched_settings.py).
"""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import shopping
from tests.journeys.album import Album
from tests.journeys.visitor import Visitor
from tests.market import ROOT, Market, wait_for
from tests.test_run import free_port

pytestmark = [pytest.mark.browser, pytest.mark.worker]

# What is read or heard on a page, outside what is written in the goods' own language.
TEXTS: Final = """() => {
  const found = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (parent.closest("script, style, noscript, svg, option, [lang]:not(html)")) continue;
    found.add(walk.currentNode.textContent.trim());
  }
  for (const e of document.querySelectorAll("[aria-label], [placeholder], [alt], [title]"))
    for (const name of ["aria-label", "placeholder", "alt", "title"]) found.add(e.getAttribute(name) || "");
  return [...found];
}"""
ACCENTED = re.compile("[áéíóúÁÉÍÓÚñçšẅ⟧]")
WORD = re.compile("[A-Za-z]{3,}")
# Written the same in every language.
NAMES: Final = {
    *("Freeport", "Sandbox", "CSV", "PDF", "EMS", "CN23"),
    *("https", "http", "example", "org", "UTC"),
}


@dataclass(frozen=True, slots=True)
class Stretched:
    """The market in the stretched language."""

    market: Market
    url: str

    def plain(self, page: Page) -> list[str]:
        """What no translator could change on the page that is open, but for people's own words."""
        own = self._own_words()
        left = []
        for text in page.evaluate(TEXTS):
            rest = text
            for word in own:
                rest = rest.replace(word, "")
            words = [
                word for word in WORD.findall(rest) if word not in NAMES and not word.isupper()
            ]
            if words and not ACCENTED.search(text):
                left.append(text[:80])
        return left

    def _own_words(self) -> list[str]:
        """Whatever sellers and buyers have written, longest first."""
        rows = self.market.rows(
            "SELECT title FROM catalog_listing UNION SELECT name FROM sellers_business"
            " UNION SELECT name FROM catalog_category UNION SELECT email FROM accounts_user"
            " UNION SELECT name FROM accounts_user UNION SELECT name FROM shipping_deliveryoption"
            " UNION SELECT name FROM shipping_deliveryprofile UNION SELECT email FROM orders_purchase"
            " UNION SELECT value FROM orders_purchase, jsonb_each_text(ship_to)"
            " UNION SELECT value FROM sellers_business, jsonb_each_text(address)"
            # A notice, and the words for the provider, are in the language that its reader had then.
            " UNION SELECT description FROM sandbox_session"
            " UNION SELECT subject FROM notifications_notice"
            " UNION SELECT description FROM catalog_listing UNION SELECT name FROM orders_ordercharge"
        )
        return sorted((row[0] for row in rows if row[0]), key=len, reverse=True)


@pytest.fixture(scope="module")
def stretched(market: Market) -> Iterator[Stretched]:
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    command += ["--host", "127.0.0.1", "--workers", "1", "--blocking-threads", "1"]
    command += ["--log-level", "warning", "marketplace.wsgi:application"]
    settings = {"DJANGO_SETTINGS_MODULE": "tests.journeys.stretched_settings"}
    process = subprocess.Popen(command, cwd=ROOT, env={**market.environment(), **settings})
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        with suppress(OSError), urllib.request.urlopen(f"{url}/readyz", timeout=2):
            return True
        return False

    try:
        wait_for(answers, 60, "the stretched market answers")
        yield Stretched(market, url)
    finally:
        process.terminate()
        process.wait(10)


def test_no_page_breaks_or_stays_in_english(
    market: Market, browser: Browser, stretched: Stretched
) -> None:
    """A buyer's and a seller's pages, each as it stands after a sale."""
    shopping.stock_up(market, "Lacquer bowl")
    bowl = shopping.path_of(market, "Lacquer bowl")
    with (
        Visitor(market, browser, language="en-KW") as buyer,
        Visitor(market, browser, language="vi-VN") as linh,
    ):
        shopping.quick_order(buyer, bowl, shopping.SALMIYA)
        shopping.pay(buyer)
        shopping.has_receipt(buyer)
        receipt = buyer.page.url.replace(market.url, "")
        shopping.quick_order(buyer, bowl, shopping.SALMIYA)
        waiting = buyer.page.url.replace(market.url, "")
        buyer.go(bowl)
        shopping.add(buyer)
        linh.sign_in("linh@example.org")
        paths = {buyer: [*shop_pages(bowl), receipt, waiting], linh: seller_pages(market)}
        complaints = []
        for language in ("de", "ar"):
            album = Album(f"stretched-{language}")
            for visitor, places in paths.items():
                complaints += walk(stretched, album, visitor, language, places)
            complaints += album.complaints
    (album.folder / "complaints.txt").write_text("\n".join(complaints))
    assert complaints == []


def walk(
    stretched: Stretched, album: Album, visitor: Visitor, language: str, places: list[str]
) -> list[str]:
    """Look at every place in the language; what is wrong there."""
    page = visitor.page
    page.set_extra_http_headers({"Accept-Language": language})
    visitor.context.add_cookies(
        [{"name": "django_language", "value": language, "url": stretched.url}]
    )
    complaints = []
    for place in places:
        answer = page.goto(f"{stretched.url}{place}")
        assert answer is not None
        if answer.status >= 500:
            complaints.append(f"{language} {place}: {answer.status}")
            continue
        direction = page.evaluate("document.documentElement.dir")
        if direction != ("rtl" if language == "ar" else "ltr") and "/sandbox/" not in place:
            complaints.append(f"{language} {place}: reads {direction}")
        name = re.sub(r"\W+", "-", place).strip("-")[:40] or "home"
        album.look_narrow(page, f"{language} {place}")
        page.screenshot(path=album.folder / f"{name}-320.png", full_page=True)
        # Countries have Arabic names there, so that nothing else is left in Latin letters.
        if language == "ar":
            complaints += [f"{place}: “{text}”" for text in stretched.plain(page)]
    return complaints


def shop_pages(listing: str) -> list[str]:
    return [
        *["/", "/c/home/baskets/", "/search/?q=lacquer", "/search/?q=nosuchthing"],
        *["/shops/linh-lacquer/", listing, "/basket/", "/checkout/", "/preferences/", "/rates/"],
        *["/sell/", "/account/login/", "/account/signup/", "/account/password/reset/", "/nowhere/"],
    ]


def seller_pages(market: Market) -> list[str]:
    slug = "/sell/linh-lacquer/"
    number = market.value(
        "SELECT o.number FROM orders_order o JOIN sellers_business b ON b.id = o.business_id"
        " WHERE b.slug = 'linh-lacquer' AND o.state = 'PAID' ORDER BY o.created_at DESC LIMIT 1"
    )
    listing = market.value("SELECT id FROM catalog_listing WHERE title = 'Lacquer bowl'")
    profile, option = market.rows(
        "SELECT p.id, o.id FROM shipping_deliveryprofile p JOIN shipping_deliveryoption o"
        " ON o.profile_id = p.id JOIN sellers_business b ON b.id = p.business_id"
        " WHERE b.slug = 'linh-lacquer' LIMIT 1"
    )[0]
    editor = f"{slug}listings/{listing}/"
    return [
        *[slug, f"{slug}status/", f"{slug}business/", f"{slug}team/", "/sell/open/"],
        *[f"{slug}orders/", f"{slug}orders/{number}/", f"{slug}payouts/", "/notices/", "/account/"],
        *[f"{slug}listings/", f"{slug}listings/new/", editor, f"{editor}photos/"],
        *[f"{editor}variants/", f"{editor}preview/", f"{slug}delivery/"],
        *[f"{slug}delivery/{profile}/", f"{slug}delivery/{profile}/options/{option}/"],
        *["/account/addresses/", "/account/addresses/new/", "/account/purchases/"],
    ]
