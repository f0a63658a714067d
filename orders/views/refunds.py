"""A seller gives money back: what, how much it is for the buyer, and what it costs."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.money import Money
from common.states import TransitionError
from orders.forms import LineRefundForm
from orders.models import Order
from orders.rules.refund_reasons import RefundReason, policy_of
from orders.rules.refunds import RefundPlan, RefundRequestError
from orders.selectors.cases import is_disputed
from orders.selectors.dashboard import find_order
from orders.services.case_moves import open_case_of
from orders.services.refund_rows import order_items, plan_for, refundable_amount
from orders.services.refunds import (
    REFUNDABLE,
    AlreadyRefundedError,
    CaseOpenError,
    refund_lines,
)
from payments.services.held import HeldFrozenError
from sellers.views.access import BusinessRequest, business_required

CONFIRM = "confirm"


@require_http_methods(["GET", "HEAD", "POST"])
@business_required()
def seller_refund(request: BusinessRequest, slug: str, number: str) -> HttpResponse:
    """Choose what goes back, see what it comes to, confirm. Nothing moves before the last step."""
    order = find_order(business=request.business, number=number)
    if order is None:
        raise Http404
    case = open_case_of(order)
    if case is not None:
        return redirect("orders:seller_case", slug, case.pk)
    if order.state not in REFUNDABLE:
        messages.info(request, _("Nothing of this order can be paid back any more."))
        return redirect("orders:seller_order", slug, number)
    form = _form(order, request)
    if request.method != "POST":
        return _page(request, order, form)
    if not form.is_valid():
        return _page(request, order, form, status=422)
    try:
        plan = plan_for(order=order, request=form.request())
    except RefundRequestError as error:
        _say(form, error)
        return _page(request, order, form, status=422)
    if request.POST.get("do") != CONFIRM:
        return _page(request, order, form, plan=plan)
    return _confirm(request, order, form, plan)


def _confirm(
    request: BusinessRequest, order: Order, form: LineRefundForm, plan: RefundPlan
) -> HttpResponse:
    seen = form.cleaned_data["seen_amount"], form.cleaned_data["seen_refunded"]
    try:
        refund_lines(
            order=order,
            request=form.request(),
            seen_amount=-1 if seen[0] is None else seen[0],
            seen_refunded=-1 if seen[1] is None else seen[1],
            actor=request.user,
            note=form.cleaned_data["note"],
            now=timezone.now(),
        )
    except AlreadyRefundedError:
        # Typed on after the last look, sent twice, or somebody else was first.
        order.refresh_from_db()
        messages.warning(request, _("It comes to another amount now. Please look at it again."))
        return _page(request, order, form, plan=plan, status=409)
    except (CaseOpenError, RefundRequestError, TransitionError):
        messages.error(request, _("This order has changed meanwhile; look at it again."))
    except HeldFrozenError:
        messages.error(
            request,
            _("The buyer's bank disputes this payment. Nothing is paid back until it has decided."),
        )
    else:
        messages.success(request, _("Done. The buyer has been told."))
    return redirect("orders:seller_order", order.business.slug, order.number)


def _form(order: Order, request: HttpRequest) -> LineRefundForm:
    return LineRefundForm(
        request.POST if request.method == "POST" else None,
        order=order,
        lines=list(order.lines.all()),
        items=order_items(order=order),
    )


def _say(form: LineRefundForm, error: RefundRequestError) -> None:
    """Beside the field that it is about."""
    words = {
        "NOTHING": _("Choose what goes back, or type an amount."),
        "TOO_MUCH": _("This is more than is left."),
        "STEP": _("Cards can't be paid back exactly this amount; change it a little."),
    }
    field = None
    if error.code == "NOT_FOR_REASON":
        is_amount = bool(form.cleaned_data.get("amount"))
        field = "amount" if is_amount else "reason"
        text = (
            _("For this reason choose lines instead of an amount.")
            if is_amount
            else _("For this reason type an amount instead of choosing lines.")
        )
    else:
        text = words[error.code]
        if error.key is not None:
            field = f"amount-{error.key}"
        elif form.cleaned_data.get("amount"):
            field = "amount"
    form.add_error(field, text)


def _page(
    request: BusinessRequest,
    order: Order,
    form: LineRefundForm,
    *,
    plan: RefundPlan | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "dashboard_section": "orders",
        "order": order,
        "form": form,
        "left": Money(refundable_amount(order), order.currency),
        "is_disputed": is_disputed(order_id=order.pk),
        "has_border": bool(order.duty_amount or order.fees_amount),
        "gives_delivery": policy_of(RefundReason.CHANGED_MIND, order.purchase.country).delivery,
        "plan": plan,
    }
    if plan is not None:
        titles = {line.pk: line.title for line in order.lines.all()}
        context |= {
            "plan_rows": [
                (
                    titles.get(share.key, ""),
                    share.quantity,
                    Money(share.parts.total, order.currency),
                )
                for share in plan.shares
                if share.parts.total
            ],
            "plan_total": Money(plan.amount, order.currency),
            "plan_cost": Money(plan.seller_net, order.seller_currency),
            "plan_fee": Money(plan.parts.commission + plan.parts.fee_tax, order.seller_currency),
            "return_payer": policy_of(
                RefundReason(form.cleaned_data["reason"]), order.purchase.country
            ).return_payer,
        }
    return render(request, "orders/dashboard/refund.html", context, status=status)
