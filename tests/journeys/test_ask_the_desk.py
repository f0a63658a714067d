"""A potter in Accra asks the open desk about a mug for Japan, and reads the rules behind the answer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.album import Album
from tests.journeys.visitor import Visitor
from tests.market import Market

pytestmark = [pytest.mark.browser, pytest.mark.worker]


def ask(visitor: Visitor, *, goods: str, to: str) -> None:
    visitor.fill("What is it?", goods)
    visitor.choose("To", to)
    visitor.fill("Your price", "250")
    visitor.fill("Delivery price", "120")
    visitor.press("Ask the desk")
    visitor.sees("Ghana to")


def test_may_a_mug_go_to_japan(market: Market, browser: Browser) -> None:
    album = Album("the-desk")
    with Visitor(market, browser, language="en-GH", album=album) as potter:
        potter.go("/desk/")
        potter.title("Can I sell it there?")
        potter.look("question")
        ask(potter, goods="stoneware mug", to="JP")
        potter.sees("Yes, you can sell it there")
        potter.sees("To your account")
        line = potter.page.locator(".reckoning__line summary").first
        line.click()
        expect(potter.page.locator(".reckoning__why").first).to_be_visible()
        potter.look("answer")
        shared = potter.page.url
        assert "goods=stoneware" in shared
        potter.page.locator(".reckoning__why a").first.click()
        potter.title("Japan")
        potter.sees("Customs Tariff Act")
        potter.look("japan")
        potter.go(shared)
        potter.sees("Yes, you can sell it there")
        potter.go("/desk/destinations/")
        potter.look("countries")
        potter.go("/desk/changes/")
        potter.look("changes")
        potter.go("/desk/AQ/")
        potter.sees("Not known yet")
        potter.look("not-known")
        ask_wrongly(potter)
        assert potter.errors == []
    assert album.complaints == []


def ask_wrongly(potter: Visitor) -> None:
    """What was typed stays, and the reason stands beside it."""
    potter.go("/desk/")
    potter.fill("What is it?", "gift")
    potter.fill("Your price", "a lot")
    potter.press("Ask the desk")
    potter.sees("Customs refuse words")
    expect(potter.field("Your price")).to_have_value("a lot")
    potter.look("mistakes")


def test_the_desk_answers_without_scripts(market: Market, browser: Browser) -> None:
    album = Album("the-desk-without-scripts")
    with Visitor(market, browser, language="en-GH", scripts=False, album=album) as potter:
        potter.go("/desk/")
        ask(potter, goods="stoneware mug", to="CA")
        potter.sees("Province or territory")
        potter.choose("Province or territory", "ON")
        potter.press("Ask the desk")
        expect(potter.page.locator("#answer")).not_to_contain_text("province or state")
        potter.look("canada")
        assert potter.errors == []
    assert album.complaints == []
