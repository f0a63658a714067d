"""Whom we pay out to."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class Payee(models.Model):
    """Whom we pay out to: always in `currency`, by `provider`, to `destination`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    provider = models.CharField(max_length=20, default="sandbox")
    destination = models.JSONField(default=dict)
    payouts_held = models.BooleanField(default=False)
    hold_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name
