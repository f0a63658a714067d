"""The outbox and what people are told.

An effect outside the database (an e-mail, a provider call, a webhook) is first a row, written in
the transaction of its cause, claimed with FOR UPDATE SKIP LOCKED, done outside any transaction,
and marked.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from notifications.states import EFFECT, EffectState

RowT = TypeVar("RowT", bound="EffectRow", covariant=True)


class EffectQuerySet(models.QuerySet[RowT]):
    """Claiming and marking, for every table whose rows are effects to be done."""

    def due(self, now: datetime) -> Self:
        return self.filter(state=EffectState.PENDING, due_at__lte=now).filter(
            Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        )

    def claim(self, *, now: datetime, limit: int, lease: timedelta) -> list[uuid.UUID]:
        """Lease up to `limit` due rows to the caller alone; returns their ids, longest due first.

        Another worker skips leased rows; when this one dies the lease runs out and the row is due
        again, so what is done with a row must bear being done twice. Commits at once where the
        caller has no transaction, and it must have none: a lease nobody sees protects nothing.
        """
        with transaction.atomic(using=self.db):
            ids: list[uuid.UUID] = list(
                self.due(now)
                .select_for_update(skip_locked=True, of=("self",))
                .order_by("due_at", "pk")
                .values_list("pk", flat=True)[:limit]
            )
            self._rows(ids).update(lease_until=now + lease, attempts=models.F("attempts") + 1)
        return ids

    def mark_done(self, pk: uuid.UUID, *, now: datetime) -> bool:
        """The effect has happened. False when another worker said so first."""
        return self._close([pk], EffectState.DONE, now=now, error="")

    def mark_failed(self, pk: uuid.UUID, *, now: datetime, error: str) -> bool:
        """The effect can't happen; a person looks at it."""
        return self._close([pk], EffectState.FAILED, now=now, error=error)

    def mark_retry(self, pk: uuid.UUID, *, due_at: datetime, error: str) -> bool:
        """Not this time: due again at `due_at`. False when another worker has closed the row."""
        waiting = self._rows([pk]).filter(state=EffectState.PENDING)
        return waiting.update(due_at=due_at, lease_until=None, last_error=error) == 1

    def requeue(self, pk: uuid.UUID, *, now: datetime) -> bool:
        """A person asks for a failed effect to be tried afresh."""
        failed = self._rows([pk]).filter(state__in=EFFECT.sources(EffectState.PENDING))
        changed = failed.update(
            state=EffectState.PENDING, due_at=now, lease_until=None, attempts=0, done_at=None
        )
        return changed == 1

    def _close(
        self, ids: Sequence[uuid.UUID], state: EffectState, *, now: datetime, error: str
    ) -> bool:
        waiting = self._rows(ids).filter(state__in=EFFECT.sources(state))
        changed = waiting.update(state=state, lease_until=None, done_at=now, last_error=error)
        return changed == len(ids)

    def _rows(self, ids: Sequence[uuid.UUID]) -> models.QuerySet[EffectRow]:
        """Rows by id, whatever this QuerySet filters: a claimed row may no longer match it."""
        return self.model._default_manager.using(self.db).filter(pk__in=ids)


class EffectRow(models.Model):
    """Base of a row that stands for one effect outside the database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, default=EffectState.PENDING.value)
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
        indexes = (
            models.Index(fields=["recipient", "-created_at"]),
            models.Index(
                fields=["recipient"], condition=Q(read_at__isnull=True), name="notice_unread"
            ),
        )

    def __str__(self) -> str:
        return self.subject


class EmailDelivery(EffectRow):
    """An e-mail to be sent, once; the notice it carries, or a mail of the sign-in pages."""

    notice = models.OneToOneField(
        Notice, null=True, on_delete=models.CASCADE, related_name="delivery"
    )
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["due_at"], condition=Q(state="PENDING"), name="email_delivery_due"
            ),
            models.Index(fields=["-created_at"], name="email_delivery_newest"),
        )
        verbose_name_plural = "e-mail deliveries"

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"
