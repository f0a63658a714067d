"""What one currency costs in another, and what was promised."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Rate(models.Model):
    """Units of `currency` for one euro, as a source published it for `as_of`.

    held_back: it moved so far that a person has to approve it before anything is priced with it.
    """

    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=32, decimal_places=18)
    source = models.CharField(max_length=20)
    as_of = models.DateField()
    fetched_at = models.DateTimeField(default=timezone.now)
    held_back = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["currency", "source", "as_of"], name="rate_once"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_positive"),
        )
        indexes = (models.Index(fields=["currency", "source", "-as_of"], name="rate_latest"),)

    def __str__(self) -> str:
        return f"1 EUR = {self.rate.normalize():f} {self.currency}"


class Quote(models.Model):
    """The rate promised to a buyer. Immutable.

    mid: units of to_currency (buyer's) for one unit of from_currency (seller's) at mid market;
    rate: mid with the spread in it, what prices are converted at. Same currency: both 1, spread 0.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    from_currency = models.CharField(max_length=3)
    to_currency = models.CharField(max_length=3)
    mid = models.DecimalField(max_digits=30, decimal_places=15)
    spread_bp = models.PositiveIntegerField()
    rate = models.DecimalField(max_digits=30, decimal_places=15)
    source = models.CharField(max_length=40)
    as_of = models.DateField()
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"1 {self.from_currency} = {self.rate.normalize():f} {self.to_currency}"
