"""A person's own pages: preferences, profile, addresses."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import PostalAddressForm, PreferencesForm, ProfileForm
from accounts.middleware import preferences_of, remember_preferences
from accounts.models import Address, User
from accounts.selectors import has_verified_email, list_addresses
from accounts.services import (
    TooManyAddressesError,
    delete_address,
    save_address,
    save_preferences,
    save_profile,
)
from common.addresses import PostalAddress
from common.http import safe_next
from common.postal import format_address


def _person(request: HttpRequest) -> User:
    """Whoever has signed in; only behind login_required."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    return user


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Country, currency and language; nobody needs an account for it."""
    chosen = preferences_of(request)
    going = safe_next(request, "/")
    if request.method != "POST":
        form = PreferencesForm(preferences=chosen)
        return render(request, "accounts/preferences.html", {"form": form, "next": going})
    form = PreferencesForm(request.POST, preferences=chosen)
    if not form.is_valid():
        context = {"form": form, "next": going}
        return render(request, "accounts/preferences.html", context, status=422)
    chosen = form.preferences()
    if isinstance(request.user, User):
        save_preferences(user=request.user, preferences=chosen)
    response = redirect(going)
    remember_preferences(response, chosen)
    return response


@require_POST
def address_fields(request: HttpRequest) -> HttpResponse:
    """The fields of an address form for the country chosen, with what was typed so far."""
    prefix = request.GET.get("prefix") or None
    section = request.GET.get("section", "shipping")
    if section not in {"shipping", "billing", ""}:
        raise Http404
    form = PostalAddressForm.redrawn(request.POST, prefix=prefix, section=section)
    return render(request, "accounts/_address_fields.html", {"form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The first page of an account."""
    person = _person(request)
    form = ProfileForm(request.POST or None, initial={"name": person.name})
    if request.method == "POST" and form.is_valid():
        save_profile(user=person, name=form.cleaned_data["name"])
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    context = {"form": form, "is_verified": has_verified_email(user_id=person.pk)}
    status = 422 if form.errors else 200
    return render(request, "accounts/profile.html", context, status=status)


@login_required
@require_GET
def addresses(request: HttpRequest) -> HttpResponse:
    """The address book."""
    kept = [
        {"id": row.id, "lines": format_address(row.address), "is_default": row.is_default}
        for row in list_addresses(user_id=_person(request).pk)
    ]
    return render(request, "accounts/addresses.html", {"addresses": kept})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_address(request: HttpRequest, address_id: int | None = None) -> HttpResponse:
    """Add an address, or change one."""
    person = _person(request)
    kept: Address | None = None
    if address_id is not None:
        kept = Address.objects.filter(user=person, pk=address_id).first()
        if kept is None:
            raise Http404
    if request.method != "POST":
        known = PostalAddress.from_dict(kept.data) if kept else None
        form = PostalAddressForm(address=known, country=preferences_of(request).country, section="")
        return _address_page(request, form, kept)
    if PostalAddressForm.is_redraw(request.POST):
        return _address_page(request, PostalAddressForm.redrawn(request.POST, section=""), kept)
    form = PostalAddressForm(request.POST, section="")
    if not form.is_valid():
        return _address_page(request, form, kept, status=422)
    try:
        save_address(
            user=person,
            address=form.address,
            address_id=address_id,
            is_default="is_default" in request.POST,
        )
    except TooManyAddressesError:
        messages.error(request, _("Your address book is full. Remove an address first."))
        return redirect("accounts:addresses")
    messages.success(request, _("The address is kept."))
    return redirect(safe_next(request, "/account/addresses/"))


def _address_page(
    request: HttpRequest, form: PostalAddressForm, kept: Address | None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "kept": kept, "next": safe_next(request, "")}
    return render(request, "accounts/address.html", context, status=status)


@login_required
@require_POST
def remove_address(request: HttpRequest, address_id: int) -> HttpResponse:
    """Forget an address."""
    try:
        delete_address(user=_person(request), address_id=address_id)
    except Address.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("The address is forgotten."))
    return redirect("accounts:addresses")
