"""What selling costs: the schedule for everybody, and a seller's own, each with a calculator."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import preferences_of
from catalog.forms.selling import FeeForm
from catalog.selectors.fees import fees_of, public_fees, shelf_choices, work_out
from payments.rules.fees import FeePayer
from payments.selectors.fees import anybody, schedule_now
from sellers.selectors import fee_payer
from sellers.views.access import BusinessRequest, business_required


@require_safe
def fees(request: HttpRequest) -> HttpResponse:
    """The schedule before anybody has a business, in the reader's currency."""
    currency = preferences_of(request).currency
    context = {
        "page": public_fees(now=timezone.now(), currency=currency),
        **_calculator(request, anybody(currency)),
    }
    return render(request, "catalog/shop/fees.html", context)


@require_safe
@business_required()
def seller_fees(request: BusinessRequest, slug: str) -> HttpResponse:
    """What holds for this business, what is to come, and what a sale would leave it."""
    context = {
        "page": fees_of(business=request.business, now=timezone.now()),
        "dashboard_section": "fees",
        **_calculator(request, fee_payer(request.business)),
    }
    return render(request, "catalog/dashboard/fees.html", context)


def _calculator(request: HttpRequest, payer: FeePayer) -> dict[str, Any]:
    typed = request.GET if "price" in request.GET else None
    form = FeeForm(typed, currency=payer.currency, shelves=shelf_choices())
    if typed is None or not form.is_valid():
        return {"form": form, "currency": payer.currency}
    example = work_out(schedule=schedule_now(payer=payer, now=timezone.now()), **form.cleaned_data)
    return {"form": form, "currency": payer.currency, "example": example}
