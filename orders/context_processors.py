"""What the header shows of the basket."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from orders.middleware import basket_cookie, signed_in_user
from orders.selectors.baskets import count_items


def basket(request: HttpRequest) -> dict[str, Any]:
    """`basket_count`: units in the visitor's basket, counted only when a template shows it."""
    return {
        "basket_count": SimpleLazyObject(
            lambda: count_items(user=signed_in_user(request), cookie=basket_cookie(request))
        )
    }
