"""What providers told us."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from payments.states import DifferenceState, InboxState


class ProviderEvent(models.Model):
    """The inbox: an event a provider told us, stored before anything is done with it."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80)
    payload = models.JSONField()
    state = models.CharField(max_length=10, default=InboxState.NEW)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_once"),
        )
        indexes = (
            models.Index(fields=["received_at"], condition=Q(state="NEW"), name="inbox_new"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class BalanceTransaction(models.Model):
    """One movement of our balance at a provider, as the provider booked it.

    amount, fee and net (amount less fee) are in `currency`, minor units, positive when our balance
    grows. exchange_rate: units of currency for one of source_currency, when the provider converted;
    source_amount is what it converted. source_ref: the provider's id of what moved; subject_ref:
    our own row's id, where the provider told it. booked_at: when the ledger took it in.
    """

    provider = models.CharField(max_length=20)
    ref = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    source_ref = models.CharField(max_length=120, blank=True, db_index=True)
    subject_ref = models.CharField(max_length=64, blank=True, db_index=True)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    fee = models.BigIntegerField(default=0)
    net = models.BigIntegerField()
    source_currency = models.CharField(max_length=3, blank=True)
    source_amount = models.BigIntegerField(null=True)
    exchange_rate = models.DecimalField(max_digits=30, decimal_places=15, null=True)
    available_on = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    fetched_at = models.DateTimeField(default=timezone.now)
    booked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["provider", "ref"], name="balance_transaction_once"),
            models.CheckConstraint(
                condition=Q(net=models.F("amount") - models.F("fee")),
                name="balance_transaction_adds_up",
            ),
        )
        indexes = (
            models.Index(fields=["provider", "made_at"], name="balance_transaction_made"),
            models.Index(
                fields=["made_at"],
                condition=Q(booked_at__isnull=True),
                name="balance_transaction_open",
            ),
        )

    def __str__(self) -> str:
        return self.ref


class ReconciliationRun(models.Model):
    """One comparison of a provider's movements with our books."""

    provider = models.CharField(max_length=20)
    since = models.DateTimeField()
    until = models.DateTimeField()
    matched = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    extra = models.PositiveIntegerField(default=0)
    different = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.provider} {self.since:%Y-%m-%d}"


class Difference(models.Model):
    """Something that a reconciliation found, until a person has put it right by a new entry.

    subject: our row (payment, refund, payout, reversal, dispute) by its id, or the provider's id of
    what we know nothing of. Amounts are in `currency`, minor units, positive when our balance there
    grows; null: that side knows nothing of it.
    """

    run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT, related_name="differences")
    last_run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT, related_name="+")
    provider = models.CharField(max_length=20)
    kind = models.CharField(max_length=10)
    movement = models.CharField(max_length=20)
    subject = models.CharField(max_length=120)
    provider_ref = models.CharField(max_length=120, blank=True)
    currency = models.CharField(max_length=3)
    our_amount = models.BigIntegerField(null=True)
    provider_amount = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, default=DifferenceState.OPEN)
    reason = models.TextField(blank=True)
    entry = models.ForeignKey("payments.Entry", null=True, on_delete=models.PROTECT)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["provider", "subject", "currency"],
                condition=Q(state="OPEN"),
                name="difference_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.provider_ref or self.subject}"
