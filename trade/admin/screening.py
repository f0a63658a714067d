"""Sanctions lists with their dates; matches are decided about in orders.admin.screening."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnlyAdmin
from trade.models import SanctionsList
from trade.selectors.screening import list_standings


@admin.register(SanctionsList)
class SanctionsListAdmin(ReadOnlyAdmin):
    """Every import; `manage.py import_sanctions` brings new ones."""

    list_display = (
        "source",
        "published_on",
        "imported_at",
        "entries",
        "is_current",
        "show_standing",
        "reason",
    )
    list_filter = ("source", "is_current")

    @admin.display(description=_("Standing"))
    def show_standing(self, row: SanctionsList) -> str:
        if not row.is_current:
            return gettext("History")
        for one in list_standings(now=timezone.now()):
            if one.source == row.source:
                return gettext("Too old: nothing passes") if one.is_stale else gettext("In use")
        return gettext("Not asked")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [
            "source",
            "published_on",
            "imported_at",
            "entries",
            "digest",
            "reason",
            "is_current",
        ]
