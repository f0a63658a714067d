"""What somebody sees who thinks about selling here."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms import PostalAddressForm
from accounts.middleware import preferences_of
from accounts.models import User
from common.money import Money, currency_of
from payments.rules.fees import FeeItem, order_fee
from payments.selectors.fees import anybody, fee_offer, rules_for, schedule_now
from sellers.forms import OpenBusinessForm, address_country
from sellers.selectors import list_memberships
from sellers.services import FeeChangedError, open_business


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """What selling here means and costs; for members, the way to their businesses."""
    person = request.user if isinstance(request.user, User) else None
    context = {
        "memberships": list_memberships(user_id=person.pk) if person else [],
        **_example(preferences_of(request).currency),
    }
    return render(request, "sellers/start.html", context)


def _example(currency: str) -> dict[str, Any]:
    """What selling costs, and of a sale of a round amount in the reader's currency what is left."""
    now = timezone.now()
    price = Money.from_decimal(
        Decimal(100 if currency_of(currency).exponent else 100_000), currency
    )
    schedule = schedule_now(payer=anybody(currency), now=now)
    terms = schedule.terms_for("")
    fee = order_fee(replace(schedule, promotions=()), [FeeItem(price)]).commission
    rules = rules_for(payer=None, at=now)
    return {
        "fee": terms,
        "fee_rules": [rule for rule in rules if rule.runs(now) and rule.key != terms.key],
        "example_price": price,
        "example_fee": fee,
        "example_net": price - fee,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def open_page(request: HttpRequest) -> HttpResponse:
    """Name the business, say where it is, agree to the fee."""
    if not isinstance(request.user, User):
        # Most who come here have no account yet; the sign-up page leads to sign-in, too.
        return redirect(f"{reverse('account_signup')}?{urlencode({'next': request.path})}")
    offer = fee_offer(at=timezone.now())
    if request.method != "POST":
        country = preferences_of(request).country
        address = PostalAddressForm(country=country, section="")
        return _page(request, OpenBusinessForm(country=country, offer=offer), address)
    country = address_country(request.POST)
    if PostalAddressForm.is_redraw(request.POST):
        address = PostalAddressForm.redrawn(request.POST, section="")
        form = OpenBusinessForm(country=country, offer=offer)
        for key in ("name", "tax_number"):
            form.initial[key] = request.POST.get(form.add_prefix(key), "")
        return _page(request, form, address)
    form = OpenBusinessForm(request.POST, country=country, offer=offer)
    address = PostalAddressForm(request.POST, section="")
    if not (form.is_valid() & address.is_valid()):
        return _page(request, form, address, status=422)
    try:
        business = open_business(
            owner=request.user,
            name=form.cleaned_data["name"],
            country=address.country,
            currency=form.cleaned_data["currency"],
            address=address.address,
            tax_number=form.cleaned_data["tax_number"],
            phone=address.address.phone,
            language=preferences_of(request).language,
            agreed_fee_bp=form.cleaned_data["fee_bp"],
            agreed_seal=form.cleaned_data["fee_seal"],
            now=timezone.now(),
        )
    except FeeChangedError:
        again = request.POST.dict()
        again[form.add_prefix("fee_bp")] = str(offer.terms.percent_bp)
        again[form.add_prefix("fee_seal")] = offer.seal
        again[form.add_prefix("agrees")] = ""
        form = OpenBusinessForm(again, country=country, offer=offer)
        form.add_error(
            "agrees", _("The fee has changed since you opened this page. Read it again.")
        )
        return _page(request, form, address, status=409)
    messages.success(request, _("Your business is open for drafts. Here is what comes next."))
    return redirect("sellers:status", slug=business.slug)


def _page(
    request: HttpRequest,
    form: OpenBusinessForm,
    address: PostalAddressForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "address_form": address,
        **_example(preferences_of(request).currency),
    }
    return render(request, "sellers/open.html", context, status=status)
