"""A moderator gives money back: how much and why, exact to the minor unit, never twice."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import AuditEntry
from notifications.models import Notice
from orders.models import Order, Purchase
from orders.services.completion import confirm_receipt
from orders.services.fulfilment import mark_shipped
from orders.services.refunds import RefundAmountError, refund_order
from orders.states import OrderState
from payments.models import HeldPayment, Refund
from payments.selectors import balance, check_books
from payments.states import AccountKind
from tests.cast import NOW, Cast
from tests.orders.shopper import Response, Shopper

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(cast: Cast) -> Order:
    shopper = Shopper("JP")
    shopper.add(cast.linh.variant, 2)
    purchase = shopper.place()
    shopper.pay(purchase)
    shopper.come_back(purchase)
    return Order.objects.select_related("purchase", "business").get(purchase=purchase)


@pytest.fixture
def moderator(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.mira)
    return client


def refund(
    moderator: Client, order: Order, amount: str, *, seen: int = 0, why: str = "Chipped."
) -> Response:
    return moderator.post(
        f"/admin/orders/order/{order.pk}/refund/",
        {"amount": amount, "seen_refunded": str(seen), "reason": why},
    )


def held(order: Order) -> int:
    return balance(kind=AccountKind.HELD, currency="VND", reference=str(order.pk)).amount


def test_a_part_goes_back_and_the_books_follow(order: Order, moderator: Client, cast: Cast) -> None:
    half = order.total_amount // 2
    assert refund(moderator, order, str(half)).status_code == 302
    order.refresh_from_db()
    assert (order.refunded_amount, order.state) == (half, OrderState.PAID)
    row = Refund.objects.get()
    assert (row.amount, row.currency, row.reason) == (half, "JPY", "Chipped.")
    entry = AuditEntry.objects.get(action="order.refund")
    assert (entry.actor, entry.reason) == (cast.mira, "Chipped.")
    assert entry.after["refunded_amount"] == half
    kinds = set(Notice.objects.values_list("kind", flat=True))
    assert {"order_refunded", "order_refunded_for_seller"} <= kinds
    assert check_books().ok


def test_parts_that_reach_the_whole_give_back_exactly_what_was_held(
    order: Order, moderator: Client
) -> None:
    before = held(order)
    assert before == 2 * 600000 + 300000
    mark_shipped(order=order, actor=None, carrier="DHL", tracking_number="", now=NOW)
    total = order.total_amount
    seen = 0
    for part in (1, total // 3, total // 7, total - 1 - total // 3 - total // 7):
        assert refund(moderator, order, str(part), seen=seen).status_code == 302
        seen += part
    order.refresh_from_db()
    assert (order.refunded_amount, order.state) == (total, OrderState.REFUNDED)
    assert held(order) == 0
    share = HeldPayment.objects.get(order_ref=order.pk)
    assert share.refunded_seller_amount == before
    assert share.refunded_commission_amount == share.commission_amount
    assert check_books().ok


def test_the_whole_of_an_unsent_order_is_a_cancellation(order: Order, moderator: Client) -> None:
    assert refund(moderator, order, str(order.total_amount)).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.cancel_reason) == (OrderState.CANCELLED, "Chipped.")


@pytest.mark.parametrize("amount", ["0", "-5", "1.5", "lots", "99999999"])
def test_an_amount_that_makes_no_sense_changes_nothing(
    order: Order, moderator: Client, amount: str
) -> None:
    response = refund(moderator, order, amount)
    assert response.status_code == 422
    assert "Chipped." in response.content.decode()
    assert_untouched(order)


def test_a_refund_needs_a_reason(order: Order, moderator: Client) -> None:
    assert refund(moderator, order, "100", why=" ").status_code == 422
    assert_untouched(order)


def test_a_second_click_gives_nothing_more(order: Order, moderator: Client) -> None:
    refund(moderator, order, "100")
    refund(moderator, order, "100")
    order.refresh_from_db()
    assert order.refunded_amount == 100
    assert Refund.objects.count() == 1


def test_only_moderators_refund(order: Order, cast: Cast) -> None:
    for user in (cast.linh.user, cast.haruka):
        client = Client()
        client.force_login(user)
        assert refund(client, order, "100").status_code in {302, 403, 404}
    assert_untouched(order)


def test_after_release_the_seller_gives_its_share_back(
    order: Order, moderator: Client, cast: Cast
) -> None:
    mark_shipped(order=order, actor=None, carrier="DHL", tracking_number="", now=NOW)
    confirm_receipt(order=order, actor=None, now=NOW)
    reference = str(cast.linh.business.payee_id)
    net = 2 * 600000 + 300000 - 72000
    account = {"currency": "VND", "reference": reference}
    assert balance(kind=AccountKind.SELLER_PAYABLE, **account).amount == net
    assert refund(moderator, order, str(order.total_amount)).status_code == 302
    assert balance(kind=AccountKind.SELLER_PAYABLE, **account).amount == 0
    assert balance(kind=AccountKind.COMMISSION, currency="VND").amount == 0
    order.refresh_from_db()
    assert order.state == OrderState.REFUNDED
    assert check_books().ok


def assert_untouched(order: Order) -> None:
    order.refresh_from_db()
    assert (order.refunded_amount, order.state) == (0, OrderState.PAID)
    assert not Refund.objects.exists()
    assert not AuditEntry.objects.filter(action="order.refund").exists()
    assert Purchase.objects.get(pk=order.purchase_id).state == "PAID"


def test_dinars_go_back_in_steps_that_cards_know(cast: Cast, moderator: Client) -> None:
    shopper = Shopper("KW")
    shopper.add(cast.linh.variant, 2)
    purchase = shopper.place()
    shopper.pay(purchase)
    shopper.come_back(purchase)
    order = Order.objects.select_related("purchase", "business").get(purchase=purchase)
    answer = refund(moderator, order, "1.234")
    assert answer.status_code == 422
    assert "enter 1.230 or 1.240" in answer.content.decode()
    with pytest.raises(RefundAmountError):
        refund_order(
            order=order, amount=1_234, seen_refunded=0, actor=cast.mira, reason="Chipped.", now=NOW
        )
    assert not Refund.objects.exists()
    assert refund(moderator, order, "1.23").status_code == 302
    assert Refund.objects.get().amount == 1_230
