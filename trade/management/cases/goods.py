"""The goods of a case: codes, rates, values, quantities and weights out of cells and words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, product

from common.money import Money, allocate
from trade.management.cases.cells import (
    MAX_AMOUNT,
    NO_AMOUNT,
    NUMBER,
    CaseError,
    text_of,
)
from trade.management.cases.channel import elections
from trade.management.cases.countries import countries_in
from trade.management.cases.worth import COLUMN, Worth
from trade.rules import GoodsLine

_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
}
# "50 ml of oil" is a size, not fifty pieces.
_UNITS = (
    r"(?:[cdkm]?[gml]|kg|mm|cl|oz|lbs?|inch(?:es)?|in|ft|yards?|carats?|ct|k|[kmg]?w|v|a?h|mah|[kmgt]b|"
    r"d|years?|months?|days?|percent|liters?|litres?|grams?|met(?:er|re)s?)\b"
)


@dataclass(frozen=True, slots=True)
class _Item:
    """One tariff code of a cell. quantity, values: what stands beside it, if anything does."""

    code: str
    quantity: int | None = None
    values: str = ""


def goods_lines(
    cells: Mapping[str, str], origin: str, worth: Sequence[Worth]
) -> tuple[GoodsLine, ...]:
    """One line a tariff code or value; values and quantities from the description where it has them.

    Raises CaseError.
    """
    text = text_of(cells, "hs_code")
    description = text_of(cells, "goods_desc")
    stated = _stated_rates(text, description)
    items = _items(text) if not stated or "%" not in text else []
    count = max(len(items), len(stated), 1)
    beside = " ".join(item.values for item in items)
    items += [_Item("")] * (count - len(items))
    stated += [(None, "")] * (count - len(stated))
    if count == 1:
        if len(worth) == 1 and worth[0].quantity is None:
            worth = _described_worth(description, worth[0].amount) or worth
        count = len(worth)
        items, stated = items * count, stated * count
    values = _line_values((description, beside), count, worth)
    origins = _origins(cells, count) or [origin] * count
    weights = _weights(cells, description, count)
    preference = "preference" in elections(
        *(text_of(cells, column).lower() for column in ("channel", "origin", "goods_desc"))
    )
    quantities = _quantities(description, count)
    names = _parts(description, count)
    return tuple(
        GoodsLine(
            key=str(index + 1),
            hs_code=items[index].code,
            origin=origins[index],
            quantity=values[index].quantity or items[index].quantity or quantities[index],
            value=values[index].amount,
            description=names[index],
            stated_duty_rate=stated[index][0],
            tax_band=stated[index][1],
            weight_g=weights[index],
            preference=preference,
        )
        for index in range(count)
    )


def _origins(cells: Mapping[str, str], count: int) -> list[str]:
    found = countries_in(text_of(cells, "origin"))
    if found and len(found) != count:
        raise CaseError("origin", f"{len(found)} countries stand for {count} kinds of goods")
    return found


_BESIDE = r"\([^)]*\)|[:=].*"  # "6109.10 (75.00)", "6109.10: 75.00"
_TIMES = r"^\s*(\d{1,3})\s*[x×*]\s*|\s*[x×*]\s*(\d{1,3})\s*$"  # "2 x 6109.10", "6109.10 x2"


def _items(text: str) -> list[_Item]:
    """The tariff codes of a cell, one an item; an item named only in words has the code ""."""
    items: list[_Item] = []
    for part in re.split(r"(?:[;,|/+&\n]|\band\b)(?![^()]*\))", text):
        values = " ".join(re.findall(_BESIDE, part))
        head = re.sub(_BESIDE, "", part)
        times = re.search(_TIMES, head)
        head = re.sub(_TIMES, " ", head)
        if not head.strip() or head.strip().lower() in {*NO_AMOUNT, "any", "various"}:
            continue
        words = [word.replace(".", "") for word in head.split() if re.fullmatch(r"\d[\d.]*", word)]
        if len(words) > 1 and all(len(word) >= 4 for word in words):
            items += [_Item(word) for word in words]  # "6403 9503"; "6109 10 00" is one
            continue
        digits = "".join(words)
        if (not 2 <= len(digits) <= 10 or len(digits) == 7) and re.search(r"\d", head):
            raise CaseError("hs_code", f"{part.strip()!r} is not a tariff code")
        quantity = int(times[1] or times[2]) if times else None
        items.append(_Item(digits, quantity, values))
    return items


_FREE = (
    r"\b(?:duty[- ]free|free of (?:customs )?duty|(?:no|nil|zero) (?:customs )?duty|"
    r"duty:? (?:free|nil|none)|not dutiable|(?:gst|vat|tax) only)\b"
)


def _stated_rates(codes: str, description: str) -> list[tuple[Decimal | None, str]]:
    """Duty rates that the case itself states: "(A 14%; B 14% reduced CT)", "duty 5%"."""
    found: list[tuple[Decimal | None, str]] = []
    for part in codes.strip("()").split(";"):
        match = re.search(rf"({NUMBER})\s*%", part)
        if match:
            band = "reduced" if "reduced" in part.lower() else ""
            found.append((Decimal(match[1]) / 100, band))
    if not found:
        text = description.lower()
        match = re.search(
            rf"\b(?:duty|dutiable|tariff|mfn)(?: rate)?:?(?: of| at| is)? ?({NUMBER})\s*%|"
            rf"({NUMBER})\s*% (?:rate of |(?:customs|import|mfn) )?(?:duty|tariff)\b",
            text,
        )
        if match:
            found.append((Decimal(match[1] or match[2]) / 100, ""))
        elif re.search(_FREE, text):
            found.append((Decimal(0), ""))
    return found


def _line_values(texts: Sequence[str], count: int, worth: Sequence[Worth]) -> Sequence[Worth]:
    """What each line is worth: as the cell says, as one of the texts does where it adds up, else alike."""
    if len(worth) == count:
        return worth
    if len(worth) > 1:
        raise CaseError(COLUMN, f"{len(worth)} values stand for {count} tariff codes")
    value = worth[0].amount
    for text in texts:
        numbers = _amounts(text, value.currency)
        found = {some for some in combinations(numbers, count) if sum(some) == value.amount}
        if len(found) == 1:
            return [Worth(Money(amount, value.currency)) for amount in found.pop()]
    shares = allocate(value.amount, [1] * count)
    return [Worth(Money(amount, value.currency)) for amount in shares]


def _described_worth(description: str, value: Money) -> Sequence[Worth]:
    """The kinds of goods that a description names with a value each ("lamp 600, vase 700"), if any."""
    parts = re.split(r"[,;+](?!\d)|\band\b", description)
    if not 2 <= len(parts) <= 6:
        return ()
    numbers = [_amounts(part, value.currency) for part in parts]
    found = {some for some in product(*numbers) if sum(some) == value.amount}
    return [Worth(Money(one, value.currency)) for one in found.pop()] if len(found) == 1 else ()


def _amounts(text: str, currency: str) -> list[int]:
    """The numbers of a text as minor units; a dozen at most."""
    return [
        Money.from_decimal(Decimal(number.replace(",", "")), currency).amount
        for number in re.findall(NUMBER, text)[:12]
        if len(number) <= 15
    ]


def _weights(cells: Mapping[str, str], description: str, count: int) -> list[int | None]:
    """Grams a line: from a column weight_g, else from the words ("20 g", "1.5 kg", "50 ml" as 50 g)."""
    stated = text_of(cells, "weight_g")
    if stated:
        if not re.fullmatch(r"\d{1,9}", stated):
            raise CaseError("weight_g", f"{stated!r} is not a whole number of grams")
        return [int(stated)] if count == 1 else [*allocate(int(stated), [1] * count)]
    found: list[int | None] = []
    for part in _parts(description.lower(), count):
        match = re.search(rf"\b({NUMBER}) ?(k?g|ml)\b", part)
        grams = Decimal(match[1].replace(",", "")) if match else None
        if match and grams is not None and match[2] == "kg":
            grams *= 1000
        found.append(int(grams) if grams is not None and grams <= MAX_AMOUNT else None)
    return found if len(found) == count else [None] * count


def _parts(description: str, count: int) -> Sequence[str]:
    if count == 1:
        return [description]
    parts = [part.strip() for part in re.split(r"[,;+]|\band\b", description) if part.strip()]
    return parts if len(parts) == count else [description] * count


def _quantities(description: str, count: int) -> list[int]:
    found: list[int] = []
    for part in _parts(description.lower(), count):
        match = re.match(
            rf"(\d{{1,4}})(?:\s*[x×]|\s*(?:pcs?|pieces?)\b|\s+(?!{_UNITS})[a-z])", part
        )
        word = re.match(rf"({'|'.join(_NUMBER_WORDS)})\b", part)
        behind = re.search(r"(?:\s[x×]\s?|\b(?:qty|quantity)\.?:? ?)(\d{1,4})\b", part)
        if word:
            found.append(_NUMBER_WORDS[word[1]])
        elif behind and int(behind[1]):
            found.append(int(behind[1]))
        else:
            found.append(int(match[1]) if match and 0 < int(match[1]) < 1900 else 1)
    return found if len(found) == count else [1] * count
