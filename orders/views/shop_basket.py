"""The basket: putting things in, changing them, and what they cost to the visitor's door."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.rules import Preferences
from common.http import is_htmx, redirect_all, safe_next
from orders.models import Basket
from orders.rules import clamp_quantity
from orders.selectors.baskets import price_basket
from orders.selectors.totals import basket_totals, parcel_views
from orders.services.baskets import (
    BasketFullError,
    NotOnSaleError,
    add_to_basket,
    chosen_options,
    update_basket,
)
from orders.views.basket_cookie import own_basket, present_basket, remember_basket

QUANTITY, OPTION, REMOVE = "quantity-", "option-", "remove"


def preferences_in(request: HttpRequest) -> Preferences:
    """Where the visitor wants things sent, and in which currency it thinks."""
    chosen: Preferences = request.preferences  # type: ignore[attr-defined]
    return chosen


@never_cache
@require_safe
def basket(request: HttpRequest) -> HttpResponse:
    """What the visitor means to buy, by seller, with every cost to the door."""
    return render(request, "orders/shop/basket.html", _context(request, present_basket(request)))


@require_POST
def basket_add(request: HttpRequest) -> HttpResponse:
    """Put a variant into the basket. Fields: variant, quantity; next: where to go when refused."""
    now = timezone.now()
    variant_id = as_uuid(request.POST.get("variant", ""))
    quantity = _quantity(request.POST.get("quantity", "1"))
    back = safe_next(request, reverse("orders:basket"))
    if variant_id is None or not quantity:
        messages.error(request, _("Choose what you want and how many."))
        return redirect_all(request, back)
    own = own_basket(request, now=now)
    try:
        add_to_basket(basket=own, variant_id=variant_id, quantity=quantity, now=now)
    except NotOnSaleError:
        messages.error(request, _("Sorry, this is no longer on sale."))
    except BasketFullError:
        messages.error(request, _("Your basket is full. Take something out of it first."))
    else:
        messages.success(request, _("It is in your basket."))
        back = reverse("orders:basket")
    response = redirect_all(request, back)
    remember_basket(response, own)
    return response


@never_cache
@require_POST
def basket_update(request: HttpRequest) -> HttpResponse:
    """Change quantities and delivery options, or take a line out; "go" leads to the checkout."""
    now = timezone.now()
    own = own_basket(request, now=now)
    update_basket(
        basket=own,
        quantities=_quantities(request.POST),
        options=posted_options(request.POST),
        now=now,
    )
    if request.POST.get("go") == "checkout":
        response = redirect_all(request, reverse("orders:checkout"))
    elif is_htmx(request):
        response = render(request, "orders/shop/_basket.html", _context(request, own))
    else:
        response = redirect_all(request, reverse("orders:basket"))
    remember_basket(response, own)
    return response


def _context(request: HttpRequest, found: Basket | None) -> dict[str, object]:
    preferences = preferences_in(request)
    priced = price_basket(
        basket=found,
        options=chosen_options(found) if found is not None else {},
        country=preferences.country,
        region=preferences.region,
        currency=preferences.currency,
        now=timezone.now(),
    )
    parcels = parcel_views(priced)
    return {
        "priced": priced,
        "parcels": parcels,
        "is_complete": all(parcel.is_complete for parcel in parcels),
        "totals": basket_totals(priced),
        "country_name": preferences.country_name,
    }


def posted_options(data: Mapping[str, str]) -> dict[uuid.UUID, uuid.UUID]:
    """The delivery option of each business, as "option-<business>" fields name it."""
    pairs = (
        (as_uuid(name.removeprefix(OPTION)), as_uuid(value))
        for name, value in data.items()
        if name.startswith(OPTION)
    )
    return {key: value for key, value in pairs if key is not None and value is not None}


def _quantities(data: Mapping[str, str]) -> dict[uuid.UUID, int]:
    wanted: dict[uuid.UUID, int] = {}
    for name, value in data.items():
        key = as_uuid(name.removeprefix(QUANTITY)) if name.startswith(QUANTITY) else None
        quantity = _quantity(value)
        if key is not None and quantity is not None:
            wanted[key] = quantity
    removed = as_uuid(data.get(REMOVE, ""))
    return wanted if removed is None else {**wanted, removed: 0}


def _quantity(text: str) -> int | None:
    """A typed quantity; None for what is no whole number, so that the line stays as it is."""
    text = text.strip()
    return clamp_quantity(int(text)) if text.isdecimal() and len(text) < 7 else None


def as_uuid(text: str) -> uuid.UUID | None:
    """The id in a form field; None when it makes no sense."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
