"""What the moderators' pages of orders share."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import TabularInline

from accounts.admin import InWords


class ReadOnlyInline(InWords, TabularInline):  # type: ignore[misc]  # unfold has no types
    """Rows shown under their parent and never typed over."""

    extra = 0
    can_delete = False
    hide_title = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """All of them, readable."""
        return [
            self.readable(name) for name in self.fields or super().get_readonly_fields(request, obj)
        ]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
