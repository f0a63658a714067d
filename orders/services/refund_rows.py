"""An order as items with what has gone back of each, and writing down what goes back now."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from common.money import currency_of
from orders.models import Order, OrderCharge, OrderLine, OrderRefund, RefundLine
from orders.rules.refund_items import (
    DELIVERY,
    Item,
    LineAmounts,
    RefundShare,
    after,
    items_of,
    spread_over_items,
)
from orders.rules.refund_reasons import RefundReason
from orders.rules.refunds import RefundPlan, RefundRequest, plan_refund
from orders.states import Party
from payments.models import HeldPayment, Refund
from payments.services.bookings import parts_of
from payments.services.refunds import parts_refunded_by
from payments.states import RefundOrigin
from trade.rules.values import ChargeKind, Collector

BANK = "BANK"


def party_of(actor: User | None) -> Party:
    """Who acts on an order from outside a case: nobody, a moderator, or its seller."""
    if actor is None:
        return Party.TIME
    return Party.MODERATOR if actor.is_staff else Party.SELLER


def refundable_amount(order: Order) -> int:
    """What is left of what the buyer paid for the order, minor units, as the books have it."""
    held = HeldPayment.objects.get(order_ref=order.pk)
    return held.buyer_amount - held.refunded_amount


def refund_key(order: Order) -> str:
    """A key for the order's next refund, with the order locked.

    Not what has gone back so far: that falls again where a bank takes its decision back.
    """
    return f"refund:{order.pk}:n{Refund.objects.filter(held__order_ref=order.pk).count() + 1}"


def order_items(*, order: Order) -> list[Item]:
    """The order's lines and its delivery, with what is left of each. Five queries.

    A refund that named no lines is put down to them by what each still had when it was given.
    """
    held = HeldPayment.objects.get(order_ref=order.pk)
    items = _whole_items(order, held)
    told = _told(order)
    for refund in told:
        items = after(items, [_share_of(line) for line in refund.lines.all()])
    for unnamed in _unnamed(held, told):
        items = after(items, spread_over_items(items, parts_refunded_by(unnamed)))
    return items


def plan_for(*, order: Order, request: RefundRequest) -> RefundPlan:
    """What `request` gives back of the order as it is now. Raises RefundRequestError."""
    return plan_refund(
        order_items(order=order),
        request,
        country=order.purchase.country,
        step=currency_of(order.currency).charge_step,
    )


def write_refund(
    *,
    order: Order,
    refund_ref: uuid.UUID,
    shares: Sequence[RefundShare],
    reason: RefundReason,
    note: str,
    given_by: str,
    now: datetime,
) -> OrderRefund:
    """Keep what a refund was for, line by line, in the caller's transaction."""
    row = OrderRefund.objects.create(
        order=order,
        refund_ref=refund_ref,
        reason=reason,
        note=note,
        given_by=given_by,
        created_at=now,
    )
    RefundLine.objects.bulk_create(_line_row(row, share) for share in shares)
    return row


def write_unnamed_refunds(
    *, order: Order, reason: RefundReason, note: str, given_by: str, now: datetime
) -> None:
    """Put every refund of the order that named no lines down to them, in the caller's transaction.

    Call it with the order locked, right after such a refund, and before one that names lines: what
    each line still had at that moment decides. A lost dispute keeps its own reason.
    """
    held = HeldPayment.objects.get(order_ref=order.pk)
    told = _told(order)
    unnamed = _unnamed(held, told)
    if not unnamed:
        return
    items = _whole_items(order, held)
    for known in told:
        items = after(items, [_share_of(line) for line in known.lines.all()])
    for refund in unnamed:
        is_bank = refund.origin == RefundOrigin.CHARGEBACK
        shares = spread_over_items(items, parts_refunded_by(refund))
        items = after(items, shares)
        write_refund(
            order=order,
            refund_ref=refund.pk,
            shares=shares,
            reason=RefundReason.CHARGEBACK if is_bank else reason,
            note=refund.reason if is_bank else note,
            given_by=BANK if is_bank else given_by,
            now=now,
        )


def _told(order: Order) -> list[OrderRefund]:
    """What went back line by line, without what a bank took and gave back after all."""
    undone = Refund.objects.filter(held__order_ref=order.pk, undone_at__isnull=False)
    rows = order.refunds.exclude(refund_ref__in=undone.values("pk"))
    return list(rows.prefetch_related("lines"))


def _unnamed(held: HeldPayment, told: Sequence[OrderRefund]) -> list[Refund]:
    known = {refund.refund_ref for refund in told}
    return [
        refund
        for refund in Refund.objects.filter(held=held, undone_at=None).order_by("created_at", "pk")
        if refund.pk not in known
    ]


def _whole_items(order: Order, held: HeldPayment) -> list[Item]:
    charged: dict[tuple[int, str], int] = defaultdict(int)
    for charge in OrderCharge.objects.filter(order=order, collected_by=Collector.PLATFORM):
        if charge.line_id is not None:
            charged[charge.line_id, charge.kind] += charge.amount
    return items_of(
        lines=[_amounts(line, charged) for line in OrderLine.objects.filter(order=order)],
        delivery_goods=order.delivery_amount,
        delivery_seller=order.seller_delivery_amount,
        whole=parts_of(held),
    )


def _amounts(line: OrderLine, charged: dict[tuple[int, str], int]) -> LineAmounts:
    return LineAmounts(
        key=line.pk,
        quantity=line.quantity,
        goods=line.amount,
        seller=line.seller_amount,
        commission=line.commission_amount,
        fee_tax=line.fee_tax_amount,
        tax=charged[line.pk, ChargeKind.TAX],
        duty=charged[line.pk, ChargeKind.DUTY],
        fees=charged[line.pk, ChargeKind.FEE],
    )


def _share_of(line: RefundLine) -> RefundShare:
    return RefundShare(line.line_id or DELIVERY, line.quantity, line.parts)


def _line_row(refund: OrderRefund, share: RefundShare) -> RefundLine:
    parts = share.parts
    return RefundLine(
        refund=refund,
        line_id=None if share.key == DELIVERY else share.key,
        quantity=share.quantity,
        amount=parts.total,
        mid_amount=parts.mid,
        spread_amount=parts.spread,
        tax_amount=parts.tax,
        duty_amount=parts.duty,
        fees_amount=parts.fees,
        seller_amount=parts.seller,
        commission_amount=parts.commission,
        fee_tax_amount=parts.fee_tax,
    )
