"""Where moderators read what buyers complain of, and decide."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.admin import Decision, DecisionAdmin, ReasonForm, decision
from common.amounts import parse_words, step_words
from common.http import file_response
from common.money import Money, MoneyParseError, is_chargeable
from common.reader import reader_locale
from common.states import TransitionError
from orders.admin.parts import ReadOnlyInline
from orders.models import Case, CaseFile, CaseMessage
from orders.selectors.cases import is_disputed
from orders.services.cases import CaseAmountError, decide_case
from orders.services.refund_rows import refundable_amount
from orders.states import OPEN_CASE_STATES, CaseState
from payments.services.held import HeldFrozenError


class CaseDecisionForm(ReasonForm):
    """How much goes back to the buyer, in its currency, and why; both read it."""

    amount = forms.CharField(
        label=_("Amount"), widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"})
    )
    field_order = ("amount", "reason")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        self.left = Money(refundable_amount(case.order), case.order.currency)
        self.is_disputed = is_disputed(order_id=case.order_id)
        super().__init__(*args, **kwargs)
        self.fields["amount"].label = _("Amount in %(currency)s") % {"currency": self.left.currency}
        self.fields["amount"].help_text = _(
            "%(left)s is left: enter that for all of it, 0 where nothing goes back."
        ) % {"left": self.left}

    def clean_amount(self) -> int:
        text = self.cleaned_data["amount"]
        try:
            money = Money.parse(text, self.left.currency, locale=reader_locale())
        except MoneyParseError as error:
            raise forms.ValidationError(parse_words(error)) from error
        if money.amount > self.left.amount:
            raise forms.ValidationError(_("At most %(left)s."), params={"left": self.left})
        if not is_chargeable(money):
            raise forms.ValidationError(step_words(money))
        if money and self.is_disputed:
            raise forms.ValidationError(
                _(
                    "The buyer's bank disputes this payment: it must decide before anything goes back."
                )
            )
        return money.amount


def _decide(*, case: Case, **kwargs: Any) -> Case:
    try:
        return decide_case(case=case, **kwargs)
    except (CaseAmountError, HeldFrozenError) as error:
        raise TransitionError(str(error)) from error


class MessageInline(ReadOnlyInline):
    model = CaseMessage
    fields = ("at", "author_role", "author", "text", "show_offer", "show_files")
    readonly_fields = ("show_offer", "show_files")

    @admin.display(description=_("Offer"))
    def show_offer(self, message: CaseMessage) -> str:
        amount = message.offer_amount
        return str(Money(amount, message.case.order.currency)) if amount else "–"

    @admin.display(description=_("Files"))
    def show_files(self, message: CaseMessage) -> str:
        files = message.files.defer("content")
        rows = ((reverse("admin:orders_case_file", args=[file.pk]), file.name) for file in files)
        return format_html_join("\n", '<a href="{}">{}</a><br>', rows) or "–"


@admin.register(Case)
class CaseAdmin(DecisionAdmin):
    """What buyers complain of, by what is due first; a moderator decides with a reason."""

    row_name = "case"
    moderate_permission = "orders.change_case"
    decisions: ClassVar[dict[str, Decision]] = {
        "decide": Decision(
            _("Decide"),
            _("The buyer gets the amount back, the rest goes on its way; both read the reason."),
            lambda case: case.is_open,
            _decide,
            form=CaseDecisionForm,
        ),
    }
    actions_detail = ("settle",)
    list_display = ("order", "kind", "show_state", "due_at", "show_wanted", "opened_at")
    list_filter = ("state", "kind")
    list_select_related = ("order",)
    search_fields = ("order__number", "order__business__name", "order__purchase__email")
    inlines = (MessageInline,)
    fields = (
        "order",
        "kind",
        "state",
        "due_at",
        "show_wanted",
        "show_outcome",
        "decided_by",
        "reason",
        "show_history",
    )
    readonly_fields = ("show_wanted", "show_outcome", "show_history")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        """What a moderator must decide first, then other open ones by their time, then the rest."""
        turn = models.Case(
            models.When(state=CaseState.ESCALATED, then=0),
            models.When(state__in=OPEN_CASE_STATES, then=1),
            default=2,
        )
        rows = super().get_queryset(request).alias(turn=turn)
        return rows.order_by("turn", "due_at", "-opened_at")  # type: ignore[no-any-return]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.case_file)
        mine = [path("files/<str:object_id>/", view, name="orders_case_file")]
        return [*mine, *super().get_urls()]

    def case_file(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A picture or paper of a case, for whoever may look at cases."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            file = CaseFile.objects.get(pk=object_id)
        except (CaseFile.DoesNotExist, ValidationError):
            raise Http404 from None
        content = bytes(file.content)
        return file_response(content=content, media_type=file.media_type, name=file.name)

    def form_for(self, row: Case, chosen: Decision, data: Any) -> forms.Form:
        return CaseDecisionForm(data, case=row)

    @display(  # type: ignore[untyped-decorator]  # unfold has no types
        description=_("State"),
        ordering="state",
        label={
            CaseState.ESCALATED.value: "danger",
            CaseState.OPEN.value: "warning",
            CaseState.ANSWERED.value: "info",
        },
    )
    def show_state(self, case: Case) -> tuple[str, str]:
        return case.state, case.state.replace("_", " ")

    @admin.display(description=_("The buyer asks for"))
    def show_wanted(self, case: Case) -> str:
        if case.wanted_amount is None:
            return gettext("all of it")
        return str(Money(case.wanted_amount, case.order.currency))

    @admin.display(description=_("Went back"))
    def show_outcome(self, case: Case) -> str:
        return str(Money(case.outcome_amount, case.order.currency))

    @decision("decide", _("Decide"))
    def settle(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "decide")
