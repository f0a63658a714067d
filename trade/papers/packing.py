"""The packing slip: what is in the parcel, for whoever packs and whoever opens it; no prices."""

from __future__ import annotations

from trade.papers.sheet import MARGIN_MM, TITLE_PT, Sheet
from trade.papers.values import ParcelPaper

_ROW_MM = 10.0


def packing_slip(paper: ParcelPaper, *, words: dict[str, str]) -> bytes:
    """The slip as a PDF. words: the labels title, order, from, to, item, number, quantity, thanks
    in the language of whoever packs."""
    texts = [
        *paper.sender.lines,
        *paper.receiver.lines,
        *(article.description + article.detail for article in paper.articles),
        *words.values(),
    ]
    sheet = Sheet(title=f"{words['title']} {paper.order_number}", texts=texts)
    x, width = MARGIN_MM, sheet.width
    y = sheet.text(x, MARGIN_MM, width, words["title"], size=TITLE_PT, line_mm=7)
    order = f"{words['order']} {paper.order_number}    {paper.sent_on.isoformat()}"
    y = sheet.text(x, y, width, f"{order}    {paper.delivery_name}") + 4
    half = width / 2
    sheet.box(x, y, half, 38, label=words["from"], text="\n".join(paper.sender.lines))
    receiver = "\n".join(paper.receiver.lines)
    sheet.box(x + half, y, half, 38, label=words["to"], text=receiver, size=11)
    y += 44
    columns = ((words["quantity"], 0.12), (words["item"], 0.63), (words["number"], 0.25))
    left = x
    for label, share in columns:
        sheet.box(left, y, width * share, 6, label=label)
        left += width * share
    y += 6
    for article in paper.articles:
        if y > sheet.pdf.eph:
            sheet.pdf.add_page()
            y = MARGIN_MM
        item = article.description + (f"\n{article.detail}" if article.detail else "")
        left = x
        for cell, (_, share) in zip(
            (str(article.quantity), item, article.sku), columns, strict=True
        ):
            sheet.box(left, y, width * share, _ROW_MM, text=cell)
            left += width * share
        y += _ROW_MM
    sheet.text(x, y + 6, width, words["thanks"])
    return sheet.as_bytes()
