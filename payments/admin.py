"""Money as a moderator sees it: everything is read-only; the few actions ask for a reason."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import action

from accounts.admin import Decision, DecisionAdmin, ReadOnlyAdmin, decision
from common.money import Money
from payments.models import (
    Account,
    Entry,
    HeldPayment,
    Payee,
    Payment,
    Payout,
    PayoutLine,
    Posting,
    ProviderEvent,
    Quote,
    Rate,
    Refund,
)
from payments.selectors import trial_balance
from payments.services import approve_rate, reopen_event, retry_refund
from payments.states import InboxState, TransferState


class ReadOnlyInline(TabularInline):  # type: ignore[misc]  # unfold has no types
    """Rows that belong to the one shown; nothing can be added or changed."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


_trial_balance_button: Callable[[Any], Any] = action(
    description=_("Trial balance (CSV)"),
    url_path="trial-balance",
    # As for the list that it stands on: being staff is not enough to read the books.
    permissions=["view"],
)


def _amount(amount: int, currency: str) -> str:
    return str(Money(amount, currency))


class WithAmount:
    """A column that shows minor units as people read them."""

    @admin.display(description=_("amount"), ordering="amount")
    def money(self, row: Any) -> str:
        return _amount(row.amount, row.currency)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """The ledger's accounts with their balances, and the trial balance as CSV."""

    list_display = ("kind", "currency", "reference", "current_balance")
    list_filter = ("kind", "currency")
    search_fields = ("reference",)
    ordering = ("currency", "kind", "reference")
    show_full_result_count = False
    actions_list = ("trial_balance_csv",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        accounts: QuerySet[Account] = super().get_queryset(request)
        return accounts.annotate(now=F("balance__credits") - F("balance__debits"))

    @admin.display(description=_("balance"), ordering="now")
    def current_balance(self, row: Any) -> str:
        return _amount(row.now, row.currency)

    @_trial_balance_button
    def trial_balance_csv(self, request: HttpRequest) -> HttpResponse:
        """Credits, debits and balance of every kind and currency, in major units."""
        return trial_balance_file(timezone.now())


def trial_balance_file(now: datetime) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"trial-balance-{now:%Y-%m-%d-%H%M}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(("currency", "account", "credits", "debits", "balance"))
    for line in trial_balance():
        sides = (Money(side, line.currency) for side in (line.credits, line.debits))
        figures = [f"{money.to_decimal():f}" for money in (*sides, line.balance)]
        writer.writerow((line.currency, line.kind, *figures))
    return response


class PostingInline(ReadOnlyInline):
    model = Posting
    fields = readonly_fields = ("account", "currency", "money")

    @admin.display(description=_("amount, credit positive"))
    def money(self, row: Posting) -> str:
        return _amount(row.amount, row.currency)


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """What happened, leg by leg."""

    list_display = ("created_at", "kind", "reference", "key", "memo")
    list_filter = ("kind",)
    search_fields = ("key", "reference")
    date_hierarchy = "created_at"
    ordering = ("-id",)
    show_full_result_count = False
    inlines = (PostingInline,)


class HeldInline(ReadOnlyInline):
    model = HeldPayment
    fields = readonly_fields = (
        "order_ref",
        "payee",
        "seller_currency",
        "seller_amount",
        "commission_amount",
        "buyer_amount",
        "refunded_amount",
        "state",
        "frozen",
    )


@admin.register(Payment)
class PaymentAdmin(WithAmount, ReadOnlyAdmin):
    list_display = ("created_at", "description", "money", "state", "provider", "paid_at")
    list_filter = ("state", "provider", "currency")
    search_fields = ("purchase_ref", "session_ref", "charge_ref", "email")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    inlines = (HeldInline,)


@admin.register(HeldPayment)
class HeldPaymentAdmin(ReadOnlyAdmin):
    list_display = ("order_ref", "payee", "for_seller", "paid", "state", "frozen", "booked_at")
    list_filter = ("state", "frozen", "seller_currency", "destination")
    list_select_related = ("payee",)
    search_fields = ("order_ref", "payee__name")
    ordering = ("-booked_at",)

    @admin.display(description=_("for the seller"))
    def for_seller(self, row: HeldPayment) -> str:
        return _amount(row.seller_amount, row.seller_currency)

    @admin.display(description=_("paid by the buyer"))
    def paid(self, row: HeldPayment) -> str:
        return _amount(row.buyer_amount, row.currency)


@admin.register(Refund)
class RefundAdmin(WithAmount, DecisionAdmin):
    """Money on its way back to buyers."""

    list_display = ("created_at", "money", "transfer", "reason", "attempts", "last_error")
    list_filter = ("transfer", "currency")
    search_fields = ("held__order_ref", "provider_ref", "key")
    ordering = ("-created_at",)
    row_name = "refund"
    moderate_permission = "payments.change_refund"
    decisions = {
        "retry": Decision(
            _("Send again"),
            _("The provider has refused it for good. It is sent once more, as a new request."),
            lambda refund: refund.transfer == TransferState.FAILED,
            retry_refund,
        )
    }
    actions_detail = ("retry",)

    @decision("retry", decisions["retry"].title)
    def retry(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "retry")


class PayoutLineInline(ReadOnlyInline):
    model = PayoutLine
    fields = readonly_fields = ("entry", "money")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PayoutLine]:
        lines: QuerySet[PayoutLine] = super().get_queryset(request)
        return lines.select_related("posting__entry")

    @admin.display(description=_("entry"))
    def entry(self, row: PayoutLine) -> str:
        return row.posting.entry.key

    @admin.display(description=_("amount"))
    def money(self, row: PayoutLine) -> str:
        return _amount(row.posting.amount, row.posting.currency)


@admin.register(Payout)
class PayoutAdmin(WithAmount, ReadOnlyAdmin):
    list_display = ("number", "payee", "money", "period", "transfer", "paid_at", "last_error")
    list_filter = ("transfer", "currency", "provider")
    list_select_related = ("payee",)
    search_fields = ("number", "payee__name", "provider_ref")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    inlines = (PayoutLineInline,)


@admin.register(Payee)
class PayeeAdmin(ReadOnlyAdmin):
    list_display = ("name", "country", "currency", "provider", "payouts_held", "hold_reason")
    list_filter = ("payouts_held", "currency", "country")
    search_fields = ("name",)
    exclude = ("destination",)


@admin.register(ProviderEvent)
class ProviderEventAdmin(DecisionAdmin):
    """What providers told us. Parked events failed too often and wait for a person."""

    list_display = ("received_at", "provider", "kind", "event_id", "state", "attempts")
    list_filter = ("state", "provider", "kind")
    search_fields = ("event_id",)
    ordering = ("-received_at",)
    row_name = "event"
    moderate_permission = "payments.change_providerevent"
    decisions = {
        "reopen": Decision(
            _("Try again"),
            _("It goes back to the events that wait."),
            lambda event: event.state == InboxState.PARKED,
            reopen_event,
        )
    }
    actions_detail = ("reopen",)

    @decision("reopen", decisions["reopen"].title)
    def reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "reopen")


@admin.register(Rate)
class RateAdmin(DecisionAdmin):
    """Exchange rates; those held back moved more than a tenth at once."""

    list_display = ("currency", "rate", "source", "as_of", "held_back", "fetched_at")
    list_filter = ("held_back", "source", "currency")
    search_fields = ("currency",)
    ordering = ("-as_of", "currency")
    row_name = "rate"
    moderate_permission = "payments.change_rate"
    decisions = {
        "approve": Decision(
            _("Approve"),
            _("It moved more than a tenth at once. Prices are converted at it from now on."),
            lambda rate: rate.held_back,
            approve_rate,
        )
    }
    actions_detail = ("approve",)

    @decision("approve", decisions["approve"].title)
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "approve")


@admin.register(Quote)
class QuoteAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "from_currency", "to_currency", "mid", "rate", "source", "as_of")
    list_filter = ("source", "from_currency", "to_currency")
    ordering = ("-created_at",)
    show_full_result_count = False
