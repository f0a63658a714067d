"""Sanctions lists as they were imported, who is on them, and matches that a moderator decides."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trade.states import ScreeningState


class SanctionsList(models.Model):
    """One import of one list. Older ones stay as history; only the current one has parties.

    published_on: the day that the list itself states. imported_at: when we last took it in, which is
    what its age is counted from. reason: why a doubtful one was taken all the same.
    """

    source = models.CharField(_("List"), max_length=8)
    published_on = models.DateField(_("Published on"))
    imported_at = models.DateTimeField(_("Imported at"), default=timezone.now)
    entries = models.PositiveIntegerField(_("Entries"))
    digest = models.CharField(max_length=64)
    reason = models.TextField(blank=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("sanctions list")
        verbose_name_plural = _("sanctions lists")
        ordering = ("-imported_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["source"], condition=Q(is_current=True), name="sanctions_list_one_current"
            ),
            models.CheckConstraint(condition=Q(entries__gt=0), name="sanctions_list_has_entries"),
        )

    def __str__(self) -> str:
        return f"{self.source.upper()} {self.published_on}"


class SanctionedParty(models.Model):
    """An entry of a current list.

    names: [{"text": …, "weak": bool}]. countries: ISO codes; born: years. places: [{"street": …,
    "town": …}], either may be "". digest: of all that it says, so that a decision about it holds only
    while it says the same.
    """

    edition = models.ForeignKey(SanctionsList, on_delete=models.CASCADE, related_name="parties")
    ref = models.CharField(max_length=80)
    kind = models.CharField(max_length=8)
    names = models.JSONField()
    countries = models.JSONField(default=list)
    born = models.JSONField(default=list)
    places = models.JSONField(default=list, db_default=[])
    programme = models.TextField(blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["edition", "ref"], name="sanctioned_party_once_a_list"),
        )

    def __str__(self) -> str:
        return self.ref


class ScreeningCase(models.Model):
    """A business or buyer that resembles an entry.

    subject_ref: the business; None for a buyer. subject_key: a digest of who was asked about, so
    that the same buyer is known again; owner_digest: of a buyer's e-mail address alone, so that it
    can be told what was asked about it. asked: names as given. explanation: the parts of the score.
    list_dates: source to the day of the list that was asked.
    """

    class Kind(models.TextChoices):
        BUSINESS = "BUSINESS", _("Business")
        BUYER = "BUYER", _("Buyer")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_kind = models.CharField(_("Who"), max_length=8, choices=Kind.choices)
    subject_ref = models.UUIDField(null=True, blank=True, db_index=True)
    subject_key = models.CharField(max_length=64)
    owner_digest = models.CharField(
        max_length=64, blank=True, default="", db_default="", db_index=True
    )
    asked = models.JSONField()
    country = models.CharField(_("Country"), max_length=2, blank=True)
    source = models.CharField(_("List"), max_length=8)
    entry_ref = models.CharField(_("Number on the list"), max_length=80)
    entry_digest = models.CharField(max_length=64)
    entry = models.JSONField()
    score = models.PositiveSmallIntegerField(_("Score"))
    explanation = models.JSONField()
    list_dates = models.JSONField()
    state = models.CharField(_("State"), max_length=9, default=ScreeningState.OPEN)
    opened_at = models.DateTimeField(_("Opened at"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("sanctions match")
        verbose_name_plural = _("sanctions matches")
        ordering = ("-opened_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["subject_kind", "subject_key", "source", "entry_ref", "entry_digest"],
                name="screening_case_once_a_subject_and_entry",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ScreeningState]),
                name="screening_case_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state=ScreeningState.OPEN)
                | (Q(decided_at__isnull=False) & ~Q(reason="")),
                name="screening_case_decided_with_reason",
            ),
        )

    def __str__(self) -> str:
        # Goes into the audit trail, which holds no names.
        return f"{self.source.upper()} {self.entry_ref} · {self.score}"


class ScreenedBusiness(models.Model):
    """When a business was last asked about, and with which lists; what a sweep still has to do."""

    business_ref = models.UUIDField(primary_key=True)
    subject_key = models.CharField(max_length=64)
    lists = models.CharField(max_length=200)
    screened_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.business_ref)


class ScreenedPurchase(models.Model):
    """When the buyer of an open purchase was last asked about, and with which lists.

    subject_key: of its cases, "" where it resembles nobody; so a decision finds what it is about.
    """

    purchase_ref = models.UUIDField(primary_key=True)
    subject_key = models.CharField(max_length=64, blank=True, db_index=True)
    lists = models.CharField(max_length=200)
    screened_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.purchase_ref)
