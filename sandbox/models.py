"""The sandbox provider's own books. Nobody outside reads them but through its services."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from sandbox.states import DeliveryState, DisputeState, SessionState, TransferState


class ProviderObject(models.Model):
    """What every object of the provider has. `digest` is of the request that made it."""

    id = models.CharField(primary_key=True, max_length=40)
    idempotency_key = models.CharField(max_length=255, unique=True)
    digest = models.CharField(max_length=64)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    webhook_url = models.CharField(max_length=500)
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class Session(ProviderObject):
    """A hosted payment page for one amount; charge_id is set once the money is captured.

    challenged: the bank waits for the buyer's confirmation. bank_pending: a slow transfer is under
    way, which may arrive after the session has expired. drop_next, send_twice, send_late and
    send_first are the faults that its next event suffers.
    """

    description = models.CharField(max_length=200)
    merchant = models.CharField(max_length=80, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=12, default="en")
    success_url = models.CharField(max_length=500)
    cancel_url = models.CharField(max_length=500)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=SessionState.OPEN.value)
    failure = models.CharField(max_length=40, blank=True)
    charge_id = models.CharField(max_length=40, null=True, blank=True, unique=True)
    card_brand = models.CharField(max_length=20, blank=True)
    card_last4 = models.CharField(max_length=4, blank=True)
    declines = models.PositiveSmallIntegerField(default=0)
    challenged = models.BooleanField(default=False)
    bank_pending = models.BooleanField(default=False)
    refunded_amount = models.BigIntegerField(default=0)
    paid_at = models.DateTimeField(null=True, blank=True)
    drop_next = models.BooleanField(default=False)
    send_twice = models.BooleanField(default=False)
    send_late = models.BooleanField(default=False)
    send_first = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="sandbox_session_positive"),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0) & Q(refunded_amount__lte=models.F("amount")),
                name="sandbox_session_refund_within",
            ),
            models.CheckConstraint(
                condition=Q(state="PAID", charge_id__isnull=False)
                | (~Q(state="PAID") & Q(charge_id__isnull=True)),
                name="sandbox_session_charged_when_paid",
            ),
        )
        indexes = (
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=["OPEN", "PROCESSING"]),
                name="sandbox_session_unfinished",
            ),
        )

    def __str__(self) -> str:
        return self.id


class Refund(ProviderObject):
    """Money back to the card of one charge."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="refunds")
    state = models.CharField(max_length=10, default=TransferState.PENDING.value)
    failure = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="sandbox_refund_positive"),
        )

    def __str__(self) -> str:
        return self.id


class Payout(ProviderObject):
    """Money to a bank account; will_return: its bank sends it back some seconds after paying."""

    destination = models.JSONField()
    will_return = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default=TransferState.PENDING.value)
    failure = models.CharField(max_length=40, blank=True)
    reversed_amount = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="sandbox_payout_positive"),
            models.CheckConstraint(
                condition=Q(reversed_amount__gte=0) & Q(reversed_amount__lte=models.F("amount")),
                name="sandbox_payout_reversed_within",
            ),
        )

    def __str__(self) -> str:
        return self.id


class Reversal(ProviderObject):
    """A part of a paid payout taken back from its bank account."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="reversals")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="sandbox_reversal_positive"),
        )

    def __str__(self) -> str:
        return self.id


class Dispute(ProviderObject):
    """A buyer's bank wants a charge back.

    taken_amount left the merchant's balance, returned_amount came back, both in the charge's
    currency; fee_amount in fee_currency is what the provider charges for it. evidence: what the
    merchant answered.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="disputes")
    reason = models.CharField(max_length=40)
    state = models.CharField(max_length=20, default=DisputeState.NEEDS_RESPONSE.value)
    taken_amount = models.BigIntegerField(default=0)
    returned_amount = models.BigIntegerField(default=0)
    fee_amount = models.BigIntegerField(default=0)
    fee_currency = models.CharField(max_length=3, blank=True)
    evidence = models.JSONField(default=dict)
    evidence_key = models.CharField(max_length=255, blank=True)
    evidence_due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                & Q(taken_amount__gte=models.F("returned_amount"))
                & Q(returned_amount__gte=0),
                name="sandbox_dispute_amounts",
            ),
        )

    def __str__(self) -> str:
        return self.id


class EvidenceFile(models.Model):
    """A document that the merchant sent for a dispute; the document itself is not kept."""

    id = models.CharField(primary_key=True, max_length=40)
    idempotency_key = models.CharField(max_length=255, unique=True)
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Movement(models.Model):
    """One movement of the merchant's balance here; amounts in minor units of `currency`.

    net = amount less fee; positive makes the balance grow. Where the provider converted,
    source_amount of source_currency became `amount` at exchange_rate.
    """

    id = models.CharField(primary_key=True, max_length=40)
    kind = models.CharField(max_length=20)
    source_id = models.CharField(max_length=40, db_index=True)
    metadata = models.JSONField(default=dict)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    fee = models.BigIntegerField(default=0)
    net = models.BigIntegerField()
    source_currency = models.CharField(max_length=3)
    source_amount = models.BigIntegerField()
    exchange_rate = models.DecimalField(max_digits=30, decimal_places=15, null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(net=models.F("amount") - models.F("fee")), name="sandbox_movement_net"
            ),
        )

    def __str__(self) -> str:
        return self.id


class Event(models.Model):
    """Something that happened to an object, as it was then; the merchant is told of it."""

    id = models.CharField(primary_key=True, max_length=40)
    kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40, db_index=True)
    data = models.JSONField()
    webhook_url = models.CharField(max_length=500)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class Delivery(models.Model):
    """One telling of an event to the merchant's webhook, until it is taken."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10, default=DeliveryState.PENDING.value)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_answer = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["due_at"], condition=Q(state="PENDING"), name="sandbox_delivery_due"
            ),
        )
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.event_id}, attempt {self.attempts}"
