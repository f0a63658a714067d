"""The seller's orders: who opens these pages has a parcel to send, or asks where its money is."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.http import page_number
from common.states import TransitionError
from orders.forms import CancelForm, ShipForm
from orders.models import Order
from orders.selectors.cases import count_waiting
from orders.selectors.dashboard import (
    TABS,
    find_order,
    orders_of_business,
    sales_chart,
    seller_order_view,
    tab_counts,
)
from orders.selectors.disputes import disputes_of_business
from orders.selectors.payouts import money_of_business
from orders.services.fulfilment import cancel_order, mark_shipped
from payments.services.held import HeldFrozenError
from sellers.selectors import setup_steps
from sellers.states import Role
from sellers.views.access import BusinessRequest, business_required
from shipping.rules import CARRIERS


def _order(request: BusinessRequest, number: str) -> Order:
    order = find_order(business=request.business, number=number)
    if order is None:
        raise Http404
    return order


@require_GET
@business_required()
def overview(request: BusinessRequest, slug: str) -> HttpResponse:
    """How the business stands today: what to do, what is held, what was sold."""
    now = timezone.now()
    business = request.business
    context = {
        "dashboard_section": "overview",
        "to_send": tab_counts(business=business)["to-send"],
        "cases_to_answer": count_waiting(business=business),
        "disputes_to_answer": _disputes_to_answer(request),
        "newest": orders_of_business(business=business, tab="to-send", page=1).object_list[:5],
        # As on the payout page: money is the owner's business.
        "money": money_of_business(business=business)
        if request.membership.role == Role.OWNER
        else None,
        "bars": sales_chart(business=business, now=now),
        "is_set_up": all(step.done for step in setup_steps(business=business, user=request.user)),
    }
    return render(request, "orders/dashboard/overview.html", context)


def _disputes_to_answer(request: BusinessRequest) -> int:
    """Nought for staff, who may not open them."""
    if request.membership.role == Role.STAFF:
        return 0
    found = disputes_of_business(business=request.business, now=timezone.now())
    return sum(dispute.may_answer for dispute in found)


@require_GET
@business_required()
def seller_orders(request: BusinessRequest, slug: str) -> HttpResponse:
    """Orders by where they stand; those to send come first."""
    tab = request.GET.get("show", "to-send")
    if tab not in TABS:
        raise Http404
    page = orders_of_business(
        business=request.business, tab=tab, page=page_number(request.GET.get("page", ""))
    )
    counts = tab_counts(business=request.business)
    words = {
        "to-send": _("To send"),
        "on-the-way": _("On the way"),
        "complete": _("Complete"),
        "ended": _("Cancelled or refunded"),
    }
    tabs = [
        {"url": f"?show={key}", "text": words[key], "count": counts[key], "current": key == tab}
        for key in TABS
    ]
    context = {
        "dashboard_section": "orders",
        "page": page,
        "tab": tab,
        "tabs": tabs,
    }
    return render(request, "orders/dashboard/orders.html", context)


def _order_page(
    request: HttpRequest,
    order: Order,
    *,
    ship_form: ShipForm | None = None,
    cancel_form: CancelForm | None = None,
) -> HttpResponse:
    bad = bool((ship_form and ship_form.errors) or (cancel_form and cancel_form.errors))
    context = {
        "dashboard_section": "orders",
        "view": seller_order_view(order=order),
        "order": order,
        "carriers": CARRIERS,
        "ship_form": ship_form or ShipForm(),
        "cancel_form": cancel_form or CancelForm(),
    }
    return render(request, "orders/dashboard/order.html", context, status=422 if bad else 200)


@require_GET
@business_required()
def seller_order(request: BusinessRequest, slug: str, number: str) -> HttpResponse:
    """One order: where it goes, what is in it, what it pays, and the next thing to do."""
    return _order_page(request, _order(request, number))


@require_POST
@business_required()
def ship(request: BusinessRequest, slug: str, number: str) -> HttpResponse:
    """The parcel left."""
    order = _order(request, number)
    form = ShipForm(request.POST)
    if not form.is_valid():
        return _order_page(request, order, ship_form=form)
    try:
        mark_shipped(order=order, actor=request.user, now=timezone.now(), **form.cleaned_data)
    except TransitionError:
        messages.error(request, _("This order has changed meanwhile; look at it again."))
    except HeldFrozenError:
        messages.error(request, _("Please do not send it for now; we have to check something."))
    else:
        messages.success(request, _("Thank you. The buyer has been told."))
    return redirect("orders:seller_order", slug, number)


@require_POST
@business_required()
def cancel(request: BusinessRequest, slug: str, number: str) -> HttpResponse:
    """The order can't be sent: everything goes back."""
    order = _order(request, number)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _order_page(request, order, cancel_form=form)
    try:
        cancel_order(
            order=order,
            actor=request.user,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except TransitionError:
        messages.error(request, _("This order can't be cancelled any more; look at it again."))
    except HeldFrozenError:
        messages.error(
            request,
            _("The buyer's bank disputes this payment. Nothing is paid back until it has decided."),
        )
    else:
        messages.success(request, _("The order is cancelled and the buyer is paid back."))
    return redirect("orders:seller_order", slug, number)
