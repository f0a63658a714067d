"""A seller's statements on paper: plain values in, a PDF out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trade.papers.sheet import MARGIN_MM, TITLE_PT, Sheet

_HEAD_MM = 7.0
_LINE_MM = 3.6
_CELL_PT = 7.5
_FOOT_MM = 8.0


@dataclass(frozen=True, slots=True)
class StatementPaper:
    """head: lines above the table, such as who is paid and when. columns: (heading, share of the
    width, is a figure). rows and the totals row have a cell for each column.
    """

    title: str
    head: Sequence[str]
    columns: Sequence[tuple[str, float, bool]]
    rows: Sequence[Sequence[str]]
    totals: Sequence[str]
    notes: Sequence[str] = ()


def statement_pdf(paper: StatementPaper) -> bytes:
    """The statement as a PDF of A4 pages on their side; the headings stand on every page."""
    texts = [
        paper.title,
        *paper.head,
        *paper.notes,
        *(title for title, _, _ in paper.columns),
        *(cell for row in (*paper.rows, paper.totals) for cell in row),
    ]
    sheet = Sheet(title=paper.title, texts=texts, landscape=True)
    sheet.pdf.set_auto_page_break(auto=False)
    y = sheet.text(MARGIN_MM, MARGIN_MM, sheet.width, paper.title, size=TITLE_PT, line_mm=7)
    for line in paper.head:
        y = sheet.text(MARGIN_MM, y, sheet.width, line)
    y = _headings(sheet, paper, y + 3)
    for row in paper.rows:
        y = _row(sheet, paper, row, y)
    y = _row(sheet, paper, paper.totals, y, is_total=True)
    for note in paper.notes:
        y = sheet.text(MARGIN_MM, y + 2, sheet.width, note, size=_CELL_PT)
    return sheet.as_bytes()


def _headings(sheet: Sheet, paper: StatementPaper, y: float) -> float:
    left = MARGIN_MM
    for title, share, is_figure in paper.columns:
        width = sheet.width * share
        sheet.text(left, y, width, title, size=_CELL_PT - 0.5, align=_align(is_figure), line_mm=3.2)
        left += width
    sheet.pdf.set_line_width(0.4)
    sheet.pdf.line(MARGIN_MM, y + _HEAD_MM, MARGIN_MM + sheet.width, y + _HEAD_MM)
    return y + _HEAD_MM + 1


def _row(
    sheet: Sheet, paper: StatementPaper, cells: Sequence[str], y: float, *, is_total: bool = False
) -> float:
    height = _LINE_MM * max(_lines_of(sheet, paper, cells)) + 1.2
    if y + height > sheet.pdf.h - MARGIN_MM - _FOOT_MM:
        sheet.pdf.add_page()
        y = _headings(sheet, paper, MARGIN_MM)
    left = MARGIN_MM
    for cell, (_, share, is_figure) in zip(cells, paper.columns, strict=True):
        width = sheet.width * share
        sheet.text(left, y, width, cell, size=_CELL_PT, align=_align(is_figure), line_mm=_LINE_MM)
        left += width
    sheet.pdf.set_line_width(0.4 if is_total else 0.1)
    edge = y - 0.4 if is_total else y + height - 0.4
    sheet.pdf.line(MARGIN_MM, edge, MARGIN_MM + sheet.width, edge)
    return y + height


def _lines_of(sheet: Sheet, paper: StatementPaper, cells: Sequence[str]) -> list[int]:
    """How many lines each cell wraps into, as the library itself wraps it."""
    return [
        sheet.lines(sheet.width * share, cell, size=_CELL_PT)
        for cell, (_, share, _) in zip(cells, paper.columns, strict=True)
    ]


def _align(is_figure: bool) -> str:  # noqa: FBT001 - a column's own property
    return "R" if is_figure else "L"
