"""Work of the customs desk that nobody waits for."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from trade.services import tax_numbers
from trade.services.sanctions_lists import DEMO_SOURCE, refresh_demo_list


@shared_task
def refresh_demo_sanctions() -> None:
    """The invented list is always of today; nothing happens where it isn't asked."""
    if DEMO_SOURCE in settings.SANCTIONS_LISTS:
        refresh_demo_list(now=timezone.now())


@shared_task
def ask_about_tax_numbers() -> int:
    """Buyers' numbers that nobody has answered yet; returns how many were asked about."""
    return tax_numbers.ask_again(now=timezone.now())
