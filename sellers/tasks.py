"""Work of the sellers' side that nobody waits for."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from sellers.services.screening import rescreen_businesses


@shared_task
def rescreen() -> None:
    """After a new sanctions list, or a new name: only what was not asked about yet is asked about."""
    rescreen_businesses(now=timezone.now())
