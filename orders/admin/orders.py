"""The moderator's view of purchases and orders: read-only, but for refunds with a reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.admin import Decision, DecisionAdmin, ReadOnlyAdmin, ReasonForm, decision
from common.addresses import PostalAddress
from common.amounts import step_words
from common.countries import country_name
from common.http import file_response
from common.money import Money, MoneyParseError, is_chargeable
from common.postal import format_address
from common.reader import reader_locale
from common.states import TransitionError
from orders.admin.parts import ReadOnlyInline
from orders.models import Deadline, Order, OrderCharge, OrderEvent, OrderLine, Purchase
from orders.selectors.papers import paper_file, paper_titles, papers_of_order
from orders.services.fulfilment import cancel_order
from orders.services.refunds import REFUNDABLE, AlreadyRefundedError, refund_order
from orders.states import OrderState
from payments.services.held import HeldFrozenError


class RefundForm(ReasonForm):
    """How much goes back to the buyer, in the buyer's currency, and why."""

    amount = forms.CharField(
        label=_("Amount"), widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"})
    )
    seen_refunded = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("amount", "reason", "seen_refunded")

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        self.order = order
        self.left = Money(order.total_amount - order.refunded_amount, order.currency)
        kwargs.setdefault("initial", {"seen_refunded": order.refunded_amount})
        super().__init__(*args, **kwargs)
        self.fields["amount"].label = _("Amount in %(currency)s") % {"currency": order.currency}
        self.fields["amount"].help_text = _(
            "%(left)s of what was paid is left: enter that to pay back all of it."
        ) % {"left": self.left}

    def clean_amount(self) -> int:
        locale = reader_locale()
        try:
            money = Money.parse(self.cleaned_data["amount"], self.order.currency, locale=locale)
        except MoneyParseError as error:
            raise forms.ValidationError(_("This is not an amount in the order's currency.")) from (
                error
            )
        if not 0 < money.amount <= self.left.amount:
            raise forms.ValidationError(
                _("More than nothing and at most %(left)s."), params={"left": self.left}
            )
        if not is_chargeable(money):
            raise forms.ValidationError(step_words(money))
        return money.amount


def _refund(*, order: Order, **kwargs: Any) -> Order:
    try:
        return refund_order(order=order, **kwargs)
    except (AlreadyRefundedError, HeldFrozenError) as error:
        # For the moderator it is the same as any other race (the buyer's bank may be one): look
        # again.
        raise TransitionError(str(error)) from error


class LineInline(ReadOnlyInline):
    model = OrderLine
    fields = ("title", "quantity", "show_paid", "show_asked", "show_fee", "hs_code")
    readonly_fields = ("show_paid", "show_asked", "show_fee")

    @admin.display(description=_("The buyer paid"))
    def show_paid(self, line: OrderLine) -> str:
        return str(Money(line.amount, line.order.currency))

    @admin.display(description=_("The seller asked"))
    def show_asked(self, line: OrderLine) -> str:
        return str(Money(line.seller_amount, line.order.seller_currency))

    @admin.display(description=_("Fee"))
    def show_fee(self, line: OrderLine) -> str:
        return str(Money(line.commission_amount, line.order.seller_currency))


class ChargeInline(ReadOnlyInline):
    model = OrderCharge
    fields = ("kind", "name", "rate_text", "show_amount", "row_id", "collected_by", "certainty")
    readonly_fields = ("show_amount",)

    @admin.display(description=_("Amount"))
    def show_amount(self, charge: OrderCharge) -> str:
        return str(Money(charge.amount, charge.order.currency))


class EventInline(ReadOnlyInline):
    model = OrderEvent
    fields = ("at", "kind", "actor", "show_detail")
    readonly_fields = ("show_detail",)

    @admin.display(description=_("Detail"))
    def show_detail(self, event: OrderEvent) -> str:
        told = dict(event.detail)
        if {"amount", "currency"} <= told.keys():
            told["amount"] = Money(int(told["amount"]), str(told.pop("currency")))
        return ", ".join(f"{name}: {value}" for name, value in told.items() if value)


class DeadlineInline(ReadOnlyInline):
    model = Deadline
    fields = ("kind", "due_at", "done_at")


@admin.register(Order)
class OrderAdmin(DecisionAdmin):
    """One seller's part of a purchase; its money moves only through the two buttons."""

    row_name = "order"
    moderate_permission = "orders.change_order"
    decisions: ClassVar[dict[str, Decision]] = {
        "refund": Decision(
            _("Refund"),
            _("The buyer gets the amount back at the rate at which it was paid; both are told."),
            lambda order: order.state in REFUNDABLE and order.refunded_amount < order.total_amount,
            _refund,
            form=RefundForm,
        ),
        "cancel": Decision(
            _("Cancel"),
            _("Before it is sent: the buyer gets everything back, the goods go back on the shelf."),
            lambda order: order.state == OrderState.PAID,
            cancel_order,
        ),
    }
    actions_detail = ("refund", "cancel")
    list_display = ("number", "business", "show_country", "show_state", "show_total", "paid_at")
    list_filter = ("state", "currency", "business__country")
    list_select_related = ("business", "purchase")
    search_fields = ("number", "purchase__email", "business__name")
    ordering = ("-created_at",)
    inlines = (LineInline, ChargeInline, EventInline, DeadlineInline)
    fieldsets = (
        (None, {"fields": ("number", "state", "business", "purchase", "cancel_reason")}),
        (_("The buyer paid"), {"fields": ("show_total", "show_parts", "show_refunded")}),
        (_("The seller gets"), {"fields": ("show_seller", "show_fee", "quote")}),
        (_("Papers"), {"fields": ("delivery_name", "carried_by", "show_papers")}),
        (_("What happened"), {"fields": ("show_history",)}),
    )
    readonly_fields = (
        "show_total",
        "show_parts",
        "show_refunded",
        "show_seller",
        "show_fee",
        "show_papers",
        "show_history",
    )

    def form_for(self, row: Order, chosen: Decision, data: Any) -> forms.Form:
        if chosen.form is RefundForm:
            return RefundForm(data, order=row)
        return super().form_for(row, chosen, data)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.paper)
        mine = [path("<uuid:object_id>/papers/<slug:paper>/", view, name="orders_order_paper")]
        return [*mine, *super().get_urls()]

    def paper(self, request: HttpRequest, object_id: UUID, paper: str) -> HttpResponse:
        """A paper of the parcel as its seller prints it, for whoever may look at orders."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        order = Order.objects.select_related("purchase", "business").filter(pk=object_id).first()
        if order is None:
            raise Http404
        found = papers_of_order(order=order, signed_by="", now=timezone.now())
        made = paper_file(found, paper)
        if made is None:
            raise Http404
        return file_response(content=made.content, media_type=made.media_type, name=made.name)

    @admin.display(description=_("As the seller prints them"))
    def show_papers(self, order: Order) -> str:
        found = papers_of_order(order=order, signed_by="", now=timezone.now())
        titles = paper_titles()
        rows = (
            (
                reverse("admin:orders_order_paper", args=[order.pk, need.paper.value]),
                titles[need.paper],
            )
            for need in found.needs
        )
        return format_html_join("\n", '<a href="{}">{}</a><br>', rows)

    @admin.display(description=_("To"))
    def show_country(self, order: Order) -> str:
        return country_name(order.purchase.country)

    @display(  # type: ignore[untyped-decorator]  # unfold has no types
        description=_("State"),
        ordering="state",
        label={
            OrderState.PAID.value: "warning",
            OrderState.COMPLETED.value: "success",
            OrderState.CANCELLED.value: "danger",
            OrderState.REFUNDED.value: "danger",
        },
    )
    def show_state(self, order: Order) -> tuple[str, str]:
        return order.state, order.state.replace("_", " ")

    @admin.display(description=_("Total"))
    def show_total(self, order: Order) -> str:
        return str(Money(order.total_amount, order.currency))

    @admin.display(description=_("Goods, delivery, duty, tax, fees"))
    def show_parts(self, order: Order) -> str:
        parts = (
            order.goods_amount,
            order.delivery_amount,
            order.duty_amount,
            order.tax_amount,
            order.fees_amount,
        )
        return " + ".join(str(Money(part, order.currency)) for part in parts)

    @admin.display(description=_("Refunded"))
    def show_refunded(self, order: Order) -> str:
        return str(Money(order.refunded_amount, order.currency))

    @admin.display(description=_("Goods, delivery, fees"))
    def show_seller(self, order: Order) -> str:
        return (
            f"{Money(order.seller_goods_amount, order.seller_currency)} + "
            f"{Money(order.seller_delivery_amount, order.seller_currency)} − "
            f"{Money(order.commission_amount, order.seller_currency)} − "
            f"{Money(order.fee_tax_amount, order.seller_currency)} = "
            f"{Money(order.seller_net_amount, order.seller_currency)}"
        )

    @admin.display(description=_("Fee"))
    def show_fee(self, order: Order) -> str:
        return "; ".join(
            dict.fromkeys(line.fee_text for line in order.lines.all() if line.fee_text)
        ) or (f"{Decimal(order.fee_percent_bp) / 100:f} %")

    @decision("refund", _("Refund"))
    def refund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "refund")

    @decision("cancel", _("Cancel"))
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, "cancel")


class OrderInline(ReadOnlyInline):
    model = Order
    fields = ("number", "business", "state", "show_total")
    readonly_fields = ("show_total",)

    @admin.display(description=_("Total"))
    def show_total(self, order: Order) -> str:
        return str(Money(order.total_amount, order.currency))

    show_change_link = True


@admin.register(Purchase)
class PurchaseAdmin(ReadOnlyAdmin):
    """What a buyer paid once."""

    list_display = ("number", "email", "country", "state", "show_total", "created_at", "paid_at")
    list_filter = ("state", "country", "currency")
    search_fields = ("number", "email")
    ordering = ("-created_at",)
    inlines = (OrderInline,)
    fields = ("number", "state", "email", "show_total", "show_address", "created_at", "paid_at")

    @admin.display(description=_("Total"))
    def show_total(self, purchase: Purchase) -> str:
        return str(Money(purchase.total_amount, purchase.currency))

    @admin.display(description=_("Address"))
    def show_address(self, purchase: Purchase) -> str:
        lines = format_address(PostalAddress.from_dict(purchase.ship_to))
        return format_html_join("\n", "{}<br>", ((line,) for line in lines))
