"""The seller's money: who opens these pages asks where it is, and why it is this much."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from orders.selectors.payouts import ExplainedPayout, account_of_business, payout_of_business
from payments.selectors.totals import years_of
from sellers.states import Role
from sellers.views.access import BusinessRequest, business_required


@require_GET
@business_required(role=Role.OWNER)
def payouts(request: BusinessRequest, slug: str) -> HttpResponse:
    """What is held, what is ready, and every payout."""
    context = {
        "dashboard_section": "payouts",
        "account": account_of_business(business=request.business),
        "years": years_of(payee_id=request.business.payee_id),
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
