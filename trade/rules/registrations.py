"""Numbers under which a business is known to a tax or customs authority: formats, check digits, periods.

Checked by how a number is built, never by asking an authority. Package python-stdnum knows most of
them; what it lacks (EORI, ARN, VOEC, the Malaysian and Singaporean tax numbers) is written here.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Any, Final

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

from common.countries import EU as EU_MEMBERS

EU: Final = "EU"
"""Stands where a country does: a number that one member issues and all accept."""


class NumberKind(StrEnum):
    """What a number is for."""

    IOSS = "IOSS"
    """Import One-Stop Shop of the EU: VAT of parcels up to EUR 150 is settled with the sale."""
    VAT = "VAT"
    """A country's ordinary VAT (or like) number."""
    GST = "GST"
    """Goods and services tax of Australia, New Zealand, Singapore, Canada, India …"""
    ARN = "ARN"
    """Australia's number for suppliers abroad (simplified GST)."""
    VOEC = "VOEC"
    """Norway: VAT on e-commerce."""
    LVG = "LVG"
    """Malaysia: sales tax on low value goods."""
    EORI = "EORI"
    """Economic operator of the EU, Great Britain or Northern Ireland, for customs."""
    OTHER = "OTHER"
    """A scheme's number that has no known form."""


class NumberError(ValueError):
    """A number that no authority can have given; `code`: "empty", "country", "format", "check"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Accepted:
    """A kind of number of a country under which a scheme may be joined."""

    kind: NumberKind
    country: str


SCHEME_NUMBERS: Final[Mapping[str, tuple[Accepted, ...]]] = {
    "ioss": (Accepted(NumberKind.IOSS, EU),),
    "gb-vat": (Accepted(NumberKind.VAT, "GB"),),
    "au-gst": (Accepted(NumberKind.ARN, "AU"), Accepted(NumberKind.GST, "AU")),
    "nz-gst": (Accepted(NumberKind.GST, "NZ"),),
    "sg-gst": (Accepted(NumberKind.GST, "SG"),),
    "voec": (Accepted(NumberKind.VOEC, "NO"),),
    "ch-vat": (Accepted(NumberKind.VAT, "CH"),),
    "my-lvg": (Accepted(NumberKind.LVG, "MY"),),
    "ca-gst": (Accepted(NumberKind.GST, "CA"),),
    "th-vat": (Accepted(NumberKind.VAT, "TH"),),
}
"""What a scheme's number looks like. A scheme that is not here takes any (see `numbers_of_scheme`)."""

# python-stdnum's own modules, where a country's "vat" is not the one that is meant.
_MODULES: Final[Mapping[tuple[NumberKind, str], str]] = {
    (NumberKind.IOSS, EU): "stdnum.eu.oss",
    (NumberKind.VAT, "JP"): "stdnum.jp.cn",
    (NumberKind.VAT, "NO"): "stdnum.no.mva",
    (NumberKind.VAT, "XI"): "stdnum.gb.vat",
    (NumberKind.VAT, "TH"): "stdnum.th.tin",
    (NumberKind.GST, "AU"): "stdnum.au.abn",
    (NumberKind.GST, "NZ"): "stdnum.nz.ird",
    (NumberKind.GST, "IN"): "stdnum.in_.gstin",
}
_PREFIXES: Final[Mapping[tuple[NumberKind, str], tuple[str, ...]]] = {
    (NumberKind.VAT, "GB"): ("GB",),
    (NumberKind.VAT, "XI"): ("XI",),
    (NumberKind.VAT, "JP"): ("T",),
    (NumberKind.VAT, "NO"): ("NO",),
    (NumberKind.VOEC, "NO"): ("VOEC",),
    (NumberKind.GST, "NZ"): ("NZ",),
    (NumberKind.ARN, "AU"): ("ARN",),
    (NumberKind.GST, "AU"): ("ABN",),
}
_EORI_COUNTRIES: Final = frozenset({*EU_MEMBERS, "GB", "XI"})
# Registration numbers of overseas vendors and of local firms; the letter group is IRAS's own.
_SG_GST: Final = re.compile(r"(M[2-9R][0-9A-Z]?\d{6,7}[0-9A-Z]|\d{9}[A-Z])")


def numbers_of_scheme(key: str, destinations: Sequence[str] = ()) -> tuple[Accepted, ...]:
    """The kinds of number that join the scheme `key`, the usual one first.

    destinations: where its rows apply; they name the country of a scheme that is not known here.
    """
    known = SCHEME_NUMBERS.get(key)
    if known is not None:
        return known
    return (Accepted(NumberKind.OTHER, destinations[0] if len(destinations) == 1 else ""),)


def clean_number(kind: NumberKind, country: str, text: str) -> str:
    """The number as it is kept: no blanks, upper case, with its prefix where it always has one.

    Raises NumberError.
    """
    typed = re.sub(r"[\s.\-/]", "", text).upper()
    if not typed:
        raise NumberError("empty")
    for prefix in _PREFIXES.get((kind, country), ()):
        typed = typed.removeprefix(prefix)
    return _CHECKS.get(kind, _by_package)(kind, country, typed)


def _by_package(kind: NumberKind, country: str, typed: str) -> str:
    """A number that python-stdnum knows: digits, length and check digits."""
    module = _module(kind, country)
    if module is None:
        raise NumberError("country")
    try:
        return _written(kind, country, str(module.validate(typed)))
    except ValidationError as error:
        code = "check" if type(error).__name__ == "InvalidChecksum" else "format"
        raise NumberError(code) from None


def _module(kind: NumberKind, country: str) -> Any | None:
    name = _MODULES.get((kind, country))
    if name is not None:
        return import_module(name)
    if kind in {NumberKind.VAT, NumberKind.GST} and len(country) == 2:
        return get_cc_module(country.lower(), "vat")
    return None


def _written(kind: NumberKind, country: str, number: str) -> str:
    """With the country in front where invoices carry it so."""
    if kind is not NumberKind.VAT:
        return number
    code = "EL" if country == "GR" else country
    if country in EU_MEMBERS or country in {"GB", "XI"}:
        return number if number.startswith(code) else f"{code}{number}"
    if country == "JP":
        return f"T{number}"
    return number


def _eori(_kind: NumberKind, country: str, typed: str) -> str:
    """Country and up to 15 letters or digits; GB and XI: 12 digits, which VAT number and zeros are."""
    if country not in _EORI_COUNTRIES:
        raise NumberError("country")
    body = typed.removeprefix(country)
    pattern = r"\d{12}(\d{3})?" if country in {"GB", "XI"} else r"[0-9A-Z]{1,15}"
    if not re.fullmatch(pattern, body):
        raise NumberError("format")
    return country + body


def _ioss(kind: NumberKind, country: str, typed: str) -> str:
    """python-stdnum also takes numbers of the other one-stop shop, which begin with EU."""
    if country != EU:
        raise NumberError("country")
    if not typed.startswith("IM"):
        raise NumberError("format")
    return _by_package(kind, country, typed)


def _arn(_kind: NumberKind, country: str, typed: str) -> str:
    return _matching(typed, r"\d{12}", country=country, of="AU")


def _voec(_kind: NumberKind, country: str, typed: str) -> str:
    return _matching(typed, r"2\d{6}", country=country, of="NO")


def _lvg(_kind: NumberKind, country: str, typed: str) -> str:
    return _matching(typed, r"[A-Z]\d{14}", country=country, of="MY")


def _other(_kind: NumberKind, country: str, typed: str) -> str:
    return _matching(typed, r"[0-9A-Z]{4,20}", country=country, of=country)


def _gst(kind: NumberKind, country: str, typed: str) -> str:
    """Singapore's and Canada's are a firm's own number and something more."""
    if country == "SG":
        if _SG_GST.fullmatch(typed):
            return typed
        return _with(import_module("stdnum.sg.uen"), typed)
    if country == "CA":
        number = _matching(typed, r"\d{9}RT\d{4}", country=country, of="CA")
        _with(import_module("stdnum.ca.bn"), number[:9])
        return number
    if country == "MY":
        return _lvg(kind, country, typed)
    return _by_package(kind, country, typed)


def _with(module: Any, typed: str) -> str:
    try:
        return str(module.validate(typed))
    except ValidationError as error:
        code = "check" if type(error).__name__ == "InvalidChecksum" else "format"
        raise NumberError(code) from None


def _matching(typed: str, pattern: str, *, country: str, of: str) -> str:
    if country != of:
        raise NumberError("country")
    if not re.fullmatch(pattern, typed):
        raise NumberError("format")
    return typed


_CHECKS: Final[Mapping[NumberKind, Callable[[NumberKind, str, str], str]]] = {
    NumberKind.IOSS: _ioss,
    NumberKind.EORI: _eori,
    NumberKind.ARN: _arn,
    NumberKind.VOEC: _voec,
    NumberKind.LVG: _lvg,
    NumberKind.GST: _gst,
    NumberKind.OTHER: _other,
}


def clean_buyer_number(country: str, text: str) -> str:
    """A buyer's VAT or GST number in its own country, as it is printed. Raises NumberError.

    Where no form is known for that country, anything that looks like a number is taken.
    """
    kind = NumberKind.GST if country in {"AU", "NZ", "SG", "CA", "IN", "MY"} else NumberKind.VAT
    try:
        return clean_number(kind, country, text)
    except NumberError as error:
        if error.code != "country":
            raise
    return clean_number(NumberKind.OTHER, country, text)


# ---- periods ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """A number that somebody holds. scheme: the key of the scheme that it joins, "" for none.

    valid_to: the last day on which it holds, None while no end is known; the day before valid_from
    when it never held.
    """

    kind: NumberKind
    country: str
    number: str
    scheme: str
    valid_from: datetime.date
    valid_to: datetime.date | None = None

    def holds(self, day: datetime.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def is_electronic_only(self) -> bool:
        """Told to customs in electronic data and printed nowhere: whoever sees it could use it."""
        return self.kind is NumberKind.IOSS


def overlaps(
    one: tuple[datetime.date, datetime.date | None], two: tuple[datetime.date, datetime.date | None]
) -> bool:
    """Whether two periods (first day, last day or None) have a day in common."""
    empty = any(end is not None and end < begin for begin, end in (one, two))
    return not empty and one[0] <= (two[1] or one[0]) and two[0] <= (one[1] or two[0])


def scheme_numbers(held: Iterable[Held], day: datetime.date) -> dict[str, str]:
    """Of the schemes joined on a day, key to number."""
    return {one.scheme: one.number for one in held if one.scheme and one.holds(day)}
