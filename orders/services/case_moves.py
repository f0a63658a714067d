"""Taking a case along its table of states, and what every step of it does besides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts.models import User
from common.documents import Document
from common.states import TransitionError
from orders.models import Case, CaseFile, CaseMessage, Order
from orders.notices.cases import tell_case_answered, tell_case_ended
from orders.rules.cases import ANSWER_DAYS, REMIND_DAYS, REPLY_DAYS
from orders.services.moves import close_deadlines, lock_order, set_deadline
from orders.services.timeline import EventKind, record_event
from orders.states import CASE, OPEN_CASE_STATES, CaseKind, CaseState, DeadlineKind, Party
from payments.services.held import unfreeze_held

CASE_DEADLINES = (DeadlineKind.CASE_ANSWER, DeadlineKind.CASE_REPLY, DeadlineKind.CASE_REMIND)


def lock_case(case_id: int) -> Case:
    """The case and its order (case.order) as they are now, both locked; the order first."""
    order_id = Case.objects.values_list("order_id", flat=True).get(pk=case_id)
    order = lock_order(order_id)
    case = Case.objects.select_for_update().get(pk=case_id)
    case.order = order
    return case


def open_case_of(order: Order) -> Case | None:
    """The case that is open about an order, if any; lock the order first to rely on it."""
    found = Case.objects.filter(order=order, state__in=OPEN_CASE_STATES).first()
    if found is not None:
        found.order = order
    return found


def take_case_edge(case: Case, new: CaseState, **changes: object) -> None:
    """Move a locked case to `new` with other columns; raises TransitionError if it may not."""
    old = CaseState(case.state)
    CASE.check(old, new)
    if not Case.objects.filter(pk=case.pk, state=old).update(state=new, **changes):
        raise TransitionError(f"case {case.pk} is no longer {old}")
    case.state = new
    for name, value in changes.items():
        setattr(case, name, value)


def say(
    case: Case,
    *,
    role: Party,
    author: User | None,
    text: str,
    now: datetime,
    files: Sequence[Document] = (),
    offer: int | None = None,
) -> CaseMessage:
    """Add what somebody says, with its files, to the case."""
    message = CaseMessage.objects.create(
        case=case, author_role=role, author=author, text=text.strip(), offer_amount=offer, at=now
    )
    CaseFile.objects.bulk_create(
        CaseFile(message=message, name=file.name, media_type=file.media_type, content=file.content)
        for file in files
    )
    return message


def sellers_turn(case: Case, now: datetime) -> datetime:
    """The seller must answer; returns until when."""
    return _turn(case, DeadlineKind.CASE_ANSWER, ANSWER_DAYS, now)


def buyers_turn(case: Case, now: datetime) -> datetime:
    """The buyer must reply; returns until when."""
    return _turn(case, DeadlineKind.CASE_REPLY, REPLY_DAYS, now)


def _turn(case: Case, kind: DeadlineKind, days: int, now: datetime) -> datetime:
    due_at = now + timedelta(days=days)
    close_deadlines(case.order, now, CASE_DEADLINES)
    set_deadline(case.order, kind, due_at)
    set_deadline(case.order, DeadlineKind.CASE_REMIND, due_at - timedelta(days=REMIND_DAYS))
    Case.objects.filter(pk=case.pk).update(due_at=due_at)
    case.due_at = due_at
    return due_at


def end_case(
    case: Case,
    state: CaseState,
    *,
    by: Party,
    actor: User | None,
    reason: str,
    now: datetime,
    outcome_amount: int = 0,
) -> None:
    """End a locked case: what it kept may move again, and both are told. The order moves elsewhere."""
    take_case_edge(
        case,
        state,
        decided_by=by,
        reason=reason,
        outcome_amount=outcome_amount,
        offer_amount=None,
        due_at=None,
        ended_at=now,
    )
    close_deadlines(case.order, now, CASE_DEADLINES)
    unfreeze_held(order_ref=case.order_id, cause=case.cause)
    record_event(
        orders=[case.order],
        kind=EventKind.CASE_ENDED,
        actor=actor,
        detail={"outcome": state.value, "by": by.value},
        now=now,
    )
    tell_case_ended(case=case, now=now)


def end_refunded_case(
    order: Order, *, by: Party, actor: User | None, reason: str, amount: int, now: datetime
) -> None:
    """All of a locked order's money goes back: with it ends whatever its buyer complained of."""
    case = open_case_of(order)
    if case is not None:
        end_case(
            case,
            CaseState.REFUNDED,
            by=by,
            actor=actor,
            reason=reason,
            outcome_amount=amount,
            now=now,
        )


def answer_by_sending(order: Order, *, actor: User | None, now: datetime) -> None:
    """The seller has sent what its buyer missed: that is its answer, and the buyer's turn."""
    case = open_case_of(order)
    if case is None or case.kind != CaseKind.NOT_SENT or case.state != CaseState.OPEN:
        return
    take_case_edge(case, CaseState.ANSWERED)
    due_at = buyers_turn(case, now)
    tell_case_answered(case=case, due_at=due_at, now=now)
