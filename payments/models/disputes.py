"""Disputes that the buyer's bank raises at the provider, and what we answer."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from common.money import Money
from notifications.models import EffectRow
from payments.models.charges import HeldPayment, Payment
from payments.states import DisputeState


class ProviderDispute(models.Model):
    """A buyer's bank wants a payment back (a chargeback).

    amount: what is disputed; taken_amount: what the provider has taken from us for it;
    returned_amount: what it gave back; both only grow. lost_amount: what of the rest is booked as
    lost. All in `currency`, the payment's, minor units. platform_loss_amount: the part of
    lost_amount that no order and no refund stood for, so that the platform bears it. fee_amount in
    fee_currency is the provider's own fee. entry_count numbers the keys of what is booked more than
    once. reminded_at: when the sellers were told that the time to answer runs out.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    provider = models.CharField(max_length=20)
    provider_ref = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    taken_amount = models.BigIntegerField(default=0)
    returned_amount = models.BigIntegerField(default=0)
    lost_amount = models.BigIntegerField(default=0, db_default=0)
    platform_loss_amount = models.BigIntegerField(default=0, db_default=0)
    fee_amount = models.BigIntegerField(default=0)
    fee_currency = models.CharField(max_length=3, blank=True)
    reason = models.CharField(max_length=60)
    state = models.CharField(max_length=20, default=DisputeState.NEEDS_RESPONSE)
    evidence_due_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    entry_count = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["provider", "provider_ref"], name="dispute_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                & Q(taken_amount__gte=0)
                & Q(returned_amount__gte=0)
                & Q(returned_amount__lte=models.F("taken_amount")),
                name="dispute_amounts",
            ),
            models.CheckConstraint(
                condition=Q(platform_loss_amount__gte=0)
                & Q(platform_loss_amount__lte=models.F("lost_amount"))
                & Q(lost_amount__lte=models.F("taken_amount") - models.F("returned_amount")),
                name="dispute_loss_within",
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider_ref} {Money(self.amount, self.currency)} {self.state}"


class DisputeShare(models.Model):
    """The part of a dispute that falls on one order: `amount` in the buyer's currency.

    blocked_amount: what was taken out of the seller's balance until the decision, in its currency;
    blocked_reserve_amount is the part of it that came out of the reserve. statement: what the
    seller has to say, not sent by itself.
    """

    dispute = models.ForeignKey(ProviderDispute, on_delete=models.PROTECT, related_name="shares")
    held = models.ForeignKey(HeldPayment, on_delete=models.PROTECT, related_name="dispute_shares")
    amount = models.BigIntegerField()
    blocked_amount = models.BigIntegerField(default=0)
    blocked_reserve_amount = models.BigIntegerField(default=0, db_default=0)
    statement = models.TextField(blank=True, default="", db_default="")
    stated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["dispute", "held"], name="dispute_share_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                & Q(blocked_reserve_amount__gte=0)
                & Q(blocked_amount__gte=models.F("blocked_reserve_amount")),
                name="dispute_share_amounts",
            ),
        )

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.amount}"


class DisputeEvidence(EffectRow):
    """What we answer: texts and files, sent to the provider once. texts: field name to text.

    gives_in: no answer, the buyer keeps the money. submitted_by is null where the last day sent it.
    """

    dispute = models.ForeignKey(ProviderDispute, on_delete=models.PROTECT, related_name="evidence")
    texts = models.JSONField(default=dict)
    gives_in = models.BooleanField(default=False, db_default=False)
    reason = models.TextField(blank=True, default="", db_default="")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["dispute"],
                condition=Q(state="PENDING"),
                name="dispute_evidence_one_at_a_time",
            ),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=Q(state="PENDING"), name="evidence_due"),
        )

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.state}"


class EvidenceFile(models.Model):
    """A document behind an answer; provider_ref: its id at the provider once it is there.

    share: whose order it is about; only that seller and moderators see it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dispute = models.ForeignKey(ProviderDispute, on_delete=models.PROTECT, related_name="files")
    share = models.ForeignKey(
        DisputeShare, null=True, on_delete=models.PROTECT, related_name="files"
    )
    purpose = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=60)
    content = models.BinaryField()
    provider_ref = models.CharField(max_length=120, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name
