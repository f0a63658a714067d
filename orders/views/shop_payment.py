"""Between us and the payment provider: going there, coming back, trying again, giving up."""

from __future__ import annotations

import logging
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common.http import is_htmx, redirect_all
from orders.models import Purchase
from orders.selectors.purchases import payment_of
from orders.services.expiry import PaymentUnderWayError, give_up_purchase
from orders.services.outcomes import handle_payment_outcome
from orders.states import PurchaseState
from orders.views.access import purchase_or_404
from payments.gateways.base import ProviderRefused, ProviderUnavailable, SessionStatus
from payments.selectors.held import is_purchase_stopped
from payments.services.charging import FactsMismatchError, open_session, sync_payment
from payments.states import PaymentState

logger = logging.getLogger(__name__)


def go_to_payment(request: HttpRequest, *, purchase: Purchase, now: datetime) -> HttpResponse:
    """Send the buyer to the provider's page; to our own, with words, while it does not answer."""
    if is_purchase_stopped(purchase_ref=purchase.pk):
        # In the words of the checkout, which tell nothing either.
        messages.info(request, _("We need a little time for this order. Nothing was charged."))
        return redirect("orders:checkout_return", token=purchase.token)
    payment = open_session(payment_id=payment_of(purchase=purchase).pk, now=now)
    if payment.state == PaymentState.OPEN and payment.session_url:
        return redirect_all(request, payment.session_url)
    logger.warning("no payment page for purchase %s: %s", purchase.number, payment.failure)
    if payment.state == PaymentState.FAILED:
        # The provider will never take this payment: the goods go back into the basket.
        give_up_purchase(purchase_id=purchase.pk, now=now)
    return redirect("orders:checkout_return", token=purchase.token)


@never_cache
@require_safe
def checkout_return(request: HttpRequest, token: str) -> HttpResponse:
    """Back from the provider, paid or not; also where an unpaid purchase waits.

    The provider is asked, so that this page is right before the webhook arrives, or without it.
    """
    now = timezone.now()
    found = purchase_or_404(request, token)
    if isinstance(found, HttpResponse):
        return found
    purchase, status = found, None
    # An expired one too: a slow bank may have paid a moment ago.
    if purchase.state in {PurchaseState.AWAITING_PAYMENT, PurchaseState.EXPIRED}:
        purchase, status = _ask_provider(purchase, now)
    if purchase.state in {PurchaseState.PAID, PurchaseState.LATE_REFUNDED}:
        return redirect_all(request, _purchase_url(purchase))
    payment = payment_of(purchase=purchase)
    context = {
        "purchase": purchase,
        "payment": payment,
        "is_answered": status is not None and payment.state != PaymentState.UNKNOWN,
        "is_processing": status == SessionStatus.PROCESSING,
        "was_declined": payment.state == PaymentState.OPEN and bool(payment.failure),
    }
    name = "orders/shop/_return.html" if is_htmx(request) else "orders/shop/return.html"
    return render(request, name, context)


def _ask_provider(purchase: Purchase, now: datetime) -> tuple[Purchase, SessionStatus | None]:
    """The purchase as the provider's word leaves it; None when there is no word."""
    payment = payment_of(purchase=purchase)
    try:
        facts = sync_payment(payment_id=payment.pk, now=now)
        return handle_payment_outcome(facts=facts, now=now), facts.status
    except (ProviderUnavailable, ProviderRefused) as error:
        logger.warning("purchase %s: the provider does not answer: %s", purchase.number, error)
    except FactsMismatchError:
        # A person must look; the buyer is told that the payment is not confirmed yet.
        logger.exception("purchase %s: the provider reports another amount", purchase.number)
        return purchase, SessionStatus.PROCESSING
    return purchase, None


@require_POST
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Go to the provider's page for a purchase that still waits."""
    found = purchase_or_404(request, token)
    if isinstance(found, HttpResponse):
        return found
    if found.state != PurchaseState.AWAITING_PAYMENT:
        return redirect("orders:checkout_return", token=found.token)
    return go_to_payment(request, purchase=found, now=timezone.now())


@require_POST
def give_up(request: HttpRequest, token: str) -> HttpResponse:
    """Put an unpaid purchase back into the basket, to change something in it."""
    found = purchase_or_404(request, token)
    if isinstance(found, HttpResponse):
        return found
    try:
        purchase = give_up_purchase(purchase_id=found.pk, now=timezone.now())
    except PaymentUnderWayError:
        # Its page says so.
        return redirect("orders:checkout_return", token=found.token)
    if purchase.state == PurchaseState.PAID:
        messages.success(request, _("It is paid already. Thank you."))
        return redirect_all(request, _purchase_url(purchase))
    messages.info(request, _("Everything is back in your basket. Nothing was charged."))
    return redirect("orders:basket")


def _purchase_url(purchase: Purchase) -> str:
    return reverse("orders:purchase", args=[purchase.token])
