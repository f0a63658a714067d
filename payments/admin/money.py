"""Payments, what is held of them, refunds and payouts."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.admin import Decision, DecisionAdmin, ReadOnlyAdmin, decision
from payments.admin.parts import ReadOnlyInline, WithAmount, amount_text
from payments.models import HeldPayment, Payment, Payout, PayoutLine, Refund
from payments.services import retry_refund
from payments.services.payouts import is_unsent, recall_payout
from payments.services.warnings import end_warnings, is_warned
from payments.states import TransferState


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
class HeldPaymentAdmin(DecisionAdmin):
    """What is held for each order, and what keeps it; a warning keeps it until a person has looked."""

    list_display = ("order_ref", "payee", "for_seller", "paid", "state", "frozen", "booked_at")
    list_filter = ("state", "frozen", "seller_currency", "destination")
    list_select_related = ("payee",)
    search_fields = ("order_ref", "payee__name")
    ordering = ("-booked_at",)

    row_name = "held"
    moderate_permission = "payments.change_heldpayment"
    readonly_fields = ("show_history",)
    decisions = {
        "end-warnings": Decision(
            _("Nothing is wrong"),
            _(
                "The provider's warnings and reviews of this payment keep nothing back any longer."
                " Where it is fraud, give the money back instead: refund the order."
            ),
            is_warned,
            end_warnings,
        )
    }
    actions_detail = ("end_warnings",)

    @decision("end-warnings", decisions["end-warnings"].title)
    def end_warnings(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "end-warnings")

    @admin.display(description=_("for the seller"))
    def for_seller(self, row: HeldPayment) -> str:
        return amount_text(row.seller_amount, row.seller_currency)

    @admin.display(description=_("paid by the buyer"))
    def paid(self, row: HeldPayment) -> str:
        return amount_text(row.buyer_amount, row.currency)


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
        return amount_text(row.posting.amount, row.posting.currency)


@admin.register(Payout)
class PayoutAdmin(WithAmount, DecisionAdmin):
    """What was sent to sellers, or waits; one that its provider never takes is given back."""

    list_display = ("number", "payee", "money", "period", "transfer", "paid_at", "last_error")
    list_filter = ("transfer", "currency", "provider")
    list_select_related = ("payee",)
    search_fields = ("number", "payee__name", "provider_ref")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    inlines = (PayoutLineInline,)
    row_name = "payout"
    moderate_permission = "payments.change_payout"
    decisions = {
        "recall": Decision(
            _("Give it back to the balance"),
            _(
                "It was never sent and is not sent any more. The next settlement pays the money, in"
                " the way that the seller is paid then."
            ),
            is_unsent,
            recall_payout,
        )
    }
    actions_detail = ("recall",)

    @decision("recall", decisions["recall"].title)
    def recall(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "recall")
