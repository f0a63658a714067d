"""What a buyer paid, whose it is, and what went back."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from common.money import Money
from notifications.models import EffectRow
from payments.models.payees import Payee
from payments.models.rates import Quote
from payments.states import HeldState, PaymentState, RefundOrigin, TransferState


class Payment(models.Model):
    """One charge of one buyer for one purchase; `purchase_ref` is the purchase's id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purchase_ref = models.UUIDField(unique=True)
    provider = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    state = models.CharField(max_length=10, default=PaymentState.CREATED)
    description = models.CharField(max_length=200)
    email = models.EmailField()
    language = models.CharField(max_length=12, default="en")
    success_url = models.CharField(max_length=400)
    cancel_url = models.CharField(max_length=400)
    session_ref = models.CharField(max_length=120, blank=True, db_index=True)
    session_url = models.CharField(max_length=500, blank=True)
    charge_ref = models.CharField(max_length=120, blank=True)
    failure = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
        )
        # What the reconciler asks about, among millions that are long decided.
        indexes = (
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=["CREATED", "UNKNOWN", "OPEN"]),
                name="payment_open",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=["EXPIRED", "FAILED"]),
                name="payment_ended_unpaid",
            ),
        )

    def __str__(self) -> str:
        return f"{Money(self.amount, self.currency)} {self.state}"


class HeldPayment(models.Model):
    """The share of a payment that belongs to one order; `order_ref` is the order's id.

    seller_amount (in seller_currency) is what is held for the seller before commission and the tax
    on it (fee_tax_amount). The buyer's side, in the payment's currency: buyer_amount = mid_amount + spread_amount + tax_amount
    + duty_amount + fees_amount. refunded_amount is in the buyer's currency, refunded_seller_amount
    in the seller's. All minor units. frozen: nothing may be released, for as long as frozen_by names a
    cause (a case, a dispute, a match with a sanctions list). fee_tax_country: whose tax fee_tax_amount is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="held")
    order_ref = models.UUIDField(unique=True)
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="held")
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT)
    destination = models.CharField(max_length=2)
    seller_currency = models.CharField(max_length=3)
    seller_amount = models.BigIntegerField()
    commission_amount = models.BigIntegerField()
    fee_tax_amount = models.BigIntegerField(default=0, db_default=0)
    fee_tax_country = models.CharField(max_length=2, blank=True, default="", db_default="")
    currency = models.CharField(max_length=3)
    buyer_amount = models.BigIntegerField()
    mid_amount = models.BigIntegerField()
    spread_amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField()
    duty_amount = models.BigIntegerField()
    fees_amount = models.BigIntegerField()
    refunded_amount = models.BigIntegerField(default=0)
    refunded_seller_amount = models.BigIntegerField(default=0)
    refunded_commission_amount = models.BigIntegerField(default=0)
    refunded_fee_tax_amount = models.BigIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=10, default=HeldState.HELD)
    frozen = models.BooleanField(default=False)
    frozen_by = models.JSONField(default=list, db_default=[])
    booked_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    buyer_amount=models.F("mid_amount")
                    + models.F("spread_amount")
                    + models.F("tax_amount")
                    + models.F("duty_amount")
                    + models.F("fees_amount")
                ),
                name="held_payment_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0)
                & Q(refunded_amount__lte=models.F("buyer_amount")),
                name="held_payment_refund_within",
            ),
            models.CheckConstraint(
                condition=Q(refunded_seller_amount__gte=0)
                & Q(refunded_seller_amount__lte=models.F("seller_amount"))
                & Q(refunded_commission_amount__gte=0)
                & Q(refunded_commission_amount__lte=models.F("commission_amount"))
                & Q(refunded_fee_tax_amount__gte=0)
                & Q(refunded_fee_tax_amount__lte=models.F("fee_tax_amount"))
                & Q(commission_amount__lte=models.F("seller_amount") - models.F("fee_tax_amount")),
                name="held_payment_seller_within",
            ),
            models.CheckConstraint(
                condition=Q(frozen=~Q(frozen_by=[])), name="held_payment_frozen_by_a_cause"
            ),
        )

    def __str__(self) -> str:
        return f"{self.order_ref}"


class Refund(EffectRow):
    """Money going back to the buyer for one order; the row is the intent, `transfer` the outcome.

    amount = mid_amount + spread_amount + tax_amount + duty_amount + fees_amount, in the buyer's
    currency: what each part of the held payment gives back. seller_amount and commission_amount are
    in the seller's, as is fee_tax_amount. A lost dispute is a refund too (origin CHARGEBACK): the
    provider has given that money back already; undone_at: and the bank decided otherwise, so it
    counts no more. reserve_amount: what of the seller's side came out of its reserve. settled_by:
    the lost dispute by which the buyer got this refund before it was sent. try_number goes up only
    after the provider has definitely refused.
    """

    held = models.ForeignKey(HeldPayment, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=120, unique=True)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    mid_amount = models.BigIntegerField()
    spread_amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField()
    duty_amount = models.BigIntegerField()
    fees_amount = models.BigIntegerField()
    seller_amount = models.BigIntegerField()
    commission_amount = models.BigIntegerField()
    fee_tax_amount = models.BigIntegerField(default=0, db_default=0)
    origin = models.CharField(
        max_length=10, default=RefundOrigin.REQUEST, db_default=RefundOrigin.REQUEST.value
    )
    dispute = models.ForeignKey(
        "payments.ProviderDispute", null=True, on_delete=models.PROTECT, related_name="refunds"
    )
    settled_by = models.ForeignKey(
        "payments.ProviderDispute", null=True, on_delete=models.PROTECT, related_name="settled"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    reserve_amount = models.BigIntegerField(default=0, db_default=0)
    reason = models.TextField()
    transfer = models.CharField(max_length=10, default=TransferState.PENDING)
    provider_ref = models.CharField(max_length=120, blank=True, db_index=True)
    try_number = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(
                    amount=models.F("mid_amount")
                    + models.F("spread_amount")
                    + models.F("tax_amount")
                    + models.F("duty_amount")
                    + models.F("fees_amount")
                ),
                name="refund_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(origin="CHARGEBACK"),
                name="refund_undone_by_a_bank",
            ),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=Q(state="PENDING"), name="refund_due"),
        )

    def __str__(self) -> str:
        return f"{Money(self.amount, self.currency)} {self.transfer}"
