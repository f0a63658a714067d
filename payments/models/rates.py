"""What one currency costs in another, and what was promised."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from payments.states import ProposalState


class Rate(models.Model):
    """Units of `currency` for one euro, as a source published it for `as_of`.

    held_back: it moved so far that a person has to approve it before anything is priced with it.
    """

    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=32, decimal_places=18)
    source = models.CharField(max_length=20)
    as_of = models.DateField()
    fetched_at = models.DateTimeField(default=timezone.now)
    held_back = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["currency", "source", "as_of"], name="rate_once"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_positive"),
        )
        indexes = (models.Index(fields=["currency", "source", "-as_of"], name="rate_latest"),)

    def __str__(self) -> str:
        return f"1 EUR = {self.rate.normalize():f} {self.currency}"


class Quote(models.Model):
    """The rate promised to a buyer. Immutable.

    mid: units of to_currency (buyer's) for one unit of from_currency (seller's) at mid market;
    rate: mid with the spread in it, what prices are converted at. Same currency: both 1, spread 0.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    from_currency = models.CharField(max_length=3)
    to_currency = models.CharField(max_length=3)
    mid = models.DecimalField(max_digits=30, decimal_places=15)
    spread_bp = models.PositiveIntegerField()
    rate = models.DecimalField(max_digits=30, decimal_places=15)
    source = models.CharField(max_length=40)
    as_of = models.DateField()
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"1 {self.from_currency} = {self.rate.normalize():f} {self.to_currency}"


class RateProposal(models.Model):
    """A rate that one moderator enters and another one approves; only then it is used.

    rate: units of `currency` for one euro, for `as_of`. A decided proposal never changes.
    """

    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=32, decimal_places=18)
    as_of = models.DateField()
    reason = models.TextField()
    state = models.CharField(max_length=10, default=ProposalState.PENDING)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_proposal_positive"),
            models.CheckConstraint(
                condition=Q(state=ProposalState.PENDING, decided_by=None, decided_at=None)
                | (
                    ~Q(state=ProposalState.PENDING)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="rate_proposal_decided",
            ),
            # Four eyes: nobody approves what they entered.
            models.CheckConstraint(
                condition=~Q(state=ProposalState.APPROVED) | ~Q(decided_by=F("proposed_by")),
                name="rate_proposal_four_eyes",
            ),
        )

    def __str__(self) -> str:
        return f"1 EUR = {self.rate.normalize():f} {self.currency}"


class SpreadRule(models.Model):
    """What is added to the middle rate of a pair, in basis points; empty currency: any.

    In force from `valid_from` until the day before `valid_to`. A rule is ended, never changed.
    """

    from_currency = models.CharField(max_length=3, blank=True)
    to_currency = models.CharField(max_length=3, blank=True)
    basis_points = models.PositiveIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    reason = models.TextField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(basis_points__lte=2000), name="spread_rule_at_most_a_fifth"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="spread_rule_period",
            ),
            models.UniqueConstraint(
                fields=["from_currency", "to_currency"],
                condition=Q(valid_to__isnull=True),
                name="spread_rule_one_open",
            ),
        )

    def __str__(self) -> str:
        pair = f"{self.from_currency or '*'} → {self.to_currency or '*'}"
        return f"{pair}: {self.basis_points} bp"


class RateFetch(models.Model):
    """One look at a source: how many rates were new, or why there was no answer."""

    source = models.CharField(max_length=20)
    fetched_at = models.DateTimeField(default=timezone.now, db_index=True)
    new_rates = models.PositiveIntegerField(default=0)
    held_back = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "rate fetches"

    def __str__(self) -> str:
        return f"{self.source} {self.error or self.new_rates}"
