"""Background work of orders: each task may run twice, and finds nothing left to do then."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from orders.services import (
    deadlines,
    dispute_answers,
    events,
    reconciling,
    rescreening,
    settling,
)


@shared_task(name=events.HANDLE_PROVIDER_EVENTS.name)
def handle_provider_events() -> None:
    """Act on what payment providers have told us. Woken by the webhook, swept by beat."""
    events.handle_provider_events(now=timezone.now())


@shared_task(name="orders.tasks.sweep_deadlines")
def sweep_deadlines() -> None:
    """Do what happens by itself when nobody acted in time."""
    deadlines.sweep_deadlines(now=timezone.now())


@shared_task(name="orders.tasks.sweep_disputes")
def sweep_disputes() -> None:
    """Remind sellers of disputes, and answer on the last day with what they gave."""
    dispute_answers.sweep_disputes(now=timezone.now())


@shared_task(name="orders.tasks.open_unknown_payments")
def open_unknown_payments() -> None:
    """Ask the provider about payments that should have ended and of which nothing was heard."""
    reconciling.poll_open_payments(now=timezone.now())


@shared_task(name="orders.tasks.poll_late_payments")
def poll_late_payments() -> None:
    """Ask about payments that ended unpaid, in case the message about a late success was lost."""
    reconciling.poll_late_payments(now=timezone.now())


@shared_task(name="orders.tasks.poll_disputes")
def poll_disputes() -> None:
    """Ask the provider about disputes that are not decided, in case its message was lost."""
    reconciling.poll_disputes(now=timezone.now())


@shared_task
def rescreen() -> int:
    """After a new sanctions list: ask again about buyers of what is still open; returns how many."""
    return rescreening.rescreen_purchases(now=timezone.now())


@shared_task
def run_settlement() -> int:
    """Pay sellers what is theirs; returns how many payouts were made."""
    return len(settling.run_settlement(now=timezone.now()).payouts)
