"""Which cases there are, what may be complained of from when, and what somebody may do now."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Value, When

from orders.models import Case, CaseFile, CaseMessage, Deadline, Order
from orders.rules.cases import not_arrived_from, not_sent_from
from orders.states import OPEN_CASE_STATES, CaseKind, CaseState, DeadlineKind, OrderState
from payments.models import DisputeShare
from payments.states import DisputeState
from sellers.models import Business

PAGE_SIZE = 25
IN_HAND = (CaseKind.NOT_AS_DESCRIBED, CaseKind.DAMAGED, CaseKind.OTHER)


@dataclass(frozen=True, slots=True)
class CaseOpenings:
    """What a buyer may complain of now, and what from a later day on; until: the last moment."""

    open_now: tuple[CaseKind, ...] = ()
    later: Mapping[CaseKind, datetime] = field(default_factory=dict)
    until: datetime | None = None


def case_openings(*, order: Order, now: datetime) -> CaseOpenings:
    """What the order's buyer may complain of at `now`; nothing while a case is open, or completed."""
    if Case.objects.filter(order=order, state__in=OPEN_CASE_STATES).exists():
        return CaseOpenings()
    return openings_of(order, now)


def openings_of(order: Order, now: datetime) -> CaseOpenings:
    """The same for an order that is known to have no open case; no query."""
    if order.state == OrderState.PAID and order.paid_at is not None:
        start = not_sent_from(paid_at=order.paid_at, dispatch_days=order.dispatch_days)
        return _from({CaseKind.NOT_SENT: start}, now)
    if order.state == OrderState.SHIPPED and order.shipped_at is not None:
        start = not_arrived_from(shipped_at=order.shipped_at, max_days=order.delivery_max_days)
        starts = {CaseKind.NOT_ARRIVED: start, **dict.fromkeys(IN_HAND, order.shipped_at)}
        return _from(starts, now)
    if order.state == OrderState.DELIVERED and order.delivered_at is not None:
        until = order.delivered_at + timedelta(days=settings.INSPECTION_DAYS)
        if now < until or _inspection_runs(order, now):
            kinds = (CaseKind.NOT_ARRIVED, *IN_HAND)
            return CaseOpenings(open_now=kinds, until=until)
    return CaseOpenings()


def may_complain(*, order: Order, ends_at: datetime | None) -> bool:
    """Whether the order's page leads to a complaint, now or from a later day on; no query.

    ends_at: the end of the days to look at it, while they run.
    """
    if order.state == OrderState.DELIVERED:
        return ends_at is not None
    return order.state in {OrderState.PAID, OrderState.SHIPPED}


def _inspection_runs(order: Order, now: datetime) -> bool:
    """A window that was opened anew, after a case, counts as well."""
    return Deadline.objects.filter(
        order=order, kind=DeadlineKind.INSPECTION, done_at__isnull=True, due_at__gt=now
    ).exists()


def _from(starts: Mapping[CaseKind, datetime], now: datetime) -> CaseOpenings:
    return CaseOpenings(
        open_now=tuple(kind for kind, start in starts.items() if start <= now),
        later={kind: start for kind, start in starts.items() if start > now},
    )


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with everything that was said in it. is_disputed: the buyer's bank has the money."""

    case: Case
    messages: tuple[CaseMessage, ...]
    is_disputed: bool

    @property
    def is_sellers_turn(self) -> bool:
        return self.case.state == CaseState.OPEN

    @property
    def is_buyers_turn(self) -> bool:
        return self.case.state == CaseState.ANSWERED


def is_disputed(*, order_id: uuid.UUID) -> bool:
    """Whether the buyer's bank has taken the order's money and has not decided."""
    return _undecided().filter(held__order_ref=order_id).exists()


def disputed_order() -> Exists:
    """The same, to be asked together with orders."""
    return Exists(_undecided().filter(held__order_ref=OuterRef("pk")))


def _undecided() -> QuerySet[DisputeShare]:
    undecided = (DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW)
    return DisputeShare.objects.filter(dispute__state__in=undecided)


def case_view(*, case: Case) -> CaseView:
    """Three queries."""
    # Pictures and papers are read one by one, when somebody looks at them.
    files = Prefetch("files", queryset=CaseFile.objects.defer("content"))
    messages = case.messages.prefetch_related(files)
    return CaseView(
        case=case,
        messages=tuple(messages),
        is_disputed=is_disputed(order_id=case.order_id),
    )


def cases_of_order(*, order: Order) -> list[Case]:
    """An order's cases, the newest first; each knows its order."""
    cases = list(order.cases.all())
    for case in cases:
        case.order = order
    return cases


def find_case(*, business: Business, case_id: int) -> Case | None:
    """A case about an order of the business."""
    rows = Case.objects.select_related("order__purchase", "order__business")
    return rows.filter(pk=case_id, order__business=business).first()


def cases_of_business(*, business: Business, is_open: bool, page: int) -> Page[Case]:
    """A page of a seller's cases; open ones by what is due first, its own turn before others'."""
    rows = Case.objects.filter(order__business=business).select_related("order__purchase")
    if not is_open:
        rows = rows.exclude(state__in=OPEN_CASE_STATES).order_by("-ended_at", "-pk")
    else:
        mine = models.Case(When(state=CaseState.OPEN, then=Value(0)), default=Value(1))
        rows = rows.filter(state__in=OPEN_CASE_STATES)
        rows = rows.annotate(turn=mine).order_by("turn", "due_at", "pk")
    return Paginator(rows, PAGE_SIZE).get_page(page)


def count_cases(*, business: Business) -> dict[str, int]:
    """How many are open and how many are over, in two queries."""
    mine = Case.objects.filter(order__business=business)
    opened = mine.filter(state__in=OPEN_CASE_STATES).count()
    return {"open": opened, "over": mine.count() - opened}


def count_waiting(*, business: Business) -> int:
    """How many cases wait for the seller's answer."""
    return Case.objects.filter(order__business=business, state=CaseState.OPEN).count()


def cases_by_order(*, purchase_id: uuid.UUID) -> dict[uuid.UUID, Case]:
    """The newest case of each order of a purchase that has one."""
    rows = Case.objects.filter(order__purchase=purchase_id).order_by("opened_at", "pk")
    return {case.order_id: case for case in rows}


def find_file(*, case: Case, file_id: uuid.UUID) -> CaseFile | None:
    """A file of a case."""
    return CaseFile.objects.filter(message__case=case, pk=file_id).first()
