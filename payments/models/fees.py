"""What the platform takes for a sale, by whom, for what and when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from payments.models.payees import Payee


class FeeRule(models.Model):
    """A fee schedule. Never changed, only ended: what was agreed stays readable.

    It is for one payee or (null) all, for one category and what is below it (its path) or (blank)
    all. percent_bp is in hundredths of a percent of the goods; fixed_amount for each order and
    minimum_amount are in `currency`, minor units (blank currency: both are 0). end_reason:
    why somebody let it end; one that ends when it begins was withdrawn. announced_at: when all it concerns had been told of it, or of its end.
    """

    name = models.CharField(max_length=80)
    payee = models.ForeignKey(Payee, null=True, blank=True, on_delete=models.PROTECT)
    category = models.CharField(max_length=200, blank=True)
    percent_bp = models.PositiveIntegerField()
    fixed_amount = models.BigIntegerField(default=0)
    minimum_amount = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    is_promotion = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    end_reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    announced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(percent_bp__lte=5000)
                & Q(fixed_amount__gte=0)
                & Q(minimum_amount__gte=0)
                & (Q(fixed_amount=0, minimum_amount=0) | ~Q(currency="")),
                name="fee_rule_sane",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=models.F("starts_at")),
                name="fee_rule_period",
            ),
        )

    def __str__(self) -> str:
        return self.name


class FeeTaxRule(models.Model):
    """The tax that a country wants on our fee from sellers there; rate_bp hundredths of a percent.

    It holds from valid_from to valid_to, both days included. Never changed, only ended.
    """

    country = models.CharField(max_length=2)
    name = models.CharField(max_length=40)
    rate_bp = models.PositiveIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    legal_reference = models.CharField(max_length=200)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["country", "valid_from"], name="fee_tax_once"),
            models.CheckConstraint(condition=Q(rate_bp__lte=5000), name="fee_tax_sane"),
        )

    def __str__(self) -> str:
        return f"{self.country} {self.rate_bp}"
