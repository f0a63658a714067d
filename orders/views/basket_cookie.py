"""The visitor's basket, and the cookie by which a guest's is found again."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from orders.middleware import BASKET_COOKIE, basket_cookie, signed_in_user
from orders.models import Basket
from orders.selectors.baskets import find_basket
from orders.services.baskets import open_basket

COOKIE_SECONDS: Final = 90 * 24 * 3600


def present_basket(request: HttpRequest) -> Basket | None:
    """The visitor's basket if there is one."""
    return find_basket(user=signed_in_user(request), cookie=basket_cookie(request))


def own_basket(request: HttpRequest, *, now: datetime) -> Basket:
    """The visitor's basket, made when there is none; keep it with remember_basket."""
    return open_basket(user=signed_in_user(request), cookie=basket_cookie(request), now=now)


def remember_basket(response: HttpResponse, basket: Basket) -> None:
    """Give a guest the cookie of its basket; a user's basket needs none."""
    if basket.user_id is not None:
        return
    response.set_cookie(
        BASKET_COOKIE,
        str(basket.pk),
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
