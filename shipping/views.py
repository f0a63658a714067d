"""The seller's pages about delivery, under /sell/<slug>/delivery/."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.countries import country_name
from common.money import Money
from sellers.views.access import BusinessRequest, business_required
from shipping.forms import REGION_NAMES, ItemRangeForm, OptionForm, ProfileForm, profile_values
from shipping.models import DeliveryOption, DeliveryProfile, ItemNumberRange
from shipping.rules import REGIONS
from shipping.selectors import item_ranges_of, list_profiles, say_carried_by
from shipping.services import (
    ProfileInUseError,
    RangeOverlapError,
    TooManyError,
    add_item_range,
    default_profile,
    delete_option,
    delete_profile,
    remove_item_range,
    save_option,
    save_profile,
)
from trade.rules.s10 import ItemNumber

COUNTRIES_NAMED = 4


@require_GET
@business_required()
def profiles(request: BusinessRequest, slug: str) -> HttpResponse:
    """Every delivery profile with its options; a new business starts with usual ones."""
    found = list_profiles(business_id=request.business.pk)
    if not found:
        default_profile(business=request.business, now=timezone.now())
        found = list_profiles(business_id=request.business.pk)
    shown = [
        {"profile": profile, "options": [_row(option) for option in profile.options.all()]}
        for profile in found
    ]
    return _page(request, "profiles", profiles=shown)


def _page(request: BusinessRequest, name: str, status: int = 200, **context: Any) -> HttpResponse:
    context |= {"business": request.business, "dashboard_section": "delivery"}
    return render(request, f"shipping/{name}.html", context, status=status)


def _row(option: DeliveryOption) -> dict[str, Any]:
    return {
        "option": option,
        "where": _where(option),
        "carried_by": say_carried_by(option.carried_by),
        "base": Money(option.base_amount, option.currency),
        "per_kg": Money(option.per_kg_amount, option.currency) if option.per_kg_amount else None,
        "max_kg": f"{option.max_weight_g / 1000:g}" if option.max_weight_g else "",
    }


def _where(option: DeliveryOption) -> str:
    """Where an option goes, in a few words."""
    if option.everywhere:
        return _("Everywhere else")
    left = set(option.countries)
    names: list[str] = []
    for key, members in REGIONS.items():
        if left.issuperset(members):
            names.append(str(REGION_NAMES[key]))
            left -= set(members)
    language = get_language() or "en"
    names += sorted(country_name(code, language) for code in left)
    more = len(names) - COUNTRIES_NAMED
    if more > 0:
        return _("%(names)s and %(count)s more") % {
            "names": ", ".join(names[:COUNTRIES_NAMED]),
            "count": more,
        }
    return ", ".join(names)


def _profile(request: BusinessRequest, profile_id: int) -> DeliveryProfile:
    own = DeliveryProfile.objects.filter(business=request.business, pk=profile_id).first()
    if own is None:
        raise Http404
    return own


def _option(request: BusinessRequest, profile: DeliveryProfile, key: uuid.UUID) -> DeliveryOption:
    own = DeliveryOption.objects.filter(profile=profile, pk=key).first()
    if own is None:
        raise Http404
    return own


@require_http_methods(["GET", "HEAD", "POST"])
@business_required()
def profile_edit(
    request: BusinessRequest, slug: str, profile_id: int | None = None
) -> HttpResponse:
    """Name a profile and say how fast parcels leave."""
    profile = _profile(request, profile_id) if profile_id is not None else None
    form = ProfileForm(request.POST or None, initial=profile_values(profile) if profile else None)
    if request.method == "POST" and form.is_valid():
        try:
            save_profile(
                business=request.business,
                profile_id=profile_id,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except TooManyError:
            messages.error(request, _("You have as many profiles as we can keep."))
        else:
            messages.success(request, _("Saved."))
        return redirect("shipping:profiles", slug)
    return _page(request, "profile", 422 if form.errors else 200, form=form, profile=profile)


@require_POST
@business_required()
def profile_remove(request: BusinessRequest, slug: str, profile_id: int) -> HttpResponse:
    """Remove a profile that no listing uses."""
    try:
        delete_profile(business=request.business, profile_id=profile_id)
    except DeliveryProfile.DoesNotExist:
        raise Http404 from None
    except ProfileInUseError:
        messages.error(request, _("Listings still use this profile. Give them another one first."))
    else:
        messages.success(request, _("Removed."))
    return redirect("shipping:profiles", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@business_required()
def option_edit(
    request: BusinessRequest, slug: str, profile_id: int, option_id: uuid.UUID | None = None
) -> HttpResponse:
    """One way to send a parcel: where, how much, how long."""
    profile = _profile(request, profile_id)
    option = _option(request, profile, option_id) if option_id is not None else None
    business = request.business
    form = OptionForm(
        request.POST or None, currency=business.currency, home=business.country, option=option
    )
    if request.method == "POST" and form.is_valid():
        try:
            save_option(
                business=business, profile_id=profile_id, terms=form.terms(), option_id=option_id
            )
        except TooManyError:
            messages.error(request, _("This profile has as many options as we can keep."))
        else:
            messages.success(request, _("Saved. Orders already placed keep their price."))
        return redirect("shipping:profiles", slug)
    context = {"form": form, "profile": profile, "option": option}
    return _page(request, "option", 422 if form.errors else 200, **context)


@require_POST
@business_required()
def option_remove(
    request: BusinessRequest, slug: str, profile_id: int, option_id: uuid.UUID
) -> HttpResponse:
    """Take an option off a profile."""
    option = _option(request, _profile(request, profile_id), option_id)
    delete_option(business=request.business, option_id=option.pk)
    messages.success(request, _("Removed."))
    return redirect("shipping:profiles", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@business_required()
def item_numbers(request: BusinessRequest, slug: str) -> HttpResponse:
    """The ranges of item numbers that the seller's post has given it."""
    form = ItemRangeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_item_range(
                business=request.business, now=timezone.now(), **form.cleaned_data["terms"]
            )
        except RangeOverlapError:
            form.add_error("first", _("You have a range with some of these numbers already."))
        except TooManyError:
            form.add_error("first", _("You have as many ranges as we can keep. Remove a used one."))
        else:
            messages.success(request, _("Saved. Take numbers from it on an order's papers."))
            return redirect("shipping:item_numbers", slug)
    rows = [
        {
            "range": one,
            "next": ItemNumber(one.prefix, one.next_serial, one.country) if one.left else None,
            "last": ItemNumber(one.prefix, one.last_serial, one.country),
        }
        for one in item_ranges_of(business_id=request.business.pk)
    ]
    return _page(request, "item_numbers", 422 if form.errors else 200, form=form, rows=rows)


@require_POST
@business_required()
def item_range_remove(request: BusinessRequest, slug: str, range_id: int) -> HttpResponse:
    """Forget a range."""
    try:
        remove_item_range(business=request.business, range_id=range_id)
    except ItemNumberRange.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Removed. Numbers already on parcels stay there."))
    return redirect("shipping:item_numbers", slug)
