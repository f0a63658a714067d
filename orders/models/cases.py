"""What buyers complain of: a case about an order, what was said in it, and how it ended."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from orders.models.purchases import Order
from orders.states import OPEN_CASE_STATES, CaseKind, CaseState


class Case(models.Model):
    """A buyer's complaint about an order. While it is open nothing of the order is released.

    Amounts are minor units of the order's (the buyer's) currency. wanted_amount: with REFUND_PART;
    offer_amount: what the seller offers, until the buyer has answered; outcome_amount: what went
    back in the end. due_at: until when whoever's turn it is should act. decided_by: a Party.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="cases")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(max_length=20)
    wanted = models.CharField(max_length=12)
    wanted_amount = models.BigIntegerField(null=True)
    offer_amount = models.BigIntegerField(null=True)
    outcome_amount = models.BigIntegerField(default=0)
    state = models.CharField(max_length=16, default=CaseState.OPEN)
    decided_by = models.CharField(max_length=10, blank=True)
    reason = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-opened_at", "-id")
        indexes = (
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=[state.value for state in OPEN_CASE_STATES]),
                name="case_open_due",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state__in=[state.value for state in OPEN_CASE_STATES]),
                name="case_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CaseState]),
                name="case_state_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in CaseKind]), name="case_kind_known"
            ),
            models.CheckConstraint(
                condition=(Q(wanted_amount__isnull=True) | Q(wanted_amount__gt=0))
                & (Q(offer_amount__isnull=True) | Q(offer_amount__gt=0))
                & Q(outcome_amount__gte=0),
                name="case_amounts",
            ),
        )

    def __str__(self) -> str:
        return f"{self.order} {self.kind}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_CASE_STATES

    @property
    def cause(self) -> str:
        """The name under which it freezes what is held (payments.services.held)."""
        return f"case:{self.pk}"


class CaseMessage(models.Model):
    """Something said in a case; only the parties and the moderators read it.

    author_role: a Party. offer_amount: the part that was offered with it, minor units of the
    buyer's currency.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    author_role = models.CharField(max_length=10)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    text = models.TextField(blank=True)
    offer_amount = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.author_role} {self.case_id}"


class CaseFile(models.Model):
    """A picture (drawn again) or a PDF; kept in the database, so that no public address leads to it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(CaseMessage, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=60)
    content = models.BinaryField()

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name
