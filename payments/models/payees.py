"""Whom we pay out to."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from payments.states import PayoutSchedule, TransfersState


class Payee(models.Model):
    """Whom we pay out to: always in `currency`, by `provider`, to `destination`.

    schedule_day: 1 (Monday) to 7 for WEEKLY, 1 to 28 for MONTHLY. minimum_amount: minor units; less
    than that waits for the next time. reserve_bp of each release, in hundredths of a percent, is
    kept for reserve_days, for releases until reserve_until. cooling_off_until: nothing is paid
    before, because the bank account has just been changed. hold_causes: why payouts are held, by
    cause; payouts_held says whether there is any, hold_reason what the seller reads.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    provider = models.CharField(max_length=20, default="sandbox")
    destination = models.JSONField(default=dict)
    payouts_held = models.BooleanField(default=False)
    hold_reason = models.CharField(max_length=200, blank=True)
    hold_causes = models.JSONField(default=dict, db_default={})
    schedule = models.CharField(
        max_length=10, default=PayoutSchedule.DAILY, db_default=PayoutSchedule.DAILY.value
    )
    schedule_day = models.PositiveSmallIntegerField(default=1, db_default=1)
    minimum_amount = models.BigIntegerField(default=0, db_default=0)
    reserve_bp = models.PositiveIntegerField(default=0, db_default=0)
    reserve_days = models.PositiveSmallIntegerField(default=0, db_default=0)
    reserve_until = models.DateTimeField(null=True, blank=True)
    cooling_off_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class ConnectedAccount(models.Model):
    """A payee's own account at a provider, and what the provider still wants to know.

    requirements: a list of {"code", "due"}: the provider's own name of what is missing, and until
    when (ISO date or empty).
    """

    payee = models.OneToOneField(Payee, on_delete=models.PROTECT, related_name="account")
    provider = models.CharField(max_length=20)
    account_ref = models.CharField(max_length=120, blank=True)
    transfers = models.CharField(max_length=10, default=TransfersState.NONE)
    requirements = models.JSONField(default=list)
    livemode = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["provider", "account_ref"],
                condition=~Q(account_ref=""),
                name="connected_account_once",
            ),
        )

    def __str__(self) -> str:
        return self.account_ref


class BankAccount(models.Model):
    """Where a payee's bank payouts go. The number itself is encrypted (`sealed`, by `key_id`).

    scheme: "iban" or a country's local format. hint: the last characters, for people. One is
    current (replaced_at is null). usable_from: the end of its cooling-off.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="bank_accounts")
    scheme = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    sealed = models.TextField()
    key_id = models.CharField(max_length=20)
    hint = models.CharField(max_length=8)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    usable_from = models.DateTimeField(default=timezone.now)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["payee"], condition=Q(replaced_at__isnull=True), name="bank_account_current"
            ),
        )

    def __str__(self) -> str:
        return f"{self.country} …{self.hint}"
