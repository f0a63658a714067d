"""A trade document of A4 pages: heading, facts, parties, a table of goods, totals, statements.

Invoice, packing list and declaration of origin are all of this shape. Rows are measured before they
are drawn, so that pages know how many they are and nothing runs off one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trade.papers.sheet import BODY_PT, MARGIN_MM, SMALL_PT, Sheet, line_of

_CELL_PT = 8.0
_TITLE_PT = 14.0
_GAP_MM = 3.0
_CELL_PAD_MM = 0.8
_FACTS_A_ROW = 3
_SIGN_MM = 15.0
_FOOT_MM = 5.0


@dataclass(frozen=True, slots=True)
class Column:
    """share: of the page's width."""

    heading: str
    share: float
    align: str = "L"


@dataclass(frozen=True, slots=True)
class Document:
    """mark: a line across the top that nobody may overlook. facts, totals: (label, text). parties:
    (label, lines). The last total is the sum of the others. statements stand above the signature.
    """

    title: str
    reference: str
    facts: Sequence[tuple[str, str]]
    parties: Sequence[tuple[str, str]]
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    totals: Sequence[tuple[str, str]] = ()
    statements: Sequence[str] = ()
    signature: tuple[str, str] | None = None
    mark: str = ""

    def texts(self) -> list[str]:
        """Everything that is printed, to choose fonts by."""
        pairs = (
            *self.facts,
            *self.parties,
            *self.totals,
            *([self.signature] if self.signature else []),
        )
        return [
            self.title,
            self.mark,
            *(text for pair in pairs for text in pair),
            *(column.heading for column in self.columns),
            *(cell for row in self.rows for cell in row),
            *self.statements,
        ]


def draw_document(sheet: Sheet, document: Document) -> None:
    """Draw it on pages of its own."""
    sheet.new_page()
    top = _head(sheet, document)
    pages = _share_out(sheet, document, top)
    y = top
    for number, rows in enumerate(pages, start=1):
        if number > 1:
            sheet.new_page()
            y = MARGIN_MM + _FOOT_MM
        sheet.text(
            MARGIN_MM,
            sheet.bottom - _FOOT_MM + 1.5,
            sheet.width,
            f"{document.reference}   ·   {number}/{len(pages)}",
            size=SMALL_PT,
            align="R",
        )
        if rows:
            y = _headings(sheet, document, y)
        for row in rows:
            y = _row(sheet, document, row, y)
    _tail(sheet, document, y + 1.5)


def _head(sheet: Sheet, document: Document) -> float:
    x, width = MARGIN_MM, sheet.width
    y = sheet.text(x, MARGIN_MM, width, document.title, size=_TITLE_PT, line_mm=7)
    if document.mark:
        height = sheet.height(width, document.mark, size=BODY_PT) + 2
        sheet.pdf.rect(x, y + 1, width, height)
        sheet.text(x, y + 2, width, document.mark, align="C", line_mm=line_of(BODY_PT))
        y += height + 2
    y = _grid(sheet, document.facts, y + 1, _FACTS_A_ROW)
    return _grid(sheet, document.parties, y + 1.5, len(document.parties)) + _GAP_MM


def _grid(sheet: Sheet, pairs: Sequence[tuple[str, str]], y: float, across: int) -> float:
    """Boxes side by side, each row as high as its highest; y below them."""
    for start in range(0, len(pairs), across):
        group = pairs[start : start + across]
        width = sheet.width / len(group)
        inner = width - 1.2
        labels = [sheet.height(inner, label, size=SMALL_PT) for label, _ in group]
        bodies = [sheet.height(inner, text, size=_CELL_PT + 0.5) for _, text in group]
        label_mm, height = max(labels), max(labels) + max(max(bodies), line_of(_CELL_PT)) + 2
        for index, (label, text) in enumerate(group):
            x = MARGIN_MM + index * width
            sheet.pdf.rect(x, y, width, height)
            sheet.text(x + 0.6, y + 0.6, inner, label, size=SMALL_PT, line_mm=line_of(SMALL_PT))
            if text:
                size = _CELL_PT + 0.5
                top = y + 1 + label_mm
                sheet.text(x + 0.6, top, inner, text, size=size, line_mm=line_of(size))
        y += height
    return y


def _headings(sheet: Sheet, document: Document, y: float) -> float:
    cells = [column.heading for column in document.columns]
    height = _height(sheet, document, cells, SMALL_PT)
    sheet.pdf.set_fill_color(235)
    sheet.pdf.rect(MARGIN_MM, y, sheet.width, height, style="F")
    return _cells(sheet, document, cells, y, height, SMALL_PT)


def _row(sheet: Sheet, document: Document, cells: Sequence[str], y: float) -> float:
    height = _height(sheet, document, cells, _CELL_PT)
    return _cells(sheet, document, cells, y, height, _CELL_PT)


def _cells(
    sheet: Sheet, document: Document, cells: Sequence[str], y: float, height: float, size: float
) -> float:
    x = MARGIN_MM
    for cell, column in zip(cells, document.columns, strict=True):
        width = sheet.width * column.share
        sheet.pdf.rect(x, y, width, height)
        if cell:
            sheet.text(
                x,
                y + _CELL_PAD_MM,
                width,
                cell,
                size=size,
                align=column.align,
                line_mm=line_of(size),
            )
        x += width
    return y + height


def _height(sheet: Sheet, document: Document, cells: Sequence[str], size: float) -> float:
    return 2 * _CELL_PAD_MM + max(
        sheet.height(sheet.width * column.share, cell, size=size)
        for cell, column in zip(cells, document.columns, strict=True)
    )


def _share_out(sheet: Sheet, document: Document, top: float) -> list[list[Sequence[str]]]:
    """The rows of each page; the last page has room for the totals and the signature."""
    head = _height(sheet, document, [column.heading for column in document.columns], SMALL_PT)
    bottom = sheet.bottom - _FOOT_MM
    pages: list[list[Sequence[str]]] = [[]]
    y = top + head
    for row in document.rows:
        height = _height(sheet, document, row, _CELL_PT)
        if y + height > bottom and pages[-1]:
            pages.append([])
            y = MARGIN_MM + _FOOT_MM + head
        pages[-1].append(row)
        y += height
    if y + 1.5 + _tail_mm(sheet, document) > bottom:
        pages.append([])
    return pages


def _tail_mm(sheet: Sheet, document: Document) -> float:
    totals = sum(_total_mm(sheet, label, text) for label, text in document.totals)
    statements = sum(
        sheet.height(sheet.width, text, size=_CELL_PT) + 1.5 for text in document.statements
    )
    return totals + statements + (_SIGN_MM if document.signature else 0.0) + 2


def _total_mm(sheet: Sheet, label: str, text: str) -> float:
    left, right = sheet.width * 0.42, sheet.width * 0.24
    size = _CELL_PT + 0.5
    return 1 + max(sheet.height(left, label, size=size), sheet.height(right, text, size=size))


def _tail(sheet: Sheet, document: Document, y: float) -> None:
    left, right = sheet.width * 0.42, sheet.width * 0.24
    x = MARGIN_MM + sheet.width - left - right
    size = _CELL_PT + 0.5
    for number, (label, text) in enumerate(document.totals, start=1):
        if number == len(document.totals):
            sheet.pdf.line(x, y, x + left + right, y)
        sheet.text(x, y + 0.5, left, label, size=size, line_mm=line_of(size))
        sheet.text(x + left, y + 0.5, right, text, size=size, align="R", line_mm=line_of(size))
        y += _total_mm(sheet, label, text)
    y += 2
    for text in document.statements:
        y = (
            sheet.text(MARGIN_MM, y, sheet.width, text, size=_CELL_PT, line_mm=line_of(_CELL_PT))
            + 1.5
        )
    if document.signature:
        label, name = document.signature
        sheet.box(MARGIN_MM, y, sheet.width, _SIGN_MM - 2, label=label, text=name)
