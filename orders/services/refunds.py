"""Giving money back for an order, by whoever may: always the buyer's own currency and rate."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import record_action
from common.money import Money, is_chargeable
from orders.models import Order
from orders.notices import tell_refunded
from orders.services.fulfilment import ReasonMissingError, cancel_order
from orders.services.moves import close_deadlines, lock_order, take_order_edge
from orders.services.timeline import EventKind, record_event
from orders.states import OrderState
from payments.services.refunds import request_refund


class RefundAmountError(ValueError):
    """More than is left to refund, nothing, or an amount that no provider can pay back exactly."""


class AlreadyRefundedError(Exception):
    """Somebody refunded while the form was open; look again before giving more."""


def refund_order(
    *, order: Order, amount: int, seen_refunded: int, actor: User, reason: str, now: datetime
) -> Order:
    """Give `amount` (minor units of the buyer's currency) back, with a reason.

    seen_refunded: what had been refunded when the form was shown; the refund is refused when that
    is no longer so, which also makes a double click harmless. The whole of an unsent order is a
    cancellation. Raises ReasonMissingError, RefundAmountError, AlreadyRefundedError,
    TransitionError.
    """
    if not reason.strip():
        raise ReasonMissingError
    with transaction.atomic():
        order = lock_order(order.pk)
        before = order.refunded_amount
        if before != seen_refunded:
            raise AlreadyRefundedError
        if not 0 < amount <= order.total_amount - before:
            raise RefundAmountError
        if not is_chargeable(Money(amount, order.currency)):
            raise RefundAmountError
        if order.state == OrderState.PAID and before + amount == order.total_amount:
            order = cancel_order(order=order, actor=actor, reason=reason, now=now)
        else:
            _refund(order, amount, actor, reason.strip(), now)
        record_action(
            actor=actor,
            action="order.refund",
            target=order,
            reason=reason.strip(),
            before={"refunded_amount": before},
            after={"refunded_amount": order.refunded_amount, "currency": order.currency},
            now=now,
        )
    return order


def _refund(order: Order, amount: int, actor: User, reason: str, now: datetime) -> None:
    total = order.refunded_amount + amount
    request_refund(
        order_ref=order.pk,
        amount=amount,
        reason=reason,
        key=f"refund:{order.pk}:{order.refunded_amount}",
        now=now,
    )
    if total == order.total_amount:
        take_order_edge(order, OrderState.REFUNDED, refunded_amount=total)
        close_deadlines(order, now)
    else:
        Order.objects.filter(pk=order.pk).update(refunded_amount=total)
        order.refunded_amount = total
    record_event(
        orders=[order],
        kind=EventKind.REFUNDED,
        actor=actor,
        detail={"amount": amount, "currency": order.currency, "reason": reason},
        now=now,
    )
    tell_refunded(order=order, amount=amount, reason=reason, now=now)
