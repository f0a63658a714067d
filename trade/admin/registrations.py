"""The platform's tax and customs numbers: added and ended by moderators with a reason, never changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.admin import Decision, DecisionAdmin, ReasonForm, decision, decision_page
from accounts.models import User
from trade.models import Registration
from trade.rules.registrations import NumberKind, numbers_of_scheme
from trade.selectors.registration_words import say_end_refusal, say_number_refusal, say_scheme
from trade.selectors.registrations import SchemeStanding, scheme_returns, scheme_standings
from trade.services.registrations import (
    EndError,
    NewNumber,
    RegistrationError,
    add_registration,
    check_end,
    end_registration,
)

EORI = "EORI"


class PlatformNumberForm(ReasonForm):
    """A number of the platform: the scheme it joins, or an EORI number."""

    scheme = forms.ChoiceField(label=_("What it is for"), widget=UnfoldAdminSelectWidget)
    number = forms.CharField(label=_("Number"), max_length=40, widget=UnfoldAdminTextInputWidget)
    valid_from = forms.DateField(label=_("First day"), widget=UnfoldAdminDateWidget)
    field_order = ("scheme", "number", "valid_from", "reason")

    def __init__(self, *args: Any, standings: list[SchemeStanding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {one.key: one.destinations for one in standings}
        choices: list[tuple[str, Any]] = [
            (f"{one.key}/{kind.kind.value}/{kind.country}", f"{say_scheme(one)}: {kind.kind.value}")
            for one in standings
            for kind in numbers_of_scheme(one.key, one.destinations)
        ]
        choices.append((f"/{EORI}/", _("EORI, for customs")))
        self.fields["scheme"].choices = choices  # type: ignore[attr-defined]
        self.order_fields(self.field_order)

    def new_number(self) -> NewNumber:
        """What was entered; an EORI number says its own country."""
        scheme, kind, country = self.cleaned_data["scheme"].split("/")
        number = self.cleaned_data["number"]
        return NewNumber(
            kind=NumberKind(kind),
            country=number.strip()[:2].upper() if kind == EORI else country,
            number=number,
            valid_from=self.cleaned_data["valid_from"],
            scheme=scheme,
        )


class EndForm(ReasonForm):
    """The last day on which a number holds."""

    last_day = forms.DateField(
        label=_("Last day"),
        widget=UnfoldAdminDateWidget,
        help_text=_("Yesterday at the earliest: it does not hold any more then."),
    )
    field_order = ("last_day", "reason")

    def __init__(self, *args: Any, row: Registration, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        try:
            check_end(self.row, last_day=day, now=timezone.now())
        except EndError as error:
            raise forms.ValidationError(say_end_refusal(error.code)) from None
        return day


def _button(title: str | Promise, path: str) -> Callable[[Any], Any]:
    made: Callable[[Any], Any] = action(description=title, url_path=path, permissions=["view"])
    return made


def _may_end(row: Registration) -> bool:
    return row.owner_ref is None and row.may_end(timezone.now())


@admin.register(Registration)
class RegistrationAdmin(DecisionAdmin):
    """The platform's numbers. Sellers keep their own; nobody reads those here."""

    list_display = ("scheme", "kind", "country", "number", "valid_from", "valid_to", "added_by")
    list_filter = ("kind", "country")
    list_select_related = ("added_by",)
    ordering = ("scheme", "country", "-valid_from")
    readonly_fields = ("show_history",)
    row_name = "registration"
    moderate_permission = "trade.change_registration"
    decisions = {
        "end": Decision(
            _("End"),
            _(
                "From the next day on the tax is the border's again: buyers there see what the carrier"
                " will ask for. Orders that were placed before keep the number."
            ),
            _may_end,
            end_registration,
            form=EndForm,
        )
    }
    actions_detail = ("end",)
    actions_list = ("schemes",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Registration]:
        rows: QuerySet[Registration] = super().get_queryset(request)
        return rows.filter(owner_ref__isnull=True)

    def form_for(self, row: Any, chosen: Decision, data: Any) -> forms.Form:
        return EndForm(data, row=row)

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return self.has_moderate_permission(request)

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """The admin's "add" page: a reason is asked for, and a service does the writing."""
        if not self.has_add_permission(request) or not isinstance(request.user, User):
            raise PermissionDenied
        now = timezone.now()
        form = PlatformNumberForm(request.POST or None, standings=scheme_standings(on=now.date()))
        if request.method == "POST" and form.is_valid():
            try:
                add_registration(
                    owner_ref=None,
                    new=form.new_number(),
                    reason=form.cleaned_data["reason"],
                    actor=request.user,
                    now=now,
                )
            except RegistrationError as error:
                place = "valid_from" if error.code in {"period", "overlaps"} else "number"
                form.add_error(place, say_number_refusal(error.code))
            else:
                messages.success(request, gettext("It is on record."))
                return redirect("admin:trade_registration_changelist")
        return decision_page(
            self,
            request,
            target=self.model(),
            title=gettext("Add a number of the platform"),
            explanation=gettext(
                "From its first day on the tax of the scheme is charged at checkout and declared by us."
            ),
            form=form,
        )

    @_button(_("Schemes we are registered for"), "schemes")
    def schemes(self, request: HttpRequest) -> HttpResponse:
        """Every scheme that the rulebook has for a platform, and whether we have joined it."""
        today = timezone.now().date()
        returns = scheme_returns()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Schemes we are registered for"),
            "today": today,
            "schemes": [
                {"one": one, "name": say_scheme(one), "declared": returns.get(one.key)}
                for one in scheme_standings(on=today)
            ],
        }
        return render(request, "trade/admin_schemes.html", context)

    @decision("end", decisions["end"].title)
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "end")
