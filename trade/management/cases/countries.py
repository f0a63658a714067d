"""The countries that a case names: by code, by English name, or left open ("any")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from common.countries import country_choices, is_country

# What the European Commission and habit write for two countries.
OTHER_CODES = {"UK": "GB", "EL": "GR"}
_OTHER_NAMES = {
    "usa": "US",
    "united states of america": "US",
    "great britain": "GB",
    "england": "GB",
    "vietnam": "VN",
    "viet nam": "VN",
    "korea": "KR",
    "hong kong": "HK",
    "turkey": "TR",
    "türkiye": "TR",
    "czech republic": "CZ",
    "uae": "AE",
    "blns": "BW",  # Botswana, Lesotho, Namibia and Eswatini are treated alike
    "european union": "EU",
}
_OPEN = re.compile(
    r"(?:any|all|various|several|mixed|unknown|mfn|non|not|no|other|third|foreign|abroad|world|[-–—?]|n/a)"
    r"(?![a-z])",
    re.IGNORECASE,
)


class UnknownCountryError(ValueError):
    """A text that names no country."""


def country_in(text: str) -> str:
    """The country that a text names; "" where it leaves it open ("any", "MFN", "non-EU").

    Raises UnknownCountryError.
    """
    if not text or _OPEN.match(text):
        return ""
    first = re.match(r"([A-Za-z]{2})(?![A-Za-z])", text)
    found = (first and _coded(first[1].upper())) or named_country(re.split(r"[(,;/]", text)[0])
    for word in re.findall(r"\b[A-Z]{2}\b", text):
        found = found or _coded(word)
    if not found:
        raise UnknownCountryError(f"{text!r} is not a country; write it like VN")
    return found


def countries_in(text: str) -> list[str]:
    """Several countries, one for each kind of goods ("CN; VN"); none where the text is no such list."""
    parts = re.split(r"[;,/&+]|\band\b", text)
    found = [_coded(part.strip().upper()) or named_country(part) for part in parts]
    return found if len(found) > 1 and all(found) else []


def dispatched_from(cells: Mapping[str, str]) -> str:
    """Where the parcel starts, when description, channel or origin say so; else ""."""
    for column in ("goods_desc", "channel", "origin"):
        text = cells.get(column) or ""
        for match in re.finditer(
            r"\b(?:from|ex|(?:dispatched|shipped) in) (?:the )?([A-Z].*)", text
        ):
            words = re.findall(r"[\w.'-]+", match[1])[:4]
            found = _coded(words[0]) if words else ""
            for count in range(len(words), 0, -1):
                found = found or named_country(" ".join(words[:count]))
            if found:
                return found
    return ""


def _coded(code: str) -> str:
    code = OTHER_CODES.get(code, code)
    return code if is_country(code) or code == "EU" else ""


def named_country(name: str) -> str:
    """The code of a country's English name; "" for any other text."""
    return _names().get(name.strip(" .").casefold(), "")


@cache
def _names() -> dict[str, str]:
    return {name.casefold(): code for code, name in country_choices()} | _OTHER_NAMES
