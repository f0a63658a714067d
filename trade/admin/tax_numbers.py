"""Buyers' tax numbers: which wait, what the authority said, and the moderator's own word."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin import Decision, DecisionAdmin, decision
from common.countries import country_name
from trade.models import TaxNumberCheck
from trade.selectors.tax_numbers import authority_page
from trade.services.tax_numbers import confirm_number, refuse_number
from trade.states import TAX_NUMBER, TaxNumberState


def _may_become(new: TaxNumberState) -> Any:
    return lambda check: check.is_current and TAX_NUMBER.may(TaxNumberState(check.state), new)


DECISIONS = {
    "confirm": Decision(
        _("Confirm"),
        _(
            "Whoever buys with this number is a business for the tax, for the days that an answer"
            " holds: the platform then charges no tax of a scheme. Look the number up on the"
            " authority's page first, and compare name and address with what the buyer wrote. Say"
            " where you looked and on which day; the authority's reference, if it gave one."
        ),
        _may_become(TaxNumberState.CONFIRMED),
        confirm_number,
    ),
    "refuse": Decision(
        _("Refuse"),
        _(
            "Whoever buys with this number pays the tax of a private buyer, until you confirm it."
            " The buyer reads your reason: write nothing into it that stands in the authority's"
            " register."
        ),
        _may_become(TaxNumberState.REFUSED),
        refuse_number,
    ),
}


@admin.register(TaxNumberCheck)
class TaxNumberCheckAdmin(DecisionAdmin):
    """What buyers gave; a number is confirmed or refused here, never typed over."""

    list_display = (
        "number",
        "show_country",
        "show_state",
        "show_claims",
        "source",
        "opened_at",
        "asked_at",
        "last_word",
        "expires_at",
    )
    list_filter = ("state", "source", "country", "is_current")
    search_fields = ("number", "claims__business_name", "claims__email")
    ordering = ("-opened_at",)
    row_name = "check"
    moderate_permission = "trade.change_taxnumbercheck"
    decisions = DECISIONS
    actions_detail = ("confirm", "refuse")
    fieldsets = (
        (None, {"fields": ("number", "show_country", "state", "show_page")}),
        (_("Given by"), {"fields": ("show_claimants", "opened_at")}),
        (
            _("What the authority said"),
            {
                "fields": (
                    "source",
                    "authority_name",
                    "authority_address",
                    "consultation_ref",
                    "asked_at",
                    "attempts",
                    "last_word",
                )
            },
        ),
        (
            _("Decision"),
            {
                "fields": (
                    "reason",
                    "decided_by",
                    "decided_at",
                    "expires_at",
                    "is_current",
                    "show_history",
                )
            },
        ),
    )
    readonly_fields = ("show_country", "show_page", "show_claimants", "show_history")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TaxNumberCheck]:
        rows: QuerySet[TaxNumberCheck] = super().get_queryset(request)
        return rows.annotate(times_given=Count("claims"))

    @admin.display(description=_("Country"))
    def show_country(self, check: TaxNumberCheck) -> str:
        return country_name(check.country)

    @admin.display(description=_("Times given"))
    def show_claims(self, check: TaxNumberCheck) -> int:
        given: int = check.times_given  # type: ignore[attr-defined]  # annotated above
        return given

    @display(  # type: ignore[untyped-decorator]  # unfold has no types
        description=_("State"),
        ordering="state",
        label={
            TaxNumberState.UNANSWERED.value: "warning",
            TaxNumberState.CONFIRMED.value: "success",
            TaxNumberState.REFUSED.value: "danger",
        },
    )
    def show_state(self, check: TaxNumberCheck) -> tuple[str, str]:
        return check.state, check.state

    @admin.display(description=_("Look it up"))
    def show_page(self, check: TaxNumberCheck) -> str | SafeString:
        page = authority_page(check.country)
        if not page:
            return gettext("We know of no public register of this country.")
        return format_html(
            '<a class="underline" href="{}" rel="noopener noreferrer" target="_blank">{}</a>',
            page,
            page,
        )

    @admin.display(description=_("Buyers"))
    def show_claimants(self, check: TaxNumberCheck) -> SafeString | str:
        claims = check.claims.order_by("-made_at")[:20]
        return (
            format_html_join(
                "",
                "{} · {} · {} · {}<br>",
                (
                    (
                        claim.made_at.strftime("%Y-%m-%d %H:%M"),
                        claim.business_name,
                        claim.email,
                        gettext("ordered with it")
                        if claim.purchase_ref
                        else gettext("typed it at the checkout"),
                    )
                    for claim in claims
                ),
            )
            or "–"
        )

    @decision("confirm", DECISIONS["confirm"].title)
    def confirm(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "confirm")

    @decision("refuse", DECISIONS["refuse"].title)
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "refuse")
