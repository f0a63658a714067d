"""Right-to-left and long words, proved by a language that does not exist: Arabic's direction, English stretched by half."""

from __future__ import annotations

import gettext
import os
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils.translation import trans_real
from playwright.sync_api import Browser, Error, sync_playwright
from pytest_django.live_server_helper import LiveServer

# What a translated text carries: no English page contains it by itself.
MARK = "⟧"
ACCENTS = str.maketrans("aeiouAEIOUncs", "áéíóúÁÉÍÓÚñçš")
# Placeholders, tags and entities stay as they are.
KEPT = re.compile(r"(%\([a-z_]+\)[sd]|%[sd]|{[a-z_]*}|<[^>]+>|&[a-z]+;)")

WORD = re.compile(r"[^\W\d_]+")


def stretched(text: str) -> str:
    """The text with accents, each word half as long again, and a mark at the end."""
    parts = KEPT.split(text)
    words = "".join(p if at % 2 else WORD.sub(_longer, p) for at, p in enumerate(parts))
    return f"{words}{MARK}" if text.strip() else text


def _longer(word: re.Match[str]) -> str:
    return word[0].translate(ACCENTS) + "ẅ" * (len(word[0]) // 2)


class StretchedTranslations(gettext.NullTranslations):
    """A catalogue that knows every text."""

    def gettext(self, message: str) -> str:
        return stretched(message.rpartition("\x04")[2])

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return stretched((msgid1 if n == 1 else msgid2).rpartition("\x04")[2])

    def to_language(self) -> str:
        return "ar"


@pytest.fixture
def stretched_language() -> Iterator[None]:
    # The catalogue comes after the setting: changing LANGUAGES empties Django's catalogues.
    with override_settings(LANGUAGES=[*settings.LANGUAGES, ("ar", "Stretched")]):
        translations: dict[str, Any] = trans_real._translations  # type: ignore[attr-defined]
        translations["ar"] = StretchedTranslations()
        yield


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread, where Django would refuse to reach the database.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
        except Error as reason:
            pytest.skip(f"no browser here: {reason}")
        yield started
        started.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


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
