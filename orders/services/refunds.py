"""Giving money back for an order, by whoever may: always the buyer's own currency and rate."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import record_action
from common.money import Money, is_chargeable
from common.states import TransitionError
from orders.models import Order, OrderRefund
from orders.notices import tell_refunded
from orders.rules.refund_reasons import RefundReason
from orders.rules.refunds import RefundPlan, RefundRequest
from orders.services.case_moves import end_refunded_case, open_case_of
from orders.services.fulfilment import ReasonMissingError, cancel_order
from orders.services.moves import close_deadlines, lock_order, take_order_edge
from orders.services.refund_rows import (
    party_of,
    plan_for,
    refund_key,
    refundable_amount,
    write_refund,
    write_unnamed_refunds,
)
from orders.services.timeline import EventKind, record_event
from orders.states import OrderState, Party
from payments.services.refunds import request_refund

REFUNDABLE = (OrderState.PAID, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.COMPLETED)


class RefundAmountError(ValueError):
    """More than is left to refund, nothing, or an amount that no provider can pay back exactly."""


class AlreadyRefundedError(Exception):
    """Somebody refunded while the form was open; look again before giving more."""


class CaseOpenError(Exception):
    """The buyer has opened a case about the order: what goes back is settled there."""


def refund_order(
    *, order: Order, amount: int, seen_refunded: int, actor: User, reason: str, now: datetime
) -> Order:
    """Give `amount` (minor units of the buyer's currency) of everything back, with a reason.

    seen_refunded: what had been refunded when the form was shown; the refund is refused when that
    is no longer so, which also makes a double click harmless. The whole of an unsent order is a
    cancellation. Raises ReasonMissingError, RefundAmountError, AlreadyRefundedError,
    TransitionError, and HeldFrozenError while the buyer's bank disputes the payment.
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
        _record(order, before, actor, reason.strip(), now)
    return order


def refund_lines(
    *,
    order: Order,
    request: RefundRequest,
    seen_amount: int,
    seen_refunded: int,
    actor: User,
    note: str,
    now: datetime,
) -> Order:
    """Give back what `request` says of the order's lines and delivery.

    seen_amount: what the page said that the buyer gets; the refund is refused when it would be
    another amount, or when something else had gone back meanwhile. note: the buyer reads it. Raises
    RefundRequestError, AlreadyRefundedError, CaseOpenError, TransitionError, and HeldFrozenError
    while the buyer's bank disputes the payment.
    """
    with transaction.atomic():
        order = lock_order(order.pk)
        before = order.refunded_amount
        if before != seen_refunded:
            raise AlreadyRefundedError
        if order.state not in REFUNDABLE:
            raise TransitionError(f"nothing of order {order.number} can go back")
        if open_case_of(order) is not None:
            raise CaseOpenError
        plan = plan_for(order=order, request=request)
        if plan.amount != seen_amount:
            raise AlreadyRefundedError
        by = party_of(actor)
        give_back(
            order=order, plan=plan, reason=request.reason, note=note, by=by, actor=actor, now=now
        )
        _record(order, before, actor, note.strip() or request.reason.value, now)
    return order


def give_back(
    *,
    order: Order,
    plan: RefundPlan,
    reason: RefundReason,
    note: str,
    by: Party,
    actor: User | None,
    now: datetime,
) -> OrderRefund | None:
    """Carry a worked-out refund out, in the caller's transaction with the order locked.

    All that is left of an unsent order is a cancellation; then there is no row of its own. A case
    that is open goes on, unless everything has gone back. Raises HeldFrozenError while the buyer's
    bank disputes the payment.
    """
    words = note.strip() or reason.value
    if order.state == OrderState.PAID and plan.amount == refundable_amount(order):
        cancelled = cancel_order(order=order, actor=actor, reason=words, by=by, now=now)
        order.state, order.refunded_amount = cancelled.state, cancelled.refunded_amount
        return None
    # What named no lines before must be put down to them first: it decides what each still has.
    write_unnamed_refunds(
        order=order, reason=RefundReason.AGREED, note="", given_by=Party.MODERATOR, now=now
    )
    refund = request_refund(
        order_ref=order.pk,
        amount=plan.amount,
        reason=words,
        key=refund_key(order),
        parts=plan.parts,
        now=now,
    )
    row = write_refund(
        order=order,
        refund_ref=refund.pk,
        shares=plan.shares,
        reason=reason,
        note=note.strip(),
        given_by=by,
        now=now,
    )
    _follow(order, plan.amount, words, by=by, actor=actor, now=now)
    return row


def _refund(order: Order, amount: int, actor: User, reason: str, now: datetime) -> None:
    request_refund(
        order_ref=order.pk,
        amount=amount,
        reason=reason,
        key=refund_key(order),
        now=now,
    )
    by = party_of(actor)
    write_unnamed_refunds(
        order=order, reason=RefundReason.AGREED, note=reason, given_by=by, now=now
    )
    _follow(order, amount, reason, by=by, actor=actor, now=now)


def _follow(
    order: Order, amount: int, reason: str, *, by: Party, actor: User | None, now: datetime
) -> None:
    """What a refund that is booked does to its order, and whom it is told."""
    # As the books have it: the buyer's bank may have taken something too.
    total = order.total_amount - refundable_amount(order)
    if total == order.total_amount:
        take_order_edge(order, OrderState.REFUNDED, refunded_amount=total)
        end_refunded_case(order, by=by, actor=actor, reason=reason, amount=amount, now=now)
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


def _record(order: Order, before: int, actor: User, reason: str, now: datetime) -> None:
    record_action(
        actor=actor,
        action="order.refund",
        target=order,
        reason=reason,
        before={"refunded_amount": before},
        after={"refunded_amount": order.refunded_amount, "currency": order.currency},
        now=now,
    )
