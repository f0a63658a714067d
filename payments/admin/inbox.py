"""What providers told us."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.admin import Decision, DecisionAdmin, decision
from payments.models import ProviderEvent
from payments.services import reopen_event
from payments.states import InboxState


@admin.register(ProviderEvent)
class ProviderEventAdmin(DecisionAdmin):
    """What providers told us. Parked events failed too often and wait for a person."""

    list_display = ("received_at", "provider", "kind", "event_id", "state", "attempts")
    list_filter = ("state", "provider", "kind")
    search_fields = ("event_id",)
    ordering = ("-received_at",)
    row_name = "event"
    moderate_permission = "payments.change_providerevent"
    decisions = {
        "reopen": Decision(
            _("Try again"),
            _("It goes back to the events that wait."),
            lambda event: event.state == InboxState.PARKED,
            reopen_event,
        )
    }
    actions_detail = ("reopen",)

    @decision("reopen", decisions["reopen"].title)
    def reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "reopen")
