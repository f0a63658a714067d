"""The queue of sanctions matches. Here and not in `trade`: a decision moves orders and businesses."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin import Decision, DecisionAdmin, decision, say_code
from common.countries import country_name
from orders.selectors.stops import orders_stopped_by
from orders.services.matches import clear_match, confirm_match
from trade.models import ScreeningCase
from trade.selectors.screening_words import say_asked, say_entry, say_list_dates, say_reasons
from trade.states import SCREENING, ScreeningState

DECISIONS = {
    "clear": Decision(
        _("Somebody else"),
        _(
            "Whoever was held may go on, and orders that were stopped, too. Asked about again, it passes"
            " until the list says something else about this party. A business that is suspended stays"
            " so until you reinstate it. Say what tells the two apart."
        ),
        lambda case: SCREENING.may(ScreeningState(case.state), ScreeningState.CLEARED),
        clear_match,
        done=_("Done. It passes from now on."),
    ),
    "confirm": Decision(
        _("The same party"),
        _(
            "Nothing is sold to it, its open orders stay stopped, and it is not approved as a seller."
            " A business that sells is suspended and its payouts are held; its owners are not told"
            " why. Say what you went by: most laws want a report, too."
        ),
        lambda case: SCREENING.may(ScreeningState(case.state), ScreeningState.CONFIRMED),
        confirm_match,
        done=_("Done. Nothing goes on with it. You have a notice about what to do."),
    ),
}


@admin.register(ScreeningCase)
class ScreeningCaseAdmin(DecisionAdmin):
    """Matches: who was asked about, whom they resemble, why, and by which lists."""

    list_display = (
        "show_asked",
        "subject_kind",
        "show_country",
        "show_listed",
        "score",
        "show_state",
        "opened_at",
    )
    list_filter = ("state", "subject_kind", "source")
    ordering = ("-opened_at",)
    row_name = "case"
    moderate_permission = "trade.change_screeningcase"
    decisions = DECISIONS
    actions_detail = ("clear", "confirm")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "show_asked",
                    "subject_kind",
                    "show_country",
                    "show_subject",
                    "show_orders",
                    "state",
                )
            },
        ),
        (_("On the list"), {"fields": ("source", "entry_ref", "show_entry", "show_dates")}),
        (_("Why it is here"), {"fields": ("score", "show_reasons")}),
        (_("Decision"), {"fields": ("reason", "decided_by", "decided_at", "show_history")}),
    )
    readonly_fields = (
        "show_asked",
        "show_country",
        "show_subject",
        "show_orders",
        "show_entry",
        "show_dates",
        "show_reasons",
        "show_history",
    )

    @admin.display(description=_("Asked about"))
    def show_asked(self, case: ScreeningCase) -> str:
        return say_asked(case)

    @admin.display(description=_("Country"))
    def show_country(self, case: ScreeningCase) -> str:
        return country_name(case.country) if case.country else "–"

    @admin.display(description=_("Number here"))
    def show_subject(self, case: ScreeningCase) -> str:
        return str(case.subject_ref or "–")

    @admin.display(description=_("Orders that it stops"))
    def show_orders(self, case: ScreeningCase) -> str:
        rows = (
            (
                reverse("admin:orders_order_change", args=[order.pk]),
                order.number,
                say_code(order.state, always=True),
            )
            for order in orders_stopped_by(case=case)
        )
        return format_html_join("", '<a href="{}">{}</a> · {}<br>', rows) or "–"

    @admin.display(description=_("Resembles"))
    def show_listed(self, case: ScreeningCase) -> str:
        return f"{case.explanation['listed']} ({case.source.upper()})"

    @display(  # type: ignore[untyped-decorator]  # unfold has no types
        description=_("State"),
        ordering="state",
        label={
            ScreeningState.OPEN.value: "warning",
            ScreeningState.CLEARED.value: "success",
            ScreeningState.CONFIRMED.value: "danger",
        },
    )
    def show_state(self, case: ScreeningCase) -> tuple[str, str]:
        return case.state, case.state

    @admin.display(description=_("What the list says"))
    def show_entry(self, case: ScreeningCase) -> SafeString:
        return _lines(f"{title}: {text}" for title, text in say_entry(case))

    @admin.display(description=_("Lists that were asked"))
    def show_dates(self, case: ScreeningCase) -> str:
        return say_list_dates(case)

    @admin.display(description=_("In words"))
    def show_reasons(self, case: ScreeningCase) -> SafeString:
        return _lines(say_reasons(case))

    @decision("clear", DECISIONS["clear"].title)
    def clear(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "clear")

    @decision("confirm", DECISIONS["confirm"].title)
    def confirm(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "confirm")


def _lines(texts: Iterable[str]) -> SafeString:
    return format_html_join("", "{}<br>", ((text,) for text in texts))
