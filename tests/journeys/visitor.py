"""Somebody in front of a browser: finds things by their words, as people do."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Final, Self

from playwright.sync_api import Browser, Locator, Page, Response, expect

from tests.journeys.album import DESK, HEIGHTS, Album
from tests.market import Market

PASSWORD: Final = "correct horse battery"
TIMEOUT_MS: Final = 45_000


class Visitor:
    """One person, one browser of its own. `language` is the browser's; `scripts` whether it has any."""

    def __init__(
        self,
        market: Market,
        browser: Browser,
        *,
        who: str = "guest",
        language: str = "en-US",
        scripts: bool = True,
        album: Album | None = None,
    ) -> None:
        self.market, self.who, self.album, self.scripts = market, who, album, scripts
        self.context = browser.new_context(
            base_url=market.url,
            locale=language,
            java_script_enabled=scripts,
            reduced_motion="reduce",
            viewport={"width": DESK, "height": HEIGHTS[DESK]},
        )
        self.context.set_default_timeout(TIMEOUT_MS)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._note)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None and self.album is not None:
            self.page.screenshot(path=self.album.folder / f"failed-{self.who}.png", full_page=True)
        self.context.close()

    def _note(self, response: Response) -> None:
        if response.status >= 500:
            self.errors.append(f"{response.status} {response.url}")

    # --- reading ---------------------------------------------------------------------------------

    def go(self, path: str) -> None:
        response = self.page.goto(path)
        assert response is not None
        assert response.status == 200, f"{response.status} for {path}"

    def sees(self, words: str) -> None:
        expect(self.page.locator("body")).to_contain_text(words, timeout=TIMEOUT_MS)

    def title(self, words: str) -> None:
        """Wait for the page whose first heading says so."""
        expect(self.page.locator("h1").first).to_contain_text(words, timeout=TIMEOUT_MS)

    def look(self, name: str) -> None:
        if self.album is not None:
            self.album.look(self.page, name, who=self.who, scripts=self.scripts)
            self.page.set_viewport_size({"width": DESK, "height": HEIGHTS[DESK]})

    def amount(self, place: str) -> int:
        """Minor units of the one amount that stands at `place`, in a currency written with digits."""
        return digits(self.page.locator(place).last.inner_text())

    # --- doing -----------------------------------------------------------------------------------

    def fill(self, label: str, value: str) -> None:
        self.field(label).fill(value)

    def choose(self, label: str, value: str) -> None:
        self.field(label).select_option(value)

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}")).first

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words).first.click()

    def follow(self, words: str) -> None:
        self.page.get_by_role("link", name=words).first.click()

    # --- everybody -------------------------------------------------------------------------------

    def sign_in(self, email: str) -> None:
        self.go("/account/login/")
        self.fill("E-mail", email)
        self.fill("Password", PASSWORD)
        self.press("Sign in")
        self.page.wait_for_url(lambda url: "/login/" not in url)

    def mail(self, to: str, words: str) -> str:
        """The path of the newest mail to somebody whose subject has these words."""
        subject = self.page.locator("th a", has_text=words).first
        for _ in range(40):
            self.page.goto(f"/dev/mail/?to={to}")
            if subject.count():
                return subject.get_attribute("href") or ""
            self.page.wait_for_timeout(500)
        raise AssertionError(f"no mail to {to} with “{words}”")


def digits(text: str) -> int:
    """The digits of an amount: minor units, where it is written with all its decimal places."""
    return int(re.sub(r"\D", "", text))
