"""What happens by itself: a seller that never sends, and money that may be held no longer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from pytest_django import Settings

from notifications.models import Notice
from orders.models import Deadline, Order
from orders.services.cases import open_case
from orders.services.deadlines import sweep_deadlines
from orders.services.fulfilment import mark_shipped
from orders.states import CaseKind, CaseWish, DeadlineKind, OrderState
from payments.models import Refund
from payments.rules.payouts import may_hold
from payments.selectors import check_books
from shipping.models import DeliveryOption
from tests.cast import NOW, Cast
from tests.orders.shopper import Shopper, available

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def order(cast: Cast) -> Order:
    shopper = Shopper("JP")
    shopper.add(cast.ama.variant, 2)
    purchase = shopper.place()
    shopper.pay(purchase)
    shopper.come_back(purchase)
    return Order.objects.select_related("purchase", "business").get(purchase=purchase)


def wait(clock: time_machine.Traveller, days: float) -> datetime:
    now = NOW + timedelta(days=days)
    clock.move_to(now)
    sweep_deadlines(now=now)
    return now


def due(order: Order, kind: DeadlineKind) -> datetime | None:
    row = Deadline.objects.filter(order=order, kind=kind, done_at__isnull=True).first()
    return row.due_at if row else None


def test_what_is_never_sent_is_cancelled_and_paid_back(
    order: Order, cast: Cast, clock: time_machine.Traveller
) -> None:
    assert order.dispatch_days == 2
    left = available(cast.ama.variant)
    wait(clock, 5)
    wait(clock, 5.1)
    assert Notice.objects.filter(kind="order_not_sent").count() == 1
    assert Notice.objects.filter(kind="order_not_sent_for_seller").count() == 1
    wait(clock, 15.9)
    order.refresh_from_db()
    assert order.state == OrderState.PAID
    wait(clock, 16)
    wait(clock, 16)
    order.refresh_from_db()
    assert (order.state, order.refunded_amount) == (OrderState.CANCELLED, order.total_amount)
    assert order.cancel_reason == "It was not sent in time."
    assert Refund.objects.get().amount == order.total_amount
    assert available(cast.ama.variant) == left + 2
    assert not Deadline.objects.filter(order=order, done_at__isnull=True).exists()
    assert check_books().ok


def test_what_is_sent_late_is_not_cancelled(order: Order, clock: time_machine.Traveller) -> None:
    now = wait(clock, 6)
    mark_shipped(order=order, actor=None, carrier="EMS", tracking_number="", now=now)
    assert due(order, DeadlineKind.DISPATCH) is None
    wait(clock, 17)
    order.refresh_from_db()
    assert order.state == OrderState.SHIPPED


@pytest.mark.parametrize(("country", "days"), [("FR", 87), ("US", 727), ("TH", 7)])
def test_the_limit_follows_the_platforms_country(
    cast: Cast, settings: Settings, country: str, days: int
) -> None:
    settings.PLATFORM_COUNTRY = country
    settings.INSPECTION_DAYS = 0
    DeliveryOption.objects.update(min_days=0, max_days=0)
    cast.ama.option.profile.dispatch_days = 0
    cast.ama.option.profile.save()
    shopper = Shopper("JP")
    shopper.add(cast.ama.variant)
    purchase = shopper.place()
    shopper.pay(purchase)
    shopper.come_back(purchase)
    found = Order.objects.get(purchase=purchase)
    assert due(found, DeadlineKind.HOLD_LIMIT) == NOW + days * DAY


def test_at_the_limit_what_was_sent_counts_as_arrived(
    order: Order, clock: time_machine.Traveller
) -> None:
    Order.objects.filter(pk=order.pk).update(delivery_max_days=200)
    order.refresh_from_db()
    mark_shipped(order=order, actor=None, carrier="EMS", tracking_number="", now=NOW)
    wait(clock, 87)
    order.refresh_from_db()
    assert order.state == OrderState.DELIVERED
    assert due(order, DeadlineKind.INSPECTION) == NOW + 89 * DAY
    wait(clock, 89)
    order.refresh_from_db()
    assert order.state == OrderState.COMPLETED
    assert check_books().ok


def test_at_the_limit_a_case_alarms_moderators_every_day(
    order: Order, cast: Cast, clock: time_machine.Traveller
) -> None:
    mark_shipped(order=order, actor=None, carrier="EMS", tracking_number="", now=NOW)
    case = open_case(
        order=order,
        actor=None,
        kind=CaseKind.DAMAGED,
        wanted=CaseWish.REFUND_FULL,
        wanted_amount=None,
        text="Broken.",
        now=NOW,
    )
    Deadline.objects.filter(kind__startswith="CASE").update(done_at=NOW)
    for days in (87, 87.5, 88, 89):
        wait(clock, days)
    told = Notice.objects.filter(kind="hold_limit_alarm")
    assert told.count() == 3
    assert set(told.values_list("recipient", flat=True)) == {cast.mira.pk}
    case.refresh_from_db()
    assert case.is_open
    assert not Refund.objects.exists()


def test_a_way_that_takes_too_long_is_not_offered(cast: Cast) -> None:
    shopper = Shopper("JP")
    shopper.add(cast.ama.variant)
    # Two days to send, seven of grace, fourteen to look at it: 64 on the way make 87.
    DeliveryOption.objects.filter(pk=cast.ama.option.pk).update(max_days=64)
    assert "does not deliver" not in shopper.basket()
    DeliveryOption.objects.filter(pk=cast.ama.option.pk).update(max_days=65)
    assert "does not deliver" in shopper.basket()
    assert may_hold(87, "FR")
    assert not may_hold(88, "FR")
