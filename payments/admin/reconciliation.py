"""Reconciliation: what was compared, what differs, and putting it right by a new entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.admin import Decision, DecisionAdmin, ReadOnlyAdmin, ReasonForm, decision
from accounts.models import User
from payments.admin.parts import amount_text
from payments.models import BalanceTransaction, Difference, ReconciliationRun
from payments.selectors.reconciliation import open_differences, providers_in_use
from payments.services.reconciliation import COUNTER_ACCOUNTS, reconcile, resolve_difference
from payments.states import AccountKind, DifferenceState

ACCOUNT_NAMES = {
    AccountKind.PROVIDER_FEES: _("A fee of the provider"),
    AccountKind.FX_GAIN_LOSS: _("Exchange gain or loss"),
    AccountKind.PLATFORM_BANK: _("Moved to or from our own bank account"),
    AccountKind.PLATFORM_LOSS: _("The platform bears it"),
    AccountKind.ROUNDING: _("Rounding"),
}

_reconcile_button: Callable[[Any], Any] = action(
    description=_("Reconcile now"), url_path="reconcile", permissions=["reconcile"]
)


class ResolveForm(ReasonForm):
    """Against which account the difference is booked, and why."""

    account = forms.TypedChoiceField(
        label=_("What it was"),
        choices=[(kind.value, ACCOUNT_NAMES[kind]) for kind in COUNTER_ACCOUNTS],
        coerce=AccountKind,
        widget=UnfoldAdminSelectWidget,
    )


@admin.register(ReconciliationRun)
class ReconciliationRunAdmin(ReadOnlyAdmin):
    """Every comparison of a provider's account statement with the books."""

    list_display = (
        *("started_at", "provider", "since", "until", "matched", "missing", "extra", "different"),
        *("error", "started_by"),
    )
    list_filter = ("provider",)
    list_select_related = ("started_by",)
    ordering = ("-started_at",)
    actions_list = ("reconcile_now",)

    def has_reconcile_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("payments.change_difference"))

    @_reconcile_button
    def reconcile_now(self, request: HttpRequest) -> HttpResponse:
        """Ask every provider; what differs is then in the list of differences."""
        actor = request.user if isinstance(request.user, User) else None
        for provider in providers_in_use():
            run = reconcile(provider=provider, now=timezone.now(), actor=actor)
            if run.error:
                messages.error(request, f"{provider}: {run.error}")
        left = open_differences().count()
        if left:
            text = ngettext("%d difference is open.", "%d differences are open.", left) % left
            messages.warning(request, text)
            return redirect("admin:payments_difference_changelist")
        messages.success(request, gettext("Providers and books agree."))
        return redirect("admin:payments_reconciliationrun_changelist")


@admin.register(Difference)
class DifferenceAdmin(DecisionAdmin):
    """What a provider and our books disagree about, until a new entry has put it right."""

    list_display = ("kind", "movement", "about", "ours", "theirs", "provider", "state", "found_at")
    list_filter = ("state", "kind", "provider", "movement")
    list_select_related = ("run",)
    search_fields = ("subject", "provider_ref")
    ordering = ("-state", "-id")
    readonly_fields = ("ours", "theirs", "show_history")
    row_name = "difference"
    moderate_permission = "payments.change_difference"
    decisions = {
        "resolve": Decision(
            _("Put right"),
            _(
                "A new entry makes our books say what the provider says; nothing is edited."
                " Look first whether it is only late: the next run closes what has come right."
            ),
            lambda row: row.state == DifferenceState.OPEN,
            resolve_difference,
            ResolveForm,
        )
    }
    actions_detail = ("resolve",)

    @decision("resolve", decisions["resolve"].title)
    def resolve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "resolve")

    @admin.display(description=_("about"))
    def about(self, row: Difference) -> str:
        return row.provider_ref or row.subject

    @admin.display(description=_("in our books"))
    def ours(self, row: Difference) -> str:
        return _side(row.our_amount, row.currency)

    @admin.display(description=_("at the provider"))
    def theirs(self, row: Difference) -> str:
        return _side(row.provider_amount, row.currency)

    @admin.display(description=_("found"), ordering="run__started_at")
    def found_at(self, row: Difference) -> str:
        return f"{row.run.started_at:%Y-%m-%d %H:%M}"


@admin.register(BalanceTransaction)
class BalanceTransactionAdmin(ReadOnlyAdmin):
    """The providers' account statements, as they told them."""

    list_display = ("made_at", "provider", "kind", "source_ref", "gross", "fee_taken", "arrived")
    list_filter = ("provider", "kind", "currency")
    search_fields = ("ref", "source_ref", "subject_ref")
    date_hierarchy = "made_at"
    ordering = ("-made_at",)
    show_full_result_count = False

    @admin.display(description=_("amount"), ordering="amount")
    def gross(self, row: BalanceTransaction) -> str:
        return amount_text(row.amount, row.currency)

    @admin.display(description=_("fee"), ordering="fee")
    def fee_taken(self, row: BalanceTransaction) -> str:
        return amount_text(row.fee, row.currency)

    @admin.display(description=_("net"), ordering="net")
    def arrived(self, row: BalanceTransaction) -> str:
        return amount_text(row.net, row.currency)


def _side(amount: int | None, currency: str) -> str:
    return gettext("nothing") if amount is None else amount_text(amount, currency)
