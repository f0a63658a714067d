"""What happens by itself when a seller does not send, when nobody answers in a case, and when money
may be held no longer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from common.sweeps import ROW_FAILURES
from orders.models import Deadline, Order
from orders.notices.cases import alarm_hold_limit, tell_case_reminder, tell_not_sent
from orders.rules.cases import SHORTENED_INSPECTION_DAYS, cancel_unsent_at
from orders.services.case_endings import close_case, refund_case
from orders.services.case_moves import lock_case, open_case_of
from orders.services.fulfilment import cancel_order, mark_delivered
from orders.services.moves import (
    check_not_stopped,
    close_deadlines,
    is_still_due,
    lock_order,
    set_deadline,
)
from orders.services.timeline import EventKind, record_event
from orders.states import CaseState, DeadlineKind, OrderState, Party
from payments.models import HeldPayment
from payments.services.held import HeldFrozenError

logger = logging.getLogger(__name__)
SWEEP_BATCH = 100
PUT_OFF = timedelta(hours=1)
# Something keeps it that takes days: a dispute at the buyer's bank.
KEPT = timedelta(days=1)


def remind_of_sending(*, order: Order, now: datetime) -> None:
    """A paid order should have been sent: seller and buyer are told, once."""
    with transaction.atomic():
        order = lock_order(order.pk)
        close_deadlines(order, now, [DeadlineKind.SEND_LATE])
        if order.state != OrderState.PAID or order.paid_at is None:
            return
        check_not_stopped(order)
        cancel_at = _cancelled_at(order, order.paid_at)
        record_event(orders=[order], kind=EventKind.NOT_SENT, now=now)
        tell_not_sent(order=order, cancel_at=cancel_at, now=now)


def _cancelled_at(order: Order, paid_at: datetime) -> datetime:
    """When it is called off if nobody sends it; later than usual where we had kept its seller from it."""
    moved = Deadline.objects.filter(order=order, kind=DeadlineKind.DISPATCH, done_at__isnull=True)
    usual = cancel_unsent_at(paid_at=paid_at, dispatch_days=order.dispatch_days)
    return moved.values_list("due_at", flat=True).first() or usual


def cancel_unsent(*, order: Order, now: datetime) -> None:
    """An order that was never sent is called off and paid back in full. Idempotent.

    Raises HeldFrozenError while its seller is kept from sending it.
    """
    with transaction.atomic():
        order = lock_order(order.pk)
        close_deadlines(order, now, [DeadlineKind.DISPATCH])
        if order.state == OrderState.PAID:
            check_not_stopped(order)
            cancel_order(order=order, actor=None, reason=_never_sent(order), now=now)


def _never_sent(order: Order) -> str:
    with translation.override(order.purchase.language or settings.LANGUAGE_CODE):
        return _("It was not sent in time.")


def remind_case(*, order: Order, now: datetime) -> None:
    """Whoever must act in the order's case is told once more."""
    with transaction.atomic():
        order = lock_order(order.pk)
        close_deadlines(order, now, [DeadlineKind.CASE_REMIND])
        case = open_case_of(order)
        if case is not None:
            tell_case_reminder(case=case, now=now)


def end_unanswered_case(*, order: Order, now: datetime) -> None:
    """The seller was silent: its buyer gets what it asked for. Raises HeldFrozenError."""
    with transaction.atomic():
        case = open_case_of(lock_order(order.pk))
        if case is None or case.state != CaseState.OPEN:
            return
        case = lock_case(case.pk)
        refund_case(case, case.wanted_amount, by=Party.TIME, actor=None, reason="", now=now)


def end_forgotten_case(*, order: Order, now: datetime) -> None:
    """The buyer did not reply to an answer: the case is closed and the order goes on."""
    with transaction.atomic():
        case = open_case_of(lock_order(order.pk))
        if case is None or case.state != CaseState.ANSWERED:
            return
        case = lock_case(case.pk)
        with translation.override(order.purchase.language or settings.LANGUAGE_CODE):
            reason = _("There was no reply to the seller's answer in time.")
        close_case(case, CaseState.REJECTED, by=Party.TIME, actor=None, reason=reason, now=now)


def end_holding(*, order: Order, now: datetime) -> None:
    """The money may be held no longer: unsent it goes back, sent it counts as arrived.

    While a case, a dispute or a sanctions match keeps it, moderators are told every day instead.
    """
    with transaction.atomic():
        order = lock_order(order.pk)
        close_deadlines(order, now, [DeadlineKind.HOLD_LIMIT])
        frozen = HeldPayment.objects.filter(order_ref=order.pk, frozen=True).exists()
        if order.state not in {OrderState.PAID, OrderState.SHIPPED, OrderState.DELIVERED}:
            return
        if frozen:
            alarm_hold_limit(order=order, now=now)
            set_deadline(order, DeadlineKind.HOLD_LIMIT, now + timedelta(days=1))
        elif order.state == OrderState.PAID:
            cancel_order(order=order, actor=None, reason=_never_sent(order), now=now)
        elif order.state == OrderState.SHIPPED:
            days = min(SHORTENED_INSPECTION_DAYS, settings.INSPECTION_DAYS)
            mark_delivered(order=order, actor=None, now=now, days=days)
        else:
            _shorten_inspection(order, now)


def _shorten_inspection(order: Order, now: datetime) -> None:
    latest = now + timedelta(days=min(SHORTENED_INSPECTION_DAYS, settings.INSPECTION_DAYS))
    running = Deadline.objects.filter(
        order=order, kind=DeadlineKind.INSPECTION, done_at__isnull=True
    )
    running.filter(due_at__gt=latest).update(due_at=latest)


ACTS: Final[dict[str, Callable[..., None]]] = {
    DeadlineKind.SEND_LATE: remind_of_sending,
    DeadlineKind.DISPATCH: cancel_unsent,
    DeadlineKind.CASE_REMIND: remind_case,
    DeadlineKind.CASE_ANSWER: end_unanswered_case,
    DeadlineKind.CASE_REPLY: end_forgotten_case,
    DeadlineKind.HOLD_LIMIT: end_holding,
}


def sweep_overdue(*, now: datetime) -> int:
    """Do what is due of it, each in its own transaction; returns how many were done.

    One that can't be done now is put off and does not keep the others waiting.
    """
    due = Deadline.objects.filter(
        kind__in=list(ACTS), done_at__isnull=True, due_at__lte=now, order__isnull=False
    ).select_related("order__purchase")
    done = 0
    for deadline in due.order_by("due_at")[:SWEEP_BATCH]:
        order = deadline.order
        if order is None:
            continue
        try:
            with transaction.atomic():
                if is_still_due(deadline, now):
                    ACTS[deadline.kind](order=order, now=now)
                    done += 1
        except (HeldFrozenError, *ROW_FAILURES) as error:
            wait = KEPT if isinstance(error, HeldFrozenError) else PUT_OFF
            logger.warning("order %s, %s: %s", order.number, deadline.kind, error)
            Deadline.objects.filter(pk=deadline.pk).update(due_at=now + wait)
    return done
