"""How goods travel: what a seller offers, and the parcels it sent."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from sellers.models import Business
from shipping.rules import CarriedBy
from trade.rules.s10 import HIGHEST_SERIAL


class DeliveryProfile(models.Model):
    """A set of delivery options that listings of one business share."""

    business = models.ForeignKey(
        Business, on_delete=models.CASCADE, related_name="delivery_profiles"
    )
    name = models.CharField(max_length=60)
    dispatch_days = models.PositiveSmallIntegerField(default=2)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class DeliveryOption(models.Model):
    """One way to send a parcel to some countries, priced in the seller's currency.

    The price of a parcel is base_amount + per_kg_amount for each started kilogram (minor units).
    With `everywhere` set it serves every country that no option of the profile names. carried_by: a
    shipping.rules.CarriedBy; it decides limits, fees and papers at the border.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    profile = models.ForeignKey(DeliveryProfile, on_delete=models.CASCADE, related_name="options")
    name = models.CharField(max_length=60)
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    everywhere = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    base_amount = models.BigIntegerField()
    per_kg_amount = models.BigIntegerField(default=0)
    max_weight_g = models.PositiveIntegerField(null=True, blank=True)
    min_days = models.PositiveSmallIntegerField()
    max_days = models.PositiveSmallIntegerField()
    tracked = models.BooleanField(default=True)
    carried_by = models.CharField(max_length=8, blank=True, default="", db_default="")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "base_amount", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(base_amount__gte=0) & Q(per_kg_amount__gte=0),
                name="delivery_option_price_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(max_days__gte=models.F("min_days")), name="delivery_option_days_ordered"
            ),
            models.CheckConstraint(
                condition=Q(carried_by__in=[one.value for one in CarriedBy]),
                name="delivery_option_carrier_known",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Shipment(models.Model):
    """A parcel that left; `order_ref` is the id of the order it carries."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order_ref = models.UUIDField(db_index=True)
    business = models.ForeignKey(Business, on_delete=models.PROTECT, related_name="shipments")
    carrier = models.CharField(max_length=60)
    tracking_number = models.CharField(max_length=60, blank=True)
    tracking_url = models.URLField(blank=True)
    shipped_at = models.DateTimeField()
    expected_by = models.DateField()
    delivered_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}".strip()


class ItemNumberRange(models.Model):
    """Item numbers (UPU standard S10) that a seller's post has given it: serials next to last.

    Numbers of other posts are of other ranges; `shipping.services` hands each out once.
    """

    business = models.ForeignKey(
        Business, on_delete=models.CASCADE, related_name="item_number_ranges"
    )
    prefix = models.CharField(max_length=2)
    country = models.CharField(max_length=2)
    next_serial = models.PositiveIntegerField()
    last_serial = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(next_serial__lte=models.F("last_serial") + 1)
                & Q(last_serial__lte=HIGHEST_SERIAL),
                name="item_number_range_ordered",
            ),
        )

    def __str__(self) -> str:
        return f"{self.prefix} … {self.country}"

    @property
    def left(self) -> int:
        """How many numbers have not been given out."""
        return max(self.last_serial - self.next_serial + 1, 0)


class ParcelDetails(models.Model):
    """What a seller says about an order's parcel for its papers; nothing here changes what is paid.

    Empty and None mean that nobody has said. service: a trade.rules.s10.Service.
    """

    order_ref = models.UUIDField(unique=True)
    business = models.ForeignKey(Business, on_delete=models.PROTECT, related_name="parcel_details")
    service = models.CharField(max_length=8, blank=True)
    item_number = models.CharField(max_length=13, blank=True)
    gross_weight_g = models.PositiveIntegerField(null=True, blank=True)
    length_mm = models.PositiveIntegerField(null=True, blank=True)
    width_mm = models.PositiveIntegerField(null=True, blank=True)
    height_mm = models.PositiveIntegerField(null=True, blank=True)
    packages = models.PositiveSmallIntegerField(default=1)
    marks = models.CharField(max_length=80, blank=True)
    comments = models.CharField(max_length=120, blank=True)
    licence_number = models.CharField(max_length=40, blank=True)
    certificate_number = models.CharField(max_length=40, blank=True)
    exporter_reference = models.CharField(max_length=40, blank=True)
    claims_preference = models.BooleanField(default=False)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "parcel details"
        constraints = (
            models.UniqueConstraint(
                fields=["business", "item_number"],
                condition=~Q(item_number=""),
                name="item_number_once",
            ),
            models.CheckConstraint(condition=Q(packages__gte=1), name="parcel_has_a_package"),
        )

    def __str__(self) -> str:
        return f"parcel of {self.order_ref}"
