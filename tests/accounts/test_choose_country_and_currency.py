"""Country, currency and language: guessed, and changed in one place by anybody."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.middleware import PREFERENCES_COOKIE, PreferencesMiddleware
from accounts.models import User
from accounts.rules import (
    Preferences,
    build_preferences,
    guess_country,
    parse_accept_language,
    read_cookie,
)

PAGE = "/preferences/"


@pytest.mark.parametrize(
    ("header", "country", "currency"),
    [
        ("fr-FR,fr;q=0.9,en;q=0.5", "FR", "EUR"),
        ("ja", "JP", "JPY"),
        ("en,en-GB;q=0.8", "GB", "GBP"),
        ("vi,en-US;q=0.4", "VN", "VND"),
        ("ar-KW", "KW", "KWD"),
        ("en-US;q=0.3,de-CH;q=0.9", "CH", "CHF"),
        ("*", "US", "USD"),
        ("", "US", "USD"),
        ("tlh;q=x,,;", "US", "USD"),
    ],
)
def test_the_browsers_language_is_a_first_guess(header: str, country: str, currency: str) -> None:
    guessed = guess_country(parse_accept_language(header))
    chosen = build_preferences(country=guessed, language="en")
    assert (chosen.country, chosen.currency) == (country, currency)


def test_a_guess_costs_a_guest_no_query(db: None) -> None:
    request = RequestFactory().get("/", headers={"accept-language": "de-AT"})
    seen: list[Preferences] = []

    def page(asked: object) -> HttpResponse:
        seen.append(asked.preferences)  # type: ignore[attr-defined]
        return HttpResponse(asked.preferences.country_name)  # type: ignore[attr-defined]

    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = PreferencesMiddleware(page)(request)
    assert response.content == b"Austria"
    assert seen[0].locale == "en_AT"
    assert len(queries) == 0


@pytest.mark.parametrize("value", ["", "FR", "XX-EUR", "FR-XXX", "FR-EUR-<b>", "fr-eur"])
def test_a_forged_cookie_is_a_guess_at_most(value: str, client: Client, db: None) -> None:
    client.cookies[PREFERENCES_COOKIE] = value
    response = client.get(PAGE, headers={"accept-language": "nl-NL"})
    chosen = response.context["preferences"]
    assert chosen.region == ""
    assert (chosen.country, chosen.currency) in {("NL", "EUR"), ("FR", "EUR")}


def test_a_guest_chooses_and_is_remembered(client: Client, db: None) -> None:
    response = client.post(
        PAGE, {"country": "KW", "currency": "", "language": "en", "next": "/account/login/"}
    )
    assert response.status_code == 302
    assert response.headers["Location"] == "/account/login/"
    assert client.cookies[PREFERENCES_COOKIE].value == "KW-KWD"
    assert client.cookies[PREFERENCES_COOKIE]["httponly"]
    assert client.get(PAGE).context["preferences"].currency == "KWD"


def test_a_currency_of_ones_own_stays(client: Client, db: None) -> None:
    client.post(PAGE, {"country": "JP", "currency": "USD", "language": "en"})
    assert read_cookie(client.cookies[PREFERENCES_COOKIE].value) == ("JP", "USD", "")
    assert client.get(PAGE).context["form"].initial["currency"] == "USD"


def test_a_state_is_kept_where_tax_depends_on_it_and_dropped_elsewhere(
    client: Client, db: None
) -> None:
    client.post(PAGE, {"country": "US", "currency": "", "language": "en", "region": "CA"})
    assert client.get(PAGE).context["preferences"].region == "CA"
    client.post(PAGE, {"country": "FR", "currency": "", "language": "en", "region": "CA"})
    assert client.get(PAGE).context["preferences"].region == ""


def test_a_signed_in_person_takes_the_choice_along(as_lucie: Client, lucie: User) -> None:
    as_lucie.post(PAGE, {"country": "VN", "currency": "EUR", "language": "en"})
    lucie.refresh_from_db()
    assert (lucie.country, lucie.currency, lucie.language) == ("VN", "EUR", "en")
    elsewhere = Client()
    elsewhere.force_login(lucie)
    assert elsewhere.get(PAGE).context["preferences"].country == "VN"


def test_nonsense_changes_nothing(as_lucie: Client, lucie: User) -> None:
    response = as_lucie.post(PAGE, {"country": "XX", "currency": "", "language": "en"})
    assert response.status_code == 422
    assert PREFERENCES_COOKIE not in as_lucie.cookies
    lucie.refresh_from_db()
    assert lucie.country == "FR"


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_way_back_never_leads_off_the_site(evil: str, client: Client, db: None) -> None:
    response = client.post(PAGE, {"country": "FR", "currency": "", "language": "en", "next": evil})
    assert response.headers["Location"] == "/"
