"""The 249 countries and territories of ISO 3166-1: names, flags and usual currencies.

Names and currencies come from CLDR (package Babel). Where several currencies are legal tender the
country's own is taken, and Bulgaria, which older CLDR data still gives the lev, has had the euro
since 2026-01-01 (Council Regulation (EU) 2025/1409).
"""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_currency_name, get_territory_currencies

from common.currencies import CURRENCIES

_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO "
    "BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ "
    "DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP "
    "GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG "
    "KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML "
    "MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE "
    "PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL "
    "SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM "
    "US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
COUNTRY_CODES: tuple[str, ...] = tuple(_CODES.split())
_KNOWN = frozenset(COUNTRY_CODES)
EU = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
"""The 27 members of the European Union."""
_OWN_CURRENCY = {"BG": "EUR", "BT": "BTN", "LS": "LSL", "NA": "NAD"}
FALLBACK_CURRENCY = "USD"


def is_country(code: str) -> bool:
    """Whether `code` is one of the 249 ISO 3166-1 alpha-2 codes, in capitals."""
    return code in _KNOWN


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    """The locale of a language tag; English for one that CLDR does not know."""
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def country_name(code: str, language: str = "en") -> str:
    """The country's name in that language; the code itself when it is no country."""
    return str(_locale(language).territories.get(code) or code)


@lru_cache(maxsize=64)
def country_choices(language: str = "en") -> tuple[tuple[str, str], ...]:
    """(code, name) of every country in the alphabetical order of that language's names."""
    choices = [(code, country_name(code, language)) for code in COUNTRY_CODES]
    return tuple(sorted(choices, key=lambda choice: _sort_key(choice[1])))


def _sort_key(name: str) -> str:
    """Letters with marks beside those without: Åland and Österreich, not after Z."""
    return name.translate(_UNMARKED).casefold()


_UNMARKED = str.maketrans("ÅÄÁÀÂÇÉÈÊÍÎÓÔÖÚÜŽŠČ", "AAAAACEEEIIOOOUUZSC")


@lru_cache(maxsize=512)
def currency_for(country: str) -> str:
    """The ISO 4217 code people of the country usually pay with; USD where none is known."""
    if country in _OWN_CURRENCY:
        return _OWN_CURRENCY[country]
    for code in get_territory_currencies(country):
        if code in CURRENCIES:
            return str(code)
    return FALLBACK_CURRENCY


@lru_cache(maxsize=64)
def currency_choices(language: str = "en") -> tuple[tuple[str, str], ...]:
    """(code, "EUR – Euro") of every currency we can handle, in order of the codes."""
    locale = _locale(language)
    return tuple(
        (code, f"{code} – {get_currency_name(code, locale=locale)}") for code in CURRENCIES
    )


def flag(code: str) -> str:
    """The flag emoji: two regional indicator letters; nothing when it is no country."""
    return "".join(chr(0x1F1E6 + ord(letter) - 65) for letter in code) if code in _KNOWN else ""


@lru_cache(maxsize=512)
def country_of_language(tag: str) -> str:
    """The country that a language tag names or most likely means ("ja" is JP); "" if none.

    The likely country is CLDR's (likely subtags): "fr" alone is France, "pt" Brazil, "en" the US.
    """
    parts = tag.replace("_", "-").split("-")
    for part in parts[1:]:
        if part.upper() in _KNOWN:
            return part.upper()
    likely = str(get_global("likely_subtags").get(parts[0].lower(), ""))
    country = likely.rsplit("_", 1)[-1]
    return country if country in _KNOWN else ""
