"""What was sent to payees, and why it had that amount."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from common.money import Money
from notifications.models import EffectRow
from payments.models.ledger import Posting
from payments.models.payees import Payee
from payments.states import BankLineState, TransferState


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
    try_number = models.PositiveSmallIntegerField(default=1, db_default=1)
    reversed_amount = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["payee", "currency", "period"], name="payout_once_a_period"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_amount_positive"),
            models.CheckConstraint(
                condition=Q(reversed_amount__gte=0) & Q(reversed_amount__lte=models.F("amount")),
                name="payout_reversed_within",
            ),
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


class Reversal(EffectRow):
    """A part of a payout asked back from the payee's account at the provider, to pay its debt.

    refund: for which the seller's balance was short; it waits until this has been tried. try_number goes up only after the provider has definitely refused.
    """

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="reversals")
    key = models.CharField(max_length=120, unique=True)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    refund = models.ForeignKey(
        "payments.Refund", null=True, on_delete=models.PROTECT, related_name="reversals"
    )
    reason = models.CharField(max_length=200, blank=True)
    transfer = models.CharField(max_length=10, default=TransferState.PENDING)
    provider_ref = models.CharField(max_length=120, blank=True, db_index=True)
    try_number = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="reversal_amount_positive"),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=Q(state="PENDING"), name="reversal_due"),
        )

    def __str__(self) -> str:
        return f"{Money(self.amount, self.currency)} {self.transfer}"


class ReserveHold(models.Model):
    """What was kept of one release; minor units. used_amount went to refunds of the payee."""

    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="reserves")
    order_ref = models.UUIDField(unique=True)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    used_amount = models.BigIntegerField(default=0)
    release_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                & Q(used_amount__gte=0)
                & Q(used_amount__lte=models.F("amount")),
                name="reserve_within",
            ),
        )
        indexes = (
            models.Index(
                fields=["release_at"], condition=Q(released_at__isnull=True), name="reserve_open"
            ),
        )

    def __str__(self) -> str:
        return str(Money(self.amount - self.used_amount, self.currency))


class BankFile(models.Model):
    """A payment order to the platform's own bank (ISO 20022 pain.001), in one currency.

    xml: encrypted by `key_id`, because account numbers stand in it. digest: SHA-256 of the file
    itself, which tells that it is still the one that was made.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message_id = models.CharField(max_length=35, unique=True)
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField()
    count = models.PositiveIntegerField()
    execute_on = models.DateField()
    xml = models.TextField()
    key_id = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.message_id


class BankFileLine(models.Model):
    """One payout by bank file; end_to_end_id is how the bank's answers name it.

    account: where it went; chosen when the file is made, so that what waits goes to the account
    that its payee has then.
    """

    payout = models.OneToOneField(Payout, on_delete=models.PROTECT, related_name="bank_line")
    file = models.ForeignKey(BankFile, null=True, on_delete=models.PROTECT, related_name="lines")
    end_to_end_id = models.CharField(max_length=35, unique=True)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    account = models.ForeignKey("payments.BankAccount", null=True, on_delete=models.PROTECT)
    state = models.CharField(max_length=10, default=BankLineState.WAITING)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state=BankLineState.WAITING)
                | Q(file__isnull=False, account__isnull=False),
                name="bank_line_sent_somewhere",
            ),
        )
        indexes = (
            models.Index(
                fields=["currency"],
                condition=Q(state=BankLineState.WAITING),
                name="bank_line_waiting",
            ),
        )

    def __str__(self) -> str:
        return self.end_to_end_id


class BankAnswer(models.Model):
    """A file that the bank sent back (pain.002 or camt.054), taken in once.

    lines: how many payments it speaks of. applied: they changed something; repeated: known
    already; unknown: not ours; refused: they contradict what we sent, and changed nothing. report:
    a list of {"id", "result", "detail"} of the lines that a person should see.
    """

    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)
    lines = models.PositiveIntegerField(default=0)
    applied = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=list)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    imported_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name
