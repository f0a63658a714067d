"""The forms of the post: CN 22, CN 23 and the address label, in English and French as the Universal
Postal Union prints them. What is not known is left empty, to be filled in by hand.
"""

from __future__ import annotations

from collections.abc import Sequence

from common.countries import country_name
from trade.papers.barcode import draw_barcode
from trade.papers.commercial import article_words, kilograms
from trade.papers.sheet import A6_MM, MARGIN_MM, SMALL_PT, TITLE_PT, Sheet
from trade.papers.values import Article, Nature, ParcelPaper, Party

_CN23_ROWS, _CN23_ROW_MM = 7, 9.5
_CN22_ROWS, _CN22_ROW_MM = 4, 9.0
_CN22_MARGIN_MM = 4.0
_OPENED = "May be opened officially / Peut être ouvert d’office"
_CERTIFY = (
    "I certify that the particulars given in this declaration are correct and that this item does "
    "not contain any dangerous article prohibited by legislation or by postal or customs "
    "regulations."
)
_SIGN = "Date and sender’s signature / Date et signature de l’expéditeur"
_TICKS = (
    (Nature.SALE, "Sale of goods / Vente"),
    (Nature.GIFT, "Gift / Cadeau"),
    (Nature.DOCUMENTS, "Documents"),
    (Nature.SAMPLE, "Commercial sample / Échantillon"),
    (Nature.RETURNED, "Returned goods / Retour"),
    (Nature.OTHER, "Other / Autre"),
)
Column = tuple[str, float, str]
_CN23_COLUMNS: tuple[Column, ...] = (
    ("Detailed description of contents\nDésignation détaillée du contenu", 0.36, "L"),
    ("Quantity\nQuantité", 0.08, "R"),
    ("Net weight (kg)\nPoids net", 0.11, "R"),
    ("Value\nValeur", 0.17, "R"),
    ("HS tariff number\nN° tarifaire du SH", 0.13, "L"),
    ("Country of origin\nPays d’origine", 0.15, "L"),
)
_CN22_COLUMNS: tuple[Column, ...] = (
    ("Quantity and description\nQuantité et désignation", 0.37, "L"),
    ("Net kg\nPoids net", 0.13, "R"),
    ("Value\nValeur", 0.20, "R"),
    ("HS no.\nN° SH", 0.13, "L"),
    ("Origin\nOrigine", 0.17, "L"),
)


def draw_cn23(sheet: Sheet, paper: ParcelPaper) -> None:
    """CN 23 on pages of A4 on their side, seven articles a page, each page with the totals."""
    pages = _pages(paper.articles, _CN23_ROWS)
    for number, articles in enumerate(pages, start=1):
        sheet.new_page(landscape=True, margin_mm=MARGIN_MM)
        _cn23(sheet, paper, articles, _page_words(number, len(pages)))


def draw_cn22(sheet: Sheet, paper: ParcelPaper) -> None:
    """CN 22 as a label of A6, four articles each."""
    pages = _pages(paper.articles, _CN22_ROWS)
    for number, articles in enumerate(pages, start=1):
        sheet.new_page(size_mm=A6_MM, margin_mm=_CN22_MARGIN_MM)
        _cn22(sheet, paper, articles, _page_words(number, len(pages)))


def _pages(articles: Sequence[Article], rows: int) -> list[Sequence[Article]]:
    return [articles[start : start + rows] for start in range(0, max(len(articles), 1), rows)]


def _page_words(number: int, count: int) -> str:
    return f"{number}/{count}" if count > 1 else ""


def _cn23(sheet: Sheet, paper: ParcelPaper, articles: Sequence[Article], page: str) -> None:
    x, y, width = MARGIN_MM, MARGIN_MM, sheet.width
    sheet.text(x, y, 95, "CUSTOMS DECLARATION", size=TITLE_PT, line_mm=6)
    sheet.text(x, y + 6, 95, "DÉCLARATION EN DOUANE", size=SMALL_PT + 2)
    sheet.text(x, y + 11, 95, _OPENED, size=SMALL_PT + 0.5)
    if paper.item_number:
        draw_barcode(sheet, paper.item_number, x + 100, y, 84, 12)
    form = f"CN 23     {page}".rstrip()
    sheet.text(x + width - 85, y, 85, form, size=TITLE_PT - 2, align="R", line_mm=6)
    operator = f"Designated operator / Opérateur désigné: {_country(paper.dispatched_from)}"
    sheet.text(x + width - 85, y + 7, 85, operator, size=SMALL_PT + 0.5, align="R")
    top, half = y + 18, width / 2
    _fields(sheet, x, top, 37, ((half, "From / De", _party(paper.sender)),
                                (half, "To / À", _party(paper.receiver))))  # fmt: skip
    third = width / 4
    references = "\n".join(paper.printed_references)
    row = (
        (third, "Sender’s customs reference / Référence en douane de l’expéditeur",
         "  ".join(text for text in (paper.sender.eori, paper.order_number) if text)),
        (third, "Importer’s reference (tax, VAT, importer code) / Référence de l’importateur", references),
        (third, "Importer’s telephone and e-mail / Téléphone et e-mail de l’importateur",
         "\n".join(text for text in (paper.receiver.phone, paper.receiver.email) if text)),
        (third, "Service / Service", paper.delivery_name),
    )  # fmt: skip
    _fields(sheet, x, top + 37, 12, row)
    y = _table(sheet, _CN23_COLUMNS, [_cn23_cells(a) for a in articles], top + 49, _CN23_ROW_MM)
    third = width / 3
    totals = (
        (third, "Total gross weight (kg) / Poids brut total", kilograms(paper.gross_weight_g)),
        (third, "Total value / Valeur totale", str(paper.value)),
        (third, "Postal charges and fees / Frais de port et autres", str(paper.postage)),
    )
    _fields(sheet, x, y, 9, totals)
    _cn23_foot(sheet, paper, x, y + 9)


def _cn23_foot(sheet: Sheet, paper: ParcelPaper, x: float, y: float) -> None:
    width = sheet.width
    bottom = sheet.bottom
    left, middle, right = width * 0.33, width * 0.29, width * 0.38
    height = min(bottom - y, 34.0)
    sheet.box(x, y, left, height, label="Category of item / Catégorie de l’envoi")
    _ticks(sheet, paper, x + 2, y + 5, left / 2, 8.5)
    notes = (
        ("Comments (quarantine, restrictions) / Observations", paper.comments),
        ("Licence no. / N° de licence", paper.licence_number),
        ("Certificate no. / N° de certificat", paper.certificate_number),
        ("Invoice no. / N° de facture", paper.order_number),
    )
    for number, (label, text) in enumerate(notes):
        each = height / len(notes)
        _fields(sheet, x + left, y + number * each, each, ((middle, label, text),))
    sheet.box(x + left + middle, y, right, height, label=_CERTIFY)
    inner = x + left + middle + 0.6
    office = "Office of origin and date of posting / Bureau d’origine et date de dépôt"
    sheet.text(inner, y + 10, right - 1.2, office, size=SMALL_PT)
    sheet.text(inner, y + 20, right - 1.2, _SIGN, size=SMALL_PT)
    sign = f"{paper.sent_on.isoformat()}    {paper.signed_by}"
    sheet.fitted(inner, y + 23, right - 1.2, height - 24, sign, size=9)


def _cn23_cells(article: Article) -> tuple[str, ...]:
    return (
        article_words(article),
        f"{article.quantity} pcs",
        kilograms(article.weight_g),
        str(article.value),
        article.hs_code,
        _country(article.origin),
    )


def _cn22(sheet: Sheet, paper: ParcelPaper, articles: Sequence[Article], page: str) -> None:
    x, y, width = _CN22_MARGIN_MM, _CN22_MARGIN_MM, sheet.width
    half = width / 2
    sheet.text(x, y, half + 12, "CUSTOMS DECLARATION", size=10, line_mm=4.5)
    sheet.text(x, y + 4.5, half + 12, "DÉCLARATION EN DOUANE", size=SMALL_PT, line_mm=3)
    sheet.text(x, y + 7.5, half + 12, _OPENED, size=SMALL_PT - 0.5, line_mm=3)
    form = f"CN 22   {page}".rstrip()
    sheet.text(x + half, y, half, form, size=11, align="R", line_mm=4.5)
    operator = f"Designated operator / Opérateur désigné\n{_country(paper.dispatched_from)}"
    sheet.text(x + half, y + 5, half, operator, size=SMALL_PT - 1, align="R", line_mm=2.6)
    y += 12
    if paper.item_number:
        draw_barcode(sheet, paper.item_number, x + 8, y, width - 16, 10.5)
    y += 15.5
    parties = (
        (half, "From / De", _party(paper.sender)),
        (half, "To / À", _party(paper.receiver)),
    )
    _fields(sheet, x, y, 23, parties, size=7)
    y += 23
    _ticks(sheet, paper, x + 1, y + 1.5, width / 2, 3.8)
    y += 13.5
    rows = [_cn22_cells(article) for article in articles]
    y = _table(sheet, _CN22_COLUMNS, rows, y, _CN22_ROW_MM, size=7)
    totals = (
        (width * 0.5, "Total weight (kg) / Poids total", kilograms(paper.gross_weight_g)),
        (width * 0.5, "Total value / Valeur totale", str(paper.value)),
    )
    _fields(sheet, x, y, 7.5, totals, size=8)
    y += 7.5
    references = "  ".join((paper.order_number, *paper.printed_references))
    _fields(sheet, x, y, 7, ((width, "Reference / Référence", references),), size=7)
    y += 7
    sheet.box(x, y, width, sheet.bottom - y, label=f"{_CERTIFY}\n{_SIGN}")
    sign = f"{paper.sent_on.isoformat()}    {paper.signed_by}"
    sheet.fitted(x, sheet.bottom - 4.5, width, 4.5, sign, size=7.5)


def _cn22_cells(article: Article) -> tuple[str, ...]:
    return (
        f"{article.quantity} × {article_words(article)}",
        kilograms(article.weight_g),
        str(article.value),
        article.hs_code,
        _country(article.origin),
    )


def draw_label(sheet: Sheet, paper: ParcelPaper) -> None:
    """The address label: sender, receiver, item number; neither value nor tax number."""
    sheet.new_page(size_mm=A6_MM, margin_mm=5)
    x, y, width = 5.0, 5.0, sheet.width
    _fields(sheet, x, y, 36, ((width, "From / De", _party(paper.sender, tax=False)),), size=8)
    _fields(sheet, x, y + 38, 62, ((width, "To / À", _party(paper.receiver, tax=False)),), size=13)
    if paper.item_number:
        draw_barcode(sheet, paper.item_number, x + 4, y + 106, width - 8, 20)
    sheet.text(x, sheet.bottom - 4, width, f"{paper.delivery_name}   {paper.order_number}", size=7)


# --- parts ----------------------------------------------------------------------------------------


def _ticks(
    sheet: Sheet, paper: ParcelPaper, x: float, y: float, column_mm: float, row_mm: float
) -> None:
    for index, (nature, label) in enumerate(_TICKS):
        column, row = divmod(index, 3)
        at = (x + column * column_mm, y + row * row_mm)
        sheet.tick(*at, ticked=nature is paper.nature, label=label, width=column_mm - 4)


def _fields(
    sheet: Sheet,
    x: float,
    y: float,
    height: float,
    fields: Sequence[tuple[float, str, str]],
    *,
    size: float = 9.5,
) -> None:
    """Ruled fields side by side: (width, label, text)."""
    for width, label, text in fields:
        sheet.pdf.rect(x, y, width, height)
        under = sheet.lines(width - 1.2, label, size=SMALL_PT - 0.5) * 2.6 + 0.8
        sheet.text(x + 0.6, y + 0.5, width - 1.2, label, size=SMALL_PT - 0.5, line_mm=2.6)
        if text:
            sheet.fitted(x + 0.6, y + under, width - 1.2, height - under - 0.3, text, size=size)
        x += width


def _table(
    sheet: Sheet,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    y: float,
    row_mm: float,
    *,
    size: float = 8.5,
) -> float:
    """Headings and rows of a fixed height; y below them."""
    total = sheet.width
    fields = [(total * share, label, "") for label, share, _ in columns]
    start = float(sheet.pdf.l_margin)
    _fields(sheet, start, y, 6.5, fields)
    y += 6.5
    for cells in rows:
        x = start
        for cell, (_, share, align) in zip(cells, columns, strict=True):
            width = total * share
            sheet.pdf.rect(x, y, width, row_mm)
            if cell:
                sheet.fitted(x, y + 0.6, width, row_mm - 0.8, cell, size=size, align=align)
            x += width
        y += row_mm
    return y


def _party(party: Party, *, tax: bool = True) -> str:
    known = [f"Tel. {party.phone}"] if party.phone else []
    if tax and party.tax_number:
        known.append(f"Tax no. {party.tax_number}")
    return "\n".join((*party.lines, *(["    ".join(known)] if known else [])))


def _country(code: str) -> str:
    return country_name(code, "en") if code else ""
