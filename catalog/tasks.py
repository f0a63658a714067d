"""Work of the catalogue that nobody waits for."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from catalog.services.fees import ANNOUNCE_FEES
from catalog.services.fees import announce_fees as announce_all
from catalog.services.prices import refresh_sort_prices
from catalog.services.shelves import count_shelves


@shared_task
def refresh_shelves() -> None:
    """Sort prices after rates moved, and how much stands on each shelf."""
    refresh_sort_prices(now=timezone.now())
    count_shelves()


@shared_task(name=ANNOUNCE_FEES.name)
def announce_fees() -> None:
    """Woken by each rule; swept, so that a crash leaves nobody untold."""
    announce_all(now=timezone.now())
