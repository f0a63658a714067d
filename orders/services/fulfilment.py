"""What a seller does with a paid order: send it, or cancel it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from catalog.services.stock import release_stock
from orders.models import Order
from orders.notices import tell_cancelled, tell_delivered, tell_shipped
from orders.rules.refund_reasons import RefundReason
from orders.services.case_moves import answer_by_sending, end_refunded_case
from orders.services.moves import (
    check_not_stopped,
    close_deadlines,
    lock_order,
    set_deadline,
    take_order_edge,
)
from orders.services.refund_rows import party_of, refundable_amount, write_unnamed_refunds
from orders.services.timeline import EventKind, record_event
from orders.states import DeadlineKind, OrderState, Party
from payments.services.refunds import request_refund
from shipping.models import Shipment
from shipping.rules import ARRIVAL_GRACE_DAYS
from shipping.services import mark_delivered as mark_shipment_delivered
from shipping.services import record_shipment


class ReasonMissingError(ValueError):
    """Whoever cancels says why; the buyer reads it."""


def mark_shipped(
    *, order: Order, actor: User | None, carrier: str, tracking_number: str, now: datetime
) -> Shipment:
    """The parcel left: remember it, tell the buyer, and start waiting for its arrival.

    Raises TransitionError unless the order is paid and unsent, HeldFrozenError while its buyer
    resembles a party on a sanctions list.
    """
    with transaction.atomic():
        order = lock_order(order.pk)
        check_not_stopped(order)
        take_order_edge(order, OrderState.SHIPPED, shipped_at=now)
        expected = (now + timedelta(days=order.delivery_max_days)).date()
        shipment = record_shipment(
            order_ref=order.pk,
            business=order.business,
            carrier=carrier,
            tracking_number=tracking_number,
            shipped_at=now,
            expected_by=expected,
        )
        close_deadlines(order, now, [DeadlineKind.SEND_LATE, DeadlineKind.DISPATCH])
        grace = timedelta(days=order.delivery_max_days + ARRIVAL_GRACE_DAYS)
        set_deadline(order, DeadlineKind.ARRIVAL, now + grace)
        detail = {"carrier": carrier, "tracking_number": tracking_number}
        record_event(orders=[order], kind=EventKind.SHIPPED, actor=actor, detail=detail, now=now)
        tell_shipped(order=order, shipment=shipment, now=now)
        answer_by_sending(order, actor=actor, now=now)
    return shipment


def mark_delivered(
    *, order: Order, actor: User | None, now: datetime, days: int | None = None
) -> Order:
    """The parcel arrived, or must have: the inspection window opens.

    days: how long it is, where it must be shorter than usual. Raises TransitionError unless the
    order is on its way.
    """
    with transaction.atomic():
        order = lock_order(order.pk)
        take_order_edge(order, OrderState.DELIVERED, delivered_at=now)
        mark_shipment_delivered(order_ref=order.pk, delivered_at=now)
        close_deadlines(order, now, [DeadlineKind.ARRIVAL])
        due_at = now + timedelta(days=settings.INSPECTION_DAYS if days is None else days)
        set_deadline(order, DeadlineKind.INSPECTION, due_at)
        record_event(orders=[order], kind=EventKind.DELIVERED, actor=actor, now=now)
        tell_delivered(order=order, release_at=due_at, now=now)
    return order


def cancel_order(
    *, order: Order, actor: User | None, reason: str, now: datetime, by: Party | None = None
) -> Order:
    """Call an unsent order off: the buyer gets everything back, the goods go back on the shelf.

    by: who decided it, where the actor does not say so. A case about it ends. Raises
    ReasonMissingError, TransitionError unless the order is paid and unsent, and HeldFrozenError
    while the buyer's bank disputes the payment.
    """
    if not reason.strip():
        raise ReasonMissingError
    by = by or party_of(actor)
    with transaction.atomic():
        order = lock_order(order.pk)
        left = refundable_amount(order)
        take_order_edge(
            order,
            OrderState.CANCELLED,
            cancelled_at=now,
            cancel_reason=reason.strip(),
            refunded_amount=order.total_amount,
        )
        release_stock(
            purchase_ref=order.purchase_id,
            variant_ids=[line.variant_id for line in order.lines.all() if line.variant_id],
        )
        if left:
            request_refund(
                order_ref=order.pk, amount=left, reason=reason, key=f"cancel:{order.pk}", now=now
            )
            write_unnamed_refunds(
                order=order,
                reason=RefundReason.CANCELLED,
                note=reason.strip(),
                given_by=by,
                now=now,
            )
        end_refunded_case(order, by=by, actor=actor, reason=reason.strip(), amount=left, now=now)
        close_deadlines(order, now)
        record_event(
            orders=[order],
            kind=EventKind.CANCELLED,
            actor=actor,
            detail={"reason": reason.strip()},
            now=now,
        )
        tell_cancelled(order=order, now=now)
    return order
