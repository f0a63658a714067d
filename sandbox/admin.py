"""The provider's rows, to be read; /sandbox/ has the buttons."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from sandbox.models import Delivery, Dispute, Event, Payout, Refund, Reversal, Session


def _shown(*models: type[Model]) -> Callable[[type[ModelAdmin]], type[ModelAdmin]]:
    """Registered only where the sandbox plays the provider: elsewhere it would only confuse."""
    if settings.SANDBOX_ENABLED:
        return admin.register(*models)
    return lambda screen: screen


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc] # the theme brings no types
    """A list and a page that nobody can change."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


@_shown(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ("id", "amount", "currency", "state", "failure", "card_last4", "created_at")
    list_filter = ("state", "currency")
    search_fields = ("id", "idempotency_key", "charge_id", "email")
    ordering = ("-created_at",)


@_shown(Refund, Payout)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ("id", "amount", "currency", "state", "failure", "created_at")
    list_filter = ("state", "currency")
    search_fields = ("id", "idempotency_key")
    ordering = ("-created_at",)


@_shown(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    list_display = ("id", "amount", "currency", "state", "reason", "evidence_due_at", "created_at")
    list_filter = ("state", "currency")
    search_fields = ("id", "session__id", "session__charge_id")
    ordering = ("-created_at",)


@_shown(Reversal)
class ReversalAdmin(ReadOnlyAdmin):
    list_display = ("id", "amount", "currency", "payout", "created_at")
    search_fields = ("id", "idempotency_key", "payout__id")
    ordering = ("-created_at",)


@_shown(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "object_id", "created_at")
    list_filter = ("kind",)
    search_fields = ("id", "object_id")
    ordering = ("-created_at",)


@_shown(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("event", "state", "attempts", "due_at", "last_answer")
    list_filter = ("state",)
    list_select_related = ("event",)
    search_fields = ("event__id", "event__object_id")
    ordering = ("-created_at",)
