"""What a seller sees of its orders; nothing of other sellers, and of the buyer only what a parcel
needs: name, address and telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_skeleton
from django.core.paginator import Page, Paginator
from django.db.models import Count, DateField, Q, Sum
from django.db.models.functions import TruncWeek
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from common.addresses import PostalAddress
from common.countries import country_name
from common.money import Money
from common.postal import format_address
from orders.models import Case, Deadline, Order, OrderLine
from orders.selectors.refunds import RefundView, refunds_of_orders
from orders.selectors.totals import TotalRow
from orders.states import OPEN_CASE_STATES, DeadlineKind, OrderState
from payments.models import HeldPayment
from payments.selectors.held import is_stopped
from sellers.models import Business
from shipping.models import Shipment
from shipping.selectors import say_carried_by

PAGE_SIZE = 25
CHART_WEEKS = 12

# The tabs of the order list, in the order of a seller's day.
TABS: dict[str, tuple[OrderState, ...]] = {
    "to-send": (OrderState.PAID,),
    "on-the-way": (OrderState.SHIPPED, OrderState.DELIVERED),
    "complete": (OrderState.COMPLETED,),
    "ended": (OrderState.CANCELLED, OrderState.REFUNDED),
}


def tab_counts(*, business: Business) -> dict[str, int]:
    """How many orders each tab holds, in one query."""
    counts = business.orders.aggregate(
        **{
            key.replace("-", "_"): Count("id", filter=Q(state__in=states))
            for key, states in TABS.items()
        }
    )
    return {key: counts[key.replace("-", "_")] for key in TABS}


def orders_of_business(*, business: Business, tab: str, page: int) -> Page[Order]:
    """A page of the business's paid orders; the oldest unsent first, otherwise the newest."""
    rows = Order.objects.filter(business=business, state__in=TABS[tab])
    rows = rows.select_related("purchase").prefetch_related("lines")
    ordering = "paid_at" if tab == "to-send" else "-paid_at"
    return Paginator(rows.order_by(ordering, "number"), PAGE_SIZE).get_page(page)


@dataclass(frozen=True, slots=True)
class SellerOrderView:
    """One order as its seller sees it; amounts in the seller's currency."""

    order: Order
    lines: tuple[OrderLine, ...]
    rows: tuple[TotalRow, ...]
    net: Money
    refunded: Money | None
    receiver: tuple[str, ...]
    phone: str
    destination: str
    shipments: tuple[Shipment, ...]
    release_at: datetime | None
    refunds: tuple[RefundView, ...] = ()
    case: Case | None = None
    is_stopped: bool = False

    @property
    def can_refund(self) -> bool:
        """Whether something may still go back; with an open case it is settled there."""
        is_over = self.order.state in {OrderState.CANCELLED, OrderState.REFUNDED}
        return not is_over and self.case is None

    @property
    def can_cancel(self) -> bool:
        return self.order.state == OrderState.PAID

    @property
    def can_ship(self) -> bool:
        return self.can_cancel and not self.is_stopped

    @property
    def has_papers(self) -> bool:
        """Whether the parcel crosses a border, so that customs wants to know what is in it."""
        return self.order.dispatched_from != self.order.purchase.country


def find_order(*, business: Business, number: str) -> Order | None:
    """A business's own paid order."""
    return (
        Order.objects.placed()
        .filter(business=business, number=number)
        .select_related("purchase", "business", "quote")
        .first()
    )


def seller_order_view(*, order: Order) -> SellerOrderView:
    """Everything of one order: six queries, and two more where something went back."""
    currency = order.seller_currency
    given_back = _given_back(order)
    address = PostalAddress.from_dict(order.purchase.ship_to)
    lines = tuple(order.lines.all())
    deadline = Deadline.objects.filter(
        order=order, kind=DeadlineKind.INSPECTION, done_at__isnull=True
    ).first()
    return SellerOrderView(
        order=order,
        lines=lines,
        rows=(
            TotalRow(_("Your goods"), Money(order.seller_goods_amount, currency)),
            TotalRow(
                _("Your delivery"),
                Money(order.seller_delivery_amount, currency),
                note=", ".join(
                    filter(None, (order.delivery_name, say_carried_by(order.carried_by)))
                ),
            ),
            TotalRow(
                _("Our fee"),
                Money(-order.commission_amount, currency),
                note="; ".join(dict.fromkeys(line.fee_text for line in lines if line.fee_text)),
            ),
            *(
                [TotalRow(_("Tax on our fee"), Money(-order.fee_tax_amount, currency))]
                if order.fee_tax_amount
                else []
            ),
            *(
                [TotalRow(_("Your share of what was given back"), -given_back)]
                if given_back
                else []
            ),
        ),
        net=Money(order.seller_net_amount, currency) - given_back,
        refunded=Money(order.refunded_amount, order.currency) if order.refunded_amount else None,
        receiver=tuple(format_address(address)),
        phone=address.phone,
        destination=country_name(order.purchase.country, order.business.language),
        shipments=tuple(Shipment.objects.filter(order_ref=order.pk).order_by("shipped_at")),
        release_at=deadline.due_at if deadline else None,
        refunds=refunds_of_orders(orders=[order]).get(order.pk, ()),
        case=Case.objects.filter(order=order, state__in=OPEN_CASE_STATES).first(),
        is_stopped=is_stopped(order_ref=order.pk),
    )


def _given_back(order: Order) -> Money:
    """What refunds have taken from the seller: its part of the price, less the fee on that part
    and the tax on that."""
    taken = 0
    if order.refunded_amount:
        held = HeldPayment.objects.get(order_ref=order.pk)
        fee = held.refunded_commission_amount + held.refunded_fee_tax_amount
        taken = held.refunded_seller_amount - fee
    return Money(taken, order.seller_currency)


@dataclass(frozen=True, slots=True)
class Bar:
    """A week of the chart. percent: of the highest week, for drawing only."""

    label: str
    text: str
    percent: int
    now: bool = False


def sales_chart(*, business: Business, now: datetime) -> list[Bar]:
    """Goods sold in each of the last twelve weeks, in the seller's currency; empty without sales.

    Days and amounts are written in the reader's language.
    """
    locale = to_locale(get_language() or "en")
    this_week = (now - timedelta(days=now.weekday())).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    first = this_week - timedelta(weeks=CHART_WEEKS - 1)
    sold = dict(
        Order.objects.placed()
        .filter(business=business, paid_at__gte=first)
        .exclude(state=OrderState.CANCELLED)
        .annotate(week=TruncWeek("paid_at", output_field=DateField()))
        .values("week")
        .annotate(amount=Sum("seller_goods_amount"))
        .values_list("week", "amount")
    )
    if not sold:
        return []
    highest = max(sold.values())
    bars = []
    for number in range(CHART_WEEKS):
        week = first + timedelta(weeks=number)
        amount = sold.get(week.date(), 0)
        bars.append(
            Bar(
                label=format_skeleton("MMMd", week, locale=locale),
                text=Money(amount, business.currency).format(locale=locale),
                percent=amount * 100 // highest if highest else 0,
                now=week == this_week,
            )
        )
    return bars
