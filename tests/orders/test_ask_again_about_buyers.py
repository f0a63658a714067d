"""A new sanctions list is held against buyers of what is still open, and a moderator decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from catalog.models import Variant
from catalog.services.stock import release_stock
from notifications.models import Notice
from orders.models import Deadline, Order, Purchase
from orders.services.completion import confirm_receipt
from orders.services.deadlines import sweep_deadlines
from orders.services.fulfilment import cancel_order, mark_delivered, mark_shipped
from orders.services.matches import clear_match, confirm_match
from orders.services.rescreening import rescreen_purchases
from orders.states import DeadlineKind, OrderState, PurchaseState
from orders.tasks import rescreen
from payments.models import HeldPayment, Refund
from payments.selectors import check_books
from payments.services.held import HeldFrozenError, freeze_held
from payments.services.refunds import submit_refunds
from payments.states import TransferState
from tests.cast import NOW, Cast
from tests.orders.shopper import Shopper
from trade.models import SanctionsList, ScreenedPurchase, ScreeningCase
from trade.services.sanctions_lists import refresh_demo_list

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = NOW + DAY


def place(variant: Variant, *, paid: bool = True, country: str = "FR") -> Purchase:
    shopper = Shopper(country)
    shopper.add(variant)
    purchase = shopper.place()
    if paid:
        shopper.pay(purchase)
        shopper.come_back(purchase)
        purchase.refresh_from_db()
        assert purchase.state == PurchaseState.PAID
    return purchase


def list_somebody(name: str = "Lucie Martin", *, now: datetime = LATER) -> None:
    """A new list that has this name."""
    made = refresh_demo_list(now=now)
    made.parties.filter(ref="DEMO-1").update(
        names=[{"text": name, "weak": False}], countries=["FR"], digest=f"{name} {now}"
    )


@dataclass
class Story:
    """A paid purchase of two sellers' things whose buyer has come on a list since."""

    cast: Cast
    purchase: Purchase
    order: Order

    @property
    def case(self) -> ScreeningCase:
        return ScreeningCase.objects.get()

    def held(self) -> HeldPayment:
        return HeldPayment.objects.get(order_ref=self.order.pk)

    def state(self) -> str:
        return Order.objects.get(pk=self.order.pk).state

    def decide(self, how: Any, now: datetime = LATER) -> None:
        how(case=self.case, actor=self.cast.mira, reason="I compared passports.", now=now)

    def ship(self, now: datetime = LATER) -> None:
        mark_shipped(order=self.order, actor=None, carrier="DHL", tracking_number="", now=now)

    def due(self, kind: DeadlineKind) -> datetime | None:
        row = Deadline.objects.filter(order=self.order, kind=kind, done_at__isnull=True).first()
        return row.due_at if row else None


@pytest.fixture
def story(cast: Cast, clock: time_machine.Traveller) -> Story:
    shopper = Shopper("FR")
    for seller in (cast.chiara, cast.ama):
        shopper.add(seller.variant)
    purchase = shopper.place()
    shopper.pay(purchase)
    shopper.come_back(purchase)
    purchase.refresh_from_db()
    order = purchase.orders.select_related("purchase", "business").get(
        business=cast.chiara.business
    )
    clock.move_to(LATER)
    list_somebody()
    assert rescreen_purchases(now=LATER) == 1
    return Story(cast, purchase, order)


def everything() -> tuple[Any, ...]:
    return (
        list(ScreeningCase.objects.order_by("pk").values()),
        list(HeldPayment.objects.order_by("pk").values()),
        list(Order.objects.order_by("pk").values()),
        Notice.objects.count(),
    )


def test_a_hit_stops_every_order_of_the_purchase(story: Story) -> None:
    assert (story.case.state, story.case.subject_kind) == ("OPEN", "BUYER")
    assert [held.frozen_by for held in HeldPayment.objects.all()] == [["screening"]] * 2
    assert ScreenedPurchase.objects.get().subject_key == story.case.subject_key
    # Both sellers are asked to wait, moderators to decide, the buyer hears nothing.
    told = Notice.objects.filter(kind__in=["order_stopped", "match_call"])
    assert {(one.kind, one.email) for one in told} == {
        ("order_stopped", "chiara@example.org"),
        ("order_stopped", "ama@example.org"),
        ("match_call", "mira@example.org"),
    }
    assert not Notice.objects.filter(created_at__gte=LATER, email="guest@example.org").exists()


def test_asking_again_changes_nothing(story: Story) -> None:
    before = everything()
    assert rescreen_purchases(now=LATER) == 0
    rescreen()
    ScreenedPurchase.objects.all().delete()
    assert rescreen_purchases(now=LATER) == 1
    assert everything() == before


def test_a_stopped_order_is_not_sent(story: Story) -> None:
    with pytest.raises(HeldFrozenError):
        story.ship()
    assert story.state() == OrderState.PAID
    client = Client()
    client.force_login(story.cast.chiara.user)
    there = f"/sell/{story.order.business.slug}/orders/{story.order.number}/"
    page = client.get(there).content.decode()
    assert "Please do not send it for now" in page
    assert "It is on its way" not in page
    assert "sanction" not in page.lower()
    answer = client.post(f"{there}ship/", {"carrier": "DHL", "tracking_number": ""}, follow=True)
    assert "Please do not send it for now" in answer.content.decode()
    assert story.state() == OrderState.PAID


def test_a_stopped_order_is_not_called_late_nor_cancelled_by_itself(
    story: Story, clock: time_machine.Traveller
) -> None:
    for days in (6, 10, 17, 25):
        clock.move_to(NOW + days * DAY)
        sweep_deadlines(now=NOW + days * DAY)
    assert story.state() == OrderState.PAID
    assert not Notice.objects.filter(kind__startswith="order_not_sent").exists()
    assert not Refund.objects.exists()


def test_what_is_paid_back_meanwhile_does_not_leave_us(story: Story) -> None:
    cancel_order(order=story.order, actor=story.cast.chiara.user, reason="Broken.", now=LATER)
    assert submit_refunds(now=LATER) == 0
    assert Refund.objects.get().transfer == TransferState.PENDING
    assert check_books().ok
    story.decide(clear_match)
    assert submit_refunds(now=LATER) == 1
    assert Refund.objects.get().transfer != TransferState.PENDING


def test_a_dismissed_match_lets_it_go_on_with_all_its_time(
    story: Story, clock: time_machine.Traveller
) -> None:
    now = NOW + 10 * DAY
    clock.move_to(now)
    story.decide(clear_match, now)
    assert (story.held().frozen, story.held().frozen_by) == (False, [])
    assert story.due(DeadlineKind.SEND_LATE) == now + 5 * DAY
    assert story.due(DeadlineKind.DISPATCH) == now + 16 * DAY
    assert Notice.objects.filter(kind="order_goes_on").count() == 2
    story.ship(now)
    assert story.state() == OrderState.SHIPPED
    list_somebody("Quentin Delambre", now=now)
    assert rescreen_purchases(now=now) == 1
    assert not story.held().frozen


def test_a_dismissed_match_leaves_what_something_else_keeps(story: Story) -> None:
    freeze_held(order_ref=story.order.pk, cause="dispute:1")
    story.decide(clear_match)
    assert story.held().frozen_by == ["dispute:1"]


def test_another_match_of_the_same_buyer_keeps_it_stopped(story: Story) -> None:
    first = story.case
    list_somebody("Lucie Martine", now=LATER + DAY)
    rescreen_purchases(now=LATER + DAY)
    assert ScreeningCase.objects.count() == 2
    clear_match(case=first, actor=story.cast.mira, reason="Another one.", now=LATER + DAY)
    assert story.held().frozen
    second = ScreeningCase.objects.get(state="OPEN")
    clear_match(case=second, actor=story.cast.mira, reason="Another one.", now=LATER + DAY)
    assert not story.held().frozen


def test_a_confirmed_match_keeps_it_stopped_and_says_what_to_do(story: Story) -> None:
    story.decide(confirm_match)
    assert story.held().frozen_by == ["screening"]
    with pytest.raises(HeldFrozenError):
        story.ship()
    notice = Notice.objects.get(kind="match_confirmed")
    assert notice.recipient == story.cast.mira
    assert story.order.number in notice.text
    assert "Report it to the authority" in notice.text
    client = Client()
    client.force_login(story.cast.mira)
    there = reverse("admin:trade_screeningcase_change", args=[story.case.pk])
    page = client.get(there).content.decode()
    assert story.order.number in page
    # The way to give it back with a permit.
    story.decide(clear_match)
    assert not story.held().frozen
    story.decide(confirm_match, LATER + DAY)
    assert story.held().frozen
    assert Notice.objects.filter(kind="match_confirmed").count() == 2


def test_what_is_on_its_way_is_not_released(cast: Cast, clock: time_machine.Traveller) -> None:
    purchase = place(cast.chiara.variant)
    order = purchase.orders.get()
    mark_shipped(order=order, actor=None, carrier="DHL", tracking_number="", now=NOW)
    list_somebody()
    rescreen_purchases(now=LATER)
    mark_delivered(order=order, actor=None, now=LATER)
    with pytest.raises(HeldFrozenError):
        confirm_receipt(order=order, actor=None, now=LATER)
    clock.move_to(LATER + 30 * DAY)
    sweep_deadlines(now=LATER + 30 * DAY)
    order.refresh_from_db()
    assert order.state == OrderState.DELIVERED
    # It is the seller who waits for money here; nobody asks it not to send what it has sent.
    assert not Notice.objects.filter(kind="order_stopped").exists()


def test_what_has_ended_or_arrived_is_not_asked_about(cast: Cast) -> None:
    order = place(cast.chiara.variant).orders.get()
    mark_shipped(order=order, actor=None, carrier="DHL", tracking_number="", now=NOW)
    confirm_receipt(order=order, actor=None, now=NOW)
    list_somebody()
    assert rescreen_purchases(now=LATER) == 0
    assert not ScreeningCase.objects.exists()


def test_what_waits_for_its_payment_is_stopped_before_it_is_paid(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    shopper = Shopper("FR")
    shopper.add(cast.chiara.variant)
    fields = shopper.filled(shopper.checkout())
    assert shopper.send(fields).status_code == 302
    purchase = Purchase.objects.get()
    soon = NOW + timedelta(minutes=5)
    clock.move_to(soon)
    SanctionsList.objects.update(published_on=NOW.date() - DAY)
    list_somebody(now=soon)
    assert rescreen_purchases(now=soon) == 1
    answer = shopper.client.post(f"/checkout/pay/{purchase.token}/", follow=True)
    assert "We need a little time for this order" in answer.content.decode()
    assert shopper.send(fields)["Location"] == f"/checkout/return/{purchase.token}/"
    # The provider's page was open already.
    shopper.pay(purchase)
    shopper.come_back(purchase)
    order = purchase.orders.get()
    assert order.state == OrderState.PAID
    assert HeldPayment.objects.get().frozen_by == ["screening"]
    assert HeldPayment.objects.get().booked_at is not None
    with pytest.raises(HeldFrozenError):
        mark_shipped(order=order, actor=None, carrier="DHL", tracking_number="", now=soon)


def test_what_is_paid_late_with_its_goods_gone_stays_with_us(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    shopper = Shopper("FR")
    shopper.add(cast.chiara.variant, 10)
    purchase = shopper.place()
    # Paid, and nobody tells us before it has ended.
    shopper.pay(purchase)
    clock.move_to(LATER)
    list_somebody()
    rescreen_purchases(now=LATER)
    Purchase.objects.update(state=PurchaseState.EXPIRED)
    Order.objects.update(state=OrderState.EXPIRED)
    release_stock(purchase_ref=purchase.pk)
    other = Shopper("JP")
    other.add(cast.chiara.variant, 10)
    other.place()
    shopper.come_back(purchase)
    purchase.refresh_from_db()
    assert purchase.state == PurchaseState.LATE_REFUNDED
    assert submit_refunds(now=LATER) == 0
    assert check_books().ok


def test_without_fresh_lists_nobody_is_asked_about(cast: Cast, settings: Settings) -> None:
    settings.SANCTIONS_MAX_AGE_DAYS = 7
    place(cast.chiara.variant)
    much_later = NOW + 30 * DAY
    assert rescreen_purchases(now=much_later) == 0
    assert not ScreenedPurchase.objects.exists()
    assert not HeldPayment.objects.get().frozen


def test_of_who_resembles_nobody_only_the_day_is_kept(cast: Cast) -> None:
    purchase = place(cast.chiara.variant)
    assert rescreen_purchases(now=NOW) == 1
    row = ScreenedPurchase.objects.get()
    assert (row.purchase_ref, row.subject_key, row.screened_at) == (purchase.pk, "", NOW)


def test_a_purchase_that_fails_does_not_keep_the_others(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = place(cast.chiara.variant), place(cast.ama.variant)
    list_somebody()

    def fail(*, purchase: Purchase, **_rest: Any) -> None:
        if purchase.pk == first.pk:
            raise RuntimeError("no words for it")

    monkeypatch.setattr("orders.services.rescreening.call_for_decision", fail)
    rescreen_purchases(now=LATER)
    stopped = HeldPayment.objects.filter(frozen=True).values_list("order_ref", flat=True)
    assert list(stopped) == [second.orders.get().pk]
    monkeypatch.undo()
    assert rescreen_purchases(now=LATER) == 1
    assert HeldPayment.objects.filter(frozen=True).count() == 2


def test_a_batch_asks_a_fixed_number_of_questions(cast: Cast) -> None:
    counts = []
    for many in (1, 6):
        for _ in range(many):
            place(cast.chiara.variant, paid=False)
        rescreen_purchases(now=NOW)
        ScreenedPurchase.objects.all().delete()
        with CaptureQueriesContext(connection) as asked:
            rescreen_purchases(now=NOW)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 5
