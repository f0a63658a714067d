"""Where moderators answer disputes at buyers' banks: by when, whose they are, what was sent."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.db import models
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin import Decision, DecisionAdmin, ReasonForm, decision
from orders.admin.parts import ReadOnlyInline
from orders.services.dispute_answers import answer_dispute, answer_of
from payments.admin.parts import amount_text
from payments.models import DisputeEvidence, DisputeShare, EvidenceFile, ProviderDispute
from payments.services.evidence import accept_dispute, takes_more
from payments.states import DisputeState


class ShareInline(ReadOnlyInline):
    model = DisputeShare
    fields = readonly_fields = ("order", "payee", "part", "blocked", "statement", "stated_at")

    @admin.display(description=_("Order"))
    def order(self, share: DisputeShare) -> str:
        return str(share.held.order_ref)

    @admin.display(description=_("Seller"))
    def payee(self, share: DisputeShare) -> str:
        return str(share.held.payee)

    @admin.display(description=_("Part"))
    def part(self, share: DisputeShare) -> str:
        return amount_text(share.amount, share.dispute.currency)

    @admin.display(description=_("Blocked"))
    def blocked(self, share: DisputeShare) -> str:
        return amount_text(share.blocked_amount, share.held.seller_currency)


class FileInline(ReadOnlyInline):
    model = EvidenceFile
    fields = readonly_fields = (
        "name",
        "purpose",
        "media_type",
        "uploaded_by",
        "uploaded_at",
        "sent",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[EvidenceFile]:
        rows: QuerySet[EvidenceFile] = super().get_queryset(request)
        return rows.defer("content")

    @admin.display(description=_("At the provider"))
    def sent(self, file: EvidenceFile) -> str:
        return file.provider_ref or "–"


class EvidenceInline(ReadOnlyInline):
    model = DisputeEvidence
    fields = readonly_fields = (
        "created_at",
        "submitted_by",
        "gives_in",
        "state",
        "texts",
        "reason",
        "last_error",
    )


def _answerable(dispute: ProviderDispute) -> bool:
    return takes_more(dispute, now=timezone.now())


class DueFilter(admin.SimpleListFilter):
    """The queue: what still has to be answered."""

    title = _("answer")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("due", str(_("To be answered")))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ProviderDispute]
    ) -> QuerySet[ProviderDispute]:
        if self.value() != "due":
            return queryset
        return queryset.filter(
            state__in=[DisputeState.INQUIRY, DisputeState.NEEDS_RESPONSE], evidence__isnull=True
        )


@admin.register(ProviderDispute)
class ProviderDisputeAdmin(DecisionAdmin):
    """Disputes, those to be answered first."""

    list_display = ("opened_at", "money", "show_state", "evidence_due_at", "show_reason", "lost")
    list_filter = (DueFilter, "state", "provider", "currency")
    search_fields = ("provider_ref", "payment__purchase_ref", "shares__held__payee__name")
    inlines = (ShareInline, FileInline, EvidenceInline)
    fields = readonly_fields = (
        "payment",
        "provider",
        "provider_ref",
        "show_state",
        "show_reason",
        "money",
        "taken",
        "returned",
        "lost",
        "platform_loss",
        "fee",
        "evidence_due_at",
        "opened_at",
        "decided_at",
        "reminded_at",
        "show_answer",
        "show_history",
    )
    row_name = "dispute"
    moderate_permission = "payments.change_providerdispute"
    decisions: ClassVar[dict[str, Decision]] = {
        "answer": Decision(
            _("Answer the bank"),
            _(
                "Everything below is sent, once: what we know of the orders, what the sellers said,"
                " and their documents. Your words come first."
            ),
            _answerable,
            answer_dispute,
            ReasonForm,
        ),
        "give_in": Decision(
            _("Give in"),
            _("The buyer keeps the money, and the sellers bear it as a refund."),
            _answerable,
            accept_dispute,
        ),
    }
    actions_detail = ("answer", "give_in")

    def get_ordering(self, request: HttpRequest) -> list[models.OrderBy | str]:
        return [F("decided_at").asc(nulls_first=True), F("evidence_due_at").asc(), "-opened_at"]

    @admin.display(description=_("amount"), ordering="amount")
    def money(self, dispute: ProviderDispute) -> str:
        return amount_text(dispute.amount, dispute.currency)

    @admin.display(description=_("taken by the provider"))
    def taken(self, dispute: ProviderDispute) -> str:
        return amount_text(dispute.taken_amount, dispute.currency)

    @admin.display(description=_("given back"))
    def returned(self, dispute: ProviderDispute) -> str:
        return amount_text(dispute.returned_amount, dispute.currency)

    @admin.display(description=_("lost"))
    def lost(self, dispute: ProviderDispute) -> str:
        return amount_text(dispute.lost_amount, dispute.currency) if dispute.lost_amount else "–"

    @admin.display(description=_("of it the platform's own"))
    def platform_loss(self, dispute: ProviderDispute) -> str:
        return amount_text(dispute.platform_loss_amount, dispute.currency)

    @admin.display(description=_("the provider's charge"))
    def fee(self, dispute: ProviderDispute) -> str:
        return (
            amount_text(dispute.fee_amount, dispute.fee_currency) if dispute.fee_currency else "–"
        )

    @display(  # type: ignore[untyped-decorator]
        description=_("state"),
        label={
            DisputeState.INQUIRY: "warning",
            DisputeState.NEEDS_RESPONSE: "warning",
            DisputeState.UNDER_REVIEW: "info",
            DisputeState.WON: "success",
            DisputeState.LOST: "danger",
        },
    )
    def show_state(self, dispute: ProviderDispute) -> tuple[str, str]:
        return dispute.state, dispute.state.replace("_", " ")

    @admin.display(description=_("Reason"), ordering="reason")
    def show_reason(self, dispute: ProviderDispute) -> str:
        """The provider's own word, such as product_not_received."""
        return dispute.reason.replace("_", " ") or "–"

    @admin.display(description=_("What would be sent"))
    def show_answer(self, dispute: ProviderDispute) -> str:
        rows = ((name.replace("_", " "), text) for name, text in answer_of(dispute).items() if text)
        return format_html_join("\n", "<strong>{}</strong>: {}<br>", rows) or "–"

    @decision("answer", decisions["answer"].title)
    def answer(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "answer")

    @decision("give_in", decisions["give_in"].title)
    def give_in(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "give_in")
