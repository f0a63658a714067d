"""New sellers' reserves and what was asked back of payouts; a reserve is changed with a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.admin import ReadOnlyAdmin, ReasonForm
from accounts.models import User
from payments.admin.parts import WithAmount, amount_text
from payments.models import Payee, ReserveHold, Reversal
from payments.services.reserves import MOST_BP, change_reserve


class ReserveForm(ReasonForm):
    """What is kept of a seller's next releases; an end in the past ends it."""

    percent = forms.DecimalField(
        label=_("Percent kept"),
        min_value=0,
        max_value=Decimal(MOST_BP) / 100,
        decimal_places=2,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}),
    )
    reserve_days = forms.IntegerField(
        label=_("Days until it is released"),
        min_value=1,
        max_value=180,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
    )
    reserve_until = forms.DateField(
        label=_("For sales released before"),
        required=False,
        help_text=_("Empty: nothing is kept of further sales."),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )
    field_order = ("percent", "reserve_days", "reserve_until", "reason")

    def __init__(self, *args: Any, payee: Payee, **kwargs: Any) -> None:
        until = payee.reserve_until
        now = {
            "percent": Decimal(payee.reserve_bp) / 100,
            "reserve_days": payee.reserve_days or 30,
            "reserve_until": until.date().isoformat() if until else None,
        }
        super().__init__(*args, **{**kwargs, "initial": now})


def set_reserve(
    *,
    payee: Payee,
    percent: Decimal,
    reserve_days: int,
    reserve_until: date | None,
    actor: User,
    reason: str,
    now: datetime,
) -> Payee:
    until = datetime.combine(reserve_until, time.min, UTC) if reserve_until else None
    return change_reserve(
        payee=payee,
        reserve_bp=int(percent * 100),
        reserve_days=reserve_days,
        reserve_until=until,
        actor=actor,
        reason=reason,
        now=now,
    )


@admin.register(ReserveHold)
class ReserveHoldAdmin(WithAmount, ReadOnlyAdmin):
    list_display = ("created_at", "payee", "money", "used", "release_at", "released_at")
    list_filter = ("currency", ("released_at", admin.EmptyFieldListFilter))
    list_select_related = ("payee",)
    search_fields = ("payee__name", "order_ref")
    ordering = ("release_at",)

    @admin.display(description=_("used"))
    def used(self, row: ReserveHold) -> str:
        return amount_text(row.used_amount, row.currency)


@admin.register(Reversal)
class ReversalAdmin(WithAmount, ReadOnlyAdmin):
    """What was asked back of payouts, because a seller owed it."""

    list_display = ("created_at", "payout", "money", "transfer", "reason", "last_error")
    list_filter = ("transfer", "currency")
    list_select_related = ("payout",)
    search_fields = ("payout__number", "payout__payee__name", "provider_ref")
    ordering = ("-created_at",)
