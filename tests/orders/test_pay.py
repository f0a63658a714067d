"""Paying: the provider answers by redirect and by webhook, in either order, twice or never."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.test import Client

from catalog.models import StockReservation
from catalog.services.stock import adjust_stock
from common.states import TransitionError
from notifications.models import EmailDelivery, Notice
from orders.models import BasketLine, Deadline, Order, OrderEvent, Purchase
from orders.services import events, expiry, outcomes, reconciling
from orders.services.deadlines import sweep_deadlines
from orders.services.events import handle_provider_events
from orders.services.reconciling import poll_late_payments, poll_open_payments
from orders.states import OrderState, PurchaseState
from payments.gateways.base import ProviderUnavailable
from payments.models import Payment, ProviderEvent, Refund
from payments.selectors import check_books
from payments.services.charging import PaymentFacts
from payments.states import InboxState, PaymentState
from sandbox.services import get_session
from tests.cast import NOW, Cast
from tests.orders.shopper import (
    DECLINED,
    LATE,
    NEVER_TOLD,
    PAYS,
    TOLD_TWICE,
    Shopper,
    Wire,
    available,
    payment_of,
    sandbox_page,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=16)


def fresh(purchase: Purchase) -> Purchase:
    return Purchase.objects.get(pk=purchase.pk)


def bought(cast: Cast, country: str = "FR") -> tuple[Shopper, Purchase]:
    shopper = Shopper(country)
    for seller in cast.sellers:
        shopper.add(seller.variant)
    return shopper, shopper.place()


def assert_paid_once(purchase: Purchase, cast: Cast) -> None:
    purchase = fresh(purchase)
    assert purchase.state == PurchaseState.PAID
    assert purchase.paid_at is not None
    assert set(purchase.orders.values_list("state", flat=True)) == {OrderState.PAID}
    assert [available(seller.variant) for seller in cast.sellers] == [9, 9, 9]
    states = StockReservation.objects.filter(purchase_ref=purchase.pk)
    assert set(states.values_list("state", flat=True)) == {"CLAIMED"}
    assert Notice.objects.filter(kind="purchase_paid").count() == 1
    assert Notice.objects.filter(kind="order_received").count() == 3
    assert OrderEvent.objects.filter(kind="PAID").count() == 3
    assert not Deadline.objects.filter(purchase=purchase, done_at__isnull=True).exists()
    assert check_books().problems == []


def assert_unpaid(purchase: Purchase, cast: Cast) -> None:
    purchase = fresh(purchase)
    assert purchase.state == PurchaseState.EXPIRED
    assert set(purchase.orders.values_list("state", flat=True)) == {OrderState.EXPIRED}
    assert [available(seller.variant) for seller in cast.sellers] == [10, 10, 10]
    assert BasketLine.objects.filter(basket__in=[purchase.basket_ref]).count() == 3
    assert not Notice.objects.filter(kind="purchase_paid").exists()
    assert payment_of(purchase).state != PaymentState.PAID
    assert check_books().entries == 0


def test_redirect_first_then_webhook(cast: Cast, wire: Wire) -> None:
    shopper, purchase = bought(cast)
    answer = shopper.pay(purchase)
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/checkout/return/{purchase.token}/")
    back = shopper.come_back(purchase)
    assert back["Location"] == f"/purchases/{purchase.token}/"
    assert_paid_once(purchase, cast)
    wire.deliver()
    handle_provider_events(now=NOW)
    assert_paid_once(purchase, cast)


def test_webhook_first_then_redirect(cast: Cast, wire: Wire) -> None:
    shopper, purchase = bought(cast)
    shopper.pay(purchase)
    wire.deliver()
    handle_provider_events(now=NOW)
    assert_paid_once(purchase, cast)
    assert shopper.come_back(purchase)["Location"] == f"/purchases/{purchase.token}/"
    assert_paid_once(purchase, cast)


def test_the_webhook_comes_twice_and_all_is_done_ten_times(cast: Cast, wire: Wire) -> None:
    shopper, purchase = bought(cast)
    shopper.pay(purchase, TOLD_TWICE)
    wire.deliver()
    wire.repeat()
    for _ in range(10):
        handle_provider_events(now=NOW)
        shopper.come_back(purchase)
    ProviderEvent.objects.update(state=InboxState.NEW)
    handle_provider_events(now=NOW)
    assert_paid_once(purchase, cast)


def test_no_webhook_and_a_closed_tab(cast: Cast, clock: time_machine.Traveller) -> None:
    shopper, purchase = bought(cast)
    shopper.pay(purchase, NEVER_TOLD)
    assert fresh(purchase).state == PurchaseState.AWAITING_PAYMENT
    clock.shift(timedelta(minutes=3))
    poll_open_payments(now=NOW + timedelta(minutes=3))
    assert_paid_once(purchase, cast)


def test_a_webhook_that_nobody_signed_changes_nothing(cast: Cast, wire: Wire) -> None:
    shopper, purchase = bought(cast)
    shopper.pay(purchase)
    for header in ("", "t=1,v1=00", f"t={int(NOW.timestamp())},v1=00"):
        answer = Client().post(
            "/webhooks/sandbox/",
            b'{"id": "evt_1", "type": "session.paid", "data": {}}',
            content_type="application/json",
            headers={"Sandbox-Signature": header},
        )
        assert answer.status_code == 400
    assert Client().post("/webhooks/nobody/", b"{}", content_type="x/y").status_code == 400
    assert Client().get("/webhooks/sandbox/").status_code == 405
    assert not ProviderEvent.objects.exists()
    assert fresh(purchase).state == PurchaseState.AWAITING_PAYMENT


def test_the_receipt_names_every_line(cast: Cast) -> None:
    shopper, purchase = bought(cast, "JP")
    shopper.pay(purchase)
    shopper.come_back(purchase)
    receipt = Notice.objects.get(kind="purchase_paid")
    assert receipt.email == "guest@example.org"
    assert purchase.number in receipt.subject
    for text in ("Bolga basket", "Lacquer bowl", "Marbled paper", "¥3,264", "¥2,938"):
        assert text in receipt.text
        assert text in receipt.html
    assert f"¥{purchase.total_amount:,}" in receipt.text
    assert f"/purchases/{purchase.token}/" in receipt.text
    assert EmailDelivery.objects.filter(notice=receipt).count() == 1


def test_the_receipt_has_the_orders_in_their_order_wherever_their_rows_lie(cast: Cast) -> None:
    shopper, purchase = bought(cast)
    numbers = sorted(purchase.orders.values_list("number", flat=True))
    for state in (OrderState.PAID, OrderState.AWAITING_PAYMENT):  # indexed, so rows move
        for number in reversed(numbers):
            Order.objects.filter(number=number).update(state=state)
    shopper.pay(purchase)
    shopper.come_back(purchase)
    text = Notice.objects.get(kind="purchase_paid").text
    places = [text.index(number) for number in numbers]
    assert len(places) == 3
    assert places == sorted(places)


def test_sellers_hear_of_their_own_order_only(cast: Cast) -> None:
    shopper, purchase = bought(cast)
    shopper.pay(purchase)
    shopper.come_back(purchase)
    told = Notice.objects.get(kind="order_received", recipient=cast.ama.user)
    assert "Bolga basket" in told.text
    # 250 + 125 GH₵, less 6 % of 250.
    assert "360.00" in told.text
    assert "Lacquer bowl" not in told.text
    assert "guest@example.org" not in told.text + told.html


def test_a_declined_card_can_be_tried_again(cast: Cast) -> None:
    shopper, purchase = bought(cast)
    shopper.pay(purchase, DECLINED)
    page = shopper.come_back(purchase).content.decode()
    assert fresh(purchase).state == PurchaseState.AWAITING_PAYMENT
    assert "Your card was not accepted" in page
    answer = shopper.client.post(f"/checkout/pay/{purchase.token}/")
    assert answer["Location"].endswith(sandbox_page(purchase))
    shopper.pay(purchase, PAYS)
    shopper.come_back(purchase)
    assert_paid_once(purchase, cast)


def test_declined_for_good(cast: Cast) -> None:
    shopper, purchase = bought(cast)
    for _ in range(5):
        shopper.pay(purchase, DECLINED)
    page = shopper.come_back(purchase).content.decode()
    assert "The payment did not go through" in page
    assert_unpaid(purchase, cast)
    # Everything is in the basket again, and a new try is a new purchase.
    again = shopper.place()
    assert again.pk != purchase.pk
    shopper.pay(again)
    shopper.come_back(again)
    assert_paid_once(again, cast)


def test_back_without_paying(cast: Cast) -> None:
    shopper, purchase = bought(cast)
    page = shopper.come_back(purchase).content.decode()
    assert "Not paid yet" in page
    assert shopper.client.get("/checkout/")["Location"].endswith(
        f"/checkout/return/{purchase.token}/"
    )
    assert fresh(purchase).state == PurchaseState.AWAITING_PAYMENT


def test_changing_something_first(cast: Cast) -> None:
    shopper, purchase = bought(cast)
    answer = shopper.client.post(f"/checkout/give-up/{purchase.token}/")
    assert answer["Location"] == "/basket/"
    assert_unpaid(purchase, cast)
    session = get_session(payment_of(purchase).session_ref)
    assert session is not None
    assert session.status == "expired"
    assert not Notice.objects.filter(kind="purchase_expired").exists()


def test_giving_up_what_is_already_paid(cast: Cast) -> None:
    shopper, purchase = bought(cast)
    shopper.pay(purchase)
    answer = shopper.client.post(f"/checkout/give-up/{purchase.token}/")
    assert answer["Location"] == f"/purchases/{purchase.token}/"
    assert_paid_once(purchase, cast)


def test_what_the_bank_is_paying_cannot_be_given_up(cast: Cast, wire: Wire) -> None:
    """Another tab, or an old page: bought again, the same things would come twice."""
    shopper, purchase = bought(cast)
    shopper.pay(purchase, LATE)
    answer = shopper.client.post(f"/checkout/give-up/{purchase.token}/")
    assert answer["Location"] == f"/checkout/return/{purchase.token}/"
    assert fresh(purchase).state == PurchaseState.AWAITING_PAYMENT
    assert not BasketLine.objects.exists()
    shopper.client.post(f"{sandbox_page(purchase)}bank/")
    wire.deliver()
    handle_provider_events(now=NOW)
    assert_paid_once(purchase, cast)


def test_abandoned_then_expired(cast: Cast, clock: time_machine.Traveller) -> None:
    shopper, purchase = bought(cast)
    sweep_deadlines(now=NOW + timedelta(minutes=14))
    assert fresh(purchase).state == PurchaseState.AWAITING_PAYMENT
    clock.move_to(LATER)
    for _ in range(2):
        sweep_deadlines(now=LATER)
    assert_unpaid(purchase, cast)
    assert Notice.objects.filter(kind="purchase_expired").count() == 1
    session = get_session(payment_of(purchase).session_ref)
    assert session is not None
    assert session.status == "expired"
    assert "The time to pay is over" in shopper.come_back(purchase).content.decode()


def test_paid_in_the_last_second_and_never_told(cast: Cast, clock: time_machine.Traveller) -> None:
    """The sweep asks the provider before it lets the goods go."""
    shopper, purchase = bought(cast)
    shopper.pay(purchase, NEVER_TOLD)
    clock.move_to(LATER)
    sweep_deadlines(now=LATER)
    assert_paid_once(purchase, cast)


def test_late_success_while_the_goods_are_there(
    cast: Cast, wire: Wire, clock: time_machine.Traveller
) -> None:
    shopper, purchase = bought(cast)
    shopper.pay(purchase, LATE)
    assert "on its way" in shopper.come_back(purchase).content.decode()
    clock.move_to(LATER)
    sweep_deadlines(now=LATER)
    assert fresh(purchase).state == PurchaseState.EXPIRED
    assert available(cast.ama.variant) == 10
    shopper.client.post(f"{sandbox_page(purchase)}bank/")
    wire.deliver(LATER)
    for _ in range(2):
        handle_provider_events(now=LATER)
    assert_paid_once(purchase, cast)
    assert not BasketLine.objects.exists()


def test_late_success_when_the_goods_are_gone(
    cast: Cast, wire: Wire, clock: time_machine.Traveller
) -> None:
    shopper, purchase = bought(cast)
    shopper.pay(purchase, LATE)
    clock.move_to(LATER)
    sweep_deadlines(now=LATER)
    adjust_stock(variant_id=cast.linh.variant.pk, change=-10)
    shopper.client.post(f"{sandbox_page(purchase)}bank/")
    wire.deliver(LATER)
    for _ in range(2):
        handle_provider_events(now=LATER)
    purchase = fresh(purchase)
    assert purchase.state == PurchaseState.LATE_REFUNDED
    assert set(purchase.orders.values_list("state", flat=True)) == {OrderState.CANCELLED}
    # All of it goes back, to the minor unit, and nothing was taken from stock.
    assert sum(Refund.objects.values_list("amount", flat=True)) == purchase.total_amount
    assert Refund.objects.count() == 3
    assert [available(seller.variant) for seller in cast.sellers] == [10, 0, 10]
    assert Notice.objects.filter(kind="purchase_late_refunded").count() == 1
    assert not Notice.objects.filter(kind="order_received").exists()
    assert check_books().problems == []
    for order in Order.objects.filter(purchase=purchase):
        assert order.refunded_amount == order.total_amount
    page = shopper.client.get(f"/purchases/{purchase.token}/").content.decode()
    assert "We are paying your money back" in page


def test_late_success_of_which_nobody_told_us(
    cast: Cast, wire: Wire, clock: time_machine.Traveller
) -> None:
    shopper, purchase = bought(cast)
    shopper.pay(purchase, LATE)
    clock.move_to(LATER)
    sweep_deadlines(now=LATER)
    shopper.client.post(f"{sandbox_page(purchase)}bank/")
    poll_late_payments(now=LATER)
    assert_paid_once(purchase, cast)


def test_what_ended_unpaid_is_asked_about_less_and_less_often(
    cast: Cast, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that ended lately never wait behind a week of older ones."""
    _shopper, purchase = bought(cast)
    clock.move_to(LATER)
    sweep_deadlines(now=LATER)
    asked: list[timedelta] = []
    ended = payment_of(purchase).expires_at

    def ask(payment_id: uuid.UUID, *, is_over: bool, now: datetime) -> None:
        asked.append(now - ended)

    monkeypatch.setattr(reconciling, "_ask", ask)
    for run in range(24 * 12 + 1):
        poll_late_payments(now=ended + timedelta(minutes=5 * run, seconds=run % 7))
    assert asked[0] < timedelta(minutes=5)
    assert max(asked) > timedelta(hours=20)
    assert 9 <= len(asked) <= 24
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert all(
        gap <= max(earlier, timedelta(minutes=12))
        for earlier, gap in zip(asked[:-1], gaps, strict=True)
    )


def test_the_provider_is_away(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    shopper = Shopper("FR")
    for seller in cast.sellers:
        shopper.add(seller.variant)
    with monkeypatch.context() as patch:
        for name in ("create_session", "find_session", "get_session"):
            patch.setattr(f"payments.gateways.sandbox.SandboxGateway.{name}", away)
        answer = shopper.send(shopper.filled(shopper.checkout()))
        purchase = Purchase.objects.get()
        assert answer["Location"] == f"/checkout/return/{purchase.token}/"
        assert payment_of(purchase).state == PaymentState.UNKNOWN
        page = shopper.come_back(purchase).content.decode()
        assert "does not answer" in page
        assert purchase.state == PurchaseState.AWAITING_PAYMENT
    # It answers again: the same purchase, one session.
    answer = shopper.client.post(f"/checkout/pay/{purchase.token}/")
    assert "/sandbox/pay/" in answer["Location"]
    shopper.pay(purchase)
    shopper.come_back(purchase)
    assert_paid_once(purchase, cast)


def test_the_provider_is_away_when_the_time_is_over(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    """The goods go back on sale all the same; the page is closed as soon as it answers."""
    _shopper, purchase = bought(cast)
    clock.move_to(LATER)
    with monkeypatch.context() as patch:
        patch.setattr("payments.gateways.sandbox.SandboxGateway.get_session", away)
        sweep_deadlines(now=LATER)
    assert_unpaid(purchase, cast)
    assert payment_of(purchase).state == PaymentState.OPEN
    poll_open_payments(now=LATER)
    assert payment_of(purchase).state == PaymentState.EXPIRED
    assert_unpaid(purchase, cast)


def test_a_poisoned_event_does_not_hold_up_the_others(
    cast: Cast, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, bad = bought(cast)
    second, good = bought(cast)
    first.pay(bad)
    second.pay(good)
    Payment.objects.filter(purchase_ref=bad.pk).update(session_ref="cs_of_nobody")
    wire.deliver()
    handle_provider_events(now=NOW)
    assert fresh(good).state == PurchaseState.PAID
    assert fresh(bad).state == PurchaseState.AWAITING_PAYMENT
    event = ProviderEvent.objects.get(state=InboxState.NEW)
    assert event.attempts == 1
    assert event.last_error


def test_a_purchase_that_cannot_be_ended_does_not_keep_the_others_waiting(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    monkeypatch.setattr("orders.services.expiry.SWEEP_BATCH", 1)
    _, bad = bought(cast)
    clock.shift(timedelta(seconds=1))
    _, good = bought(cast)
    real = outcomes.end_unpaid

    def end(*, purchase: Purchase, now: datetime) -> bool:
        if purchase.pk == bad.pk:
            raise TransitionError("a bug")
        return real(purchase=purchase, now=now)

    monkeypatch.setattr(expiry, "end_unpaid", end)
    monkeypatch.setattr(expiry, "close_session", away)
    for _ in range(2):
        sweep_deadlines(now=LATER)
    assert fresh(good).state == PurchaseState.EXPIRED
    assert fresh(bad).state == PurchaseState.AWAITING_PAYMENT


@pytest.mark.parametrize("error", [TransitionError("x"), Purchase.DoesNotExist(), TypeError("x")])
def test_whatever_an_event_raises_the_others_are_handled(
    cast: Cast, wire: Wire, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    first, bad = bought(cast)
    second, good = bought(cast)
    first.pay(bad)
    second.pay(good)
    wire.deliver()
    real = outcomes.handle_payment_outcome

    def handle(*, facts: PaymentFacts, now: datetime) -> Purchase:
        if facts.payment_id == payment_of(bad).pk:
            raise error
        return real(facts=facts, now=now)

    monkeypatch.setattr(events, "handle_payment_outcome", handle)
    handle_provider_events(now=NOW)
    assert fresh(good).state == PurchaseState.PAID
    assert ProviderEvent.objects.get(state=InboxState.NEW).attempts == 1


def test_a_message_of_an_unexpected_shape_is_let_go(cast: Cast, wire: Wire) -> None:
    shopper, purchase = bought(cast)
    shapes: tuple[Any, ...] = (None, [], {"object": None}, {"object": {"metadata": "x"}})
    for number, data in enumerate(shapes):
        ProviderEvent.objects.create(
            provider="sandbox", event_id=f"odd{number}", kind="session.paid", payload={"data": data}
        )
    shopper.pay(purchase)
    wire.deliver()
    handle_provider_events(now=NOW)
    assert_paid_once(purchase, cast)


def away(*args: object, **kwargs: object) -> None:
    raise ProviderUnavailable("no answer")
