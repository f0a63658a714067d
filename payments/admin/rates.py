"""Exchange rates, those entered by hand, what is added to a pair, and the quotes made of them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
)

from accounts.admin import (
    Decision,
    DecisionAdmin,
    ReadOnlyAdmin,
    ReasonForm,
    decision,
    decision_page,
)
from accounts.models import User
from common.currencies import CURRENCIES
from payments.models import Quote, Rate, RateFetch, RateProposal, SpreadRule
from payments.rules.rates import BASE
from payments.selectors.rates import last_fetches
from payments.services import (
    SpreadError,
    approve_proposal,
    approve_rate,
    end_spread,
    propose_rate,
    reject_proposal,
    set_spread,
)
from payments.services.proposals import MOST_SPREAD_BP
from payments.states import ProposalState

RATE_PERMISSION = "payments.change_rate"
CODES = [(code, code) for code in sorted(CURRENCIES)]


class ProposalForm(ReasonForm):
    """A rate that no publication has, and where it is from."""

    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=[choice for choice in CODES if choice[0] != BASE],
        widget=UnfoldAdminSelectWidget,
    )
    rate = forms.DecimalField(
        label=_("Units for one euro"),
        min_value=Decimal("0.000000001"),
        max_value=Decimal(10**9),
        decimal_places=9,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    as_of = forms.DateField(label=_("Day it is of"), widget=UnfoldAdminDateWidget)
    field_order = ("currency", "rate", "as_of", "reason")

    def clean_as_of(self) -> Any:
        day = self.cleaned_data["as_of"]
        if day > timezone.now().date():
            raise forms.ValidationError(_("Nobody knows tomorrow's rate."))
        return day


class SpreadForm(ReasonForm):
    """What is added to the middle rate, for whom and from when."""

    from_currency = forms.ChoiceField(
        label=_("Seller's currency"),
        required=False,
        choices=[("", _("Any")), *CODES],
        widget=UnfoldAdminSelectWidget,
    )
    to_currency = forms.ChoiceField(
        label=_("Buyer's currency"),
        required=False,
        choices=[("", _("Any")), *CODES],
        widget=UnfoldAdminSelectWidget,
    )
    basis_points = forms.IntegerField(
        label=_("Basis points"),
        help_text=_("150 is 1.5 %. What an older source costs is added to it."),
        min_value=0,
        max_value=MOST_SPREAD_BP,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    valid_from = forms.DateField(label=_("From"), widget=UnfoldAdminDateWidget)
    field_order = ("from_currency", "to_currency", "basis_points", "valid_from", "reason")

    def clean_valid_from(self) -> Any:
        day = self.cleaned_data["valid_from"]
        if day < timezone.now().date():
            raise forms.ValidationError(_("What was added in the past stays as it was."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("from_currency") and data.get("from_currency") == data.get("to_currency"):
            self.add_error("to_currency", _("Within one currency nothing is added."))
        return data


class EnteredAdmin(DecisionAdmin):
    """Rows that a moderator enters with a reason; afterwards they are only decided about."""

    moderate_permission = RATE_PERMISSION
    entry_form: type[ReasonForm]
    entry_title: str | Promise
    entry_explanation: str | Promise
    enter: Callable[..., object]
    refusals: tuple[type[Exception], ...] = (SpreadError,)

    @staticmethod
    def say_refusal(error: Exception) -> str:
        """What the page says of a refusal of `enter`."""
        return str(error)

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return self.has_moderate_permission(request)

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """The admin's "add" page: a reason is asked for, and a service does the writing."""
        if not self.has_add_permission(request) or not isinstance(request.user, User):
            raise PermissionDenied
        form = self.entry_form(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                type(self).enter(actor=request.user, now=timezone.now(), **form.cleaned_data)
            except self.refusals as error:
                form.add_error(None, self.say_refusal(error))
            else:
                options = self.model._meta
                messages.success(request, gettext("It is on record."))
                return redirect(f"admin:{options.app_label}_{options.model_name}_changelist")
        return decision_page(
            self,
            request,
            target=self.model(),
            title=str(self.entry_title),
            explanation=str(self.entry_explanation),
            form=form,
        )


@admin.register(Rate)
class RateAdmin(DecisionAdmin):
    """Exchange rates; those held back moved more than a tenth at once, or strayed from a peg."""

    list_display = ("currency", "rate", "source", "as_of", "held_back", "fetched_at")
    list_filter = ("held_back", "source", "currency")
    search_fields = ("currency",)
    ordering = ("-as_of", "currency")
    row_name = "rate"
    moderate_permission = RATE_PERMISSION
    decisions = {
        "approve": Decision(
            _("Approve"),
            _(
                "It moved more than a tenth at once, or strays from what its currency is fixed to."
                " Prices are converted at it from now on."
            ),
            lambda rate: rate.held_back,
            approve_rate,
        )
    }
    actions_detail = ("approve",)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Whoever looks at rates is told of a source that does not answer."""
        for fetch in last_fetches():
            if fetch.error:
                words = gettext("%(source)s gave no rates at %(at)s UTC: %(error)s.")
                at = f"{fetch.fetched_at:%Y-%m-%d %H:%M}"
                messages.warning(
                    request, words % {"source": fetch.source, "at": at, "error": fetch.error}
                )
        page: HttpResponse = super().changelist_view(request, extra_context)
        return page

    @decision("approve", decisions["approve"].title)
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "approve")


@admin.register(RateProposal)
class RateProposalAdmin(EnteredAdmin):
    """Rates entered by hand: one moderator enters, another one approves."""

    list_display = ("currency", "rate", "as_of", "state", "proposed_by", "decided_by", "reason")
    list_filter = ("state", "currency")
    list_select_related = ("proposed_by", "decided_by")
    search_fields = ("currency", "reason")
    ordering = ("-proposed_at",)
    row_name = "proposal"
    entry_form = ProposalForm
    entry_title = _("Enter a rate")
    entry_explanation = _("Another moderator has to approve it before anything is priced with it.")
    enter = staticmethod(propose_rate)
    decisions = {
        "approve": Decision(
            _("Approve"),
            _("Where no publication has a fresh rate, prices are converted at it from now on."),
            lambda proposal: proposal.state == ProposalState.PENDING,
            approve_proposal,
        ),
        "reject": Decision(
            _("Reject"),
            _("It is never used."),
            lambda proposal: proposal.state == ProposalState.PENDING,
            reject_proposal,
        ),
    }
    actions_detail = ("approve", "reject")

    @decision("approve", decisions["approve"].title)
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        own = RateProposal.objects.filter(pk=object_id, proposed_by=request.user.pk)
        if own.exists():
            messages.error(
                request, gettext("You entered this rate: another moderator has to approve it.")
            )
            return redirect("admin:payments_rateproposal_change", object_id)
        return self.decide(request, object_id, "approve")

    @decision("reject", decisions["reject"].title)
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "reject")


@admin.register(SpreadRule)
class SpreadRuleAdmin(EnteredAdmin):
    """What is added to the middle rate of a pair. A rule is ended, never changed."""

    list_display = ("__str__", "valid_from", "valid_to", "set_by", "reason")
    list_filter = ("from_currency", "to_currency")
    list_select_related = ("set_by",)
    ordering = ("from_currency", "to_currency", "-valid_from", "-id")
    row_name = "rule"
    entry_form = SpreadForm
    entry_title = _("Set the spread of a pair")
    entry_explanation = _(
        "The most specific rule counts: the pair, the seller's currency, the buyer's, any. The"
        " pair's earlier rule ends when this one begins. Quotes that buyers hold keep theirs."
    )
    enter = staticmethod(set_spread)
    decisions = {
        "end": Decision(
            _("End"),
            _("From today on the next less specific rule counts."),
            lambda rule: rule.valid_to is None,
            end_spread,
        )
    }
    actions_detail = ("end",)

    @decision("end", decisions["end"].title)
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "end")


@admin.register(RateFetch)
class RateFetchAdmin(ReadOnlyAdmin):
    """Each look at a source, with what it brought or why it brought nothing."""

    list_display = ("fetched_at", "source", "new_rates", "held_back", "error")
    list_filter = ("source",)
    ordering = ("-fetched_at", "-id")
    show_full_result_count = False


@admin.register(Quote)
class QuoteAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "from_currency", "to_currency", "mid", "rate", "source", "as_of")
    list_filter = ("source", "from_currency", "to_currency")
    ordering = ("-created_at",)
    show_full_result_count = False
