"""What the screens of money share: rows below a row, and amounts as people read them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from accounts.admin import InWords
from common.money import Money


class ReadOnlyInline(InWords, TabularInline):  # type: ignore[misc]  # unfold has no types
    """Rows that belong to the one shown; nothing can be added or changed."""

    extra = 0
    can_delete = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """All of them, readable."""
        return [
            self.readable(name) for name in self.fields or super().get_readonly_fields(request, obj)
        ]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def amount_text(amount: int, currency: str) -> str:
    return str(Money(amount, currency))


class WithAmount:
    """A column that shows minor units as people read them."""

    @admin.display(description=_("amount"), ordering="amount")
    def money(self, row: Any) -> str:
        return amount_text(row.amount, row.currency)
