"""What buyer, seller and moderator do in a case; how it ends is in case_endings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count

from accounts.models import User
from accounts.services import record_action
from common.documents import Document
from common.money import Money, is_chargeable
from common.states import TransitionError
from orders.models import Case, CaseFile, CaseMessage, Order
from orders.notices.cases import (
    tell_case_answered,
    tell_case_escalated,
    tell_case_opened,
    tell_case_replied,
)
from orders.rules.cases import DECIDE_DAYS
from orders.selectors.cases import case_openings
from orders.services.case_endings import close_case, refund_case
from orders.services.case_moves import (
    CASE_DEADLINES,
    buyers_turn,
    lock_case,
    say,
    sellers_turn,
    take_case_edge,
)
from orders.services.moves import close_deadlines, lock_order
from orders.services.refund_rows import refundable_amount
from orders.services.timeline import EventKind, record_event
from orders.states import CaseKind, CaseState, CaseWish, DeadlineKind, Party
from payments.services.held import freeze_held

MAX_FILES = 6
MAX_CASE_FILES = 40
RELEASE_DEADLINES = (
    DeadlineKind.SEND_LATE,
    DeadlineKind.DISPATCH,
    DeadlineKind.ARRIVAL,
    DeadlineKind.INSPECTION,
)


class CaseNotPossibleError(Exception):
    """A case of this kind can't be opened about this order now."""


class CaseAmountError(ValueError):
    """Nothing, more than is left of what was paid, or an amount that can't be paid back exactly."""


class NothingSaidError(ValueError):
    """A message needs words or a file."""


class TooManyFilesError(ValueError):
    """A case holds no more than MAX_CASE_FILES files."""


def open_case(
    *,
    order: Order,
    actor: User | None,
    kind: CaseKind,
    wanted: CaseWish,
    wanted_amount: int | None,
    text: str,
    files: Sequence[Document] = (),
    now: datetime,
) -> Case:
    """The buyer says that something is wrong: what is held for the order stays held.

    wanted_amount: minor units of the buyer's currency, with REFUND_PART. Raises
    CaseNotPossibleError (too early, too late, another one is open), CaseAmountError,
    NothingSaidError.
    """
    with transaction.atomic():
        order = lock_order(order.pk)
        if kind not in case_openings(order=order, now=now).open_now:
            raise CaseNotPossibleError
        amount = wanted_amount if wanted == CaseWish.REFUND_PART else None
        if wanted == CaseWish.REFUND_PART:
            _check_amount(order, amount or 0)
        case = Case.objects.create(
            order=order,
            opened_by=actor,
            kind=kind,
            wanted=wanted,
            wanted_amount=amount,
            opened_at=now,
        )
        _say(case, Party.BUYER, actor, text, files, now)
        close_deadlines(order, now, RELEASE_DEADLINES)
        freeze_held(order_ref=order.pk, cause=case.cause)
        due_at = sellers_turn(case, now)
        record_event(
            orders=[order],
            kind=EventKind.CASE_OPENED,
            actor=actor,
            detail={"kind": kind.value},
            now=now,
        )
        tell_case_opened(case=case, due_at=due_at, now=now)
    return case


def _check_amount(order: Order, amount: int) -> None:
    is_there = 0 < amount <= refundable_amount(order)
    if not is_there or not is_chargeable(Money(amount, order.currency)):
        raise CaseAmountError


def _say(
    case: Case,
    role: Party,
    author: User | None,
    text: str,
    files: Sequence[Document],
    now: datetime,
    *,
    offer: int | None = None,
) -> CaseMessage:
    if not text.strip() and not files and offer is None:
        raise NothingSaidError
    held = CaseFile.objects.filter(message__case=case).aggregate(held=Count("pk"))["held"]
    if len(files) > MAX_FILES or held + len(files) > MAX_CASE_FILES:
        raise TooManyFilesError
    return say(case, role=role, author=author, text=text, files=files, offer=offer, now=now)


def answer_case(
    *,
    case: Case,
    actor: User,
    text: str,
    files: Sequence[Document] = (),
    offer_amount: int | None = None,
    now: datetime,
) -> Case:
    """The seller answers, perhaps with an offer to pay a part back (buyer's currency, minor units).

    Also a second time, before the buyer has replied; with a moderator it is only added. Raises
    TransitionError when it is over, CaseAmountError, NothingSaidError.
    """
    with transaction.atomic():
        case = lock_case(case.pk)
        if not case.is_open:
            raise TransitionError("the case is over")
        if offer_amount is not None:
            _check_amount(case.order, offer_amount)
        message = _say(case, Party.SELLER, actor, text, files, now, offer=offer_amount)
        if offer_amount is not None:
            Case.objects.filter(pk=case.pk).update(offer_amount=offer_amount)
            case.offer_amount = offer_amount
        if case.state == CaseState.ESCALATED:
            return case
        if case.state == CaseState.OPEN:
            take_case_edge(case, CaseState.ANSWERED)
        due_at = buyers_turn(case, now)
        tell_case_answered(case=case, message=message, due_at=due_at, now=now)
    return case


def reply_case(
    *,
    case: Case,
    actor: User | None,
    text: str,
    files: Sequence[Document] = (),
    now: datetime,
) -> Case:
    """The buyer writes: after an answer it is the seller's turn again, and an offer is declined.

    Before one, and with a moderator, it is only added. Raises TransitionError when it is over,
    NothingSaidError.
    """
    with transaction.atomic():
        case = lock_case(case.pk)
        if not case.is_open:
            raise TransitionError("the case is over")
        message = _say(case, Party.BUYER, actor, text, files, now)
        if case.state != CaseState.ANSWERED:
            return case
        take_case_edge(case, CaseState.OPEN, offer_amount=None)
        due_at = sellers_turn(case, now)
        tell_case_replied(case=case, message=message, due_at=due_at, now=now)
    return case


def escalate_case(*, case: Case, actor: User | None, by: Party, now: datetime) -> Case:
    """Buyer or seller asks a person to decide. Raises TransitionError when that can't be."""
    with transaction.atomic():
        case = lock_case(case.pk)
        due_at = now + timedelta(days=DECIDE_DAYS)
        take_case_edge(case, CaseState.ESCALATED, escalated_at=now, due_at=due_at)
        close_deadlines(case.order, now, CASE_DEADLINES)
        tell_case_escalated(case=case, now=now)
    return case


def accept_case(*, case: Case, actor: User, now: datetime) -> Case:
    """The seller gives what the buyer asked for. Raises TransitionError, HeldFrozenError."""
    with transaction.atomic():
        case = lock_case(case.pk)
        return refund_case(
            case, case.wanted_amount, by=Party.SELLER, actor=actor, reason="", now=now
        )


def accept_offer(*, case: Case, seen_amount: int, actor: User | None, now: datetime) -> Case:
    """The buyer takes what the seller has offered.

    seen_amount: what the page said that is offered; the seller may have changed it meanwhile. Raises
    TransitionError when nothing, or something else, is offered, and HeldFrozenError while the
    buyer's bank disputes the payment.
    """
    with transaction.atomic():
        case = lock_case(case.pk)
        if not case.is_open or case.offer_amount is None:
            raise TransitionError("nothing is offered")
        if case.offer_amount != seen_amount:
            raise TransitionError(f"{case.offer_amount} is offered, not {seen_amount}")
        return refund_case(case, case.offer_amount, by=Party.BUYER, actor=actor, reason="", now=now)


def withdraw_case(*, case: Case, actor: User | None, now: datetime) -> Case:
    """The buyer takes its complaint back: the order goes on. Raises TransitionError."""
    with transaction.atomic():
        case = lock_case(case.pk)
        return close_case(
            case, CaseState.WITHDRAWN, by=Party.BUYER, actor=actor, reason="", now=now
        )


def decide_case(*, case: Case, actor: User, amount: int, reason: str, now: datetime) -> Case:
    """A moderator decides how much goes back (buyer's currency, minor units), and why.

    Nothing: the case is rejected. Raises CaseAmountError, TransitionError when somebody else has
    decided, HeldFrozenError while the buyer's bank disputes the payment.
    """
    with transaction.atomic():
        case = lock_case(case.pk)
        before = case.state
        if amount:
            _check_amount(case.order, amount)
            case = refund_case(
                case, amount, by=Party.MODERATOR, actor=actor, reason=reason.strip(), now=now
            )
        else:
            case = close_case(
                case,
                CaseState.REJECTED,
                by=Party.MODERATOR,
                actor=actor,
                reason=reason.strip(),
                now=now,
            )
        record_action(
            actor=actor,
            action="case.decide",
            target=case,
            reason=reason.strip(),
            before={"state": before},
            after={"state": case.state, "amount": amount, "currency": case.order.currency},
            now=now,
        )
    return case
