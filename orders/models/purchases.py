"""What was promised: baskets, purchases, orders and their lines.

Amounts are minor units. On Purchase and Order, `currency` is the buyer's; `seller_currency` is the
seller's. Lines and charges are snapshots: nothing here is priced again.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from catalog.models import Variant
from orders.states import OrderState, PurchaseState
from payments.models import Quote
from sellers.models import Business


class Basket(models.Model):
    """What a visitor means to buy; the id is the secret in the visitor's cookie."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE
    )
    choices = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"basket {self.pk}"


class BasketLine(models.Model):
    basket = models.ForeignKey(Basket, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE)
    quantity = models.PositiveIntegerField()
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("added_at", "id")
        constraints = (
            models.UniqueConstraint(fields=["basket", "variant"], name="basket_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="basket_line_quantity"),
        )

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant_id}"


class Purchase(models.Model):
    """What a buyer pays once. `token` is the secret of a guest's receipt link.

    checkout_key: made when the checkout page was rendered; sent twice, it is the same purchase.
    basket_ref: the basket it was bought from, so that an unpaid purchase can be put back.
    buyer_business_name, buyer_tax_number: of the business that the buyer buys for, both empty for a
    private buyer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    checkout_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    basket_ref = models.UUIDField(null=True, db_index=True, editable=False)
    number = models.CharField(max_length=16, unique=True)
    token = models.CharField(max_length=43, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="purchases",
    )
    email = models.EmailField()
    language = models.CharField(max_length=12)
    currency = models.CharField(max_length=3)
    ship_to = models.JSONField()
    country = models.CharField(max_length=2)
    buyer_business_name = models.CharField(max_length=120, blank=True, default="", db_default="")
    buyer_tax_number = models.CharField(max_length=40, blank=True, default="", db_default="")
    goods_amount = models.BigIntegerField()
    delivery_amount = models.BigIntegerField()
    duty_amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField()
    fees_amount = models.BigIntegerField()
    total_amount = models.BigIntegerField()
    state = models.CharField(max_length=20, default=PurchaseState.AWAITING_PAYMENT)
    created_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    total_amount=models.F("goods_amount")
                    + models.F("delivery_amount")
                    + models.F("duty_amount")
                    + models.F("tax_amount")
                    + models.F("fees_amount")
                ),
                name="purchase_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in PurchaseState]),
                name="purchase_state_known",
            ),
        )

    def __str__(self) -> str:
        return self.number


class OrderQuerySet(models.QuerySet["Order"]):
    def placed(self) -> OrderQuerySet:
        """Orders a seller may see: paid at some time."""
        return self.exclude(state__in=[OrderState.AWAITING_PAYMENT, OrderState.EXPIRED])


class Order(models.Model):
    """One seller's part of a purchase: what it ships, is paid for and answers for.

    dispatch_days: within so many it is handed over; delivery_min_days and delivery_max_days count
    from the payment and include them. carried_by: a shipping.rules.CarriedBy, as its prices were
    worked out. registrations: the number under which each tax scheme of the
    order's charges is settled, by the scheme's key ("ioss").
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, unique=True)
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="orders")
    business = models.ForeignKey(Business, on_delete=models.PROTECT, related_name="orders")
    state = models.CharField(max_length=20, default=OrderState.AWAITING_PAYMENT)
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT)
    seller_currency = models.CharField(max_length=3)
    seller_goods_amount = models.BigIntegerField()
    seller_delivery_amount = models.BigIntegerField()
    commission_amount = models.BigIntegerField()
    fee_tax_amount = models.BigIntegerField(default=0, db_default=0)
    fee_percent_bp = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    goods_amount = models.BigIntegerField()
    delivery_amount = models.BigIntegerField()
    duty_amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField()
    fees_amount = models.BigIntegerField()
    total_amount = models.BigIntegerField()
    spread_amount = models.BigIntegerField()
    refunded_amount = models.BigIntegerField(default=0)
    delivery_name = models.CharField(max_length=60)
    carried_by = models.CharField(max_length=8, blank=True, default="", db_default="")
    delivery_min_days = models.PositiveSmallIntegerField()
    delivery_max_days = models.PositiveSmallIntegerField()
    dispatch_days = models.PositiveSmallIntegerField(default=0, db_default=0)
    dispatched_from = models.CharField(max_length=2)
    regime = models.CharField(max_length=60, blank=True)
    registrations = models.JSONField(default=dict, db_default={}, blank=True)
    certainty = models.CharField(max_length=12)
    unknowns = models.JSONField(default=list)
    cancel_reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["business", "state", "-created_at"]),)
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    total_amount=models.F("goods_amount")
                    + models.F("delivery_amount")
                    + models.F("duty_amount")
                    + models.F("tax_amount")
                    + models.F("fees_amount")
                ),
                name="order_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in OrderState]), name="order_state_known"
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def seller_net_amount(self) -> int:
        """What the seller is paid, minor units of seller_currency: goods and delivery less the fee
        and the tax on it."""
        taken = self.commission_amount + self.fee_tax_amount
        return self.seller_goods_amount + self.seller_delivery_amount - taken


class OrderLine(models.Model):
    """What was sold, as it was then. seller_*, the fee and the tax on it: in seller_currency.

    fee_text: the fee's terms in words, in the seller's language. origin_statement: the buyer's duty
    is lower because the seller gives a statement on origin with it.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    variant = models.ForeignKey(Variant, null=True, on_delete=models.PROTECT)
    title = models.CharField(max_length=120)
    options = models.JSONField(default=dict)
    sku = models.CharField(max_length=40, blank=True)
    picture = models.CharField(max_length=160, blank=True)
    quantity = models.PositiveIntegerField()
    seller_unit_amount = models.BigIntegerField()
    seller_amount = models.BigIntegerField()
    unit_amount = models.BigIntegerField()
    amount = models.BigIntegerField()
    commission_amount = models.BigIntegerField()
    fee_tax_amount = models.BigIntegerField(default=0, db_default=0)
    fee_text = models.CharField(max_length=200, blank=True, default="", db_default="")
    hs_code = models.CharField(max_length=6, blank=True)
    origin_country = models.CharField(max_length=2, blank=True)
    customs_description = models.CharField(max_length=120, blank=True)
    weight_g = models.PositiveIntegerField(null=True)
    origin_statement = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"


class OrderCharge(models.Model):
    """A duty, tax or border fee on an order, with the rulebook row behind it.

    amount: what the buyer paid, in the order's currency. assessed_amount and assessed_currency:
    the same as the destination's rules computed it. scheme: the key of the scheme that settles this
    tax with the sale ("ioss"), "" at the border. preferential: a lower duty by proof of origin.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="charges")
    line = models.ForeignKey(OrderLine, null=True, on_delete=models.PROTECT)
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=80)
    rate_text = models.CharField(max_length=80, blank=True)
    amount = models.BigIntegerField()
    assessed_base_amount = models.BigIntegerField()
    assessed_amount = models.BigIntegerField()
    assessed_currency = models.CharField(max_length=3)
    row_id = models.CharField(max_length=80)
    base_amount = models.BigIntegerField(null=True)
    scheme = models.CharField(max_length=16, blank=True, default="", db_default="")
    preferential = models.BooleanField(default=False, db_default=False)
    collected_by = models.CharField(max_length=12)
    certainty = models.CharField(max_length=12)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.name} {self.amount} {self.order_id}"


class OrderEvent(models.Model):
    """The order's timeline; `public` ones are shown to buyer and seller."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    public = models.BooleanField(default=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.kind} {self.order_id}"


class Deadline(models.Model):
    """Something that happens by itself when nobody acts; swept by a periodic task."""

    kind = models.CharField(max_length=12)
    purchase = models.ForeignKey(Purchase, null=True, on_delete=models.CASCADE)
    order = models.ForeignKey(Order, null=True, on_delete=models.CASCADE)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "purchase", "order"],
                name="deadline_once",
                nulls_distinct=False,
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at"], condition=Q(done_at__isnull=True), name="deadline_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.due_at:%Y-%m-%d %H:%M}"
