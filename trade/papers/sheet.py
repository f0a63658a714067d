"""A sheet of paper to draw on: fonts for every script we can print, and cells of a form."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import cast

from fpdf import FPDF
from fpdf.enums import MethodReturnValue
from fpdf.util import Padding

MARGIN_MM = 12.0
SMALL_PT = 6.5
BODY_PT = 9.5
TITLE_PT = 15.0

# Package, file, and the code points the file is wanted for; the main font has Latin, Greek,
# Cyrillic and Devanagari.
_MAIN = ("fontpkg_noto_sans", "files/NotoSans[wdth,wght].ttf")
_SCRIPTS: tuple[tuple[str, str, str, tuple[tuple[int, int], ...]], ...] = (
    (
        "cjk",
        "noto_cjk_sans_jp_regular",
        "NotoSansCJKjp-Regular.otf",
        ((0x1100, 0x11FF), (0x2E80, 0x9FFF), (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0xFF00, 0xFFEF)),
    ),
    (
        "arabic",
        "fontpkg_noto_sans_arabic",
        "files/NotoSansArabic[wdth,wght].ttf",
        ((0x0600, 0x077F), (0x08A0, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF)),
    ),
    ("thai", "fontpkg_noto_sans_thai", "files/NotoSansThai[wdth,wght].ttf", ((0x0E00, 0x0E7F),)),
)


@cache
def _font_file(package: str, name: str) -> Path:
    return Path(str(files(package).joinpath(name)))


_PADDING = Padding(right=0.8, left=0.8)


class Sheet:
    """An A4 page, portrait or landscape. Sizes are millimetres, type sizes points."""

    def __init__(self, *, title: str, texts: Iterable[str], landscape: bool = False) -> None:
        """texts: everything that will be printed, so that only the fonts needed are loaded."""
        self.pdf = FPDF(orientation="landscape" if landscape else "portrait", format="A4")
        self.pdf.set_title(title)
        self.pdf.set_margin(MARGIN_MM)
        self.pdf.set_auto_page_break(auto=True, margin=MARGIN_MM)
        self.pdf.add_font("main", fname=_font_file(*_MAIN))
        self.pdf.set_fallback_fonts(self._scripts("".join(texts)), exact_match=False)
        self.pdf.set_font("main", size=BODY_PT)
        self.pdf.set_text_shaping(use_shaping_engine=True)
        self.pdf.add_page()

    def _scripts(self, text: str) -> list[str]:
        needed = []
        for family, package, name, ranges in _SCRIPTS:
            if any(low <= ord(letter) <= high for letter in text for low, high in ranges):
                self.pdf.add_font(family, fname=_font_file(package, name))
                needed.append(family)
        return needed

    @property
    def width(self) -> float:
        return float(self.pdf.epw)

    def text(
        self,
        x: float,
        y: float,
        width: float,
        text: str,
        *,
        size: float = BODY_PT,
        align: str = "L",
        line_mm: float = 4.2,
    ) -> float:
        """Write text that wraps within `width`; returns the y below it."""
        self.pdf.set_font("main", size=size)
        self.pdf.set_xy(x, y)
        self.pdf.multi_cell(
            width,
            line_mm,
            text,
            align=align,
            new_x="LEFT",
            new_y="NEXT",
            padding=_PADDING,
        )
        return float(self.pdf.get_y())

    def lines(self, width: float, text: str, *, size: float = BODY_PT) -> int:
        """How many lines `text` would take, written so."""
        self.pdf.set_font("main", size=size)
        found = self.pdf.multi_cell(
            width, 1, text, padding=_PADDING, dry_run=True, output=MethodReturnValue.LINES
        )
        return len(cast("list[str]", found))

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        label: str = "",
        text: str = "",
        size: float = BODY_PT,
        align: str = "L",
    ) -> None:
        """A ruled field of a form with its small label and what is entered."""
        self.pdf.rect(x, y, width, height)
        if label:
            self.text(x + 0.6, y + 0.6, width - 1.2, label, size=SMALL_PT, line_mm=2.7)
        if text:
            top = y + (4.0 if label else 1.0)
            self.text(x + 0.6, top, width - 1.2, text, size=size, align=align)

    def tick(self, x: float, y: float, *, ticked: bool, label: str) -> None:
        """A small square, crossed or not, with its label."""
        side = 3.0
        self.pdf.rect(x, y, side, side)
        if ticked:
            self.pdf.line(x, y, x + side, y + side)
            self.pdf.line(x, y + side, x + side, y)
        self.text(x + side + 0.8, y - 0.4, 42, label, size=SMALL_PT + 0.5, line_mm=3.4)

    def as_bytes(self) -> bytes:
        return bytes(self.pdf.output())
