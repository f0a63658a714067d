"""The review queue for businesses: every decision has a reason, a notice and a line in the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline
from unfold.decorators import action, display

from accounts.admin import (
    Decision,
    DecisionAdmin,
    OptionalReasonForm,
    ReasonForm,
    decision,
)
from common.addresses import PostalAddress
from common.countries import country_name
from common.postal import format_address
from common.tables import csv_file
from sellers.models import Business, Membership
from sellers.selectors import ReportedSeller, platform_report
from sellers.services import (
    NotScreenedError,
    approve_business,
    check_screened,
    reinstate_business,
    reject_business,
    suspend_business,
)
from sellers.states import BusinessState
from trade.services.screening import Verdict

SCREENING_SAYS = {
    Verdict.REVIEW: gettext_lazy(
        "It resembles a party on a sanctions list: decide under “Sanctions matches” first."
    ),
    Verdict.CLOSED: gettext_lazy(
        "A sanctions list is missing or too old, so nobody can be approved now. Import it first;"
        " see “Sanctions lists”."
    ),
}


class ScreenedForm(ReasonForm):
    """A reason, taken only when the sanctions lists have nothing against the business."""

    def __init__(self, *args: Any, row: Business, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row

    def clean(self) -> dict[str, Any]:
        try:
            check_screened(self.row, now=timezone.now())
        except NotScreenedError as error:
            raise forms.ValidationError(SCREENING_SAYS[error.verdict]) from None
        return super().clean() or {}


class ApprovalForm(ScreenedForm, OptionalReasonForm):
    """The same with a note that may be left out."""


def _while(state: BusinessState) -> Callable[[Business], bool]:
    return lambda business: business.state == state


DECISIONS = {
    "approve": Decision(
        gettext_lazy("Approve"),
        gettext_lazy("It may sell from now on; its owners are told."),
        _while(BusinessState.IN_REVIEW),
        approve_business,
        form=ApprovalForm,
    ),
    "reject": Decision(
        gettext_lazy("Send back"),
        gettext_lazy("Its owners read the reason, may change what is wrong and ask again."),
        _while(BusinessState.IN_REVIEW),
        reject_business,
    ),
    "suspend": Decision(
        gettext_lazy("Suspend"),
        gettext_lazy(
            "Its listings vanish at once and payouts are held. Open orders are still to be sent. "
            "Its owners read the reason."
        ),
        _while(BusinessState.APPROVED),
        suspend_business,
    ),
    "reinstate": Decision(
        gettext_lazy("Reinstate"),
        gettext_lazy("Its listings are visible again and payouts go on; its owners are told."),
        _while(BusinessState.SUSPENDED),
        reinstate_business,
        form=ScreenedForm,
    ),
}


REPORTED_YEARS = 5
_report_button: Callable[[Any], Any] = action(
    description=gettext_lazy("Platform seller report"),
    url_path="seller-report",
    permissions=["report"],
)


class TeamInline(TabularInline):  # type: ignore[misc]  # unfold has no types
    """Who works there; changed by its owners only."""

    model = Membership
    fields = readonly_fields = ("user", "role", "created_at")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Business)
class BusinessAdmin(DecisionAdmin):
    """Looked at here, changed by its owners; decided about through actions."""

    list_display = ("name", "show_country", "currency", "show_state", "submitted_at", "created_at")
    list_filter = ("state", "country", "currency")
    search_fields = ("name", "slug", "tax_number", "memberships__user__email")
    ordering = ("-submitted_at", "-created_at")
    inlines = (TeamInline,)
    row_name = "business"
    moderate_permission = "sellers.moderate_business"
    decisions = DECISIONS
    actions_detail = ("approve", "reject", "suspend", "reinstate")
    actions_list = ("seller_report",)
    fieldsets = (
        (None, {"fields": ("name", "slug", "state", "review_reason", "tagline", "story")}),
        (
            gettext_lazy("On paper"),
            {"fields": ("show_country", "currency", "tax_number", "show_address", "phone")},
        ),
        (
            gettext_lazy("Agreement"),
            {"fields": ("show_fee", "fee_agreed_at", "submitted_at", "approved_at")},
        ),
        (gettext_lazy("What happened"), {"fields": ("show_history",)}),
    )

    def form_for(self, row: Any, chosen: Decision, data: Any) -> forms.Form:
        if issubclass(chosen.form, ScreenedForm):
            return chosen.form(data, row=row)
        return super().form_for(row, chosen, data)

    @admin.display(description=gettext_lazy("Country"), ordering="country")
    def show_country(self, business: Business) -> str:
        return country_name(business.country)

    @display(  # type: ignore[untyped-decorator]  # unfold has no types
        description=gettext_lazy("State"),
        ordering="state",
        label={
            BusinessState.IN_REVIEW.value: "warning",
            BusinessState.APPROVED.value: "success",
            BusinessState.SUSPENDED.value: "danger",
        },
    )
    def show_state(self, business: Business) -> tuple[str, str]:
        return business.state, business.state.replace("_", " ")

    @admin.display(description=gettext_lazy("Fee"))
    def show_fee(self, business: Business) -> str:
        return f"{Decimal(business.fee_percent_bp) / 100:f} %"

    @admin.display(description=gettext_lazy("Address"))
    def show_address(self, business: Business) -> str:
        if not business.address:
            return "–"
        lines = format_address(PostalAddress.from_dict(business.address), latin=True)
        return format_html_join("\n", "{}<br>", ((line,) for line in lines))

    @decision("approve", DECISIONS["approve"].title)
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "approve")

    @decision("reject", DECISIONS["reject"].title)
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "reject")

    @decision("suspend", DECISIONS["suspend"].title)
    def suspend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "suspend")

    @decision("reinstate", DECISIONS["reinstate"].title)
    def reinstate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "reinstate")

    def has_report_permission(self, request: HttpRequest) -> bool:
        """Whoever reads the books may read what each seller earned."""
        return bool(request.user.has_perm("payments.view_entry"))

    @_report_button
    def seller_report(self, request: HttpRequest) -> HttpResponse:
        """Which year, then the report of it as a file."""
        now = timezone.now()
        years = [now.year - back for back in range(REPORTED_YEARS)]
        asked = request.GET.get("year", "")
        if asked.isdecimal() and int(asked) in years:
            return _report_file(int(asked), now)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": gettext_lazy("Platform seller report"),
            "years": years,
        }
        return render(request, "sellers/admin_report.html", context)


def _report_file(year: int, now: datetime) -> HttpResponse:
    head = [
        *("year", "seller", "country_of_residence", "street", "city", "postal_code", "region"),
        *("tax_number", "tax_number_country", "financial_account", "financial_account_country"),
        *("financial_account_holder", "currency", "activities", "excluded_as_small"),
    ]
    for quarter in range(1, 5):
        head += [f"q{quarter}_{name}" for name in ("paid", "fees", "taxes", "activities")]
    rows = [_report_row(year, seller) for seller in platform_report(year=year, now=now)]
    return csv_file(f"platform-sellers-{year}", head, rows)


def _report_row(year: int, seller: ReportedSeller) -> list[object]:
    """What we were never told is left empty: it has to be asked for, not guessed."""
    business = seller.business
    address = PostalAddress.from_dict(business.address) if business.address else None
    row: list[object] = [
        year,
        business.name,
        business.country,
        address.street_address if address else "",
        address.city if address else "",
        address.postal_code if address else "",
        address.country_area if address else "",
        business.tax_number,
        business.country if business.tax_number else "",
        seller.account,
        seller.account_country,
        business.name if seller.account else "",
        business.currency,
        seller.activities,
        {True: "yes", False: "no", None: "unknown"}[seller.is_excluded],
    ]
    for number in range(1, 5):
        quarter = seller.quarters.get(number)
        row += (
            [
                quarter.consideration.to_decimal(),
                quarter.fees.to_decimal(),
                quarter.taxes.to_decimal(),
                quarter.activities,
            ]
            if quarter
            else [0, 0, 0, 0]
        )
    return row
