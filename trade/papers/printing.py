"""Papers as PDF: one of them, or all that a parcel needs in one file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trade.papers.commercial import (
    invoice_document,
    origin_document,
    packing_list_document,
    proforma_document,
)
from trade.papers.document import Document, draw_document
from trade.papers.labels import Words
from trade.papers.packing import slip_document
from trade.papers.postal import draw_cn22, draw_cn23, draw_label
from trade.papers.sheet import Sheet
from trade.papers.values import ParcelPaper
from trade.rules.papers import Paper

_DOCUMENTS: dict[Paper, Callable[[ParcelPaper, Words], Document]] = {
    Paper.INVOICE: invoice_document,
    Paper.PROFORMA: proforma_document,
    Paper.PACKING_LIST: packing_list_document,
    Paper.ORIGIN: origin_document,
    Paper.SLIP: slip_document,
}
_FORMS: dict[Paper, Callable[[Sheet, ParcelPaper], None]] = {
    Paper.CN22: draw_cn22,
    Paper.CN23: draw_cn23,
    Paper.LABEL: draw_label,
}
PRINTABLE = frozenset((*_DOCUMENTS, *_FORMS))


def print_papers(papers: Sequence[Paper], parcel: ParcelPaper) -> bytes:
    """These papers of one parcel, in this order, as one PDF. Raises KeyError for advance data,
    which is no paper."""
    words = Words(parcel.languages)
    documents = {paper: _DOCUMENTS[paper](parcel, words) for paper in papers if paper in _DOCUMENTS}
    texts = _form_texts(parcel)
    for document in documents.values():
        texts += document.texts()
    names = ", ".join(paper.value for paper in papers)
    sheet = Sheet(title=f"{parcel.order_number}: {names}", texts=texts, is_empty=True)
    for paper in papers:
        if paper in documents:
            draw_document(sheet, documents[paper])
        else:
            _FORMS[paper](sheet, parcel)
    return sheet.as_bytes()


def _form_texts(parcel: ParcelPaper) -> list[str]:
    return [
        *parcel.sender.lines,
        *parcel.receiver.lines,
        parcel.delivery_name,
        parcel.signed_by,
        parcel.comments,
        *(text for article in parcel.articles for text in (article.description, article.detail)),
    ]
