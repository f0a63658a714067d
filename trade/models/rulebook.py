"""What moderators add to the shipped rulebook."""

from __future__ import annotations

from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class RulebookChange(models.Model):
    """One act of a moderator on the rulebook; never edited, so that this table is the history.

    ADD: `content` is a row as the files write one (kind, scope, effect, valid_from, source …) of
    the file `book`. END: the row `row_id`, shipped or added, holds until `valid_to` at the latest.
    """

    class Action(StrEnum):
        ADD = "ADD"
        END = "END"

    action = models.CharField(max_length=3)
    book = models.CharField(max_length=8)
    row_id = models.CharField(max_length=80)
    content = models.JSONField(default=dict)
    valid_to = models.DateField(null=True, blank=True)
    reason = models.TextField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(action="ADD") | Q(action="END", valid_to__isnull=False),
                name="rulebook_change_says_what",
            ),
            models.UniqueConstraint(
                fields=["row_id"], condition=Q(action="ADD"), name="rulebook_row_added_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.row_id}"
