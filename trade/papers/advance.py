"""Electronic advance data of a parcel: what posts send ahead of it (UPU message ITMATT), as JSON.

The shape is described in docs/papers.md and by `advance.schema.json` beside this file. It is the one
place where all tax numbers stand, the IOSS number too.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from common.money import Money
from trade.papers.values import Article, Nature, ParcelPaper, Party
from trade.rules.s10 import Service

VERSION = "1"
# Codes of UPU code list 136, nature of transaction, as posts use them in ITMATT.
_NATURE = {
    Nature.GIFT: "31",
    Nature.SAMPLE: "32",
    Nature.RETURNED: "21",
    Nature.DOCUMENTS: "91",
    Nature.SALE: "11",
    Nature.OTHER: "99",
}


@cache
def schema() -> dict[str, Any]:
    """The JSON schema (2020-12) of what `advance_data` gives."""
    text = files("trade.papers").joinpath("advance.schema.json").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


def advance_data(paper: ParcelPaper) -> dict[str, Any]:
    """The parcel as data. Amounts are decimal strings with all places of the currency; weights are
    grams; what is not known is null."""
    return {
        "version": VERSION,
        "item_id": str(paper.item_number) if paper.item_number else None,
        "order": paper.order_number,
        "date": paper.sent_on.isoformat(),
        "service": paper.service.value if paper.service is not Service.UNKNOWN else None,
        "sender": _party(paper.sender),
        "addressee": _party(paper.receiver),
        "nature_of_transaction": {"code": _NATURE[paper.nature], "name": paper.nature.value},
        "gross_weight_g": paper.gross_weight_g,
        "net_weight_g": paper.weight_g,
        "postage": _money(paper.postage),
        "insured_value": None,
        "goods_value": _money(paper.value),
        "charged": [{"name": line.name, **_money(line.money)} for line in paper.charges],
        "paid_total": _money(paper.total),
        "terms": {"incoterm": paper.incoterm or None, "place": paper.named_place or None},
        "content_pieces": [
            _piece(number, article) for number, article in enumerate(paper.articles, start=1)
        ],
        "documents": {
            "invoice": paper.order_number,
            "licence": paper.licence_number or None,
            "certificate": paper.certificate_number or None,
        },
        "sender_tax_references": [
            *(
                [{"scheme": "tax", "number": paper.sender.tax_number}]
                if paper.sender.tax_number
                else []
            ),
            *([{"scheme": "eori", "number": paper.sender.eori}] if paper.sender.eori else []),
            *(
                {"scheme": scheme, "number": number}
                for scheme, number in paper.electronic_references
            ),
        ],
        "addressee_tax_references": (
            [{"scheme": "tax", "number": paper.receiver.tax_number}]
            if paper.receiver.tax_number
            else []
        ),
    }


def _party(party: Party) -> dict[str, Any]:
    return {
        "name": party.name or (party.lines[0] if party.lines else ""),
        "street": party.street or None,
        "city": party.city or None,
        "area": party.area or None,
        "postal_code": party.postal_code or None,
        "country": party.country or None,
        "address_lines": list(party.lines),
        "phone": party.phone or None,
        "email": party.email or None,
    }


def _piece(number: int, article: Article) -> dict[str, Any]:
    return {
        "number": number,
        "description": article.description,
        "quantity": article.quantity,
        "value": _money(article.value),
        "net_weight_g": article.weight_g,
        "hs_code": article.hs_code or None,
        "origin": article.origin or None,
        "product_id": article.sku or None,
    }


def _money(money: Money) -> dict[str, str]:
    return {"amount": f"{money.to_decimal():f}", "currency": money.currency}
