"""What was charged as tax or duty in a period, and what of it went back, charge by charge.

Read from orders, charges and refunds. Of the books only the moments of their entries are used: an
event belongs to the period in which it was booked. So the sums can be held against the ledger.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from django.db.models import Q, Sum

from orders.models import Order, OrderCharge, OrderRefund
from orders.rules.scheme_reports import (
    Charged,
    ChargesLeft,
    GivenBack,
    Movement,
    Returned,
    Section,
)
from payments.models import Entry, HeldPayment, Posting, Refund
from payments.states import AccountKind, EntryKind
from trade.rules.scheme_returns import Period
from trade.rules.values import ChargeKind, Collector

# The keys under which payments books the events that move a tax account.
CAPTURED, UNDONE = "capture", "chargeback_undone"
BACK = ("refund", "chargeback_lost")
_KINDS = (
    EntryKind.CAPTURE,
    EntryKind.REFUND,
    EntryKind.CHARGEBACK_LOST,
    EntryKind.CHARGEBACK_UNDONE,
)
ACCOUNTS = {
    ChargeKind.TAX: AccountKind.TAX_PAYABLE,
    ChargeKind.DUTY: AccountKind.DUTY_PAYABLE,
}


@dataclass(frozen=True, slots=True, order=True)
class _Event:
    """An entry of the books by its number, and what it is about: a payment or a refund."""

    entry: int
    at: datetime
    what: str
    about: uuid.UUID


def movements_in(*, period: Period, kind: ChargeKind) -> list[Movement]:
    """Every charge of a kind that the platform took in a period (UTC), and what went back of any.

    A refund of a sale of the period is a REFUND, one of an earlier sale a CORRECTION; a loss that a
    bank took back later is a negative one. A fixed number of queries. Raises ValueError when more
    went back of an order than was charged.
    """
    now = _events(Entry.objects.filter(kind__in=_KINDS, **_within(period)))
    captured = [event.about for event in now if event.what == CAPTURED]
    refunds = {event.about for event in now if event.what != CAPTURED}
    orders = _orders(captured, refunds)
    history = _history(orders)
    charges = _charges(orders, kind)
    told = _told(orders)
    found: list[Movement] = []
    for order in orders.values():
        found += _of_order(order, charges.get(order.pk, []), history, told, period, kind)
    return found


def ledger_movements(*, period: Period, kind: ChargeKind) -> dict[tuple[str, str], int]:
    """How the ledger's account of that kind moved in a period, by destination and currency."""
    rows = (
        Posting.objects.filter(account__kind=ACCOUNTS[kind], **_within(period, "entry__"))
        .values_list("account__reference", "currency")
        .annotate(moved=Sum("amount"))
    )
    return {(destination, currency): int(moved) for destination, currency, moved in rows if moved}


def _within(period: Period, path: str = "") -> dict[str, datetime]:
    return {
        f"{path}created_at__gte": datetime.combine(period.first, time.min, tzinfo=UTC),
        f"{path}created_at__lt": datetime.combine(period.after, time.min, tzinfo=UTC),
    }


def _events(entries: Iterable[Entry]) -> list[_Event]:
    """Those that move a tax account: the others of the same kinds are settled between banks."""
    events = []
    for entry in entries:
        what, _, about = entry.key.partition(":")
        if what in {CAPTURED, UNDONE, *BACK}:
            events.append(_Event(entry.pk, entry.created_at, what, uuid.UUID(about)))
    return sorted(events)


@dataclass(frozen=True, slots=True)
class _Sold:
    """An order with its money: the held payment is the link between the two."""

    pk: uuid.UUID
    number: str
    destination: str
    currency: str
    goods: int
    payment: uuid.UUID
    lines: Mapping[int, int]


def _orders(
    payments: Collection[uuid.UUID], refunds: Collection[uuid.UUID]
) -> dict[uuid.UUID, _Sold]:
    held = HeldPayment.objects.filter(Q(payment__in=payments) | Q(refunds__in=refunds))
    payment_of = dict(held.distinct().values_list("order_ref", "payment_id"))
    rows = Order.objects.filter(pk__in=payment_of).select_related("purchase")
    return {
        order.pk: _Sold(
            pk=order.pk,
            number=order.number,
            destination=order.purchase.country,
            currency=order.currency,
            goods=order.goods_amount + order.delivery_amount,
            payment=payment_of[order.pk],
            lines={line.pk: line.amount for line in order.lines.all()},
        )
        for order in rows.prefetch_related("lines").order_by("number")
    }


@dataclass(frozen=True, slots=True)
class _History:
    """All that ever happened to some orders: when each was paid, and its refunds in order."""

    captured: Mapping[uuid.UUID, datetime]
    events: Mapping[uuid.UUID, list[_Event]]
    refunds: Mapping[uuid.UUID, Refund]


def _history(orders: Mapping[uuid.UUID, _Sold]) -> _History:
    rows = Refund.objects.filter(held__order_ref__in=orders).select_related("held")
    refunds = {refund.pk: refund for refund in rows}
    keys = [f"{CAPTURED}:{order.payment}" for order in orders.values()]
    keys += [f"{what}:{pk}" for pk in refunds for what in (*BACK, UNDONE)]
    captured: dict[uuid.UUID, datetime] = {}
    events: dict[uuid.UUID, list[_Event]] = defaultdict(list)
    for event in _events(Entry.objects.filter(key__in=keys)):
        if event.what == CAPTURED:
            captured[event.about] = event.at
        else:
            events[refunds[event.about].held.order_ref].append(event)
    return _History(captured, events, refunds)


def _charges(orders: Mapping[uuid.UUID, _Sold], kind: ChargeKind) -> dict[uuid.UUID, list[Charged]]:
    """What the platform took, and what a scheme of ours settles at a rate of nothing."""
    ours = Q(collected_by=Collector.PLATFORM) | (Q(collected_by=Collector.NOBODY) & ~Q(scheme=""))
    found: dict[uuid.UUID, list[Charged]] = defaultdict(list)
    for row in OrderCharge.objects.filter(ours, order__in=orders, kind=kind).order_by("pk"):
        order = orders[row.order_id]
        found[order.pk].append(
            Charged(
                key=row.pk,
                line=row.line_id,
                scheme=row.scheme,
                destination=order.destination,
                name=row.name,
                rate_text=row.rate_text,
                currency=order.currency,
                amount=row.amount,
                base=_base(row, order),
                weight=order.lines[row.line_id] if row.line_id else order.goods,
            )
        )
    return found


def _base(row: OrderCharge, order: _Sold) -> int:
    """As it was frozen; of an order from before that was kept, by the charge's own conversion."""
    if row.base_amount is not None:
        return row.base_amount
    if row.assessed_currency == order.currency or not row.assessed_amount:
        return row.assessed_base_amount
    return round(row.assessed_base_amount * row.amount / row.assessed_amount)


def _told(orders: Mapping[uuid.UUID, _Sold]) -> dict[uuid.UUID, OrderRefund]:
    """What each refund was for line by line, by the refund, where that was said."""
    rows = OrderRefund.objects.filter(order__in=orders).prefetch_related("lines")
    return {row.refund_ref: row for row in rows}


def _of_order(
    order: _Sold,
    charges: list[Charged],
    history: _History,
    told: Mapping[uuid.UUID, OrderRefund],
    period: Period,
    kind: ChargeKind,
) -> list[Movement]:
    """What the order's charges did in the period; its earlier refunds are gone through as well."""
    sold_on = _day(history.captured[order.payment])
    found: list[Movement] = []
    if _is_in(sold_on, period):
        found += [Movement(Section.SALES, order.number, sold_on, one) for one in charges]
    section = Section.REFUNDS if _is_in(sold_on, period) else Section.CORRECTIONS
    left = ChargesLeft(charges)
    given: dict[uuid.UUID, Returned] = {}
    for event in history.events.get(order.pk, []):
        if event.what == UNDONE:
            returned, sign = given.pop(event.about), 1
            left.undo(returned)
        else:
            back = _given_back(history.refunds[event.about], told.get(event.about), kind)
            returned, sign = left.give_back(back), -1
            given[event.about] = returned
        if _is_in(_day(event.at), period):
            found += [
                Movement(section, order.number, sold_on, _times(part, sign))
                for part in returned.parts
            ]
    return found


def _given_back(refund: Refund, told: OrderRefund | None, kind: ChargeKind) -> GivenBack:
    column = "tax_amount" if kind is ChargeKind.TAX else "duty_amount"
    lines = list(told.lines.all()) if told else []
    return GivenBack(
        amount=getattr(refund, column),
        goods=refund.mid_amount + refund.spread_amount,
        by_line={line.line_id: getattr(line, column) for line in lines} if told else None,
        goods_by_line=(
            {line.line_id: line.mid_amount + line.spread_amount for line in lines} if told else None
        ),
    )


def _times(part: Charged, sign: int) -> Charged:
    return replace(part, amount=sign * part.amount, base=sign * part.base)


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _is_in(day: date, period: Period) -> bool:
    return period.first <= day <= period.last
