"""A sheet of paper to draw on: fonts for every script we can print, and cells of a form."""

from __future__ import annotations

import unicodedata
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
    *(
        (name.lower(), "manimgx_fonts", f"NotoSans{name}[wght].ttf", ((low, high),))
        for name, low, high in (
            ("Armenian", 0x0530, 0x058F),
            ("Hebrew", 0x0590, 0x05FF),
            ("Bengali", 0x0980, 0x09FF),
            ("Gurmukhi", 0x0A00, 0x0A7F),
            ("Gujarati", 0x0A80, 0x0AFF),
            ("Oriya", 0x0B00, 0x0B7F),
            ("Tamil", 0x0B80, 0x0BFF),
            ("Telugu", 0x0C00, 0x0C7F),
            ("Kannada", 0x0C80, 0x0CFF),
            ("Malayalam", 0x0D00, 0x0D7F),
            ("Sinhala", 0x0D80, 0x0DFF),
            ("Lao", 0x0E80, 0x0EFF),
            ("Myanmar", 0x1000, 0x109F),
            ("Georgian", 0x10A0, 0x10FF),
            ("Ethiopic", 0x1200, 0x139F),
            ("Khmer", 0x1780, 0x17FF),
        )
    ),
)
A6_MM = (105.0, 148.0)


@cache
def _font_file(package: str, name: str) -> Path:
    return Path(str(files(package).joinpath(name)))


_SMALLEST_PT = 5.0
_LONGEST_WORD = 24  # scripts without blanks have no words to keep whole
_PADDING = Padding(right=0.8, left=0.8)


def line_of(size: float) -> float:
    """A line's height in millimetres for a type size in points, room for stacked accents included."""
    return size * 0.44


def _reads_from_right(text: str) -> bool:
    """Whether the first letter belongs to a script that is read from the right."""
    directions = (unicodedata.bidirectional(sign) for sign in text)
    first = next((found for found in directions if found in {"L", "R", "AL"}), "L")
    return first != "L"


class Sheet:
    """An A4 page, portrait or landscape. Sizes are millimetres, type sizes points."""

    def __init__(
        self,
        *,
        title: str,
        texts: Iterable[str],
        landscape: bool = False,
        is_empty: bool = False,
    ) -> None:
        """texts: everything that will be printed, so that only the fonts needed are loaded.

        is_empty: without a first page; whoever draws starts each page with `new_page`.
        """
        self.pdf = FPDF(orientation="landscape" if landscape else "portrait", format="A4")
        self.pdf.set_title(title)
        self.pdf.set_margin(MARGIN_MM)
        self.pdf.set_auto_page_break(auto=True, margin=MARGIN_MM)
        self.pdf.add_font("main", fname=_font_file(*_MAIN))
        self.pdf.set_fallback_fonts(self._scripts("".join(texts)), exact_match=False)
        self.pdf.set_font("main", size=BODY_PT)
        self.pdf.set_text_shaping(use_shaping_engine=True)
        if not is_empty:
            self.pdf.add_page()

    def _scripts(self, text: str) -> list[str]:
        needed = []
        for family, package, name, ranges in _SCRIPTS:
            if any(low <= ord(letter) <= high for letter in text for low, high in ranges):
                self.pdf.add_font(family, fname=_font_file(package, name))
                needed.append(family)
        return needed

    def new_page(
        self,
        *,
        landscape: bool = False,
        size_mm: tuple[float, float] | None = None,
        margin_mm: float = MARGIN_MM,
    ) -> None:
        """A page of its own size; nothing breaks onto a further one by itself from here on."""
        self.pdf.set_margin(margin_mm)
        self.pdf.set_auto_page_break(auto=False, margin=margin_mm)
        orientation = "landscape" if landscape else "portrait"
        self.pdf.add_page(orientation=orientation, format=size_mm or "A4")
        self.pdf.set_line_width(0.2)

    @property
    def width(self) -> float:
        return float(self.pdf.epw)

    @property
    def bottom(self) -> float:
        """The y at which the lower margin begins."""
        return float(self.pdf.h - self.pdf.b_margin)

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
        """Write text that wraps within `width`; returns the y below it.

        Text that begins with a script read from the right is set at the right.
        """
        if align == "L" and _reads_from_right(text):
            align = "R"
        self.pdf.set_font("main", size=size)
        self.pdf.set_xy(x, y)
        # Line by line, with the font named anew: after a letter of another font the library takes
        # its own last word for the page's state and leaves the next line in the wrong size.
        for line in text.split("\n"):
            self.pdf.set_font("main", size=size + 1)
            self.pdf.set_font("main", size=size)
            self.pdf.multi_cell(
                width,
                line_mm,
                line,
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

    def fitted(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        text: str,
        *,
        size: float = BODY_PT,
        align: str = "L",
    ) -> None:
        """Write text into a fixed field: as small as it must be, and shortened where even the
        smallest type does not hold it."""
        while size > _SMALLEST_PT and not self._fits(width, height, text, size):
            size = max(size - 0.5, _SMALLEST_PT)
        while text and self.height(width, text, size=size) > height:
            text = text.rstrip("…")[: -max(len(text) // 12, 1)].rstrip() + "…"
        self.text(x, y, width, text, size=size, align=align, line_mm=line_of(size))

    def _fits(self, width: float, height: float, text: str, size: float) -> bool:
        """Whether the text fits a field without a figure or word being broken."""
        inner = width - _PADDING.left - _PADDING.right
        self.pdf.set_font("main", size=size)
        is_broken = any(
            len(word) < _LONGEST_WORD and self.pdf.get_string_width(word) > inner
            for word in text.split()
        )
        return not is_broken and self.height(width, text, size=size) <= height

    def height(self, width: float, text: str, *, size: float = BODY_PT) -> float:
        """The millimetres that `text` takes, written so with `line_of(size)`."""
        return self.lines(width, text, size=size) * line_of(size) if text else 0.0

    def tick(self, x: float, y: float, *, ticked: bool, label: str, width: float = 42.0) -> None:
        """A small square, crossed or not, with its label."""
        side = 3.0
        self.pdf.rect(x, y, side, side)
        if ticked:
            self.pdf.line(x, y, x + side, y + side)
            self.pdf.line(x, y + side, x + side, y)
        self.text(x + side + 0.8, y - 0.4, width, label, size=SMALL_PT + 0.5, line_mm=3.4)

    def as_bytes(self) -> bytes:
        return bytes(self.pdf.output())
