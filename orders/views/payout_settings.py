"""Where a seller's money goes and when: the bank account, the schedule, and what is in the way."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common.limits import is_too_often
from orders.services.payout_settings import (
    StopLinkError,
    change_bank_account,
    changed_by_link,
    stop_change,
)
from orders.services.settling import settlement_period
from payments.forms import BankAccountForm, ScheduleForm
from payments.models import BankAccount, Payee
from payments.rules.bank_accounts import Scheme, schemes_for
from payments.rules.providers import BANK_FILE
from payments.rules.schedules import PayoutSchedule
from payments.selectors.payability import payout_outlook
from payments.services.schedules import choose_schedule
from sellers.states import Role
from sellers.views.access import BusinessRequest, business_required

# An hour.
MOST_CHANGES = 10


@require_http_methods(["GET", "HEAD", "POST"])
@business_required(role=Role.OWNER)
def payout_settings(request: BusinessRequest, slug: str) -> HttpResponse:
    """What comes next and why, the account (its end only), and the schedule to choose."""
    payee, now = request.business.payee, timezone.now()
    form = ScheduleForm(request.POST if request.method == "POST" else None, payee=payee)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        choose_schedule(
            payee_id=payee.pk,
            schedule=PayoutSchedule(words["schedule"]),
            day=words["day"],
            minimum=words["minimum"].amount,
            actor=request.user,
            now=now,
        )
        messages.success(request, _("Saved."))
        return redirect("orders:payout_settings", slug=slug)
    context = {
        "dashboard_section": "payouts",
        "form": form,
        "payee": payee,
        "is_bank": payee.provider == BANK_FILE,
        "account": _current(payee),
        "outlook": payout_outlook(payee=payee, period=settlement_period(now), now=now),
    }
    status = 422 if form.errors else 200
    return render(request, "orders/dashboard/payout_settings.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@business_required(role=Role.OWNER)
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def bank_account(request: BusinessRequest, slug: str) -> HttpResponse:
    """Give the account, or another one: only for an owner who has just shown who they are."""
    payee = request.business.payee
    if payee.provider != BANK_FILE:
        return redirect("orders:payout_settings", slug=slug)
    scheme = _chosen_scheme(request, payee)
    data = request.POST if request.method == "POST" else None
    form = BankAccountForm(
        data, scheme=scheme, country=payee.country, initial=_from_address(request)
    )
    if request.method == "POST" and form.is_valid():
        if is_too_often("bank_account", who=str(payee.pk), most=MOST_CHANGES, seconds=3600):
            return render(request, "429.html", status=429)
        account = change_bank_account(
            business=request.business,
            actor=request.user,
            details=form.cleaned_data["details"],
            now=timezone.now(),
        )
        messages.success(
            request, _("Saved. Payouts go to the account that ends in %s.") % account.hint
        )
        return redirect("orders:payout_settings", slug=slug)
    context = {
        "dashboard_section": "payouts",
        "form": form,
        "scheme": scheme,
        "schemes": schemes_for(payee.country),
        "payee": payee,
        "account": _current(payee),
    }
    status = 422 if form.errors else 200
    return render(request, "orders/dashboard/bank_account.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """ "This was not me": whoever has the link of the e-mail holds the payouts, signed in or not."""
    try:
        if request.method == "POST":
            business = stop_change(token=token, now=timezone.now())
        else:
            business, _account = changed_by_link(token)
    except StopLinkError:
        raise Http404 from None
    context: dict[str, Any] = {
        "business": business,
        "is_done": request.method == "POST" or business.payee.payouts_held,
    }
    return render(request, "orders/payout_stop.html", context)


def _current(payee: Payee) -> BankAccount | None:
    return BankAccount.objects.filter(payee=payee, replaced_at__isnull=True).first()


def _chosen_scheme(request: BusinessRequest, payee: Payee) -> Scheme:
    """The country's usual way, or another of its ways that was asked for."""
    ways = {scheme.code: scheme for scheme in schemes_for(payee.country)}
    asked = request.POST.get("way") or request.GET.get("way") or ""
    return ways.get(asked) or next(iter(ways.values()))


def _from_address(request: BusinessRequest) -> dict[str, str]:
    """What we know of where the business is, so that it need not be typed again."""
    address = request.business.address
    return {
        "holder": str(address.get("name", "")),
        "street": str(address.get("street_address", "")).split("\n")[0],
        "postcode": str(address.get("postal_code", "")),
        "town": str(address.get("city", "")),
    }
