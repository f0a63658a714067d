"""Code 128 on paper: the item number as posts scan it."""

from __future__ import annotations

from itertools import groupby

from barcode.codex import Code128

from trade.papers.sheet import Sheet
from trade.rules.s10 import ItemNumber

_QUIET_MODULES = 10


def modules(number: ItemNumber) -> str:
    """The bars of an item number, "1" black and "0" white, start and stop signs included."""
    return str(Code128(str(number)).build()[0])


def draw_barcode(
    sheet: Sheet, number: ItemNumber, x: float, y: float, width: float, height: float
) -> None:
    """The barcode with its quiet zones within `width`, and the number in letters under it."""
    bars = modules(number)
    step = width / (len(bars) + 2 * _QUIET_MODULES)
    left = x + _QUIET_MODULES * step
    sheet.pdf.set_fill_color(0)
    for colour, run in groupby(bars):
        wide = len(list(run)) * step
        if colour == "1":
            sheet.pdf.rect(left, y, wide, height, style="F")
        left += wide
    sheet.text(x, y + height + 0.5, width, number.spaced, size=9, align="C", line_mm=4)
