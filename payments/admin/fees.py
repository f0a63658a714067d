"""The tax on our fee as a moderator sees it. What sellers pay is in the catalogue's admin."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.admin import Decision, ReasonForm, decision
from common.countries import country_choices
from payments.admin.rates import EnteredAdmin
from payments.models import FeeTaxRule
from payments.services.fees import MOST_BP, FeeRuleError, add_fee_tax_rule, end_fee_tax_rule

WORDS = {
    "past": _("What was charged in the past stays as it was: today at the earliest."),
    "amount": _("A rate is between 0 and 50 percent."),
    "period": _("A rate that begins on that day or later is on record: end that one first."),
}


class FeeTaxForm(ReasonForm):
    """A country's tax on our fee."""

    country = forms.ChoiceField(
        label=_("Country"), choices=country_choices, widget=UnfoldAdminSelectWidget
    )
    name = forms.CharField(
        label=_("Name of the tax"), max_length=40, widget=UnfoldAdminTextInputWidget
    )
    percent = forms.DecimalField(
        label=_("Percent of the fee"),
        min_value=Decimal(0),
        max_value=Decimal(MOST_BP).scaleb(-2),
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    valid_from = forms.DateField(label=_("First day"), widget=UnfoldAdminDateWidget)
    legal_reference = forms.CharField(
        label=_("The law that says so"), max_length=200, widget=UnfoldAdminTextInputWidget
    )
    source = forms.CharField(
        label=_("Where that was read"),
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    field_order = (
        *("country", "name", "percent", "valid_from", "legal_reference", "source", "reason"),
    )


def _enter(*, percent: Decimal, **data: Any) -> FeeTaxRule:
    return add_fee_tax_rule(rate_bp=int(percent.scaleb(2)), **data)


def _end(**data: Any) -> FeeTaxRule:
    return end_fee_tax_rule(last_day=None, **data)


@admin.register(FeeTaxRule)
class FeeTaxRuleAdmin(EnteredAdmin):
    """Rates of tax on our fee; charged only in the countries of PLATFORM_FEE_TAX_COUNTRIES."""

    list_display = ("country", "name", "show_rate", "valid_from", "valid_to", "legal_reference")
    list_filter = ("country",)
    ordering = ("country", "-valid_from")
    readonly_fields = ("show_history",)
    row_name = "rule"
    moderate_permission = "payments.change_feetaxrule"
    entry_form = FeeTaxForm
    entry_title = _("Add a tax on the fee")
    entry_explanation = _(
        "It is added to the fee of sellers in that country, if the platform is registered there."
        " The country's earlier rate ends the day before."
    )
    enter = staticmethod(_enter)
    refusals = (FeeRuleError,)
    decisions = {
        "end": Decision(
            _("End"),
            _("Today is the last day on which it is added."),
            lambda rule: rule.valid_to is None or rule.valid_to > timezone.now().date(),
            _end,
        )
    }
    actions_detail = ("end",)

    @staticmethod
    def say_refusal(error: Exception) -> str:
        return str(WORDS[error.code]) if isinstance(error, FeeRuleError) else ""

    @admin.display(description=_("Rate"))
    def show_rate(self, rule: FeeTaxRule) -> str:
        return f"{Decimal(rule.rate_bp) / 100:f} %"

    @decision("end", decisions["end"].title)
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "end")
