"""Countries: all of ISO 3166-1, each with a name and a currency we can handle."""

from __future__ import annotations

import pytest
from django_countries.data import COUNTRIES

from common.countries import (
    COUNTRY_CODES,
    country_choices,
    country_name,
    country_of_language,
    currency_choices,
    currency_for,
    flag,
)
from common.currencies import CURRENCIES


def test_there_are_the_249_countries_of_iso_3166() -> None:
    assert set(COUNTRY_CODES) == set(COUNTRIES)
    assert len(COUNTRY_CODES) == 249


@pytest.mark.parametrize("code", COUNTRY_CODES)
def test_every_country_has_a_name_and_a_known_currency(code: str) -> None:
    assert country_name(code) not in {"", code}
    assert currency_for(code) in CURRENCIES


@pytest.mark.parametrize(
    ("country", "currency"),
    [
        ("GH", "GHS"),
        ("VN", "VND"),
        ("FR", "EUR"),
        ("JP", "JPY"),
        ("KW", "KWD"),
        ("BG", "EUR"),
        ("LS", "LSL"),
        ("PA", "PAB"),
        ("AQ", "USD"),
    ],
)
def test_usual_currency(country: str, currency: str) -> None:
    assert currency_for(country) == currency


def test_names_follow_the_language_and_its_alphabet() -> None:
    assert country_name("DE", "fr") == "Allemagne"
    names = [name for _, name in country_choices("fr")]
    assert names.index("Égypte") < names.index("France")
    assert country_name("DE", "xx-XX") == "Germany"


def test_currencies_are_named() -> None:
    assert ("VND", "VND – Vietnamese Dong") in currency_choices("en")


@pytest.mark.parametrize(
    ("tag", "country"),
    [("fr", "FR"), ("en-GB", "GB"), ("zh-Hant-TW", "TW"), ("pt", "BR"), ("vi", "VN"), ("xx", "")],
)
def test_country_of_a_language(tag: str, country: str) -> None:
    assert country_of_language(tag) == country


def test_flags() -> None:
    assert flag("VN") == "\U0001f1fb\U0001f1f3"
    assert flag("??") == ""
