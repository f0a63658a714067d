"""Countries as lists write them, to ISO codes. What is not known is left out, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from babel import Locale

# As the United Nations, OFAC and the United Kingdom write them where CLDR's English differs.
OTHERS = {
    "burma": "MM", "cape verde": "CV", "congo, democratic republic of the": "CD", "czech republic": "CZ",
    "democratic people's republic of korea": "KP", "democratic republic of the congo": "CD", "dprk": "KP",
    "great britain": "GB", "holy see": "VA", "hong kong": "HK", "iran (islamic republic of)": "IR",
    "islamic republic of iran": "IR", "ivory coast": "CI", "korea, north": "KP", "korea, south": "KR",
    "lao people's democratic republic": "LA", "libyan arab jamahiriya": "LY", "macau": "MO", "macedonia": "MK",
    "myanmar": "MM", "occupied palestinian territories": "PS", "palestine": "PS", "palestinian": "PS",
    "people's republic of china": "CN", "republic of korea": "KR", "republic of moldova": "MD",
    "russian federation": "RU", "swaziland": "SZ", "syrian arab republic": "SY", "the gambia": "GM", "turkey": "TR",
    "türkiye": "TR", "uk": "GB", "united republic of tanzania": "TZ", "united states of america": "US", "usa": "US",
    "venezuela (bolivarian republic of)": "VE", "viet nam": "VN", "west bank": "PS", "gaza": "PS", "dr congo": "CD",
    "bosnia and herzegovina": "BA", "trinidad and tobago": "TT", "cote d'ivoire": "CI", "democratic republic of congo": "CD",
}  # fmt: skip


@cache
def _codes() -> dict[str, str]:
    named = Locale("en").territories
    codes = {name.lower().replace("’", "'"): code for code, name in named.items() if len(code) == 2}
    return codes | OTHERS


def country_code(text: str | None) -> str:
    """The ISO code of a country's name or code, "" where it is not known."""
    plain = re.sub(r"^\(\d+\)\s*|[.\s]+$", "", (text or "").replace("’", "'")).strip().lower()
    if len(plain) == 2 and plain.upper() in set(_codes().values()):
        return plain.upper()
    code = _codes().get(plain, "")
    return "" if code == "ZZ" else code


def country_codes(texts: Iterable[str | None]) -> tuple[str, ...]:
    """The codes of all that are known, each once, in order of the alphabet."""
    return tuple(sorted({code for text in texts if (code := country_code(text))}))
