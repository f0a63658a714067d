"""Commercial invoice, proforma invoice, packing list and declaration of origin.

They are labelled in the seller's and in the destination's language. Amounts are what the buyer paid,
in the buyer's money, to the minor unit.
"""

from __future__ import annotations

from common.countries import country_name
from common.money import Money
from trade.papers.document import Column, Document
from trade.papers.labels import Words
from trade.papers.values import Article, ParcelPaper, Party
from trade.rules.papers import origin_text, statement_on_origin

_MM_A_CM = 10
# Beside the treaty's sentence, which is in English too: "except where otherwise clearly indicated".
_NO_CLAIM = "no preferential origin"


def invoice_document(paper: ParcelPaper, words: Words) -> Document:
    """The invoice of a sale, as customs and a courier want it."""
    return _priced(paper, words, title=words("title_invoice"), mark="")


def proforma_document(paper: ParcelPaper, words: Words) -> Document:
    """The same before the sale, or for goods that are not sold: marked as no request to pay."""
    mark = f"PROFORMA\n{words('not_a_sale', joined_by=chr(10))}"
    return _priced(paper, words, title=words("title_proforma"), mark=mark)


def _priced(paper: ParcelPaper, words: Words, *, title: str, mark: str) -> Document:
    currency = paper.currency
    zero = Money.zero(currency)
    rows = [
        (
            article_words(article),
            article.hs_code,
            _origin(article, paper, words),
            f"{article.quantity} {words.beside_figures('pieces')}",
            str(article.unit) if article.unit else "",
            str(article.value),
        )
        for article in paper.articles
    ]
    totals = [
        (words("goods"), str(paper.value)),
        (words("discount"), str(zero)),
        (words("freight"), str(paper.postage)),
        (words("insurance"), str(zero)),
        *((charge.name, str(charge.money)) for charge in paper.charges),
        (f"{words('total')} ({currency})", str(paper.total)),
    ]
    statements = []
    if paper.prefers:
        statements.append(preference_words(paper))
    statements.append(words("truth", joined_by="\n"))
    return Document(
        title=title,
        reference=paper.order_number,
        mark=mark,
        facts=(
            (words("number"), paper.order_number),
            (words("date"), (paper.invoiced_on or paper.sent_on).isoformat()),
            (words("order"), paper.purchase_number),
            (words("dispatched_from"), _country(paper.dispatched_from, words)),
            (words("destination"), _country(paper.destination, words)),
            (words("terms"), f"{paper.incoterm} {paper.named_place}".strip()),
            (words("packages"), str(paper.packages)),
            (words("net_weight"), kilograms(paper.weight_g)),
            (words("gross_weight"), kilograms(paper.gross_weight_g)),
            (words("reason"), words(paper.nature.value)),
            (words("item_number"), paper.item_number.spaced if paper.item_number else ""),
            (words("reference"), "\n".join(paper.printed_references)),
        ),
        parties=(
            (words("seller"), party_words(paper.sender, words)),
            (words("buyer"), party_words(paper.receiver, words)),
            (words("consignee"), party_words(paper.receiver, words)),
        ),
        columns=(
            Column(words("description", joined_by="\n"), 0.34),
            Column(words("hs", joined_by="\n"), 0.10),
            Column(words("origin", joined_by="\n"), 0.14),
            Column(words("quantity", joined_by="\n"), 0.10, "R"),
            Column(words("unit_price", joined_by="\n"), 0.16, "R"),
            Column(words("amount", joined_by="\n"), 0.16, "R"),
        ),
        rows=rows,
        totals=totals,
        statements=statements,
        signature=(words("signature"), f"{paper.signed_by}    {paper.sent_on.isoformat()}"),
    )


def packing_list_document(paper: ParcelPaper, words: Words) -> Document:
    """What is in which package; no values anywhere."""
    marks = paper.marks or (paper.item_number.spaced if paper.item_number else paper.order_number)
    package = f"1–{paper.packages}" if paper.packages > 1 else "1"
    rows = [
        (
            package if number == 1 else "",
            marks if number == 1 else "",
            article_words(article),
            article.sku,
            str(article.quantity),
            kilograms(article.weight_g),
        )
        for number, article in enumerate(paper.articles, start=1)
    ]
    return Document(
        title=words("title_packing"),
        reference=paper.order_number,
        facts=(
            (words("order"), paper.order_number),
            (words("date"), paper.sent_on.isoformat()),
            (words("packages"), str(paper.packages)),
            (words("net_weight"), kilograms(paper.weight_g)),
            (words("gross_weight"), kilograms(paper.gross_weight_g)),
            (words("size"), size_words(paper)),
        ),
        parties=(
            (words("from"), party_words(paper.sender, words)),
            (words("to"), party_words(paper.receiver, words)),
        ),
        columns=(
            Column(words("package", joined_by="\n"), 0.09),
            Column(words("marks", joined_by="\n"), 0.17),
            Column(words("contents", joined_by="\n"), 0.36),
            Column(words("sku", joined_by="\n"), 0.14),
            Column(words("quantity", joined_by="\n"), 0.11, "R"),
            Column(words("net_weight", joined_by="\n"), 0.13, "R"),
        ),
        rows=rows,
        totals=(
            (words("quantity"), str(sum(article.quantity for article in paper.articles))),
            (words("net_weight"), kilograms(paper.weight_g)),
        ),
        signature=(words("signature"), ""),
    )


def origin_document(paper: ParcelPaper, words: Words) -> Document:
    """Where the goods were made, declared by the seller; with the agreement's own sentence where a
    preference is claimed."""
    rows = [
        (
            article_words(article),
            article.hs_code,
            str(article.quantity),
            _origin(article, paper, words),
        )
        for article in paper.articles
    ]
    statements = [words("origin_statement", joined_by="\n")]
    if paper.prefers:
        statements.append(preference_words(paper))
    return Document(
        title=words("title_origin"),
        reference=paper.order_number,
        facts=(
            (words("number"), paper.order_number),
            (words("date"), paper.sent_on.isoformat()),
            (words("exporter"), paper.exporter_reference),
        ),
        parties=(
            (words("seller"), party_words(paper.sender, words)),
            (words("buyer"), party_words(paper.receiver, words)),
        ),
        columns=(
            Column(words("description", joined_by="\n"), 0.50),
            Column(words("hs", joined_by="\n"), 0.14),
            Column(words("quantity", joined_by="\n"), 0.12, "R"),
            Column(words("origin", joined_by="\n"), 0.24),
        ),
        rows=rows,
        statements=statements,
        signature=(words("signature"), f"{paper.signed_by}    {paper.sent_on.isoformat()}"),
    )


def preference_words(paper: ParcelPaper) -> str:
    """The prescribed sentence for the articles' origin, in English, as the treaties print it."""
    kind = origin_text(exporter=paper.dispatched_from, importer=paper.destination)
    claimed = (article for article in paper.articles if not article.without_claim)
    origins = dict.fromkeys(article.origin for article in claimed if article.origin)
    origin = ", ".join(country_name(code, "en") for code in origins) or "…………"
    reference = paper.exporter_reference or paper.sender.eori
    return statement_on_origin(kind=kind, exporter_reference=reference, origin=origin)


def party_words(party: Party, words: Words) -> str:
    """Address, telephone and numbers, a line each."""
    words = words.beside_figures
    known = (
        (words("phone"), party.phone),
        (words("email"), party.email),
        (words("tax_number"), party.tax_number),
        (words("eori"), party.eori),
    )
    numbers = (f"{label}: {text}" for label, text in known if text)
    return "\n".join((*party.lines, *numbers))


def article_words(article: Article) -> str:
    """What customs read, and below it what the listing calls it."""
    same = article.detail in {"", article.description}
    return article.description if same else f"{article.description}\n{article.detail}"


def kilograms(weight_g: int | None) -> str:
    """Three places; "" where nobody knows: a weight that is not known is no weight of 0."""
    return "" if weight_g is None else f"{weight_g // 1000}.{weight_g % 1000:03d}"


def size_words(paper: ParcelPaper) -> str:
    """Length, width and height in centimetres, one place; "" until somebody has measured."""
    if paper.size_mm is None:
        return ""
    return " × ".join(f"{mm // _MM_A_CM}.{mm % _MM_A_CM}" for mm in paper.size_mm)


def _origin(article: Article, paper: ParcelPaper, words: Words) -> str:
    """Where it was made; beside a claim that leaves it out this is said, as the sentence asks."""
    country = _country(article.origin, words)
    if paper.prefers and article.without_claim:
        return f"{country}\n({_NO_CLAIM})".strip()
    return country


def _country(code: str, words: Words) -> str:
    if not code:
        return ""
    names = (country_name(code, language) for language in words.languages)
    return " / ".join(dict.fromkeys(names))
