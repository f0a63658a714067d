"""Background work: sending what waits in the outbox."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from notifications.services import DELIVER_EMAILS, deliver_batch


@shared_task(name=DELIVER_EMAILS.name)
def deliver_emails() -> None:
    """Send every e-mail that is due. Woken by whoever wrote one; beat sweeps every ten seconds."""
    while deliver_batch(now=timezone.now()):
        pass
