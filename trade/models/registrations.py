"""The tax and customs numbers of the platform and of sellers."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from trade.rules.registrations import Held, NumberKind


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def of_platform(self) -> RegistrationQuerySet:
        return self.filter(owner_ref__isnull=True)

    def of(self, owner_ref: uuid.UUID | None) -> RegistrationQuerySet:
        """Those of one owner; None is the platform."""
        return self.filter(owner_ref=owner_ref) if owner_ref else self.of_platform()

    def holding(self, day: date) -> RegistrationQuerySet:
        """In force on a day."""
        return self.filter(valid_from__lte=day).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        )


class Registration(models.Model):
    """A number under which the platform or a seller is known to an authority, for a period.

    owner_ref: the seller's business, None for the platform. country: ISO 3166, "EU" for a number of
    all members. scheme: the key of the rulebook's scheme that it joins, "" for none. valid_to: the
    last day; the day before valid_from when it was withdrawn before it held. A row is ended once and
    never changed otherwise; the database refuses everything else.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner_ref = models.UUIDField(null=True, blank=True, db_index=True)
    kind = models.CharField(max_length=8)
    country = models.CharField(max_length=2, blank=True)
    scheme = models.CharField(max_length=20, blank=True)
    number = models.CharField(max_length=40)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)
    end_reason = models.TextField(blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ("country", "kind", "-valid_from")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in NumberKind]),
                name="registration_kind_known",
            ),
            models.CheckConstraint(condition=~Q(number=""), name="registration_has_a_number"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_to__gte=F("valid_from") - timedelta(days=1)),
                name="registration_period",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(valid_to__isnull=False),
                name="registration_ended_on_a_day",
            ),
            models.UniqueConstraint(
                fields=["owner_ref", "kind", "country", "scheme"],
                condition=Q(valid_to__isnull=True),
                nulls_distinct=False,
                name="registration_one_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def held(self) -> Held:
        """The row as the rules know it."""
        return Held(
            NumberKind(self.kind),
            self.country,
            self.number,
            self.scheme,
            self.valid_from,
            self.valid_to,
        )

    @property
    def is_withdrawn(self) -> bool:
        """Ended before it ever held."""
        return self.valid_to is not None and self.valid_to < self.valid_from

    def may_end(self, now: datetime) -> bool:
        """Whether an end can still be set: it has none, and has never been ended."""
        return self.ended_at is None and (self.valid_to is None or self.valid_to >= now.date())
