"""The goods of a case: codes, rates, values, quantities and weights out of cells and words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from common.money import Money, allocate
from trade.management.cases.cells import MAX_AMOUNT, NO_AMOUNT, NUMBER, CaseError, text_of
from trade.management.cases.channel import elections
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


def goods_lines(cells: Mapping[str, str], origin: str, value: Money) -> tuple[GoodsLine, ...]:
    """One line a tariff code; values and quantities from the description where it has them."""
    text = text_of(cells, "hs_code")
    description = text_of(cells, "goods_desc")
    stated = _stated_rates(text, description)
    codes = _codes(text) if not stated or "%" not in text else []
    count = max(len(codes), len(stated), 1)
    codes += [""] * (count - len(codes))
    stated += [(None, "")] * (count - len(stated))
    values = _line_values(description, count, value)
    weights = _weights(cells, description, count)
    preference = "preference" in elections(
        text_of(cells, "channel").lower(), text_of(cells, "origin").lower()
    )
    quantities = _quantities(description, count)
    names = _parts(description, count)
    return tuple(
        GoodsLine(
            key=str(index + 1),
            hs_code=codes[index],
            origin=origin,
            quantity=quantities[index],
            value=Money(values[index], value.currency),
            description=names[index],
            stated_duty_rate=stated[index][0],
            tax_band=stated[index][1],
            weight_g=weights[index],
            preference=preference,
        )
        for index in range(count)
    )


def _codes(text: str) -> list[str]:
    """The tariff codes of a cell, one an item; an item named only in words has the code ""."""
    codes: list[str] = []
    for part in re.split(r"[;,|/+&\n]|\band\b", re.sub(r"\([^)]*\)", "", text)):
        if not part.strip() or part.strip().lower() in {*NO_AMOUNT, "any", "various"}:
            continue
        words = [word.replace(".", "") for word in part.split() if re.fullmatch(r"\d[\d.]*", word)]
        if len(words) > 1 and all(len(word) >= 4 for word in words):
            codes += words  # "6403 9503": several codes; "6109 10 00" is one
            continue
        digits = "".join(words)
        if not 2 <= len(digits) <= 10 and (digits or re.search(r"\d", part)):
            raise CaseError("hs_code", f"{part.strip()!r} is not a tariff code")
        codes.append(digits)
    return codes


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
            rf"\bduty(?: rate)?:?(?: of| at| is)? ?({NUMBER})\s*%|({NUMBER})\s*% (?:rate of )?duty\b",
            text,
        )
        if match:
            found.append((Decimal(match[1] or match[2]) / 100, ""))
        elif re.search(r"\b(duty[- ]free|free of duty|(no|nil|zero) duty|duty (free|nil))\b", text):
            found.append((Decimal(0), ""))
    return found


def _line_values(description: str, count: int, value: Money) -> list[int]:
    """Minor units a line: as the description says when it adds up to the value, else alike."""
    if count == 1:
        return [value.amount]
    numbers = [
        Money.from_decimal(Decimal(number.replace(",", "")), value.currency).amount
        for number in re.findall(NUMBER, description)[:12]
        if len(number) <= 15
    ]
    found = {some for some in combinations(numbers, count) if sum(some) == value.amount}
    return list(found.pop()) if len(found) == 1 else allocate(value.amount, [1] * count)


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
        if word:
            found.append(_NUMBER_WORDS[word[1]])
        else:
            found.append(int(match[1]) if match and 0 < int(match[1]) < 1900 else 1)
    return found if len(found) == count else [1] * count
