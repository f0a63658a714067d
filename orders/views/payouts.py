"""The seller's money: who opens these pages asks where it is, and why it is this much."""

from __future__ import annotations

import csv

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from orders.selectors.payouts import ExplainedPayout, account_of_business, payout_of_business
from sellers.states import Role
from sellers.views.access import BusinessRequest, business_required

# A spreadsheet takes a cell that starts with one of these for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@require_GET
@business_required(role=Role.OWNER)
def payouts(request: BusinessRequest, slug: str) -> HttpResponse:
    """What is held, what is ready, and every payout."""
    context = {
        "dashboard_section": "payouts",
        "account": account_of_business(business=request.business),
    }
    return render(request, "orders/dashboard/payouts.html", context)


def _payout(request: BusinessRequest, number: str) -> ExplainedPayout:
    found = payout_of_business(business=request.business, number=number)
    if found is None:
        raise Http404
    return found


@require_GET
@business_required(role=Role.OWNER)
def payout(request: BusinessRequest, slug: str, number: str) -> HttpResponse:
    """One payout, line by line; the sum of the lines is what arrives."""
    context = {"dashboard_section": "payouts", "view": _payout(request, number)}
    return render(request, "orders/dashboard/payout.html", context)


@require_GET
@business_required(role=Role.OWNER)
def payout_csv(request: BusinessRequest, slug: str, number: str) -> HttpResponse:
    """The same lines for the seller's accountant: amounts in major units, plain decimal point."""
    view = _payout(request, number)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="payout-{number}.csv"'
    writer = csv.writer(response)
    head = (
        _("Date"),
        _("What"),
        _("Order"),
        _("Gross"),
        _("Refunded"),
        _("Fee"),
        _("Owed"),
        _("Net"),
        _("Currency"),
    )
    writer.writerow(head)
    for row in view.lines:
        line = row.line
        writer.writerow(
            (
                line.at.date().isoformat(),
                _plain(str(line.name)),
                _plain(row.order_number),
                line.gross.to_decimal(),
                -line.refunded.to_decimal(),
                -line.fee.to_decimal(),
                -line.owed.to_decimal(),
                line.net.to_decimal(),
                line.net.currency,
            )
        )
    total = view.detail.amount
    writer.writerow(("", _("Payout"), number, "", "", "", "", total.to_decimal(), total.currency))
    return response


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
