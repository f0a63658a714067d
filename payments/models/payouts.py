"""What was sent to payees, and why it had that amount."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from notifications.models import EffectRow
from payments.models.ledger import Posting
from payments.models.payees import Payee
from payments.states import TransferState


class Payout(EffectRow):
    """One payment to a payee for one settlement run; unique a payee, currency and period."""

    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="payouts")
    number = models.CharField(max_length=20, unique=True)
    period = models.CharField(max_length=20)
    provider = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    transfer = models.CharField(max_length=10, default=TransferState.PENDING)
    provider_ref = models.CharField(max_length=120, blank=True, db_index=True)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["payee", "currency", "period"], name="payout_once_a_period"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_amount_positive"),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=Q(state="PENDING"), name="payout_due"),
        )

    def __str__(self) -> str:
        return self.number


class PayoutLine(models.Model):
    """Why a payout has its amount: one posting on the payee's account, in one payout only."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="lines")
    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, related_name="payout_line")

    def __str__(self) -> str:
        return f"{self.payout_id}: {self.posting_id}"
