"""Stock and who it is promised to; nothing is sold twice.

Every change is one conditional UPDATE, and variants are always taken in the order of their ids, so
that two baskets with the same things can't wait for each other; a listing's flag comes after its
stock. Call within a transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef

from catalog.models import Listing, Stock, StockReservation
from catalog.states import RESERVATION, ReservationState
from common.states import TransitionError


class OutOfStockError(Exception):
    """Less is left than was asked for; `variant_ids` says of what. Nothing was taken."""

    def __init__(self, variant_ids: Sequence[uuid.UUID]) -> None:
        self.variant_ids = tuple(variant_ids)
        super().__init__(f"out of stock: {', '.join(map(str, self.variant_ids))}")


@transaction.atomic
def reserve_stock(
    *, purchase_ref: uuid.UUID, quantities: Mapping[uuid.UUID, int], now: datetime
) -> None:
    """Take units out of stock for a purchase, all or nothing.

    Raises OutOfStockError (with every variant that falls short) and changes nothing then.
    """
    _take(quantities)
    StockReservation.objects.bulk_create(
        StockReservation(
            purchase_ref=purchase_ref, variant_id=variant_id, quantity=quantity, created_at=now
        )
        for variant_id, quantity in sorted(quantities.items())
    )


@transaction.atomic
def claim_stock(*, purchase_ref: uuid.UUID) -> None:
    """The purchase is paid: what was held for it is sold. Harmless when repeated.

    Raises TransitionError when a reservation was released meanwhile: use rereserve_stock.
    """
    StockReservation.objects.filter(
        purchase_ref=purchase_ref, state__in=RESERVATION.sources(ReservationState.CLAIMED)
    ).update(state=ReservationState.CLAIMED)
    rows = StockReservation.objects.filter(purchase_ref=purchase_ref)
    if rows.exclude(state=ReservationState.CLAIMED).exists():
        raise TransitionError(f"stock of purchase {purchase_ref} is no longer held")


@transaction.atomic
def release_stock(
    *, purchase_ref: uuid.UUID, variant_ids: Iterable[uuid.UUID] | None = None
) -> None:
    """Put a purchase's units back, all or those of some variants. Harmless when repeated."""
    held = StockReservation.objects.filter(purchase_ref=purchase_ref).exclude(
        state=ReservationState.RELEASED
    )
    if variant_ids is not None:
        held = held.filter(variant_id__in=list(variant_ids))
    rows = list(held.order_by("variant_id").select_for_update())
    if not rows:
        return
    _change({row.variant_id: row.quantity for row in rows})
    StockReservation.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=ReservationState.RELEASED
    )
    refresh_in_stock(variant_ids=[row.variant_id for row in rows])


def lock_stock(*, purchase_ref: uuid.UUID) -> None:
    """Lock what release_stock changes, for a caller that learns only later whether it must.

    Stock and listings are locked before the books are (docs/ledger.md, Locks).
    """
    rows = StockReservation.objects.filter(purchase_ref=purchase_ref).order_by("variant_id")
    variants = list(rows.select_for_update().values_list("variant_id", flat=True))
    stock = Stock.objects.filter(variant_id__in=variants).order_by("variant_id")
    list(stock.select_for_update().values_list("variant_id", flat=True))
    listings = Listing.objects.filter(
        pk__in=list(Listing.objects.filter(variants__in=variants).values_list("pk", flat=True))
    )
    list(listings.order_by("pk").select_for_update().values_list("pk", flat=True))


def rereserve_stock(*, purchase_ref: uuid.UUID) -> bool:
    """Take a released purchase's units once more, for one that was paid after it expired.

    Returns whether all of them are held again; otherwise nothing changed. Units that were never
    released count as held.
    """
    try:
        with transaction.atomic():
            rows = list(
                StockReservation.objects.filter(
                    purchase_ref=purchase_ref, state=ReservationState.RELEASED
                ).select_for_update()
            )
            _take({row.variant_id: row.quantity for row in rows})
            StockReservation.objects.filter(pk__in=[row.pk for row in rows]).update(
                state=ReservationState.HELD
            )
    except OutOfStockError:
        return False
    return True


def _take(quantities: Mapping[uuid.UUID, int]) -> None:
    if min(quantities.values(), default=1) < 1:
        raise ValueError("a quantity is at least one")
    left = _change({key: -quantity for key, quantity in quantities.items()})
    short = sorted(quantities.keys() - left.keys())
    if short:
        raise OutOfStockError(short)
    emptied = [variant_id for variant_id, available in left.items() if available == 0]
    if emptied:
        refresh_in_stock(variant_ids=emptied)


def _change(changes: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, int]:
    """Add to what is available, where that leaves it at zero or more; what is left of those.

    However many variants there are, this is one statement, and one more before it that locks them
    in the order of their ids.
    """
    ids = sorted(changes)
    with connection.cursor() as cursor:
        if len(ids) > 1:
            cursor.execute(
                "SELECT variant_id FROM catalog_stock WHERE variant_id = ANY(%s::uuid[])"
                " ORDER BY variant_id FOR UPDATE",
                [[str(key) for key in ids]],
            )
        cursor.execute(
            "UPDATE catalog_stock AS stock SET available = available + wanted.change"
            " FROM unnest(%s::uuid[], %s::bigint[]) AS wanted(variant_id, change)"
            " WHERE stock.variant_id = wanted.variant_id AND available + wanted.change >= 0"
            " RETURNING stock.variant_id, available",
            [[str(key) for key in ids], [changes[key] for key in ids]],
        )
        return dict(cursor.fetchall())


def refresh_in_stock(*, variant_ids: Iterable[uuid.UUID]) -> None:
    """Bring the in_stock flag of these variants' listings up to date (cards and filters read it)."""
    listings = Listing.objects.filter(variants__in=list(variant_ids)).values_list("pk", flat=True)
    refresh_in_stock_of(listing_ids=list(listings))


def refresh_in_stock_of(*, listing_ids: Iterable[uuid.UUID]) -> None:
    """The same for listings: locked first, so that the flag sees what others have just sold."""
    locked = Listing.objects.filter(pk__in=list(listing_ids)).order_by("pk").select_for_update()
    ids = list(locked.values_list("pk", flat=True))
    available = Stock.objects.filter(
        variant__listing_id=OuterRef("pk"), variant__is_active=True, available__gt=0
    )
    Listing.objects.filter(pk__in=ids).update(in_stock=Exists(available))


class StockBelowZeroError(ValueError):
    """More would be taken off the shelf than stands there."""


@transaction.atomic
def adjust_stock(*, variant_id: uuid.UUID, change: int) -> None:
    """Add to or take from what is on the shelf; units sold meanwhile stay sold.

    Raises StockBelowZeroError when less is left than is taken away; nothing changes then.
    """
    rows = Stock.objects.filter(pk=variant_id, available__gte=-change)
    if not rows.update(available=F("available") + change):
        raise StockBelowZeroError(variant_id)
    refresh_in_stock(variant_ids=[variant_id])
