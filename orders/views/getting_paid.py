"""A seller's account at the payment provider: how it stands, and the way to complete it there."""

from __future__ import annotations

import logging

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from orders.selectors.getting_paid import getting_paid_of
from orders.services.settling import handle_account_outcome
from payments.gateways import UnknownProviderError
from payments.gateways.base import ProviderRefused, ProviderUnavailable
from payments.services.accounts import onboarding_url, refresh_account
from sellers.states import Role
from sellers.views.access import BusinessRequest, business_required

logger = logging.getLogger(__name__)


@require_GET
@business_required(role=Role.OWNER)
def getting_paid(request: BusinessRequest, slug: str) -> HttpResponse:
    """The state of the account, what is still wanted, and one button."""
    context = {
        "dashboard_section": "getting_paid",
        "note": request.GET.get("note", ""),
        "view": getting_paid_of(business=request.business),
    }
    return render(request, "orders/dashboard/getting_paid.html", context)


@require_POST
@business_required(role=Role.OWNER)
def go_on(request: BusinessRequest, slug: str) -> HttpResponse:
    """On to the provider's own page, by a link that is made for this one visit."""
    if not getting_paid_of(business=request.business).uses_account:
        return redirect("orders:getting_paid", slug)
    try:
        url = onboarding_url(
            payee_id=request.business.payee_id,
            email=request.user.email,
            return_url=_address("orders:getting_paid_back", slug),
            refresh_url=_address("orders:getting_paid_again", slug),
            now=timezone.now(),
        )
    except ProviderUnavailable:
        messages.error(request, _("Stripe does not answer at the moment. Please try again soon."))
    except (ProviderRefused, UnknownProviderError):
        logger.exception("no account page for %s", slug)
        messages.error(
            request, _("Stripe did not accept this. Please write to us, and we will look.")
        )
    else:
        return HttpResponseRedirect(url)
    return redirect("orders:getting_paid", slug)


@require_GET
@business_required(role=Role.OWNER)
def came_back(request: BusinessRequest, slug: str) -> HttpResponse:
    """Back from the provider, finished or not: only it can say, so it is asked."""
    now = timezone.now()
    if not getting_paid_of(business=request.business).is_open:
        return redirect("orders:getting_paid", slug)
    try:
        outcome = refresh_account(payee_id=request.business.payee_id, now=now)
    except ProviderUnavailable:
        return _to_page(slug, "soon")
    handle_account_outcome(outcome=outcome, now=now)
    return redirect("orders:getting_paid", slug)


@require_GET
@business_required(role=Role.OWNER)
def link_used(request: BusinessRequest, slug: str) -> HttpResponse:
    """The provider's link was used before or is too old: the button makes a new one."""
    return _to_page(slug, "used")


def _to_page(slug: str, note: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('orders:getting_paid', args=[slug])}?note={note}")


def _address(name: str, slug: str) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=[slug])}"
