"""Which basket a request is about: the signed-in user's own, or the one in the guest's cookie."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from orders.services.baskets import open_basket

BASKET_COOKIE: Final = "basket"


class BasketMiddleware:
    """Carries a guest's basket into the account as soon as the guest has signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cookie = basket_cookie(request)
        user = signed_in_user(request) if cookie is not None else None
        if user is None:
            return self.get_response(request)
        open_basket(user=user, cookie=cookie, now=timezone.now())
        del request.COOKIES[BASKET_COOKIE]
        response = self.get_response(request)
        response.delete_cookie(BASKET_COOKIE, samesite="Lax")
        return response


def basket_cookie(request: HttpRequest) -> uuid.UUID | None:
    """The basket id in the visitor's cookie; None when there is none or it makes no sense."""
    try:
        return uuid.UUID(request.COOKIES.get(BASKET_COOKIE, ""))
    except ValueError:
        return None


def signed_in_user(request: HttpRequest) -> User | None:
    """The user, without touching the session of somebody who has none."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    return request.user if isinstance(request.user, User) else None
