"""A buyer's purchases: receipts and how far each order has come."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common.states import TransitionError
from orders.middleware import signed_in_user
from orders.selectors.purchases import list_purchases, purchase_view
from orders.services.completion import confirm_receipt as confirm
from orders.states import PurchaseState
from orders.views.access import purchase_or_404
from payments.services.held import HeldFrozenError

PAGE_SIZE = 20


@never_cache
@require_safe
def purchase(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt, and each order's way; what was never paid is shown where it can be paid."""
    found = purchase_or_404(request, token)
    if isinstance(found, HttpResponse):
        return found
    if found.state in {PurchaseState.AWAITING_PAYMENT, PurchaseState.EXPIRED}:
        return redirect("orders:checkout_return", token=token)
    return render(
        request,
        "orders/shop/purchase.html",
        {"view": purchase_view(purchase=found), "now": timezone.now()},
    )


@never_cache
@require_safe
@login_required
def purchases(request: HttpRequest) -> HttpResponse:
    """Everything that a signed-in buyer has bought."""
    user = signed_in_user(request)
    rows = list_purchases(user_id=user.pk if user is not None else 0)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "orders/shop/purchases.html", {"page": page})


@require_POST
def confirm_receipt(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """The buyer has everything and is content: the seller of this order is paid."""
    found = purchase_or_404(request, token)
    if isinstance(found, HttpResponse):
        return found
    order = found.orders.filter(number=number).first()
    if order is None:
        raise Http404
    try:
        confirm(order=order, actor=signed_in_user(request), now=timezone.now())
    except (TransitionError, HeldFrozenError):
        messages.warning(request, _("There is nothing to confirm for this order now."))
    else:
        messages.success(request, _("Thank you. The seller is paid now."))
    return redirect("orders:purchase", token=token)
