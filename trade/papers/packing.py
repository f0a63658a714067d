"""The packing slip: what is in the parcel, for whoever packs and whoever opens it; no prices."""

from __future__ import annotations

from trade.papers.commercial import article_words
from trade.papers.document import Column, Document
from trade.papers.labels import Words
from trade.papers.values import ParcelPaper


def slip_document(paper: ParcelPaper, words: Words) -> Document:
    """The slip in the seller's and the buyer's language."""
    return Document(
        title=words("title_slip"),
        reference=paper.order_number,
        facts=(
            (words("order"), paper.order_number),
            (words("date"), paper.sent_on.isoformat()),
            (words("packages"), f"{paper.packages}   ({paper.delivery_name})"),
        ),
        parties=(
            (words("from"), "\n".join(paper.sender.lines)),
            (words("to"), "\n".join(paper.receiver.lines)),
        ),
        columns=(
            Column(words("quantity", joined_by="\n"), 0.13, "R"),
            Column(words("contents", joined_by="\n"), 0.62),
            Column(words("sku", joined_by="\n"), 0.25),
        ),
        rows=[
            (str(article.quantity), article_words(article), article.sku)
            for article in paper.articles
        ],
        statements=(words("thanks", joined_by="\n"),),
    )
