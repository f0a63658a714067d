"""What a visitor most likely wants to see, decided from what the browser and the visitor told us."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError

from common.countries import (
    country_name,
    country_of_language,
    currency_for,
    flag,
    is_country,
)
from common.currencies import CURRENCIES

FALLBACK_COUNTRY = "US"


@dataclass(frozen=True, slots=True)
class Preferences:
    """Where goods would go, what prices are shown in, and how texts and numbers are written.

    country: ISO 3166-1 alpha-2; currency: ISO 4217; language: a tag as in settings.LANGUAGES;
    locale: a Babel locale for numbers and dates; region: ISO 3166-2 part ("CA" for California)
    where the visitor said so, else "".
    """

    country: str
    currency: str
    language: str
    locale: str
    region: str = ""

    @property
    def country_name(self) -> str:
        """The country in words, in the visitor's language."""
        return country_name(self.country, self.language)

    @property
    def flag(self) -> str:
        return flag(self.country)

    def cookie(self) -> str:
        """The value to remember: "US-USD-CA". The language has a cookie of its own."""
        return "-".join(part for part in (self.country, self.currency, self.region) if part)


def build_preferences(
    *, country: str, currency: str = "", language: str, region: str = ""
) -> Preferences:
    """Preferences with everything that is unknown or unheard of replaced by the likeliest."""
    country = country if is_country(country) else FALLBACK_COUNTRY
    return Preferences(
        country=country,
        currency=currency if currency in CURRENCIES else currency_for(country),
        language=language,
        locale=locale_for(language, country),
        region=region if region.isalnum() and len(region) <= 6 else "",
    )


def read_cookie(value: str) -> tuple[str, str, str] | None:
    """(country, currency, region) of a remembered choice; None when it makes no sense."""
    parts = [*value.split("-"), ""][:3]
    if len(parts) < 3 or not is_country(parts[0]) or parts[1] not in CURRENCIES:
        return None
    return parts[0], parts[1], parts[2]


def guess_country(tags: Iterable[str]) -> str:
    """The country that the first language implies; the fallback if none does.

    A later tag of the same language that names a country is more exact: "en, en-GB" is Britain,
    but "vi, en-US" is Vietnam.
    """
    languages = [tag for tag in tags if tag != "*"]
    for tag in languages:
        base = tag.split("-")[0]
        same = [other for other in languages if "-" in other and other.split("-")[0] == base]
        for candidate in (tag, *same) if "-" in tag else (*same, tag):
            country = country_of_language(candidate)
            if country:
                return country
    return FALLBACK_COUNTRY


def parse_accept_language(header: str) -> list[str]:
    """Language tags of an Accept-Language header, best first; nonsense is left out."""
    weighted: list[tuple[float, int, str]] = []
    for position, part in enumerate(header[:500].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if tag and weight > 0:
            weighted.append((-weight, position, tag.strip()))
    return [tag for _, _, tag in sorted(weighted)]


def locale_for(language: str, country: str) -> str:
    """The Babel locale of a language as written in a country, or of the language alone."""
    base = language.replace("-", "_")
    for candidate in (f"{base.split('_')[0]}_{country}", base):
        try:
            Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
        return candidate
    return "en"
