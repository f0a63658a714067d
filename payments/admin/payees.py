"""Whom we pay out to, what keeps them from being paid, and what waits too long because of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from accounts.admin import Decision, DecisionAdmin, decision
from payments.admin.parts import ReadOnlyInline
from payments.admin.reserves import ReserveForm, set_reserve
from payments.models import BankAccount, Payee
from payments.rules.providers import BANK_FILE
from payments.selectors.payability import overdue_money
from payments.services.bank_accounts import pay_by_bank_file
from payments.services.payout_holds import hold_payee, resume_payee

_overdue_button: Callable[[Any], Any] = action(
    description=_("Overdue money"), url_path="overdue", permissions=["view"]
)


class BankAccountInline(ReadOnlyInline):
    """Accounts by their end only: nobody needs more to decide something."""

    model = BankAccount
    fields = readonly_fields = (
        "country",
        "scheme",
        "hint",
        "created_by",
        "created_at",
        "usable_from",
        "replaced_at",
    )


@admin.register(Payee)
class PayeeAdmin(DecisionAdmin):
    """Payees; a hold and its reason are seen by the seller."""

    list_display = ("name", "country", "currency", "provider", "payouts_held", "hold_reason")
    list_filter = ("payouts_held", "provider", "schedule", "currency", "country")
    search_fields = ("name",)
    exclude = ("destination",)
    readonly_fields = ("show_history",)
    inlines = (BankAccountInline,)
    actions_list = ("overdue",)
    row_name = "payee"
    moderate_permission = "payments.change_payee"
    decisions = {
        "hold": Decision(
            _("Hold payouts"),
            _("Nothing is paid until somebody resumes it. The seller reads the reason."),
            lambda payee: not payee.payouts_held,
            hold_payee,
        ),
        "resume": Decision(
            _("Resume payouts"),
            _("What has gathered leaves with the next settlement. Look first why it was held."),
            lambda payee: payee.payouts_held,
            resume_payee,
        ),
        "bank-file": Decision(
            _("Pay by bank file"),
            _(
                "From now on payouts go by our own bank, to an account that the seller gives us."
                " What is on its way already stays as it is."
            ),
            lambda payee: payee.provider != BANK_FILE,
            pay_by_bank_file,
        ),
        "reserve": Decision(
            _("Change the reserve"),
            _("It holds for what is released from now on; what is kept already stays as it is."),
            lambda payee: True,
            set_reserve,
        ),
    }
    actions_detail = ("hold", "resume", "bank_file", "reserve")

    def form_for(self, row: Payee, chosen: Decision, data: Any) -> forms.Form:
        if chosen is self.decisions["reserve"]:
            return ReserveForm(data, payee=row)
        return super().form_for(row, chosen, data)

    @decision("reserve", decisions["reserve"].title)
    def reserve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "reserve")

    @decision("hold", decisions["hold"].title)
    def hold(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "hold")

    @decision("resume", decisions["resume"].title)
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "resume")

    @decision("bank-file", decisions["bank-file"].title)
    def bank_file(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "bank-file")

    @_overdue_button
    def overdue(self, request: HttpRequest) -> HttpResponse:
        """Money whose limit is near or over and which something holds back."""
        now = timezone.now()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": gettext("Overdue money"),
            "lines": overdue_money(now=now),
            "now": now,
        }
        return render(request, "payments/admin_overdue.html", context)
