"""Sanctions lists with their dates, and the queue of matches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin import Decision, DecisionAdmin, ReadOnlyAdmin, decision
from common.countries import country_name
from trade.models import SanctionsList, ScreeningCase
from trade.selectors.screening import list_standings
from trade.selectors.screening_words import say_asked, say_entry, say_list_dates, say_reasons
from trade.services.screening import clear_match, confirm_match
from trade.states import SCREENING, ScreeningState

DECISIONS = {
    "clear": Decision(
        _("Somebody else"),
        _(
            "Whoever was held may go on. Asked about again, it passes until the list says something"
            " else about this party. Say what tells the two apart."
        ),
        lambda case: SCREENING.may(ScreeningState(case.state), ScreeningState.CLEARED),
        clear_match,
        done=_("Done. It passes from now on."),
    ),
    "confirm": Decision(
        _("The same party"),
        _(
            "Nothing is sold to it and it is not approved as a seller. A business that sells already"
            " must be suspended as well. Say what you went by: most laws want a report, too."
        ),
        lambda case: SCREENING.may(ScreeningState(case.state), ScreeningState.CONFIRMED),
        confirm_match,
        done=_("Done. Nothing goes on with it."),
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
        (None, {"fields": ("show_asked", "subject_kind", "show_country", "show_subject", "state")}),
        (_("On the list"), {"fields": ("source", "entry_ref", "show_entry", "show_dates")}),
        (_("Why it is here"), {"fields": ("score", "show_reasons")}),
        (_("Decision"), {"fields": ("reason", "decided_by", "decided_at", "show_history")}),
    )
    readonly_fields = (
        "show_asked",
        "show_country",
        "show_subject",
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
