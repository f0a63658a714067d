"""What buyers, sellers and moderators are told about cases, and about orders that nobody sends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.urls import reverse

from common.money import Money
from notifications.notices import NoticeTemplate
from notifications.services import notify
from orders.models import Case, CaseMessage, Order
from orders.notices import OrderNotice, seller_order_path, tell_buyer, tell_moderators
from orders.states import CaseState, Party
from sellers.notices import tell_business


@dataclass(frozen=True, kw_only=True)
class CaseNotice(NoticeTemplate):
    """Something happened in a case; due_at: until when whoever must act should."""

    case: Case
    order: Order
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CaseOpened(CaseNotice):
    """To the buyer: we have it, the money stays where it is, the seller is asked."""

    kind: ClassVar[str] = "case_opened"


@dataclass(frozen=True, kw_only=True)
class CaseOpenedForSeller(CaseNotice):
    kind: ClassVar[str] = "case_opened_for_seller"
    wanted: Money | None


@dataclass(frozen=True, kw_only=True)
class CaseAnswered(CaseNotice):
    """To the buyer: the seller has answered, perhaps with an offer."""

    kind: ClassVar[str] = "case_answered"
    offer: Money | None


@dataclass(frozen=True, kw_only=True)
class CaseReplied(CaseNotice):
    """To the seller: the buyer has replied."""

    kind: ClassVar[str] = "case_replied"


@dataclass(frozen=True, kw_only=True)
class CaseEscalated(CaseNotice):
    """To both: a person looks at it now."""

    kind: ClassVar[str] = "case_escalated"


@dataclass(frozen=True, kw_only=True)
class CaseReminder(CaseNotice):
    """To the buyer: without a reply it is closed."""

    kind: ClassVar[str] = "case_reminder"


@dataclass(frozen=True, kw_only=True)
class CaseReminderForSeller(CaseNotice):
    """To the seller: without an answer it is decided for the buyer."""

    kind: ClassVar[str] = "case_reminder_for_seller"


@dataclass(frozen=True, kw_only=True)
class CaseEnded(CaseNotice):
    kind: ClassVar[str] = "case_ended"
    amount: Money | None


@dataclass(frozen=True, kw_only=True)
class CaseEndedForSeller(CaseNotice):
    kind: ClassVar[str] = "case_ended_for_seller"
    amount: Money | None


@dataclass(frozen=True, kw_only=True)
class OrderNotSent(OrderNotice):
    """To the buyer: it should have been sent; what you can do, and what happens by itself."""

    kind: ClassVar[str] = "order_not_sent"
    cancel_at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderNotSentForSeller(OrderNotice):
    kind: ClassVar[str] = "order_not_sent_for_seller"
    cancel_at: datetime


@dataclass(frozen=True, kw_only=True)
class HoldLimitAlarm(OrderNotice):
    """To moderators: money may be held no longer, and something keeps it."""

    kind: ClassVar[str] = "hold_limit_alarm"


def case_path(case: Case) -> str:
    """The address of a case for its buyer; the purchase's secret in it opens a guest's."""
    return reverse("orders:case", args=[case.order.purchase.token, case.order.number])


def seller_case_path(case: Case) -> str:
    return reverse("orders:seller_case", args=[case.order.business.slug, case.pk])


def _to_buyer(case: Case, notice: NoticeTemplate, key: str, now: datetime) -> None:
    purchase = case.order.purchase
    words = notice.render(language=purchase.language, url=case_path(case))
    notify(key=f"{notice.kind}:{key}", user=purchase.user, email=purchase.email, now=now, **words)


def _to_seller(case: Case, notice: NoticeTemplate, key: str, now: datetime) -> None:
    tell_business(
        business=case.order.business,
        notice=notice,
        url=seller_case_path(case),
        key=f"{notice.kind}:{key}:seller",
        now=now,
    )


def _money(case: Case, amount: int | None) -> Money | None:
    return Money(amount, case.order.currency) if amount else None


def tell_case_opened(*, case: Case, due_at: datetime, now: datetime) -> None:
    both: dict[str, Any] = {"case": case, "order": case.order, "due_at": due_at}
    _to_buyer(case, CaseOpened(**both), str(case.pk), now)
    wanted = _money(case, case.wanted_amount)
    _to_seller(case, CaseOpenedForSeller(**both, wanted=wanted), str(case.pk), now)


def tell_case_answered(
    *, case: Case, due_at: datetime, now: datetime, message: CaseMessage | None = None
) -> None:
    """To the buyer, once a message; without one the parcel was sent."""
    offer = _money(case, case.offer_amount)
    notice = CaseAnswered(case=case, order=case.order, due_at=due_at, offer=offer)
    _to_buyer(case, notice, f"{case.pk}:{message.pk if message else 'sent'}", now)


def tell_case_replied(*, case: Case, message: CaseMessage, due_at: datetime, now: datetime) -> None:
    notice = CaseReplied(case=case, order=case.order, due_at=due_at)
    _to_seller(case, notice, f"{case.pk}:{message.pk}", now)


def tell_case_escalated(*, case: Case, now: datetime) -> None:
    notice = CaseEscalated(case=case, order=case.order, due_at=case.due_at)
    _to_buyer(case, notice, str(case.pk), now)
    _to_seller(case, notice, str(case.pk), now)


def tell_case_reminder(*, case: Case, now: datetime) -> None:
    """To whoever must act, once a turn."""
    if case.due_at is None:
        return
    about: dict[str, Any] = {"case": case, "order": case.order, "due_at": case.due_at}
    key = f"{case.pk}:{case.due_at:%Y%m%d%H%M}"
    if case.state == CaseState.OPEN:
        _to_seller(case, CaseReminderForSeller(**about), key, now)
    elif case.state == CaseState.ANSWERED:
        _to_buyer(case, CaseReminder(**about), key, now)


def tell_case_ended(*, case: Case, now: datetime) -> None:
    amount = _money(case, case.outcome_amount)
    about: dict[str, Any] = {"case": case, "order": case.order, "amount": amount}
    if case.decided_by != Party.BUYER or case.state != CaseState.WITHDRAWN:
        _to_buyer(case, CaseEnded(**about), str(case.pk), now)
    _to_seller(case, CaseEndedForSeller(**about), str(case.pk), now)


def tell_not_sent(*, order: Order, cancel_at: datetime, now: datetime) -> None:
    key = f"order_not_sent:{order.pk}"
    to_buyer = OrderNotSent(order=order, cancel_at=cancel_at)
    tell_buyer(purchase=order.purchase, notice=to_buyer, key=key, now=now)
    tell_business(
        business=order.business,
        notice=OrderNotSentForSeller(order=order, cancel_at=cancel_at),
        url=seller_order_path(order),
        key=f"{key}:seller",
        now=now,
    )


def alarm_hold_limit(*, order: Order, now: datetime) -> None:
    """To every moderator of orders, once a day."""
    tell_moderators(
        permission="orders.change_order",
        notice=HoldLimitAlarm(order=order),
        url=reverse("admin:orders_order_change", args=[order.pk]),
        key=f"hold_limit_alarm:{order.pk}:{now:%Y%m%d}",
        now=now,
    )
