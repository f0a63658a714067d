"""What stands on the shelf of the flash sale: `shelf 100` puts so many there; says what was sold."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db.models import Sum

from bench.market import FLASH_TITLE
from catalog.models import Stock, StockReservation, Variant
from catalog.services.stock import adjust_stock
from catalog.states import ReservationState
from orders.models import Purchase
from orders.states import PurchaseState


def main(arguments: Sequence[str]) -> None:
    variant = Variant.objects.get(listing__title=FLASH_TITLE)
    for units in arguments:
        available = Stock.objects.get(variant=variant).available
        adjust_stock(variant_id=variant.pk, change=int(units) - available)
    promised = StockReservation.objects.filter(variant=variant).exclude(
        state=ReservationState.RELEASED
    )
    print(
        json.dumps(
            {
                "available": Stock.objects.get(variant=variant).available,
                "promised": promised.aggregate(units=Sum("quantity"))["units"] or 0,
                "paid_purchases": Purchase.objects.filter(state=PurchaseState.PAID).count(),
            }
        )
    )
