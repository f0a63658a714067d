"""Buyers' tax numbers: what an authority or a moderator said about each, and who gave it."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trade.states import TaxNumberState


class TaxNumberCheck(models.Model):
    """One asking about a number, with the answer; when that is too old a new row is begun.

    country: of delivery. number: as clean_buyer_number has it. authority_name, authority_address:
    what the authority's register says, for moderators only. consultation_ref: its proof that we
    asked. last_word: why there is no answer yet. next_ask_at: not asked again before. expires_at:
    until when the answer holds, None for ever (a moderator's refusal).
    """

    class Source(models.TextChoices):
        VIES = "vies", _("VIES")
        MODERATOR = "moderator", _("A moderator")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    country = models.CharField(_("Country"), max_length=2)
    number = models.CharField(_("Number"), max_length=40)
    state = models.CharField(_("State"), max_length=10, default=TaxNumberState.UNANSWERED)
    source = models.CharField(_("Said by"), max_length=10, choices=Source.choices, blank=True)
    authority_name = models.TextField(_("Name in the register"), blank=True)
    authority_address = models.TextField(_("Address in the register"), blank=True)
    consultation_ref = models.CharField(_("Number of the consultation"), max_length=80, blank=True)
    opened_at = models.DateTimeField(_("First given"), default=timezone.now)
    asked_at = models.DateTimeField(_("Last asked"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("Times asked without an answer"), default=0)
    next_ask_at = models.DateTimeField(null=True, blank=True)
    last_word = models.CharField(_("Last word"), max_length=80, blank=True)
    expires_at = models.DateTimeField(_("Holds until"), null=True, blank=True)
    is_current = models.BooleanField(_("In use"), default=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("Decided at"), null=True, blank=True)
    reason = models.TextField(_("Reason"), blank=True)

    class Meta:
        verbose_name = _("buyer's tax number")
        verbose_name_plural = _("buyers' tax numbers")
        ordering = ("-opened_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["country", "number"],
                condition=Q(is_current=True),
                name="tax_number_check_one_current",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in TaxNumberState]),
                name="tax_number_check_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state=TaxNumberState.UNANSWERED)
                | (Q(decided_at__isnull=False) & ~Q(source="")),
                name="tax_number_check_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=TaxNumberState.CONFIRMED) | Q(expires_at__isnull=False),
                name="tax_number_check_confirmed_for_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(source="moderator") | (Q(decided_by__isnull=False) & ~Q(reason="")),
                name="tax_number_check_moderator_with_reason",
            ),
        )

    def __str__(self) -> str:
        # Goes into the audit trail, which holds no numbers of people.
        return f"{self.country} …{self.number[-4:]}"

    def holds(self, now: datetime) -> bool:
        """Whether what was said is recent enough to go by."""
        return self.expires_at is None or now < self.expires_at


class TaxNumberClaim(models.Model):
    """Somebody said that the number is its own; whom to tell, and proof of what a purchase relied on.

    purchase_ref: what was bought with it, None where it was only typed by somebody signed in.
    counted: whether it was confirmed at that moment, and the purchase priced as a business's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    about = models.ForeignKey(TaxNumberCheck, on_delete=models.PROTECT, related_name="claims")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    email = models.EmailField(max_length=254)
    language = models.CharField(max_length=12, blank=True)
    business_name = models.CharField(max_length=120)
    purchase_ref = models.UUIDField(null=True, blank=True, db_index=True)
    counted = models.BooleanField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["about", "email", "purchase_ref"],
                nulls_distinct=False,
                name="tax_number_claim_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.about} · {self.purchase_ref or '–'}"
