"""What a buyer sees of its purchases."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Prefetch, QuerySet
from django.utils.translation import gettext as _

from common.addresses import PostalAddress
from common.money import Money
from common.postal import format_address
from orders.models import Case, Deadline, Order, OrderCharge, OrderEvent, OrderLine, Purchase
from orders.rules import Amounts
from orders.selectors.cases import cases_by_order, disputed_order, may_complain
from orders.selectors.refunds import RefundView, refunds_of_orders
from orders.selectors.totals import DoorCharge, TotalRow, order_rows, say_unknowns, sum_rows
from orders.states import DeadlineKind, OrderState, PurchaseState
from payments.models import Payment
from shipping.models import Shipment
from trade.rules.values import Certainty, ChargeKind, Collector
from trade.selectors import say_name
from trade.selectors.tax_numbers import number_counted


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an order's timeline. state: done, now, later or bad."""

    title: str
    state: str
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class OrderView:
    """One seller's part of a purchase, as the buyer sees it."""

    order: Order
    lines: tuple[OrderLine, ...]
    rows: tuple[TotalRow, ...]
    total: Money
    refunded: Money | None
    steps: tuple[Step, ...]
    protection: str
    shipments: tuple[Shipment, ...]
    unknowns: tuple[str, ...]
    at_the_door: tuple[DoorCharge, ...]
    inspection_ends_at: datetime | None
    refunds: tuple[RefundView, ...] = ()
    case: Case | None = None
    may_complain: bool = False
    is_disputed: bool = False

    @property
    def can_confirm(self) -> bool:
        """Whether the buyer may say that everything has arrived."""
        is_open = self.case is not None and self.case.is_open
        is_there = self.order.state in {OrderState.SHIPPED, OrderState.DELIVERED}
        return is_there and not is_open and not self.is_disputed


@dataclass(frozen=True, slots=True)
class PurchaseView:
    """A purchase with its orders. number_counted: whether it was priced as a business's.

    None where its buyer gave no tax number, or it was placed before we asked authorities.
    """

    purchase: Purchase
    orders: tuple[OrderView, ...]
    rows: tuple[TotalRow, ...]
    total: Money
    address_lines: tuple[str, ...]
    number_counted: bool | None = None

    @property
    def is_new(self) -> bool:
        """Whether nothing has happened since it was paid: the page is still its thanks."""
        return all(part.order.state == OrderState.PAID for part in self.orders)


def find_purchase(*, token: str) -> Purchase | None:
    """The purchase of a secret link; whoever asks must still be allowed to see it."""
    return Purchase.objects.filter(token=token).first()


def payment_of(*, purchase: Purchase) -> Payment:
    """The payment of a purchase; there is one from the beginning."""
    return Payment.objects.get(purchase_ref=purchase.pk)


def open_purchase_of(*, basket_id: uuid.UUID) -> Purchase | None:
    """The newest purchase made of a basket that still waits to be paid."""
    return (
        Purchase.objects.filter(basket_ref=basket_id, state=PurchaseState.AWAITING_PAYMENT)
        .order_by("-created_at")
        .first()
    )


def list_purchases(*, user_id: int) -> QuerySet[Purchase]:
    """A user's purchases that were paid or wait to be, newest first; orders come along."""
    orders = Order.objects.select_related("business").order_by("number")
    return (
        Purchase.objects.filter(user_id=user_id)
        .exclude(state=PurchaseState.EXPIRED)
        .annotate(order_count=Count("orders"))
        .prefetch_related(Prefetch("orders", queryset=orders), "orders__lines")
        .order_by("-created_at")
    )


def purchase_view(*, purchase: Purchase) -> PurchaseView:
    """Everything of one purchase: eight queries, however many orders and lines it has.

    Where something went back, two more.
    """
    orders = list(
        Order.objects.filter(purchase=purchase)
        .select_related("business", "quote")
        .prefetch_related(
            "lines",
            "charges",
            Prefetch("events", queryset=OrderEvent.objects.filter(public=True)),
        )
        .annotate(is_disputed=disputed_order())
        .order_by("number")
    )
    shipments = _by_order(
        Shipment.objects.filter(order_ref__in=[order.pk for order in orders]).order_by("shipped_at")
    )
    ends = dict(
        Deadline.objects.filter(
            order__purchase=purchase, kind=DeadlineKind.INSPECTION, done_at__isnull=True
        ).values_list("order_id", "due_at")
    )
    refunds = refunds_of_orders(orders=orders)
    cases = cases_by_order(purchase_id=purchase.pk)
    amounts = Amounts(
        purchase.goods_amount,
        purchase.delivery_amount,
        purchase.duty_amount,
        purchase.tax_amount,
        purchase.fees_amount,
    )
    return PurchaseView(
        purchase=purchase,
        orders=tuple(
            replace(
                _order_view(order, shipments.get(order.pk, ()), ends.get(order.pk)),
                refunds=refunds.get(order.pk, ()),
                case=cases.get(order.pk),
                may_complain=may_complain(order=order, ends_at=ends.get(order.pk)),
                is_disputed=bool(getattr(order, "is_disputed", False)),
            )
            for order in orders
        ),
        rows=tuple(sum_rows(amounts, purchase.currency, unknown=_unknown_kinds(orders))),
        total=Money(purchase.total_amount, purchase.currency),
        address_lines=tuple(format_address(PostalAddress.from_dict(purchase.ship_to))),
        number_counted=number_counted(purchase_ref=purchase.pk)
        if purchase.buyer_tax_number
        else None,
    )


def _by_order(shipments: Iterable[Shipment]) -> Mapping[uuid.UUID, tuple[Shipment, ...]]:
    grouped: dict[uuid.UUID, tuple[Shipment, ...]] = {}
    for shipment in shipments:
        grouped[shipment.order_ref] = (*grouped.get(shipment.order_ref, ()), shipment)
    return grouped


def _unknown_kinds(orders: Sequence[Order]) -> list[ChargeKind]:
    found = {
        unknown["kind"]
        for order in orders
        for unknown in order.unknowns
        if unknown["certainty"] == Certainty.UNKNOWN
    }
    return [kind for kind in ChargeKind if kind.value in found]


def _order_view(
    order: Order, shipments: Sequence[Shipment], inspection_ends_at: datetime | None
) -> OrderView:
    charges = list(order.charges.all())
    return OrderView(
        order=order,
        lines=tuple(order.lines.all()),
        rows=tuple(order_rows(order, charges)),
        total=Money(order.total_amount, order.currency),
        refunded=Money(order.refunded_amount, order.currency) if order.refunded_amount else None,
        steps=tuple(_steps(order)),
        protection=_protection(order),
        shipments=tuple(shipments),
        unknowns=tuple(say_unknowns(order)),
        at_the_door=tuple(_at_the_door(charges, order.currency)),
        inspection_ends_at=inspection_ends_at,
    )


def _at_the_door(charges: Iterable[OrderCharge], currency: str) -> Iterable[DoorCharge]:
    for charge in charges:
        if charge.collected_by in {Collector.CARRIER, Collector.CUSTOMS} and charge.amount:
            yield DoorCharge(
                say_name(charge.name), charge.rate_text, Money(charge.amount, currency)
            )


def _steps(order: Order) -> list[Step]:
    """What has happened to the order and what comes, in the buyer's words."""
    if order.state in {OrderState.CANCELLED, OrderState.REFUNDED, OrderState.EXPIRED}:
        return _ended_steps(order)
    moments = [
        (_("Paid"), _("Waiting to be paid"), order.paid_at),
        (_("Sent by the seller"), _("The seller gets it ready"), order.shipped_at),
        (_("Arrived"), _("On its way to you"), order.delivered_at),
        (_("Complete: the seller is paid"), _("You look at it"), order.completed_at),
    ]
    reached = max((i for i, (_done, _now, at) in enumerate(moments) if at is not None), default=-1)
    return [
        Step(happening, "now")
        if place == reached + 1
        else _passed_or_later(done, at, place, reached)
        for place, (done, happening, at) in enumerate(moments)
    ]


def _passed_or_later(title: str, at: datetime | None, place: int, reached: int) -> Step:
    return Step(title, "done", at) if place <= reached else Step(title, "later")


def _ended_steps(order: Order) -> list[Step]:
    steps = [Step(_("Paid"), "done", order.paid_at)] if order.paid_at else []
    if order.shipped_at:
        steps.append(Step(_("Sent by the seller"), "done", order.shipped_at))
    endings = {
        OrderState.CANCELLED: _("Cancelled, paid back in full"),
        OrderState.REFUNDED: _("Paid back in full"),
        OrderState.EXPIRED: _("Not paid in time"),
    }
    title = endings[OrderState(order.state)]
    steps.append(Step(title, "bad", order.cancelled_at, note=order.cancel_reason))
    return steps


def _protection(order: Order) -> str:
    """Where the buyer's money is now, in plain words."""
    words = {
        OrderState.AWAITING_PAYMENT: _("Nothing has been charged yet."),
        OrderState.EXPIRED: _("Nothing was charged."),
        OrderState.PAID: _(
            "Your payment is held safely. The seller gets it only after your goods have arrived."
        ),
        OrderState.SHIPPED: _(
            "Your payment is held safely until your goods have arrived and you have had time to"
            " look at them."
        ),
        OrderState.DELIVERED: _(
            "Your payment is still held: look at your goods now, and tell us if something is wrong."
        ),
        OrderState.COMPLETED: _("Everything is in order, and the seller has its money."),
        OrderState.CANCELLED: _("All of your money for this order goes back to you."),
        OrderState.REFUNDED: _("All of your money for this order goes back to you."),
    }
    return words[OrderState(order.state)]
