"""What somebody sees who thinks about selling here."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import urlencode

from django.conf import settings
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
from sellers.forms import OpenBusinessForm, address_country
from sellers.selectors import list_memberships
from sellers.services import FeeChangedError, open_business


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """What selling here means and costs; for members, the way to their businesses."""
    person = request.user if isinstance(request.user, User) else None
    context = {
        "fee_bp": settings.PLATFORM_FEE_PERCENT_BP,
        "memberships": list_memberships(user_id=person.pk) if person else [],
        **_example(preferences_of(request).currency),
    }
    return render(request, "sellers/start.html", context)


def _example(currency: str) -> dict[str, Money]:
    """A sale of a round amount in the reader's currency, and what is left of it."""
    price = Money.from_decimal(
        Decimal(100 if currency_of(currency).exponent else 100_000), currency
    )
    fee = price.times(Decimal(settings.PLATFORM_FEE_PERCENT_BP) / 10_000)
    return {"example_price": price, "example_fee": fee, "example_net": price - fee}


@require_http_methods(["GET", "HEAD", "POST"])
def open_page(request: HttpRequest) -> HttpResponse:
    """Name the business, say where it is, agree to the fee."""
    if not isinstance(request.user, User):
        # Most who come here have no account yet; the sign-up page leads to sign-in, too.
        return redirect(f"{reverse('account_signup')}?{urlencode({'next': request.path})}")
    if request.method != "POST":
        country = preferences_of(request).country
        address = PostalAddressForm(country=country, section="")
        return _page(request, OpenBusinessForm(country=country), address)
    country = address_country(request.POST)
    if PostalAddressForm.is_redraw(request.POST):
        address = PostalAddressForm.redrawn(request.POST, section="")
        form = OpenBusinessForm(country=country)
        for key in ("name", "tax_number"):
            form.initial[key] = request.POST.get(form.add_prefix(key), "")
        return _page(request, form, address)
    form = OpenBusinessForm(request.POST, country=country)
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
            now=timezone.now(),
        )
    except FeeChangedError:
        again = request.POST.dict()
        again[form.add_prefix("fee_bp")] = str(settings.PLATFORM_FEE_PERCENT_BP)
        again[form.add_prefix("agrees")] = ""
        form = OpenBusinessForm(again, country=country)
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
        "fee_bp": settings.PLATFORM_FEE_PERCENT_BP,
        **_example(preferences_of(request).currency),
    }
    return render(request, "sellers/open.html", context, status=status)
