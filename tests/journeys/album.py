"""What every page of a journey is held to, and the pictures that are kept of it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page

FOLDER: Final = Path(settings.BASE_DIR) / "test-results" / "journeys"
NARROWEST, PHONE, DESK = 320, 360, 1280
HEIGHTS = {NARROWEST: 640, PHONE: 740, DESK: 900}
# Which elements stick out, for whoever has to mend it.
OUTSIDE: Final = """width => [...document.querySelectorAll("body *")]
  .filter(e => { const at = e.getBoundingClientRect(); return at.width && (at.right > width + 1 || at.left < -1) })
  .map(e => e.tagName.toLowerCase() + "." + (e.getAttribute("class") || "") + " " + e.textContent.trim().slice(0, 40))
  .slice(-4)"""
WIDTH: Final = "document.documentElement.scrollWidth"


class Album:
    """Pictures of each page at 360 and 1280 pixels; `complaints` is what was wrong with any."""

    def __init__(self, name: str) -> None:
        self.folder = FOLDER / name
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.complaints: list[str] = []
        self.paths: list[tuple[str, str]] = []
        self._axe = Axe()

    def look(self, page: Page, name: str, *, who: str = "", scripts: bool = True) -> None:
        """Judge the page that is open: no sideways scrolling, no serious barrier; keep pictures.

        axe is a script itself, so a browser without any can't ask it.
        """
        number = len(self.paths) + 1
        self.paths.append((who, page.url))
        self.look_narrow(page, name)
        for width in (PHONE, DESK):
            page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            page.screenshot(path=self.folder / f"{number:02}-{name}-{width}.png", full_page=True)
            if width == PHONE and scripts:
                self._ask_axe(page, name)

    def look_narrow(self, page: Page, name: str) -> None:
        """Nothing scrolls sideways on the narrowest phone."""
        page.set_viewport_size({"width": NARROWEST, "height": HEIGHTS[NARROWEST]})
        wide = page.evaluate(WIDTH)
        if wide > NARROWEST:
            outside = page.evaluate(OUTSIDE, NARROWEST)
            self.complaints.append(f"{name}: {wide} px wide on {NARROWEST}: {outside}")

    def _ask_axe(self, page: Page, name: str) -> None:
        found: dict[str, Any] = self._axe.run(
            page, options={"resultTypes": ["violations"]}
        ).response
        for violation in found["violations"]:
            if violation["impact"] in {"serious", "critical"}:
                places = [re.sub(r"\s+", " ", node["html"])[:160] for node in violation["nodes"]]
                self.complaints.append(f"{name}: {violation['id']}: {places[:3]}")
