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
    returned_amount: what it gave back. All in `currency`, the payment's, minor units. fee_amount in
    fee_currency is the provider's own fee.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    provider = models.CharField(max_length=20)
    provider_ref = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    taken_amount = models.BigIntegerField(default=0)
    returned_amount = models.BigIntegerField(default=0)
    fee_amount = models.BigIntegerField(default=0)
    fee_currency = models.CharField(max_length=3, blank=True)
    reason = models.CharField(max_length=60)
    state = models.CharField(max_length=20, default=DisputeState.NEEDS_RESPONSE)
    evidence_due_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)

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
        )

    def __str__(self) -> str:
        return f"{self.provider_ref} {Money(self.amount, self.currency)} {self.state}"


class DisputeShare(models.Model):
    """The part of a dispute that falls on one order: `amount` in the buyer's currency.

    blocked_amount: what was taken out of the seller's balance until the decision, in its currency.
    """

    dispute = models.ForeignKey(ProviderDispute, on_delete=models.PROTECT, related_name="shares")
    held = models.ForeignKey(HeldPayment, on_delete=models.PROTECT, related_name="dispute_shares")
    amount = models.BigIntegerField()
    blocked_amount = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["dispute", "held"], name="dispute_share_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(blocked_amount__gte=0), name="dispute_share_amounts"
            ),
        )

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.amount}"


class DisputeEvidence(EffectRow):
    """What we answer: texts and files, sent to the provider once. texts: field name to text."""

    dispute = models.ForeignKey(ProviderDispute, on_delete=models.PROTECT, related_name="evidence")
    texts = models.JSONField(default=dict)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.state}"


class EvidenceFile(models.Model):
    """A document behind an answer; provider_ref: its id at the provider once it is there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dispute = models.ForeignKey(ProviderDispute, on_delete=models.PROTECT, related_name="files")
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
