"""Background work of orders: each task may run twice, and finds nothing left to do then."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from orders.services import deadlines, events, reconciling


@shared_task(queue="settlement")
def handle_provider_events() -> int:
    """Act on what payment providers have told us. Woken by the webhook, swept by beat."""
    return events.handle_provider_events(now=timezone.now())


@shared_task(queue="default")
def sweep_deadlines() -> int:
    """Do what happens by itself when nobody acted in time."""
    return deadlines.sweep_deadlines(now=timezone.now())


@shared_task(queue="settlement")
def open_unknown_payments() -> int:
    """Ask the provider about payments that should have ended and of which nothing was heard."""
    return reconciling.poll_open_payments(now=timezone.now())


@shared_task(queue="settlement")
def poll_late_payments() -> int:
    """Ask about payments that ended unpaid, in case the message about a late success was lost."""
    return reconciling.poll_late_payments(now=timezone.now())
