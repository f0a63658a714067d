"""Work of the catalogue that nobody waits for."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from catalog.services.prices import refresh_sort_prices
from catalog.services.shelves import count_shelves


@shared_task
def refresh_shelves() -> None:
    """Sort prices after rates moved, and how much stands on each shelf."""
    refresh_sort_prices(now=timezone.now())
    count_shelves()
