"""What is offered: listings, their variants, prices, pictures and stock."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from catalog.states import ListingState, ReservationState
from common.money import Money
from sellers.models import Business
from shipping.models import DeliveryProfile
from trade.rules.restrictions import Battery


class Category(models.Model):
    """A shelf of the market; `path` holds the slugs from the root ("home/ceramics")."""

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    name = models.CharField(max_length=60)
    slug = models.SlugField(max_length=60)
    path = models.CharField(max_length=200, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    live_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "name")
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


_PUBLIC = Q(state="LIVE", shop_open=True)


class ListingQuerySet(models.QuerySet["Listing"]):
    def public(self) -> ListingQuerySet:
        """What any visitor may see: live listings of businesses that may sell."""
        return self.filter(state=ListingState.LIVE, shop_open=True)


class Listing(models.Model):
    """One thing on sale, in its seller's language and currency.

    from_amount: lowest current price among variants, minor units of `currency`; sort_eur_amount:
    the same in euro cents at the last rate refresh, for sorting and price filters only.
    battery, un_number, watt_hours: what is dangerous in it, as the seller says (watt_hours: of one
    battery). permit_held, permit_text: the seller confirms that it holds the permit that such goods
    need, and which. origin_statement: the seller says that it can give a statement on origin, which
    claims a lower duty. restriction_flags: why a moderator should look before it is sold.
    shop_open: the business may sell. The database itself keeps it (migration 0002), the moment a
    business is approved or suspended: a grid then reads one index instead of weighing every shop.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="listings")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="listings")
    delivery_profile = models.ForeignKey(
        DeliveryProfile, null=True, blank=True, on_delete=models.PROTECT
    )
    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=140)
    description = models.TextField(blank=True)
    materials = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=12, default="en")
    hs_code = models.CharField(max_length=6, blank=True)
    origin_country = models.CharField(max_length=2, blank=True)
    customs_description = models.CharField(max_length=120, blank=True)
    origin_statement = models.BooleanField(default=False, db_default=False)
    battery = models.CharField(max_length=8, blank=True, default="", db_default="")
    un_number = models.CharField(max_length=4, blank=True, default="", db_default="")
    watt_hours = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    permit_held = models.BooleanField(default=False, db_default=False)
    permit_text = models.CharField(max_length=200, blank=True, default="", db_default="")
    restriction_flags = ArrayField(
        models.CharField(max_length=12), default=list, db_default=[], editable=False
    )
    currency = models.CharField(max_length=3)
    from_amount = models.BigIntegerField(default=0)
    sort_eur_amount = models.BigIntegerField(default=0)
    in_stock = models.BooleanField(default=False)
    shop_open = models.BooleanField(default=False, editable=False)
    state = models.CharField(max_length=12, default=ListingState.DRAFT)
    review_reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    live_at = models.DateTimeField(null=True, blank=True)
    search = SearchVectorField(null=True, editable=False)

    objects = ListingQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["business", "slug"], name="listing_slug_once"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in ListingState]), name="listing_state_known"
            ),
            models.CheckConstraint(
                condition=Q(battery__in=[battery.value for battery in Battery]),
                name="listing_battery_known",
            ),
            models.CheckConstraint(
                condition=Q(un_number__regex=r"^([0-9]{4})?$"), name="listing_un_number_digits"
            ),
            models.CheckConstraint(
                condition=Q(permit_held=False) | ~Q(permit_text=""), name="listing_permit_named"
            ),
            models.CheckConstraint(
                condition=Q(origin_statement=False) | ~Q(origin_country=""),
                name="listing_origin_stated",
            ),
        )
        indexes = (
            GinIndex(fields=["search"], name="listing_search"),
            GinIndex(fields=["title"], name="listing_title_trgm", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["-live_at", "id"], condition=_PUBLIC, name="listing_newest"),
            models.Index(
                fields=["category", "-live_at", "id"],
                condition=_PUBLIC,
                name="listing_by_category",
            ),
            models.Index(
                fields=["business", "-live_at", "id"],
                condition=_PUBLIC,
                name="listing_by_shop",
            ),
            models.Index(
                fields=["sort_eur_amount", "id"], condition=_PUBLIC, name="listing_by_price"
            ),
        )

    def __str__(self) -> str:
        return self.title


class ListingImage(models.Model):
    """A picture in three WebP sizes (400, 800 and 1600 pixels at most); EXIF data is gone."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="images")
    position = models.PositiveSmallIntegerField(default=0)
    alt = models.CharField(max_length=160, blank=True)
    small = models.ImageField(upload_to="listings/", max_length=160)
    medium = models.ImageField(upload_to="listings/", max_length=160)
    large = models.ImageField(upload_to="listings/", max_length=160)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.alt or self.small.name


class Variant(models.Model):
    """A choice of a listing's options, e.g. {"Colour": "Indigo", "Size": "M"}; what is sold."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="variants")
    sku = models.CharField(max_length=40, blank=True)
    options = models.JSONField(default=dict, blank=True)
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    length_mm = models.PositiveIntegerField(null=True, blank=True)
    width_mm = models.PositiveIntegerField(null=True, blank=True)
    height_mm = models.PositiveIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=["listing", "options"], name="variant_options_once"),
        )

    def __str__(self) -> str:
        return " · ".join(self.options.values()) or self.sku or "—"


class Price(models.Model):
    """What one unit of a variant costs from `min_quantity` on, in a period (open ends allowed).

    Today every variant has one row: quantity 1, no period. Tiers and sale periods are more rows.
    """

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="prices")
    min_quantity = models.PositiveIntegerField(default=1)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="price_positive"),
            models.UniqueConstraint(
                fields=["variant", "min_quantity", "valid_from"],
                name="price_tier_once",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return str(Money(self.amount, self.currency))


class Stock(models.Model):
    """Units that can still be sold. Only ever changed by conditional updates."""

    variant = models.OneToOneField(Variant, primary_key=True, on_delete=models.CASCADE)
    available = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "stock"
        constraints = (
            models.CheckConstraint(condition=Q(available__gte=0), name="stock_not_negative"),
        )

    def __str__(self) -> str:
        return str(self.available)


class StockReservation(models.Model):
    """Units taken out of stock for one purchase; `purchase_ref` is its id."""

    purchase_ref = models.UUIDField(db_index=True)
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    quantity = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default=ReservationState.HELD)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["purchase_ref", "variant"], name="reservation_once"),
        )

    def __str__(self) -> str:
        return f"{self.quantity}, {self.state}"
