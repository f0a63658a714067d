"""The cells of a case: dates, countries and amounts with what people write around them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from common.money import Money, UnknownCurrencyError, currency_of
from trade.management.cases.channel import region
from trade.management.cases.countries import (
    OTHER_CODES,
    UnknownCountryError,
    country_in,
    named_country,
)

# Signs that people write before or behind an amount, beside the currency's code.
_SIGNS = {
    "USD": r"US\$|\$",
    "AUD": r"AU?\$|\$",
    "CAD": r"CA?\$|\$",
    "NZD": r"NZ\$|\$",
    "SGD": r"S\$|\$",
    "HKD": r"HK\$|\$",
    "MXN": r"MX\$|\$",
    "BRL": r"R\$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥|円|yen",
    "CNY": "¥|RMB|元",
    "KRW": "₩",
    "INR": r"₹|Rs\.?",
    "THB": "฿",
    "VND": "₫",
    "PHP": "₱",
    "NGN": "₦",
    "TRY": "₺",
    "ZAR": "R",
    "MYR": "RM",
    "IDR": "Rp",
    "KES": "KSh",
    "CHF": r"Fr\.?",
    "NOK": "kr",
    "SEK": "kr",
    "DKK": "kr",
}
# What the Commission writes for a part of a country.
_AREAS = {"xi": ("GB", "NI"), "northern ireland": ("GB", "NI")}
NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
# What people put into a cell that has no amount.
NO_AMOUNT = frozenset({"-", "–", "—", "?", "n/a", "none", "not stated"})
MAX_AMOUNT = Decimal(10) ** 12


class CaseError(ValueError):
    """A cell can't be read; names its column."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(f"column {column}: {reason}")
        self.column = column


def text_of(cells: Mapping[str, str], column: str) -> str:
    return (cells.get(column) or "").strip()


def day_in(cells: Mapping[str, str]) -> datetime.date:
    text = text_of(cells, "date")
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise CaseError("date", f"{text!r} is not a date like 2026-07-01") from None


def currency_in(cells: Mapping[str, str]) -> str:
    code = text_of(cells, "currency").upper()
    try:
        return currency_of(code).code
    except UnknownCurrencyError:
        raise CaseError("currency", f"{code!r} is not a known currency") from None


def amount_in(cells: Mapping[str, str], column: str, currency: str) -> Money | None:
    """An amount with what people write around it: "EUR 1,234.50", "140.00 intrinsic"."""
    text = text_of(cells, column)
    if not text or text.lower() in NO_AMOUNT:
        return None
    if re.fullmatch(r"free|incl(?:\.|uded)?", text.lower()):
        return Money(0, currency)
    sign = f"(?:{currency}|{_SIGNS.get(currency, currency)})"
    around = re.fullmatch(
        rf"(?:(?:CIF|FOB) )?{sign}?\s*(-?[\d.,]*\d)\s*(?:{sign}(?![A-Za-z]))?"
        r"\s*([A-Za-z][^\d]*|[(\[].*)?",
        text,
    )
    if around is None or _names_currency(around[2] or ""):
        raise CaseError(column, f"{text!r} is not an amount in {currency}")
    return money_in(around[1], column, currency)


def _names_currency(remark: str) -> bool:
    """Whether a remark behind the number names a currency: the amount is in another one."""
    word = re.match(r"([A-Z]{3})\b", remark)
    try:
        return word is not None and bool(currency_of(word[1]))
    except UnknownCurrencyError:
        return False


def money_in(text: str, column: str, currency: str) -> Money:
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


def destination_of(cells: Mapping[str, str]) -> tuple[str, str]:
    """Country and region of the buyer: "DE", "UK", "CA-ON", "CA (Ontario)"."""
    text = text_of(cells, "destination")
    coded = re.fullmatch(r"([A-Za-z]{2})(?:-([A-Za-z]{2,3})|\s*[,(/ ]\s*([^\d)]+)\)?)?", text)
    named = re.fullmatch(r"([^\d(,/]+)(?:[,(/]\s*([^\d)]+)\)?)?", text)
    if coded:
        country, area, place = coded[1].upper(), (coded[2] or "").upper(), coded[3]
    else:
        country, area, place = named_country(named[1]) if named else "", "", named and named[2]
    for name in (text.casefold(), country.casefold()):
        if name in _AREAS:
            return _AREAS[name]
    if not country:
        raise CaseError("destination", f"{text!r} is not a country; write it like VN")
    return OTHER_CODES.get(country, country), area or region(
        f"to {place.strip().lower()}" if place else ""
    )


def origin_of(cells: Mapping[str, str]) -> str:
    """Where the goods were made; "" where the case leaves it open."""
    try:
        return country_in(text_of(cells, "origin"))
    except UnknownCountryError as error:
        raise CaseError("origin", str(error)) from error
