"""Putting things into a basket and taking them out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from catalog.models import Listing, Variant
from orders.models import Basket, BasketLine, OrderLine, Purchase
from orders.rules import MAX_BASKET_LINES, clamp_quantity, merged_quantities
from orders.states import PurchaseState


class NotOnSaleError(Exception):
    """The variant does not exist or may not be bought."""


class BasketFullError(Exception):
    """A basket holds no more than MAX_BASKET_LINES different things."""


@transaction.atomic
def open_basket(*, user: User | None, cookie: uuid.UUID | None, now: datetime) -> Basket:
    """The visitor's basket, made when there is none.

    A guest's basket (`cookie` is its id) becomes the user's when the guest signs in; what both
    hold is merged. A user's basket is never found by its id alone.
    """
    guest = None
    if cookie is not None and user is not None:
        # What ends a purchase locks it first, and then the basket that it goes back into.
        waiting = Purchase.objects.filter(basket_ref=cookie, state=PurchaseState.AWAITING_PAYMENT)
        list(waiting.order_by("pk").select_for_update().values_list("pk", flat=True))
    if cookie is not None:
        guest = Basket.objects.select_for_update().filter(pk=cookie, user__isnull=True).first()
    if user is None:
        return guest or Basket.objects.create(created_at=now, updated_at=now)
    mine, _ = Basket.objects.get_or_create(
        user=user, defaults={"created_at": now, "updated_at": now}
    )
    if guest is not None:
        _merge(mine, guest, now)
    return mine


def _merge(mine: Basket, guest: Basket, now: datetime) -> None:
    quantities = merged_quantities(_quantities(mine), _quantities(guest))
    choices = {**guest.choices.get("options", {}), **mine.choices.get("options", {})}
    _write_lines(mine, quantities, now)
    Basket.objects.filter(pk=mine.pk).update(choices={"options": choices}, updated_at=now)
    mine.choices = {"options": choices}
    # An unpaid purchase of the guest's basket can still be put back, into this one.
    Purchase.objects.filter(basket_ref=guest.pk).update(basket_ref=mine.pk)
    guest.delete()


def add_to_basket(*, basket: Basket, variant_id: uuid.UUID, quantity: int, now: datetime) -> None:
    """Put `quantity` more units into the basket.

    Raises NotOnSaleError when the public may not buy it, BasketFullError when no further line fits.
    Stock is not promised here: the basket page and the checkout look at it.
    """
    on_sale = Listing.objects.public().filter(variants__pk=variant_id, variants__is_active=True)
    if quantity < 1 or not on_sale.exists():
        raise NotOnSaleError(str(variant_id))
    with transaction.atomic():
        Basket.objects.select_for_update().get(pk=basket.pk)
        held = _quantities(basket)
        if variant_id not in held and len(held) >= MAX_BASKET_LINES:
            raise BasketFullError(str(basket.pk))
        wanted = clamp_quantity(held.get(variant_id, 0) + quantity)
        _write_lines(basket, {variant_id: wanted}, now)
        Basket.objects.filter(pk=basket.pk).update(updated_at=now)


def set_quantity(*, basket: Basket, variant_id: uuid.UUID, quantity: int, now: datetime) -> None:
    """Make a line's quantity `quantity`; zero takes it out."""
    update_basket(basket=basket, quantities={variant_id: quantity}, options={}, now=now)


@transaction.atomic
def update_basket(
    *,
    basket: Basket,
    quantities: Mapping[uuid.UUID, int],
    options: Mapping[uuid.UUID, uuid.UUID],
    now: datetime,
) -> None:
    """Change quantities of lines (zero takes one out) and the delivery option of sellers.

    options: business id to delivery option id. What is not named stays; lines that the basket does
    not have are not added.
    """
    locked = Basket.objects.select_for_update().get(pk=basket.pk)
    held = _quantities(locked)
    wanted = {key: clamp_quantity(value) for key, value in quantities.items() if key in held}
    if any(held[key] != value for key, value in wanted.items()):
        _write_lines(locked, wanted, now)
    choices = chosen_options(locked) | dict(options)
    merge_choices(locked, {"options": {str(k): str(v) for k, v in choices.items()}}, now)
    basket.choices = locked.choices


def chosen_options(basket: Basket) -> dict[uuid.UUID, uuid.UUID]:
    """The delivery option chosen for each business, as the basket remembers it."""
    stored: dict[str, str] = basket.choices.get("options", {})
    return {uuid.UUID(business): uuid.UUID(option) for business, option in stored.items()}


def merge_choices(basket: Basket, changes: Mapping[str, Any], now: datetime) -> None:
    """Remember choices with the basket; keys that are not named stay."""
    choices = {**basket.choices, **changes}
    if choices != basket.choices:
        Basket.objects.filter(pk=basket.pk).update(choices=choices, updated_at=now)
        basket.choices = choices


def put_back(*, purchase: Purchase, now: datetime) -> None:
    """An unpaid purchase's goods go back into the basket they came from, if it still exists."""
    if purchase.basket_ref is None:
        return
    basket = Basket.objects.select_for_update().filter(pk=purchase.basket_ref).first()
    if basket is None:
        return
    bought = _purchased(purchase)
    # A variant may be gone for good by now.
    still = set(Variant.objects.filter(pk__in=bought).values_list("pk", flat=True))
    returned = {key: quantity for key, quantity in bought.items() if key in still}
    _write_lines(basket, merged_quantities(_quantities(basket), returned), now)


def take_out(*, purchase: Purchase) -> None:
    """The purchase was paid after all: what had been put back leaves the basket again."""
    if purchase.basket_ref is None:
        return
    for variant_id, quantity in _purchased(purchase).items():
        BasketLine.objects.filter(
            basket_id=purchase.basket_ref, variant_id=variant_id, quantity__lte=quantity
        ).delete()


def _purchased(purchase: Purchase) -> dict[uuid.UUID, int]:
    rows = OrderLine.objects.filter(order__purchase=purchase, variant__isnull=False)
    return dict(rows.values_list("variant_id", "quantity"))


def _quantities(basket: Basket) -> dict[uuid.UUID, int]:
    return dict(BasketLine.objects.filter(basket=basket).values_list("variant_id", "quantity"))


def _write_lines(basket: Basket, quantities: Mapping[uuid.UUID, int], now: datetime) -> None:
    gone = [variant_id for variant_id, quantity in quantities.items() if quantity == 0]
    if gone:
        BasketLine.objects.filter(basket=basket, variant_id__in=gone).delete()
    BasketLine.objects.bulk_create(
        (
            BasketLine(basket=basket, variant_id=variant_id, quantity=quantity, added_at=now)
            for variant_id, quantity in quantities.items()
            if quantity > 0
        ),
        update_conflicts=True,
        unique_fields=["basket", "variant"],
        update_fields=["quantity"],
    )
