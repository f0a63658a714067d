"""Right-to-left and long words, proved by a language that does not exist: Arabic's direction, English stretched by half."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils.translation import trans_real
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser import browser
from tests.stretched import MARK, StretchedTranslations, stretched

__all__ = ["browser"]


@pytest.fixture
def stretched_language() -> Iterator[None]:
    # The catalogue comes after the setting: changing LANGUAGES empties Django's catalogues.
    with override_settings(LANGUAGES=[*settings.LANGUAGES, ("ar", "Stretched")]):
        translations: dict[str, Any] = trans_real._translations  # type: ignore[attr-defined]
        translations["ar"] = StretchedTranslations()
        yield


# Which elements stick out, for whoever has to mend it.
OUTSIDE = """width => [...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().left < -1 || e.getBoundingClientRect().right > width + 1)
  .map(e => e.tagName + "." + (e.getAttribute("class") || "") + " " + e.textContent.trim().slice(0, 40))
  .slice(-12)"""

PATHS = [
    "/",
    "/search/?q=vase",
    "/basket/",
    "/preferences/",
    "/account/login/",
    "/account/signup/",
    "/account/password/reset/",
    "/style/",
    "/no-such-page/",
]


def test_the_stretched_language_keeps_placeholders() -> None:
    assert stretched("Page %(number)s of <b>x</b>").startswith("Págéẅẅ %(number)s ófẅ <b>")
    assert stretched("Basket").endswith(MARK)
    assert stretched("") == ""


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS[:-1])
def test_a_page_turns_round(client: Client, stretched_language: None, path: str) -> None:
    answer = client.get(path, headers={"accept-language": "ar"})
    assert answer.status_code == 200
    assert '<html lang="ar" dir="rtl"' in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/account/login/", "/account/signup/", "/account/password/reset/"]
)
def test_every_word_of_a_page_is_translated(
    client: Client, stretched_language: None, path: str
) -> None:
    html = client.get(path, headers={"accept-language": "ar"}).content.decode()
    body = html[html.index("<body") :]
    body = re.sub(r"<(script|svg)\b.*?</\1>", "", body, flags=re.S)
    texts = {text.strip() for text in re.findall(r">([^<]+)<", body) if re.search(r"\w", text)}
    # A part of a sentence has no mark at its end, but it has the accents; countries come from Babel.
    plain = {text for text in texts if not set(text) & set("áéíóúÁÉÍÓÚẅ⟧")}
    assert {text for text in plain if text.isascii()} == {settings.SITE_NAME}


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", PATHS)
def test_nothing_scrolls_sideways(
    browser: Browser, live_server: LiveServer, stretched_language: None, path: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="ar")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(f"{live_server.url}{path}")
    assert page.evaluate("document.documentElement.dir") == "rtl"
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, page.evaluate(OUTSIDE, width)
    refused = [text for text in complaints if "Content Security Policy" in text]
    assert refused == []
    context.close()
