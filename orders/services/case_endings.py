"""How a case ends, and what that does to its order; everything in the transaction of the decision."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from common.states import TransitionError
from orders.models import Case, Order
from orders.rules.cases import NOT_SENT_GRACE_DAYS, cancel_unsent_at
from orders.rules.refund_reasons import RefundReason
from orders.rules.refunds import RefundRequest
from orders.services.case_moves import end_case
from orders.services.completion import PUT_OFF, complete_order
from orders.services.fulfilment import mark_delivered
from orders.services.moves import lock_order, set_deadline
from orders.services.refund_rows import plan_for, refundable_amount
from orders.services.refunds import give_back
from orders.states import CaseKind, CaseState, DeadlineKind, OrderState, Party
from payments.services.held import HeldFrozenError
from shipping.rules import ARRIVAL_GRACE_DAYS

logger = logging.getLogger(__name__)

REASONS = {
    CaseKind.NOT_SENT: RefundReason.CANCELLED,
    CaseKind.NOT_ARRIVED: RefundReason.NOT_ARRIVED,
    CaseKind.NOT_AS_DESCRIBED: RefundReason.NOT_AS_DESCRIBED,
    CaseKind.DAMAGED: RefundReason.NOT_AS_DESCRIBED,
    CaseKind.OTHER: RefundReason.AGREED,
}


def refund_case(
    case: Case,
    amount: int | None,
    *,
    by: Party,
    actor: User | None,
    reason: str,
    now: datetime,
) -> Case:
    """End a locked case with money back: all that is left, or `amount` of it; the rest moves on.

    Raises TransitionError when it is over, HeldFrozenError while the buyer's bank disputes the
    payment (nothing is paid back twice).
    """
    if not case.is_open:
        raise TransitionError("the case is over")
    order, kind = case.order, CaseKind(case.kind)
    left = refundable_amount(order)
    if amount is None or amount >= left:
        if left:
            _give(case, RefundRequest(REASONS[kind], everything=True), by, actor, reason, now)
        # With the last of the money the case has ended; where none was left, it ends here.
        case.refresh_from_db(fields=["state", "decided_by", "reason", "outcome_amount"])
        if case.is_open:
            end_case(case, CaseState.REFUNDED, by=by, actor=actor, reason=reason, now=now)
        case.order = lock_order(order.pk)
        return case
    why = RefundReason.AGREED if kind == CaseKind.NOT_SENT else REASONS[kind]
    _give(case, RefundRequest(why, amount=amount), by, actor, reason, now)
    end_case(
        case,
        CaseState.PARTLY_REFUNDED,
        by=by,
        actor=actor,
        reason=reason,
        outcome_amount=amount,
        now=now,
    )
    _move_on(case, now)
    return case


def _give(
    case: Case,
    request: RefundRequest,
    by: Party,
    actor: User | None,
    reason: str,
    now: datetime,
) -> None:
    order = case.order
    give_back(
        order=order,
        plan=plan_for(order=order, request=request),
        reason=request.reason,
        note=reason or _words(case, by),
        by=by,
        actor=actor,
        now=now,
    )


def _words(case: Case, by: Party) -> str:
    """What the refund of a case says when nobody gave a reason, in the buyer's language."""
    with translation.override(case.order.purchase.language or settings.LANGUAGE_CODE):
        if by == Party.TIME:
            return _("The seller did not answer in time.")
        if by == Party.BUYER:
            return _("Agreed by both.")
        return _("The seller agreed to pay it back.")


def close_case(
    case: Case,
    state: CaseState,
    *,
    by: Party,
    actor: User | None,
    reason: str,
    now: datetime,
) -> Case:
    """End a locked case without money: the order goes on. Raises TransitionError when it is over."""
    end_case(case, state, by=by, actor=actor, reason=reason, now=now)
    _move_on(case, now)
    return case


def _move_on(case: Case, now: datetime) -> None:
    """The order goes on where the case had stopped it.

    Unsent: the seller still has a few days. On its way: a decision or a settlement means that it
    has arrived, a withdrawal that it is waited for; so does whatever ends a complaint that it was
    not sent, which says nothing of its arrival. Arrived: what is settled is released at once, what
    is not when the days to look at it are over.
    """
    order, is_settled = case.order, case.state == CaseState.PARTLY_REFUNDED
    if order.state == OrderState.PAID and order.paid_at is not None:
        usual = cancel_unsent_at(paid_at=order.paid_at, dispatch_days=order.dispatch_days)
        soonest = now + timedelta(days=NOT_SENT_GRACE_DAYS)
        set_deadline(order, DeadlineKind.DISPATCH, max(usual, soonest))
    elif order.state == OrderState.SHIPPED and (
        case.state == CaseState.WITHDRAWN or case.kind == CaseKind.NOT_SENT
    ):
        set_deadline(order, DeadlineKind.ARRIVAL, _arrival(order, now))
    elif order.state == OrderState.SHIPPED and not is_settled:
        mark_delivered(order=order, actor=None, now=now)
    elif order.state in {OrderState.SHIPPED, OrderState.DELIVERED}:
        ends_at = now
        if order.delivered_at is not None and not is_settled:
            ends_at = order.delivered_at + timedelta(days=settings.INSPECTION_DAYS)
        if ends_at > now:
            set_deadline(order, DeadlineKind.INSPECTION, ends_at)
        else:
            _release(order, now)
    case.order = lock_order(order.pk)


def _arrival(order: Order, now: datetime) -> datetime:
    days = timedelta(days=order.delivery_max_days + ARRIVAL_GRACE_DAYS)
    return max((order.shipped_at or now) + days, now + timedelta(days=ARRIVAL_GRACE_DAYS))


def _release(order: Order, now: datetime) -> None:
    """The rest is the seller's now; where something else keeps it, as soon as that is over."""
    try:
        with transaction.atomic():
            complete_order(order=order, now=now)
    except HeldFrozenError:
        logger.info("order %s is kept by something else than its case", order.number)
        if order.state == OrderState.SHIPPED:
            mark_delivered(order=order, actor=None, now=now)
        set_deadline(order, DeadlineKind.INSPECTION, now + PUT_OFF)
