"""The provider's own background work."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from sandbox.services import deliver_batch, run_bank
from sandbox.services.webhooks import DELIVER_WEBHOOKS


@shared_task(name=DELIVER_WEBHOOKS.name)
def deliver_webhooks() -> None:
    """Tell the merchant everything that is due. Woken by each event."""
    while deliver_batch(now=timezone.now()):
        pass


@shared_task(name="sandbox.tasks.sweep")
def sweep() -> None:
    """Every few seconds: what the bank has done meanwhile, and what the merchant did not take."""
    run_bank(now=timezone.now())
    deliver_webhooks()
