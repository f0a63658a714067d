"""Exchange rates and the quotes made of them."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.admin import Decision, DecisionAdmin, ReadOnlyAdmin, decision
from payments.models import Quote, Rate
from payments.services import approve_rate


@admin.register(Rate)
class RateAdmin(DecisionAdmin):
    """Exchange rates; those held back moved more than a tenth at once."""

    list_display = ("currency", "rate", "source", "as_of", "held_back", "fetched_at")
    list_filter = ("held_back", "source", "currency")
    search_fields = ("currency",)
    ordering = ("-as_of", "currency")
    row_name = "rate"
    moderate_permission = "payments.change_rate"
    decisions = {
        "approve": Decision(
            _("Approve"),
            _("It moved more than a tenth at once. Prices are converted at it from now on."),
            lambda rate: rate.held_back,
            approve_rate,
        )
    }
    actions_detail = ("approve",)

    @decision("approve", decisions["approve"].title)
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "approve")


@admin.register(Quote)
class QuoteAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "from_currency", "to_currency", "mid", "rate", "source", "as_of")
    list_filter = ("source", "from_currency", "to_currency")
    ordering = ("-created_at",)
    show_full_result_count = False
