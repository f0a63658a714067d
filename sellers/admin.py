"""The review queue for businesses: every decision has a reason, a notice and a line in the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline
from unfold.decorators import action, display

from accounts.admin import ReadOnlyAdmin, ReasonForm, decision_page
from accounts.models import User
from accounts.selectors import history_of
from common.addresses import PostalAddress
from common.countries import country_name
from common.postal import format_address
from common.states import TransitionError
from sellers.models import Business, Membership
from sellers.services import (
    approve_business,
    reinstate_business,
    reject_business,
    suspend_business,
)
from sellers.states import BusinessState


class OptionalReasonForm(ReasonForm):
    """Approving needs no reason, but may have a note for the record."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False
        self.fields["reason"].label = gettext_lazy("Note for the record")


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing a moderator may do to a business in some state."""

    title: str | Promise
    explanation: str | Promise
    state: BusinessState
    carry_out: Callable[..., Business]
    form: type[ReasonForm] = ReasonForm


DECISIONS = {
    "approve": Decision(
        gettext_lazy("Approve"),
        gettext_lazy("It may sell from now on; its owners are told."),
        BusinessState.IN_REVIEW,
        approve_business,
        OptionalReasonForm,
    ),
    "reject": Decision(
        gettext_lazy("Send back"),
        gettext_lazy("Its owners read the reason, may change what is wrong and ask again."),
        BusinessState.IN_REVIEW,
        reject_business,
    ),
    "suspend": Decision(
        gettext_lazy("Suspend"),
        gettext_lazy(
            "Its listings vanish at once and payouts are held. Open orders are still to be sent. "
            "Its owners read the reason."
        ),
        BusinessState.APPROVED,
        suspend_business,
    ),
    "reinstate": Decision(
        gettext_lazy("Reinstate"),
        gettext_lazy("Its listings are visible again and payouts go on; its owners are told."),
        BusinessState.SUSPENDED,
        reinstate_business,
    ),
}


def _decision(name: str) -> Callable[[Any], Any]:
    """A button on a business's page; unfold asks has_moderate_permission before it."""
    made: Callable[[Any], Any] = action(
        description=DECISIONS[name].title, url_path=name, permissions=["moderate"]
    )
    return made


class TeamInline(TabularInline):  # type: ignore[misc]  # unfold has no types
    """Who works there; changed by its owners only."""

    model = Membership
    fields = readonly_fields = ("user", "role", "created_at")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Business)
class BusinessAdmin(ReadOnlyAdmin):
    """Looked at here, changed by its owners; decided about through actions."""

    list_display = ("name", "show_country", "currency", "show_state", "submitted_at", "created_at")
    list_filter = ("state", "country", "currency")
    search_fields = ("name", "slug", "tax_number", "memberships__user__email")
    ordering = ("-submitted_at", "-created_at")
    inlines = (TeamInline,)
    actions_detail = ("approve", "reject", "suspend", "reinstate")
    fieldsets = (
        (None, {"fields": ("name", "slug", "state", "review_reason", "tagline", "story")}),
        (
            gettext_lazy("On paper"),
            {"fields": ("show_country", "currency", "tax_number", "show_address", "phone")},
        ),
        (
            gettext_lazy("Agreement"),
            {"fields": ("fee_percent_bp", "fee_agreed_at", "submitted_at", "approved_at")},
        ),
        (gettext_lazy("What happened"), {"fields": ("show_history",)}),
    )

    @admin.display(description=gettext_lazy("Country"), ordering="country")
    def show_country(self, business: Business) -> str:
        return country_name(business.country)

    @display(  # type: ignore[untyped-decorator]  # unfold has no types
        description=gettext_lazy("State"),
        ordering="state",
        label={
            BusinessState.IN_REVIEW.value: "warning",
            BusinessState.APPROVED.value: "success",
            BusinessState.SUSPENDED.value: "danger",
        },
    )
    def show_state(self, business: Business) -> str:
        return business.state

    @admin.display(description=gettext_lazy("Address"))
    def show_address(self, business: Business) -> str:
        if not business.address:
            return "–"
        lines = format_address(PostalAddress.from_dict(business.address), latin=True)
        return format_html_join("\n", "{}<br>", ((line,) for line in lines))

    @admin.display(description=gettext_lazy("Who did what"))
    def show_history(self, business: Business) -> str:
        entries = history_of(target_type="sellers.business", target_id=str(business.pk))
        rows = (
            (e.at.strftime("%Y-%m-%d %H:%M"), e.actor or "–", e.action, e.reason) for e in entries
        )
        return format_html_join("\n", "{} · {} · {} {}<br>", rows) or "–"

    def has_moderate_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return bool(request.user.has_perm("sellers.moderate_business"))

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only what is possible in the present state is offered."""
        state = Business.objects.filter(pk=object_id).values_list("state", flat=True).first()
        return [
            offered
            for offered in super().get_actions_detail(request, object_id)
            if DECISIONS[offered.path].state == state
        ]

    def _decide(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        business = get_object_or_404(Business, pk=UUID(object_id))
        decision = DECISIONS[name]
        form = decision.form(request.POST or None)
        if request.method == "POST" and form.is_valid() and isinstance(request.user, User):
            try:
                decision.carry_out(
                    business=business,
                    actor=request.user,
                    reason=form.cleaned_data["reason"],
                    now=timezone.now(),
                )
            except TransitionError:
                messages.error(request, _("Somebody else has decided already."))
            else:
                messages.success(request, _("Done. The owners have been told."))
            return redirect("admin:sellers_business_change", object_id)
        return decision_page(
            self,
            request,
            target=business,
            title=f"{decision.title}: {business.name}",
            explanation=str(decision.explanation),
            form=form,
        )

    @_decision("approve")
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, "approve")

    @_decision("reject")
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, "reject")

    @_decision("suspend")
    def suspend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, "suspend")

    @_decision("reinstate")
    def reinstate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, "reinstate")
