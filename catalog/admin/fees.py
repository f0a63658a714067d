"""Fee rules as a moderator sees them: added and ended with a reason, never changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from accounts.admin import Decision, ReasonForm, decision, decision_page
from accounts.models import User
from catalog.models import Category
from catalog.services.fees import add_fee_rule, end_fee_rule
from common.currencies import CURRENCIES
from common.money import Money, MoneyParseError
from payments.admin.rates import EnteredAdmin
from payments.models import FeeRule
from payments.selectors.fees import say_fee, terms_of
from payments.services.fees import MOST_BP, FeeRuleError, NewFee, NoticeTooShortError
from sellers.models import Business

DAY = timedelta(days=1)
WORDS = {
    "past": _("It can't begin in the past."),
    "period": _("It would end before it begins."),
    "endless": _("A promotion has an end."),
    "currency": _("Say in which currency the amounts are."),
    "amount": _("A percentage is between 0 and 50, an amount is not negative."),
    "category": _("There is no such shelf any more."),
    "ended": _("It has ended already, or ends sooner anyway."),
}


def refusal(error: FeeRuleError | NoticeTooShortError) -> str:
    """Why a rule was not written down, in a sentence."""
    if isinstance(error, FeeRuleError):
        return str(WORDS[error.code])
    first = (error.earliest + DAY).date()
    return gettext(
        "It makes selling dearer for somebody, who has to be told 15 days before: %(day)s at the earliest."
    ) % {"day": first.isoformat()}


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


class FeeRuleForm(ReasonForm):
    """A rule to be; days are whole days in UTC."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("Sellers read it."),
        widget=UnfoldAdminTextInputWidget,
    )
    percent = forms.DecimalField(
        label=_("Percent of the goods"),
        min_value=Decimal(0),
        max_value=Decimal(MOST_BP).scaleb(-2),
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    fixed = forms.CharField(
        label=_("Fixed part an order"), required=False, widget=UnfoldAdminTextInputWidget
    )
    minimum = forms.CharField(
        label=_("At least, an order"), required=False, widget=UnfoldAdminTextInputWidget
    )
    currency = forms.ChoiceField(
        label=_("Currency of these amounts"),
        required=False,
        choices=[("", "–"), *((code, code) for code in sorted(CURRENCIES))],
        widget=UnfoldAdminSelectWidget,
    )
    category = forms.ChoiceField(
        label=_("Shelf, with all below it"), required=False, widget=UnfoldAdminSelectWidget
    )
    business = forms.CharField(
        label=_("For one business only"),
        required=False,
        help_text=_("The last part of its shop's address."),
        widget=UnfoldAdminTextInputWidget,
    )
    is_promotion = forms.BooleanField(
        label=_("A promotion: taken only where it is cheaper"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )
    first_day = forms.DateField(
        label=_("First day"),
        required=False,
        help_text=_("Empty: at once. What makes selling dearer needs 15 days."),
        widget=UnfoldAdminDateWidget,
    )
    last_day = forms.DateField(label=_("Last day"), required=False, widget=UnfoldAdminDateWidget)
    field_order = (
        *("name", "percent", "fixed", "minimum", "currency", "category", "business"),
        *("is_promotion", "first_day", "last_day", "reason"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].max_length = 200  # type: ignore[attr-defined]
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        shelves = Category.objects.order_by("path").values_list("path", flat=True)
        field.choices = [("", gettext("All")), *((path, path) for path in shelves)]

    def clean_business(self) -> Any:
        slug = self.cleaned_data["business"].strip()
        if not slug:
            return None
        found = Business.objects.filter(slug=slug).first()
        if found is None:
            raise forms.ValidationError(gettext("There is no shop at this address."))
        return found.payee_id

    def clean_first_day(self) -> date | None:
        day: date | None = self.cleaned_data["first_day"]
        today = timezone.now().date()
        if day is not None and day < today:
            raise forms.ValidationError(WORDS["past"])
        return None if day == today else day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("fixed", "minimum"):
            data[name] = self._amount(name, data.get(name) or "", data.get("currency") or "")
        return data

    def _amount(self, name: str, typed: str, currency: str) -> int:
        if not typed.strip():
            return 0
        if not currency:
            self.add_error("currency", WORDS["currency"])
            return 0
        try:
            return Money.parse(typed, currency).amount
        except MoneyParseError:
            self.add_error(name, gettext("This is no amount in that currency."))
            return 0


class EndForm(ReasonForm):
    """When a rule is over."""

    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: it ends at once; one that has not begun is withdrawn."),
        widget=UnfoldAdminDateWidget,
    )
    field_order = ("last_day", "reason")


def _enter(*, actor: User, now: datetime, reason: str, **data: Any) -> FeeRule:
    fee = NewFee(
        name=data["name"],
        percent_bp=int(data["percent"].scaleb(2)),
        fixed_amount=data["fixed"],
        minimum_amount=data["minimum"],
        currency=data["currency"],
        category=data["category"],
        payee_id=data["business"],
        is_promotion=data["is_promotion"],
        starts_at=midnight(data["first_day"]) if data["first_day"] else None,
        ends_at=midnight(data["last_day"] + DAY) if data["last_day"] else None,
    )
    return add_fee_rule(fee=fee, reason=reason, actor=actor, now=now)


@admin.register(FeeRule)
class FeeRuleAdmin(EnteredAdmin):
    """What sellers pay. A rule is ended, never changed; orders keep what they were placed with."""

    list_display = ("name", "show_fee", "category", "payee", "is_promotion", "starts_at", "ends_at")
    list_filter = ("is_promotion", "category")
    list_select_related = ("payee",)
    search_fields = ("name", "category", "payee__name")
    ordering = ("-starts_at", "-id")
    readonly_fields = ("show_history",)
    row_name = "rule"
    moderate_permission = "payments.change_feerule"
    entry_form = FeeRuleForm
    entry_title = _("Add a fee rule")
    entry_explanation = _(
        "Everybody whom it concerns is told by e-mail. The most specific rule counts: of a seller"
        " and a shelf, of a seller, of a shelf, of all; of two, the one that began last."
    )
    enter = staticmethod(_enter)
    refusals = (FeeRuleError, NoticeTooShortError)
    decisions = {
        "end": Decision(
            _("End"),
            _("What is less specific counts again. Whoever it concerns is told by e-mail."),
            lambda rule: rule.ends_at is None or rule.ends_at > timezone.now(),
            end_fee_rule,
            form=EndForm,
        )
    }
    actions_detail = ("end",)

    @staticmethod
    def say_refusal(error: Exception) -> str:
        return refusal(error) if isinstance(error, FeeRuleError | NoticeTooShortError) else ""

    @admin.display(description=_("Fee"))
    def show_fee(self, rule: FeeRule) -> str:
        return say_fee(terms_of(rule))

    @decision("end", decisions["end"].title)
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """As every decision; but why it can't end yet is said beside the day."""
        rule = get_object_or_404(FeeRule, pk=object_id)
        if not self.has_moderate_permission(request) or not isinstance(request.user, User):
            raise PermissionDenied
        form = EndForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            last_day = form.cleaned_data["last_day"]
            try:
                end_fee_rule(
                    rule=rule,
                    ends_at=midnight(last_day + DAY) if last_day else None,
                    reason=form.cleaned_data["reason"],
                    actor=request.user,
                    now=timezone.now(),
                )
            except (FeeRuleError, NoticeTooShortError) as error:
                form.add_error("last_day", refusal(error))
            else:
                messages.success(request, gettext("Done. Whoever it concerns is told."))
                return redirect("admin:payments_feerule_change", object_id)
        chosen = self.decisions["end"]
        return decision_page(
            self,
            request,
            target=rule,
            title=f"{chosen.title}: {rule}",
            explanation=str(chosen.explanation),
            form=form,
        )
