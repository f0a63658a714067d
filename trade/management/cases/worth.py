"""What the goods of a case are worth: one value, one for each kind of goods, or pieces times a price."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from common.money import Money
from trade.management.cases.cells import (
    NO_AMOUNT,
    NUMBER,
    CaseError,
    amount_in,
    money_in,
    text_of,
)

COLUMN = "goods_value"
_PIECES = re.compile(rf"(\d{{1,4}})\s*[x×@*]\s*({NUMBER})", re.IGNORECASE)
_OUTSIDE_BRACKETS = r"(?![^()]*\))"
_PRICE_OF_ONE = r"\b(?:each|apiece|(?:per|an?) (?:item|piece|unit))\b"


@dataclass(frozen=True, slots=True)
class Worth:
    """The value of one kind of goods. quantity: pieces, where the cell counts them."""

    amount: Money
    quantity: int | None = None


def worth_of(cells: Mapping[str, str], currency: str) -> tuple[tuple[Worth, ...], bool]:
    """The goods' values, and whether they contain the destination's tax ("836.00 incl.").

    No values where the file states none. Raises CaseError.
    """
    for column in (COLUMN, "tax_base"):
        inside = _inside(text_of(cells, column), currency)
        if inside:
            return (Worth(money_in(inside, column, currency)),), True
    text = text_of(cells, COLUMN)
    parts = re.split(rf"(?:;|\+|/|\band\b|,\s){_OUTSIDE_BRACKETS}", text)
    if len(parts) > 1 and all(re.search(r"\d", part) for part in parts):
        if any("incl" in part.lower() for part in parts):
            raise CaseError(COLUMN, "only a single value can be one that includes tax")
        return tuple(_one(part.strip(), currency) for part in parts), False
    return ((_one(text, currency),) if text and text.lower() not in NO_AMOUNT else ()), False


def _one(text: str, currency: str) -> Worth:
    pieces = _PIECES.fullmatch(text)
    if pieces and int(pieces[1]):
        count = int(pieces[1])
        price = money_in(pieces[2], COLUMN, currency)
        return Worth(Money(price.amount * count, currency), count)
    if re.search(_PRICE_OF_ONE, text, re.IGNORECASE):
        raise CaseError(COLUMN, f"{text!r} is the price of one piece; write it like 2 x 50.00")
    found = amount_in({COLUMN: text}, COLUMN, currency)
    if found is None:
        raise CaseError(COLUMN, f"{text!r} is not an amount in {currency}")
    return Worth(found)


def _inside(text: str, currency: str) -> str:
    """The number of a price with tax inside: "836.00 incl.", "836 GST incl.", "incl. GST 836"."""
    tax, included = r"(?:tax|vat|gst|hst)", r"incl(?:\.|uding|usive|uded)?"
    sign = rf"(?:{currency}|[A-Z]{{0,2}}\$|€|£)?\s*"
    number = rf"{sign}({NUMBER})\s*(?:{currency}\s*)?"
    for pattern in (
        rf"{number}\(?{included}(?: of)?(?:\s*{tax}\b.*)?\)?",
        rf"{number}\(?{tax}[ -]{included}\)?",
        rf"(?:{tax}[ -])?{included}(?:\s*{tax})?:?\s*{number}",
    ):
        match = re.fullmatch(pattern, text, re.IGNORECASE)
        if match:
            return match[1]
    return ""
