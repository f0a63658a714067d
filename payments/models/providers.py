"""What providers told us."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from payments.states import InboxState


class ProviderEvent(models.Model):
    """The inbox: an event a provider told us, stored before anything is done with it."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80)
    payload = models.JSONField()
    state = models.CharField(max_length=10, default=InboxState.NEW)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_once"),
        )
        indexes = (
            models.Index(fields=["received_at"], condition=Q(state="NEW"), name="inbox_new"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
