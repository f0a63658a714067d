"""What moderators and sellers are told about sanctions matches; buyers are told nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.urls import reverse

from notifications.notices import NoticeTemplate
from orders.models import Order, Purchase
from orders.notices import OrderNotice, tell_moderators, tell_seller
from trade.models import ScreeningCase

DECIDES = "trade.change_screeningcase"


@dataclass(frozen=True, kw_only=True)
class MatchCall(NoticeTemplate):
    """To moderators: orders wait until they have decided about a match."""

    kind: ClassVar[str] = "match_call"
    purchase: Purchase
    orders: Sequence[Order]


@dataclass(frozen=True, kw_only=True)
class MatchConfirmed(NoticeTemplate):
    """To moderators: what a confirmed match asks of them. orders: what stays stopped."""

    kind: ClassVar[str] = "match_confirmed"
    is_business: bool
    source: str
    orders: Sequence[Order]


@dataclass(frozen=True, kw_only=True)
class OrderStopped(OrderNotice):
    """To the seller: not to be sent for now."""

    kind: ClassVar[str] = "order_stopped"


@dataclass(frozen=True, kw_only=True)
class OrderGoesOn(OrderNotice):
    """To the seller: it may be sent."""

    kind: ClassVar[str] = "order_goes_on"


def call_for_decision(
    *, purchase: Purchase, orders: Sequence[Order], case_id: uuid.UUID, now: datetime
) -> None:
    tell_moderators(
        permission=DECIDES,
        notice=MatchCall(purchase=purchase, orders=orders),
        url=_case_path(case_id),
        key=f"match_call:{purchase.pk}:{case_id}",
        now=now,
    )


def tell_what_to_do(*, case: ScreeningCase, orders: Sequence[Order], now: datetime) -> None:
    """After each confirmation, also one that took a dismissal back. orders: what stays stopped."""
    tell_moderators(
        permission=DECIDES,
        notice=MatchConfirmed(
            is_business=case.subject_kind == ScreeningCase.Kind.BUSINESS,
            source=case.source.upper(),
            orders=orders,
        ),
        url=_case_path(case.pk),
        key=f"match_confirmed:{case.pk}:{now:%Y%m%d%H%M%S}",
        now=now,
    )


def tell_stopped(*, order: Order, now: datetime) -> None:
    notice = OrderStopped(order=order)
    tell_seller(
        order=order, notice=notice, key=f"{notice.kind}:{order.pk}:{now:%Y%m%d%H%M%S}", now=now
    )


def tell_goes_on(*, order: Order, now: datetime) -> None:
    notice = OrderGoesOn(order=order)
    tell_seller(
        order=order, notice=notice, key=f"{notice.kind}:{order.pk}:{now:%Y%m%d%H%M%S}", now=now
    )


def _case_path(case_id: uuid.UUID) -> str:
    return reverse("admin:trade_screeningcase_change", args=[case_id])
