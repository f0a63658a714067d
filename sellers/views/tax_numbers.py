"""The seller's own tax and customs numbers: added and ended, never changed."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.states import TransitionError
from sellers.forms import EndNumberForm, NumberForm
from sellers.states import Role
from sellers.views.access import BusinessRequest, business_required
from trade.models import Registration
from trade.rules.registrations import NumberKind
from trade.selectors.registration_words import KIND_WORDS, say_end_refusal, say_number_refusal
from trade.selectors.registrations import list_registrations
from trade.services.registrations import (
    EndError,
    NewNumber,
    RegistrationError,
    add_registration,
    end_registration,
)


@require_http_methods(["GET", "HEAD", "POST"])
@business_required(role=Role.MANAGER)
def tax_numbers(request: BusinessRequest, slug: str) -> HttpResponse:
    """The numbers that the business has and had; adding one."""
    now = timezone.now()
    form = NumberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            add_registration(
                owner_ref=request.business.pk,
                new=NewNumber(
                    kind=data["kind"],
                    country=data["country"],
                    number=data["number"],
                    valid_from=data["valid_from"],
                ),
                reason="",
                actor=request.user,
                now=now,
            )
        except RegistrationError as error:
            place = {"country": "country", "overlaps": "valid_from"}.get(error.code, "number")
            form.add_error(place, say_number_refusal(error.code))
        else:
            messages.success(request, _("Saved."))
            return redirect("sellers:tax_numbers", slug=slug)
    return _page(request, form)


def _page(request: BusinessRequest, form: NumberForm) -> HttpResponse:
    now = timezone.now()
    rows = [
        {
            "row": row,
            "kind": KIND_WORDS[NumberKind(row.kind)],
            "holds": row.held.holds(now.date()),
            "begins_later": row.valid_from > now.date() and not row.is_withdrawn,
            "end_form": EndNumberForm(
                initial={"last_day": now.date()}, auto_id=f"id_{row.pk.hex}_%s"
            )
            if row.may_end(now)
            else None,
        }
        for row in list_registrations(owner_ref=request.business.pk)
    ]
    context = {
        "business": request.business,
        "form": form,
        "rows": rows,
        "dashboard_section": "tax_numbers",
    }
    status = 422 if form.errors else 200
    return render(request, "sellers/tax_numbers.html", context, status=status)


@require_POST
@business_required(role=Role.MANAGER)
def end(request: BusinessRequest, slug: str, registration_id: uuid.UUID) -> HttpResponse:
    """Let a number of this business end."""
    row = Registration.objects.of(request.business.pk).filter(pk=registration_id).first()
    if row is None:
        raise Http404
    form = EndNumberForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please write the last day as a date."))
        return redirect("sellers:tax_numbers", slug=slug)
    try:
        end_registration(
            registration=row,
            last_day=form.cleaned_data["last_day"],
            reason="",
            actor=request.user,
            now=timezone.now(),
        )
    except EndError as error:
        messages.error(request, say_end_refusal(error.code))
    except TransitionError:
        messages.info(request, _("This number has ended already."))
    else:
        messages.success(request, _("Saved."))
    return redirect("sellers:tax_numbers", slug=slug)
