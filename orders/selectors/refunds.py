"""What went back of an order, as its buyer and its seller read it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from common.money import Money
from orders.models import Order, OrderRefund
from orders.rules.refund_reasons import RefundReason
from payments.models import Refund
from payments.states import RefundOrigin, TransferState


@dataclass(frozen=True, slots=True)
class RefundedLine:
    """What of a refund fell on one line; title is empty for the delivery."""

    title: str
    quantity: int
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund with its lines. share: what it took from the seller, fee given back already."""

    amount: Money
    share: Money
    reason: RefundReason
    note: str
    state: TransferState
    failure: str
    at: datetime
    lines: tuple[RefundedLine, ...]


def refunds_of_orders(*, orders: Sequence[Order]) -> dict[uuid.UUID, tuple[RefundView, ...]]:
    """The refunds of some orders, oldest first, by order. Three queries, one where none was given."""
    by_id = {order.pk: order for order in orders}
    refunds = list(
        # What a bank took and gave back after all is no refund any more.
        Refund.objects.filter(held__order_ref__in=list(by_id), undone_at__isnull=True)
        .select_related("held")
        .order_by("created_at", "pk")
    )
    if not refunds:
        return {}
    told = {
        row.refund_ref: row
        for row in OrderRefund.objects.filter(order__in=list(by_id)).prefetch_related("lines__line")
    }
    found: dict[uuid.UUID, list[RefundView]] = defaultdict(list)
    for refund in refunds:
        order = by_id[refund.held.order_ref]
        found[order.pk].append(_view(order, refund, told.get(refund.pk)))
    return {key: tuple(views) for key, views in found.items()}


def _view(order: Order, refund: Refund, told: OrderRefund | None) -> RefundView:
    reason = RefundReason.AGREED
    if refund.origin == RefundOrigin.CHARGEBACK:
        reason = RefundReason.CHARGEBACK
    taken = refund.seller_amount - refund.commission_amount - refund.fee_tax_amount
    return RefundView(
        amount=Money(refund.amount, order.currency),
        share=Money(taken, order.seller_currency),
        reason=RefundReason(told.reason) if told else reason,
        note=told.note if told else refund.reason,
        state=TransferState(refund.transfer),
        failure=refund.last_error,
        at=refund.created_at,
        lines=tuple(
            RefundedLine(
                title=row.line.title if row.line else "",
                quantity=row.quantity,
                amount=Money(row.amount, order.currency),
            )
            for row in (told.lines.all() if told else ())
        ),
    )
