"""Duty and tax as they were charged, and the return of each scheme held against the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from accounts.admin import ReadOnlyAdmin
from common.money import Money
from common.tables import csv_file
from orders.models import OrderCharge
from orders.selectors.report_tables import CHECK_HEAD, HEAD, check_rows, line_rows
from orders.selectors.scheme_reports import (
    DUTY,
    IMPORT,
    SchemeReport,
    report_keys,
    scheme_report,
    usual_period,
)
from trade.rules.scheme_returns import Every, Period, ReturnError, parse_period, periods_before

SHOWN_PERIODS = {Every.MONTH: 12, Every.QUARTER: 8, Every.HALF_YEAR: 4}
SECTION_WORDS = {
    "sales": _("Sales"),
    "refunds": _("Given back in the same period"),
    "corrections": _("Corrections of earlier periods"),
}
OTHER_NAMES = {IMPORT: _("Tax at the border, taken in advance"), DUTY: _("Duty")}


def _button(title: str | Promise, path: str) -> Callable[[Any], Any]:
    made: Callable[[Any], Any] = action(description=title, url_path=path, permissions=["view"])
    return made


@admin.register(OrderCharge)
class OrderChargeAdmin(ReadOnlyAdmin):
    """Every duty, tax and border fee with the row of the rulebook behind it."""

    list_display = ("order", "kind", "name", "rate_text", "show_amount", "scheme", "collected_by")
    list_filter = ("kind", "scheme", "collected_by")
    list_select_related = ("order",)
    search_fields = ("order__number", "row_id")
    ordering = ("-id",)
    show_full_result_count = False
    actions_list = ("scheme_reports",)

    @admin.display(description=_("Amount"))
    def show_amount(self, row: OrderCharge) -> str:
        return str(Money(row.amount, row.order.currency))

    @_button(_("Tax reports by scheme"), "scheme-reports")
    def scheme_reports(self, request: HttpRequest) -> HttpResponse:
        """One report of one period, as a page or (format=csv, format=checks) as a file."""
        today = timezone.now().date()
        keys = report_keys()
        key = request.GET.get("report", "")
        key = key if key in keys else keys[0]
        period, is_wrong = _period(request.GET.get("period", ""), key)
        report = scheme_report(key=key, period=period, today=today)
        wanted = request.GET.get("format", "")
        if wanted == "csv":
            return csv_file(f"{key}-{period.name}", HEAD, line_rows(report))
        if wanted == "checks":
            return csv_file(f"{key}-{period.name}-ledger", CHECK_HEAD, check_rows(report))
        every = usual_period(key)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Tax reports by scheme"),
            "report": report,
            "is_wrong": is_wrong,
            "choices": [(one, OTHER_NAMES.get(one, one)) for one in keys],
            "periods": [
                one.name for one in periods_before(today, every, count=SHOWN_PERIODS[every])
            ],
            "sections": _sections(report),
            "charged": [
                (Money(base, currency), Money(amount, currency))
                for currency, (base, amount) in sorted(report.charged.items())
            ],
        }
        return render(request, "orders/admin_scheme_report.html", context)


def _period(name: str, key: str) -> tuple[Period, bool]:
    """The period asked for, or the usual one of today; and whether what was asked can't be read."""
    usual = periods_before(timezone.now().date(), usual_period(key), count=1)[0]
    if not name:
        return usual, False
    try:
        return parse_period(name), False
    except ReturnError:
        return usual, True


def _sections(report: SchemeReport) -> list[tuple[object, list[dict[str, object]]]]:
    """The lines under their headings, with every amount in its currency."""
    declared = report.declared.currency if report.declared else ""
    found: dict[str, list[dict[str, object]]] = {}
    for line in report.lines:
        known = declared and line.declared_base is not None and line.declared_amount is not None
        found.setdefault(line.section.value, []).append(
            {
                "line": line,
                "base": Money(line.base, line.currency),
                "amount": Money(line.amount, line.currency),
                "declared_base": Money(line.declared_base or 0, declared) if known else None,
                "declared_amount": Money(line.declared_amount or 0, declared) if known else None,
            }
        )
    return [(SECTION_WORDS[section], rows) for section, rows in found.items()]
