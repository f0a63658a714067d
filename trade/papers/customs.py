"""The customs declaration of the post, form CN 23 (UPU Convention, parcels and larger letters).

CN 23 is valid for everything a seller posts; the shorter CN 22 is only allowed for light and
cheap letters. Field names are printed in English and French, the languages of the form.
"""

from __future__ import annotations

from common.countries import country_name
from trade.papers.sheet import MARGIN_MM, SMALL_PT, TITLE_PT, Sheet
from trade.papers.values import Article, ParcelPaper, Party

_ROW_MM = 11.0
_MAX_ROWS = 7
_PARTY_LINE_MM = 4.2
_COLUMNS = (
    ("Detailed description of contents\nDésignation détaillée du contenu", 0.36, "L"),
    ("Quantity\nQuantité", 0.08, "R"),
    ("Net weight (kg)\nPoids net", 0.12, "R"),
    ("Value\nValeur", 0.16, "R"),
    ("HS tariff number\nN° tarifaire du SH", 0.13, "L"),
    ("Country of origin\nPays d’origine", 0.15, "L"),
)


def customs_declaration(paper: ParcelPaper) -> bytes:
    """The declaration as a PDF of one page or more, seven articles a page.

    Values are what the buyer paid for the goods, in the buyer's currency, and add up to the
    order's goods; postage is declared beside them.
    """
    texts = [*paper.sender.lines, *paper.receiver.lines, *(a.description for a in paper.articles)]
    sheet = Sheet(title=f"CN 23 {paper.order_number}", texts=texts, landscape=True)
    pages = [
        paper.articles[start : start + _MAX_ROWS]
        for start in range(0, len(paper.articles), _MAX_ROWS)
    ]
    for number, articles in enumerate(pages):
        if number:
            sheet.pdf.add_page()
        _page(sheet, paper, articles, number + 1, len(pages))
    return sheet.as_bytes()


def _page(
    sheet: Sheet, paper: ParcelPaper, articles: tuple[Article, ...], number: int, count: int
) -> None:
    x, y, width = MARGIN_MM, MARGIN_MM, sheet.width
    sheet.text(x, y, width / 2, "CUSTOMS DECLARATION", size=TITLE_PT, line_mm=6)
    sheet.text(x, y + 6, width / 2, "DÉCLARATION EN DOUANE", size=SMALL_PT + 1)
    page = f"CN 23     {paper.order_number}" + (f"     {number}/{count}" if count > 1 else "")
    sheet.text(x + width / 2, y, width / 2, page, size=TITLE_PT - 3, align="R", line_mm=6)
    note = "May be opened officially / Peut être ouvert d’office"
    sheet.text(x + width / 2, y + 6, width / 2, note, size=SMALL_PT + 1, align="R")
    top = y + 12
    half = width / 2
    sender, receiver = _party(paper.sender), _party(paper.receiver)
    height = 6 + _PARTY_LINE_MM * max(sender.count("\n"), receiver.count("\n"), 4) + _PARTY_LINE_MM
    sheet.box(x, top, half, height, label="From / De", text=sender)
    sheet.box(x + half, top, half, height, label="To / À", text=receiver)
    _references(sheet, paper, x, top + height, width)
    below = _articles(sheet, articles, x, top + height + 9, width)
    _totals(sheet, paper, x, below, width)
    _category(sheet, paper, x, below + 10, width)


def _party(party: Party) -> str:
    lines = list(party.lines)
    known = []
    if party.phone:
        known.append(f"Tel. {party.phone}")
    if party.tax_number:
        known.append(f"Tax no. {party.tax_number}")
    return "\n".join([*lines, "    ".join(known)] if known else lines)


def _references(sheet: Sheet, paper: ParcelPaper, x: float, y: float, width: float) -> None:
    third = width / 3
    reference = "Sender’s reference / Référence de l’expéditeur"
    sheet.box(x, y, third, 9, label=reference, text=paper.order_number)
    invoice = "Invoice no. / N° de la facture"
    sheet.box(x + third, y, third, 9, label=invoice, text=paper.purchase_number)
    service = "Service / Service"
    sheet.box(x + 2 * third, y, third, 9, label=service, text=paper.delivery_name)


def _articles(
    sheet: Sheet, articles: tuple[Article, ...], x: float, y: float, width: float
) -> float:
    left = x
    for label, share, _ in _COLUMNS:
        sheet.box(left, y, width * share, 8, label=label)
        left += width * share
    top = y + 8
    for article in articles:
        cells = (
            article.description + (f"\n{article.detail}" if article.detail else ""),
            str(article.quantity),
            _kilograms(article.weight_g),
            str(article.value),
            article.hs_code,
            country_name(article.origin, "en") if article.origin else "",
        )
        left = x
        for (_, share, align), cell in zip(_COLUMNS, cells, strict=True):
            sheet.box(left, top, width * share, _ROW_MM, text=cell, size=8.5, align=align)
            left += width * share
        top += _ROW_MM
    return top


def _kilograms(weight_g: int | None) -> str:
    return "" if weight_g is None else f"{weight_g // 1000}.{weight_g % 1000:03d}"


def _totals(sheet: Sheet, paper: ParcelPaper, x: float, y: float, width: float) -> None:
    third = width / 3
    weight = "Total gross weight (kg) / Poids brut total"
    sheet.box(x, y, third, 10, label=weight, text=_kilograms(paper.weight_g))
    value = "Total value / Valeur totale"
    sheet.box(x + third, y, third, 10, label=value, text=str(paper.value))
    postage = "Postal charges / Frais de port"
    sheet.box(x + 2 * third, y, third, 10, label=postage, text=str(paper.postage))


def _category(sheet: Sheet, paper: ParcelPaper, x: float, y: float, width: float) -> None:
    half = width / 2
    sheet.box(x, y, half, 24, label="Category of item / Catégorie de l’envoi")
    ticks = (
        ("Sale of goods / Vente", True),
        ("Gift / Cadeau", False),
        ("Documents", False),
        ("Commercial sample / Échantillon", False),
        ("Returned goods / Retour", False),
        ("Other / Autre", False),
    )
    for index, (label, ticked) in enumerate(ticks):
        column, row = divmod(index, 3)
        sheet.tick(x + 2 + column * half / 2, y + 5 + row * 6, ticked=ticked, label=label)
    certify = (
        "I certify that the particulars given in this declaration are correct and that this item "
        "does not contain any dangerous article prohibited by legislation or by postal or customs "
        "regulations.\nDate and sender’s signature / Date et signature de l’expéditeur"
    )
    sheet.box(x + half, y, half, 24, label=certify)
    sign = f"{paper.sent_on.isoformat()}    {paper.signed_by}"
    sheet.text(x + half + 1, y + 17, half - 2, sign)
