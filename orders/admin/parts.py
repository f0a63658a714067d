"""What the moderators' pages of orders share."""

from __future__ import annotations

from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import TabularInline


class ReadOnlyInline(TabularInline):  # type: ignore[misc]  # unfold has no types
    """Rows shown under their parent and never typed over."""

    extra = 0
    can_delete = False
    hide_title = True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
