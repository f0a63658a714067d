"""The outbox and what people are told.

An effect outside the database (an e-mail, a provider call, a webhook) is first a row, written in
the transaction of its cause, claimed with FOR UPDATE SKIP LOCKED, done outside any transaction,
and marked.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from notifications.states import EffectState


class EffectQuerySet(models.QuerySet["EffectRow"]):
    """Claiming, for every table whose rows are effects to be done."""

    def due(self, now: datetime) -> Self:
        return self.filter(state=EffectState.PENDING, due_at__lte=now).filter(
            Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        )

    def claim(self, *, now: datetime, limit: int, lease: timedelta) -> list[uuid.UUID]:
        """Lease up to `limit` due rows to the caller alone; returns their ids.

        Another worker skips leased rows; when this one dies the lease runs out and the row is due
        again, so what is done with a row must bear being done twice.
        """
        with transaction.atomic():
            ids = list(
                self.due(now)
                .select_for_update(skip_locked=True)
                .order_by("due_at")
                .values_list("pk", flat=True)[:limit]
            )
            self.model._default_manager.filter(pk__in=ids).update(
                lease_until=now + lease, attempts=models.F("attempts") + 1
            )
        return ids


class EffectRow(models.Model):
    """Base of a row that stands for one effect outside the database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, default=EffectState.PENDING)
    due_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = EffectQuerySet.as_manager()

    class Meta:
        abstract = True


class Notice(models.Model):
    """One thing told to one person, in words fixed when it happened."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=120, unique=True)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="notices"
    )
    email = models.EmailField(blank=True)
    kind = models.CharField(max_length=60)
    language = models.CharField(max_length=12, default="en")
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["recipient", "-created_at"]),)


class EmailDelivery(EffectRow):
    """An e-mail to be sent, once; the notice it carries, or a mail of the sign-in pages."""

    notice = models.ForeignKey(Notice, null=True, on_delete=models.CASCADE)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["due_at"], condition=Q(state="PENDING"), name="email_delivery_due"
            ),
        )
        verbose_name_plural = "e-mail deliveries"
