"""Gives every request the visitor's preferences, found out only when somebody asks."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from accounts.rules import (
    Preferences,
    build_preferences,
    guess_country,
    parse_accept_language,
    read_cookie,
)
from common.reader import reading_as

PREFERENCES_COOKIE = "preferences"
COOKIE_SECONDS = 365 * 24 * 3600


class PreferencesMiddleware:
    """`request.preferences`: what a signed-in user chose, else the cookie, else a guess.

    Whatever the request shows or reads of figures and dates follows them (`common.reader`).

    Guests cost no query; the guess comes from the browser's Accept-Language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.preferences = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: preferences_of(request)
        )
        with reading_as(lambda: request.preferences.locale):  # type: ignore[attr-defined]
            return self.get_response(request)


def preferences_of(request: HttpRequest) -> Preferences:
    """Work out the preferences of a request."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    remembered = read_cookie(request.COOKIES.get(PREFERENCES_COOKIE, ""))
    user = request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else None
    if isinstance(user, User) and user.country:
        region = remembered[2] if remembered and remembered[0] == user.country else ""
        return build_preferences(
            country=user.country, currency=user.currency, language=language, region=region
        )
    if remembered:
        country, currency, region = remembered
        return build_preferences(
            country=country, currency=currency, language=language, region=region
        )
    tags = parse_accept_language(request.headers.get("Accept-Language", ""))
    return build_preferences(country=guess_country(tags), language=language)


def remember_preferences(response: HttpResponse, preferences: Preferences) -> None:
    """Set the cookies that carry the choice of somebody who has not signed in."""
    response.set_cookie(
        PREFERENCES_COOKIE,
        preferences.cookie(),
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        preferences.language,
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
