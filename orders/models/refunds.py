"""What of an order went back to its buyer, line by line, and why."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from orders.models.purchases import Order, OrderLine
from orders.rules.refund_reasons import RefundReason
from payments.rules.refunds import Parts


class OrderRefund(models.Model):
    """Why payments.Refund `refund_ref` was given. Append-only; its lines are exactly its parts.

    note: what the buyer and the seller read. given_by: orders.states.Party, or BANK for a lost
    dispute.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    refund_ref = models.UUIDField(unique=True)
    reason = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    given_by = models.CharField(max_length=10)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(reason__in=[reason.value for reason in RefundReason]),
                name="order_refund_reason_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.reason} {self.order_id}"


class RefundLine(models.Model):
    """What a refund took from one line, or (line null) from the delivery; minor units.

    amount is what the buyer got for it, in the order's currency: mid_amount + spread_amount +
    tax_amount + duty_amount + fees_amount. seller_amount, and commission_amount and fee_tax_amount
    within it, are in the order's seller_currency. quantity: units that it stands for; none for a
    part of the price.
    """

    refund = models.ForeignKey(OrderRefund, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(
        OrderLine, null=True, on_delete=models.PROTECT, related_name="refund_lines"
    )
    quantity = models.PositiveIntegerField(default=0)
    amount = models.BigIntegerField()
    mid_amount = models.BigIntegerField()
    spread_amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField()
    duty_amount = models.BigIntegerField()
    fees_amount = models.BigIntegerField()
    seller_amount = models.BigIntegerField()
    commission_amount = models.BigIntegerField()
    fee_tax_amount = models.BigIntegerField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["refund", "line"], name="refund_line_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(
                    amount=F("mid_amount")
                    + F("spread_amount")
                    + F("tax_amount")
                    + F("duty_amount")
                    + F("fees_amount")
                ),
                name="refund_line_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    amount__gte=0,
                    mid_amount__gte=0,
                    tax_amount__gte=0,
                    duty_amount__gte=0,
                    fees_amount__gte=0,
                    commission_amount__gte=0,
                    fee_tax_amount__gte=0,
                    seller_amount__gte=F("commission_amount") + F("fee_tax_amount"),
                ),
                name="refund_line_not_negative",
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount} of {self.line_id or 'delivery'}"

    @property
    def parts(self) -> Parts:
        return Parts(
            mid=self.mid_amount,
            spread=self.spread_amount,
            tax=self.tax_amount,
            duty=self.duty_amount,
            fees=self.fees_amount,
            seller=self.seller_amount,
            commission=self.commission_amount,
            fee_tax=self.fee_tax_amount,
        )
