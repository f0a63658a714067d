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

from common.money import Money, UnknownCurrencyError, allocate, currency_of
from trade.rules import Carriage, Channel, Consignment, GoodsLine, Terms

REQUIRED_COLUMNS = ("id", "destination", "date", "currency")

# What the European Commission and habit write for two countries.
_OTHER_CODES = {"UK": "GB", "EL": "GR"}
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
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
    """A parcel to be priced. has_value: False when the file states no value of the goods."""

    id: str
    consignment: Consignment
    has_value: bool


def read_case(cells: Mapping[str, str]) -> Case:
    """One line of the file. Raises CaseError."""
    identifier = _text(cells, "id")
    if not identifier:
        raise CaseError("id", "is empty")
    currency = _currency(cells)
    amount, includes_tax = _value(cells, currency)
    shipping = _amount(cells, "shipping", currency) or Money(0, currency)
    channel = _text(cells, "channel").lower()
    description = _text(cells, "goods_desc")
    origin = _country_in(_text(cells, "origin"))
    destination = _text(cells, "destination").upper()
    destination = _OTHER_CODES.get(destination, destination)
    if not re.fullmatch(r"[A-Z]{2}", destination):
        raise CaseError("destination", f"{destination!r} is not a two-letter country")
    shipped = re.search(r"shipped from ([A-Z]{2})\b", description)
    kind = _channel(channel)
    try:
        consignment = Consignment(
            destination=destination,
            dispatched_from=shipped[1] if shipped else origin,
            date=_day(cells),
            channel=kind,
            lines=_lines(cells, origin, amount or Money(0, currency)),
            delivery=shipping,
            region=_region(channel),
            seller_registered=kind is not Channel.MARKETPLACE and _registered(channel),
            scheme=kind is not Channel.MARKETPLACE or _registered(channel, unless=True),
            terms=Terms.DDP if re.search(r"\bddp\b|at checkout", channel) else Terms.DAP,
            carriage=_carriage(channel),
            prices_include_tax=includes_tax,
            elections=_elections(channel),
        )
    except ValueError as error:
        if isinstance(error, CaseError):
            raise
        raise CaseError("goods_value", str(error)) from error
    return Case(identifier, consignment, has_value=amount is not None)


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
    text = re.sub(rf"^{currency}\s*|\s*{currency}$", "", _text(cells, column))
    return _money(text, column, currency) if text else None


def _money(text: str, column: str, currency: str) -> Money:
    try:
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
        inside = re.fullmatch(rf"({_NUMBER})\s*incl\b.*", _text(cells, column).lower())
        if inside:
            return _money(inside[1], column, currency), True
    return _amount(cells, "goods_value", currency), False


def _country_in(text: str) -> str:
    """The country a cell starts with; "" for "any" and the like."""
    match = re.match(r"([A-Z]{2})\b", text)
    return match[1] if match else ""


# ---- channel -------------------------------------------------------------------------------------


def _channel(text: str) -> Channel:
    if re.search(r"(?<!no )(?<!not )\b(marketplace|platform|edp|redeliverer)\b", text):
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
        rf"\b(no|non|not|without|outside)[ -](a |an )?({_SCHEMES}|registered)|unregistered|"
        rf"not {_SCHEMES}[ -]registered",
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


def _elections(text: str) -> frozenset[str]:
    return frozenset({"specific-duty"} if re.search(r"specific (duty|method)", text) else ())


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
    for part in re.split(r"[;,|/+]|\band\b", re.sub(r"\([^)]*\)", "", text)):
        if not part.strip():
            continue
        words = [word for word in part.split() if re.fullmatch(r"\d[\d.]*", word)]
        digits = "".join(words).replace(".", "")
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
        match = re.search(rf"\bduty (?:of )?({_NUMBER})\s*%|({_NUMBER})\s*% duty\b", description)
        if match:
            found.append((Decimal(match[1] or match[2]) / 100, ""))
    return found


def _line_values(description: str, count: int, value: Money) -> list[int]:
    """Minor units a line: as the description says when it adds up to the value, else alike."""
    if count == 1:
        return [value.amount]
    for pattern in (rf"{_NUMBER}(?:\s*\+\s*{_NUMBER})+", rf"{_NUMBER}(?:\D+{_NUMBER})+"):
        for group in re.findall(pattern, description):
            numbers = [
                Money.from_decimal(Decimal(number.replace(",", "")), value.currency).amount
                for number in re.findall(_NUMBER, group)
            ]
            if len(numbers) == count and sum(numbers) == value.amount:
                return numbers
    return allocate(value.amount, [1] * count)


def _parts(description: str, count: int) -> Sequence[str]:
    if count == 1:
        return [description]
    parts = [part.strip() for part in re.split(r"[,;+]|\band\b", description) if part.strip()]
    return parts if len(parts) == count else [description] * count


def _quantities(description: str, count: int) -> list[int]:
    found: list[int] = []
    for part in _parts(description, count):
        match = re.match(r"(\d{1,4})\s*(?:x|×|pcs?|pieces?|pairs?|[A-Za-z])", part)
        found.append(max(int(match[1]), 1) if match else 1)
    return found if len(found) == count else [1] * count
