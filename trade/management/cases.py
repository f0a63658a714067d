"""Reading a case of a landed-cost file: the free text that people write, turned into a consignment.

A case file is a table of parcels with an id, destination, origin, date, channel, tariff codes, a
description, currency, value and shipping. Channel and description are words ("post B2C, no IOSS",
"2 dolls, 5 T-shirts", "courier to Ontario"); what matters to the rules is picked out here.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import combinations

from common.money import Money, UnknownCurrencyError, allocate, currency_of
from trade.rules import Carriage, Channel, Consignment, GoodsLine, Terms

REQUIRED_COLUMNS = ("id", "destination", "date", "currency")

# What the European Commission and habit write for two countries.
_OTHER_CODES = {"UK": "GB", "EL": "GR"}
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
# What people put into a cell that has no amount.
_NO_AMOUNT = frozenset({"-", "–", "—", "?", "n/a", "none", "not stated"})
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
MAX_AMOUNT = Decimal(10) ** 12
_REGIONS = {
    "ontario": "ON",
    "quebec": "QC",
    "québec": "QC",
    "british columbia": "BC",
    "alberta": "AB",
    "manitoba": "MB",
    "saskatchewan": "SK",
    "nova scotia": "NS",
    "new brunswick": "NB",
    "newfoundland": "NL",
    "prince edward": "PE",
    "yukon": "YT",
    "nunavut": "NU",
    "northwest territories": "NT",
    "northern ireland": "NI",
    "canary islands": "IC",
    "åland": "AX",
}


class CaseError(ValueError):
    """A cell can't be read; names its column."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(f"column {column}: {reason}")
        self.column = column


@dataclass(frozen=True, slots=True)
class Case:
    """A parcel to be priced.

    has_value: False when the file states no value of the goods. ordinary: False for a gift or a
    sale between businesses, for which the rulebook has no rules.
    """

    id: str
    consignment: Consignment
    has_value: bool
    ordinary: bool = True


def read_case(cells: Mapping[str, str]) -> Case:
    """One line of the file. Raises CaseError."""
    identifier = _text(cells, "id")
    if not identifier:
        raise CaseError("id", "is empty")
    currency = _currency(cells)
    amount, includes_tax = _value(cells, currency)
    shipping = _amount(cells, "shipping", currency) or Money(0, currency)
    channel = _text(cells, "channel").lower()
    origin = _country_in(_text(cells, "origin"))
    destination, area = _destination(cells)
    kind = _channel(channel)
    try:
        consignment = Consignment(
            destination=destination,
            dispatched_from=_dispatched_from(cells) or origin,
            date=_day(cells),
            channel=kind,
            lines=_lines(cells, origin, amount or Money(0, currency)),
            delivery=shipping,
            region=area or _region(channel),
            seller_registered=kind is not Channel.MARKETPLACE and _registered(channel),
            scheme=kind is not Channel.MARKETPLACE or _registered(channel, unless=True),
            terms=_terms(channel),
            carriage=_carriage(channel),
            prices_include_tax=includes_tax,
            elections=_elections(channel, _text(cells, "origin").lower()),
        )
    except ValueError as error:
        if isinstance(error, CaseError):
            raise
        raise CaseError("goods_value", str(error)) from error
    return Case(
        identifier,
        consignment,
        has_value=amount is not None,
        ordinary=not re.search(_NOT_A_SALE_TO_A_CONSUMER, channel),
    )


# ---- cells ---------------------------------------------------------------------------------------


def _text(cells: Mapping[str, str], column: str) -> str:
    return (cells.get(column) or "").strip()


def _day(cells: Mapping[str, str]) -> datetime.date:
    text = _text(cells, "date")
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise CaseError("date", f"{text!r} is not a date like 2026-07-01") from None


def _currency(cells: Mapping[str, str]) -> str:
    code = _text(cells, "currency").upper()
    try:
        return currency_of(code).code
    except UnknownCurrencyError:
        raise CaseError("currency", f"{code!r} is not a known currency") from None


def _amount(cells: Mapping[str, str], column: str, currency: str) -> Money | None:
    """An amount with what people write around it: "EUR 1,234.50", "140.00 intrinsic"."""
    text = _text(cells, column)
    if not text or text.lower() in _NO_AMOUNT:
        return None
    if text.lower() == "free":
        return Money(0, currency)
    around = re.fullmatch(
        rf"(?:{currency}|[A-Z]{{0,2}}[$€£¥])?\s*(-?[\d.,]*\d)\s*(?:{currency}\b|€)?"
        r"\s*([A-Za-z][^\d]*|[(\[].*)?",
        text,
    )
    if around is None or _names_currency(around[2] or ""):
        raise CaseError(column, f"{text!r} is not an amount in {currency}")
    return _money(around[1], column, currency)


def _names_currency(remark: str) -> bool:
    """Whether a remark behind the number names a currency: the amount is in another one."""
    word = re.match(r"([A-Z]{3})\b", remark)
    try:
        return word is not None and bool(currency_of(word[1]))
    except UnknownCurrencyError:
        return False


def _money(text: str, column: str, currency: str) -> Money:
    try:
        if "," in text and not re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d*)?", text):
            raise CaseError(column, f"{text!r} is not written like 1,234.50")
        number = Decimal(text.replace(",", ""))
        if not number.is_finite() or abs(number) > MAX_AMOUNT:
            raise CaseError(column, f"{text!r} is not an amount")
        money = Money.from_decimal(number, currency)
    except InvalidOperation:
        raise CaseError(column, f"{text!r} is not an amount") from None
    if number < 0:
        raise CaseError(column, f"{text!r} is below zero")
    if money.to_decimal() != number:
        raise CaseError(column, f"{text!r} is finer than {currency} allows")
    return money


def _value(cells: Mapping[str, str], currency: str) -> tuple[Money | None, bool]:
    """The goods' value, and whether it contains the destination's tax ("836.00 incl.")."""
    for column in ("goods_value", "tax_base"):
        inside = re.fullmatch(
            rf"({_NUMBER})\s*(?:{currency.lower()}\s*)?incl(?:\.|uding|usive)?(?: of)?"
            r"(?:\s*(?:tax|vat|gst|hst)\b.*)?",
            _text(cells, column).lower(),
        )
        if inside:
            return _money(inside[1], column, currency), True
    return _amount(cells, "goods_value", currency), False


def _country_in(text: str) -> str:
    """The country a cell starts with; "" for "any" and the like."""
    match = re.match(r"([A-Z]{2})\b", text)
    return _OTHER_CODES.get(match[1], match[1]) if match else ""


def _destination(cells: Mapping[str, str]) -> tuple[str, str]:
    """Country and region of the buyer: "DE", "UK", "CA-ON", "CA (Ontario)"."""
    text = _text(cells, "destination")
    match = re.fullmatch(r"([A-Za-z]{2})(?:-([A-Za-z]{2,3})|\s*[,(/ ]\s*([^\d)]+)\)?)?", text)
    if match is None:
        raise CaseError("destination", f"{text!r} is not a two-letter country")
    country = match[1].upper()
    area = (match[2] or "").upper() or _region(f"to {match[3].strip()}" if match[3] else "")
    return _OTHER_CODES.get(country, country), area


def _dispatched_from(cells: Mapping[str, str]) -> str:
    """Where the parcel starts, when channel or description say so; else ""."""
    for column in ("goods_desc", "channel"):
        text = _text(cells, column)
        match = re.search(r"\b(?:from|ex|dispatched in) (?:the )?([A-Z]{2})\b", text)
        if match:
            return _OTHER_CODES.get(match[1], match[1])
    return ""


# ---- channel -------------------------------------------------------------------------------------


_NOT_A_SALE_TO_A_CONSUMER = r"(?<!no )(?<!not )(?<!not a )\b(gifts?|c2c|b2b)\b"
_DENIED = r"\b(?:no|not|non|without|outside)[ -](?:(?:a|an|the|on|by|via|through|using) )*"


def _channel(text: str) -> Channel:
    sold_on = r"\b(?:marketplace|platform|edp|redeliverer|omp)s?\b"
    if re.search(sold_on, re.sub(_DENIED + sold_on, "", text)):
        return Channel.MARKETPLACE
    if re.search(r"\b(post|postal|mail|letter)\b", text) or not text:
        return Channel.POST
    if _registered(text) and not re.search(r"\b(seller|courier|direct|express)\b", text):
        return Channel.MARKETPLACE  # "IOSS", "VOEC": sold through the scheme
    return Channel.COURIER


_SCHEMES = r"(ioss|voec|gst|vat|lvg|oss|tax)"


def _registered(text: str, *, unless: bool = False) -> bool:
    """Whether the words say that the tax's scheme is used; `unless` asks if nothing denies it."""
    denied = re.search(
        rf"{_DENIED}({_SCHEMES}\b|registered)|unregistered|{_SCHEMES} (number )?(is )?not\b|"
        r"(below|under|<)\s*(the )?(turnover|registration|chf 100)",
        text,
    )
    if denied:
        return False
    return unless or bool(re.search(rf"\b(ioss|voec|lvg|(?:{_SCHEMES}[ -])?registered)\b", text))


def _carriage(text: str) -> Carriage:
    if re.search(r"\b(sea|ocean|ship)\b", text):
        return Carriage.SEA
    if re.search(r"\b(post|postal|mail)\b", text):
        return Carriage.POST
    if re.search(r"\b(air|courier|express)\b", text):
        return Carriage.AIR
    return Carriage.UNSTATED


def _region(text: str) -> str:
    for name, code in _REGIONS.items():
        if name in text:
            return code
    match = re.search(r"\bto (on|qc|bc|ab|mb|sk|ns|nb|nl|pe|yt|nt|nu|ni)\b", text)
    return match[1].upper() if match else ""


def _terms(text: str) -> Terms:
    paid = r"\bddp\b|at checkout|dut(?:y|ies) (?:and tax(?:es)? )?(?:pre)?paid|prepaid"
    return Terms.DDP if re.search(paid, re.sub(r"\b(?:no|not|non)[ -]\w+", "", text)) else Terms.DAP


def _elections(channel: str, origin: str) -> frozenset[str]:
    """What the declarant chose: the US post's fixed amount, a preference by proof of origin."""
    chosen = {"specific-duty"} if re.search(r"\b(specific|flat)\b", channel) else set()
    claim = re.sub(r"\b(no|not|non|without)\b.*", "", f"{origin} {channel}")
    if re.search(r"preferen|\w*fta\b|originating", claim):
        chosen.add("preference")
    return frozenset(chosen)


# ---- goods ---------------------------------------------------------------------------------------


def _lines(cells: Mapping[str, str], origin: str, value: Money) -> tuple[GoodsLine, ...]:
    """One line a tariff code; values and quantities from the description where it has them."""
    text = _text(cells, "hs_code")
    description = _text(cells, "goods_desc")
    stated = _stated_rates(text, description)
    codes = _codes(text) if not stated or "%" not in text else []
    count = max(len(codes), len(stated), 1)
    codes += [""] * (count - len(codes))
    stated += [(None, "")] * (count - len(stated))
    values = _line_values(description, count, value)
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
        )
        for index in range(count)
    )


def _codes(text: str) -> list[str]:
    """The tariff codes of a cell, one an item; an item named only in words has the code ""."""
    codes: list[str] = []
    for part in re.split(r"[;,|/+&\n]|\band\b", re.sub(r"\([^)]*\)", "", text)):
        if not part.strip() or part.strip().lower() in {*_NO_AMOUNT, "any", "various"}:
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
        match = re.search(rf"({_NUMBER})\s*%", part)
        if match:
            band = "reduced" if "reduced" in part.lower() else ""
            found.append((Decimal(match[1]) / 100, band))
    if not found:
        text = description.lower()
        match = re.search(
            rf"\bduty(?: rate)?:?(?: of| at| is)? ?({_NUMBER})\s*%|({_NUMBER})\s*% (?:rate of )?duty\b",
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
        for number in re.findall(_NUMBER, description)[:12]
        if len(number) <= 15
    ]
    found = {some for some in combinations(numbers, count) if sum(some) == value.amount}
    return list(found.pop()) if len(found) == 1 else allocate(value.amount, [1] * count)


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
