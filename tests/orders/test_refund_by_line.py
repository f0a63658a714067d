"""A seller pays back by line, quantity and amount: shown before it moves, exact to the minor unit."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from notifications.models import Notice
from orders.models import Order, OrderRefund, RefundLine
from orders.rules.refund_reasons import RefundReason
from orders.rules.refunds import RefundRequest
from orders.services.completion import confirm_receipt
from orders.services.fulfilment import mark_shipped
from orders.services.refunds import AlreadyRefundedError, refund_lines, refund_order
from orders.states import OrderState
from payments.models import HeldPayment, Refund
from payments.selectors import balance, check_books
from payments.states import AccountKind
from tests.cast import NOW, Cast, Seller, make_cast
from tests.orders.shopper import Response, Shopper, hidden_fields

pytestmark = pytest.mark.django_db


def bought(country: str, *wanted: tuple[Seller, int]) -> Order:
    shopper = Shopper(country)
    for seller, quantity in wanted:
        shopper.add(seller.variant, quantity)
    purchase = shopper.place()
    shopper.pay(purchase)
    shopper.come_back(purchase)
    return Order.objects.select_related("purchase", "business").get(purchase=purchase)


@pytest.fixture
def order(cast: Cast) -> Order:
    """Haruka in Osaka has bought three baskets from Ama in Accra, and they are on their way."""
    found = bought("JP", (cast.ama, 3))
    mark_shipped(order=found, actor=None, carrier="EMS", tracking_number="", now=NOW)
    found.refresh_from_db()
    return found


@pytest.fixture
def ama(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.ama.user)
    return client


def url(order: Order) -> str:
    return f"/sell/{order.business.slug}/orders/{order.number}/refund/"


def send(client: Client, order: Order, do: str = "work-out", **typed: str) -> Response:
    return client.post(url(order), {"do": do, **typed})


def seen(shown: Response) -> dict[str, str]:
    """What a page that worked it out sends along."""
    fields = hidden_fields(shown.content.decode())
    return {name: value for name, value in fields.items() if name.startswith("seen_")}


def confirm(client: Client, order: Order, **typed: str) -> Response:
    shown = send(client, order, **typed)
    errors = re.findall(r'field__error">.*?<span>(.*?)</span>', shown.content.decode())
    assert shown.status_code == 200, errors
    return send(client, order, "confirm", **seen(shown), **typed)


def held(order: Order) -> int:
    account = {"currency": order.seller_currency, "reference": str(order.pk)}
    return balance(kind=AccountKind.HELD, **account).amount


def test_one_of_three_is_worked_out_and_paid_back(order: Order, ama: Client) -> None:
    line = order.lines.get()
    # 250.00 GHS are 20 EUR, 3,200 JPY, with 2 % 3,264; three of them.
    assert (line.unit_amount, line.amount, line.seller_amount) == (3264, 9792, 75000)
    chosen = {"reason": "NOT_AS_DESCRIBED", f"quantity-{line.pk}": "1", "note": "A torn handle."}
    shown = send(ama, order, **chosen)
    page = shown.content.decode()
    assert shown.status_code == 200
    assert not Refund.objects.exists()
    third = sum(getattr(order, f"{name}_amount") for name in ("tax", "duty", "fees"))
    assert confirm(ama, order, **chosen).status_code == 302
    refund = Refund.objects.get()
    assert refund.mid_amount + refund.spread_amount == 3264
    assert (refund.seller_amount, refund.commission_amount) == (25000, 1500)
    assert refund.amount == 3264 + refund.tax_amount + refund.duty_amount + refund.fees_amount
    assert abs(3 * (refund.amount - 3264) - third) <= 6
    # It costs her GHS 235.00, because the fee of 15.00 goes back to her.
    assert "GHS\xa0235.00" in page
    assert "GHS\xa015.00" in page
    assert f"￥{refund.amount:,}" in page or f"¥{refund.amount:,}" in page
    row = RefundLine.objects.get()
    assert (row.line, row.quantity, row.amount) == (line, 1, refund.amount)
    assert held(order) == 75000 + 12500 - 25000
    order.refresh_from_db()
    assert (order.refunded_amount, order.state) == (refund.amount, OrderState.SHIPPED)
    assert {"order_refunded", "order_refunded_for_seller"} <= set(
        Notice.objects.values_list("kind", flat=True)
    )
    assert check_books().ok


def test_both_sides_read_what_went_back_and_why(order: Order, ama: Client) -> None:
    line = order.lines.get()
    chosen = {"reason": "NOT_AS_DESCRIBED", f"quantity-{line.pk}": "1", "note": "A torn handle."}
    confirm(ama, order, **chosen)
    buyers = Client().get(f"/purchases/{order.purchase.token}/").content.decode()
    sellers = ama.get(f"/sell/{order.business.slug}/orders/{order.number}/").content.decode()
    for page in (buyers, sellers):
        assert "A torn handle." in page
        assert "1 × Bolga basket" in page
        assert "It was not as described, or damaged" in page
    assert "GHS\xa0235.00" in sellers
    assert "GHS\xa0235.00" not in buyers


def test_three_singles_are_the_whole_order(order: Order, ama: Client) -> None:
    key = f"quantity-{order.lines.get().pk}"
    for _ in range(3):
        confirm(ama, order, reason="NOT_ARRIVED", **{key: "1"})
        order.refresh_from_db()
    assert (order.state, order.refunded_amount) == (OrderState.REFUNDED, order.total_amount)
    share = HeldPayment.objects.get(order_ref=order.pk)
    assert (share.refunded_seller_amount, share.refunded_commission_amount) == (87500, 4500)
    assert held(order) == 0
    assert RefundLine.objects.filter(line__isnull=True).get().amount == order.delivery_amount
    assert check_books().ok


def test_by_line_after_a_moderators_amount(order: Order, ama: Client, cast: Cast) -> None:
    refund_order(
        order=order, amount=1000, seen_refunded=0, actor=cast.mira, reason="Late.", now=NOW
    )
    told = OrderRefund.objects.get()
    assert (told.reason, told.given_by) == (RefundReason.AGREED, "MODERATOR")
    order.refresh_from_db()
    key = f"quantity-{order.lines.get().pk}"
    confirm(ama, order, reason="NOT_ARRIVED", **{key: "3"})
    order.refresh_from_db()
    assert (order.state, order.refunded_amount) == (OrderState.REFUNDED, order.total_amount)
    assert held(order) == 0
    assert check_books().ok


def test_after_release_the_sellers_balance_pays(order: Order, ama: Client, cast: Cast) -> None:
    confirm_receipt(order=order, actor=None, now=NOW)
    confirm(ama, order, reason="GOODWILL", amount="979")
    refund = Refund.objects.get()
    assert (refund.tax_amount, refund.duty_amount, refund.fees_amount) == (0, 0, 0)
    # ¥979 of ¥9,792 of GHS 750.00 is 74.98; the fee on it, of 45.00, is 4.50.
    assert (refund.seller_amount, refund.commission_amount) == (7498, 450)
    account = {"currency": "GHS", "reference": str(cast.ama.business.payee_id)}
    owed = balance(kind=AccountKind.SELLER_PAYABLE, **account).amount
    reserve = balance(kind=AccountKind.RESERVE, **account).amount
    assert owed + reserve == 87500 - 4500 - (7498 - 450)
    assert check_books().ok


def test_fatima_gets_her_dinars_back_in_steps(cast: Cast) -> None:
    order = bought("KW", (cast.ama, 3))
    mark_shipped(order=order, actor=None, carrier="EMS", tracking_number="", now=NOW)
    client = Client()
    client.force_login(cast.ama.user)
    key = f"quantity-{order.lines.get().pk}"
    for _ in range(3):
        order.refresh_from_db()
        confirm(client, order, reason="NOT_ARRIVED", **{key: "1"})
    amounts = list(Refund.objects.values_list("amount", flat=True))
    assert len(amounts) == 3
    assert all(amount % 10 == 0 for amount in amounts)
    assert sum(amounts) == order.total_amount
    # KWD 6.530 each: 250.00 GHS at 0.0256 with 2 % is 6.528, in steps of ten fils.
    assert order.lines.get().unit_amount == 6530
    assert check_books().ok


def test_what_was_typed_stays_and_the_error_is_beside_it(order: Order, ama: Client) -> None:
    key = f"amount-{order.lines.get().pk}"
    answer = send(ama, order, reason="NOT_ARRIVED", note="Sorry!", **{key: "99999"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Sorry!" in page
    assert 'value="99999"' in page
    assert "This is more than is left." in page
    for wrong in (
        {},
        {"reason": "GOODWILL"},
        {"reason": "CHANGED_MIND", "amount": "100"},
        {"reason": "GOODWILL", "amount": "12.5"},
        {"reason": "CANCELLED", key: "1"},
    ):
        assert send(ama, order, **wrong).status_code == 422, wrong
    assert_untouched(order)


def test_a_changed_form_is_worked_out_again_before_it_moves(order: Order, ama: Client) -> None:
    key = f"quantity-{order.lines.get().pk}"
    known = seen(send(ama, order, reason="NOT_ARRIVED", **{key: "1"}))
    answer = send(ama, order, "confirm", **known, reason="NOT_ARRIVED", **{key: "2"})
    assert answer.status_code == 409
    assert_untouched(order)
    first = send(ama, order, "confirm", **known, reason="NOT_ARRIVED", **{key: "1"})
    second = send(ama, order, "confirm", **known, reason="NOT_ARRIVED", **{key: "1"})
    assert (first.status_code, second.status_code) == (302, 409)
    assert Refund.objects.count() == 1


def test_strangers_find_nothing(order: Order, cast: Cast) -> None:
    for user in (cast.linh.user, cast.haruka):
        client = Client()
        client.force_login(user)
        assert client.get(url(order)).status_code == 404
        answer = send(client, order, "confirm", reason="GOODWILL", amount="10", seen_amount="10")
        assert answer.status_code == 404
    assert_untouched(order)


def test_lines_of_a_refund_are_never_rewritten_nor_made_up(order: Order, ama: Client) -> None:
    key = f"quantity-{order.lines.get().pk}"
    confirm(ama, order, reason="NOT_ARRIVED", **{key: "1"})
    row = RefundLine.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        RefundLine.objects.filter(pk=row.pk).update(quantity=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        OrderRefund.objects.all()._raw_delete(using="default")
    row.pk, row.line = None, None
    with pytest.raises(DatabaseError), transaction.atomic():
        add_at_once(row)


def add_at_once(row: RefundLine) -> None:
    row.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db(transaction=True)
def test_two_refunds_at_once_give_one(transactional_db: None, clock: object) -> None:
    cast = make_cast()
    order = bought("JP", (cast.ama, 2))
    mark_shipped(order=order, actor=None, carrier="EMS", tracking_number="", now=NOW)
    line = order.lines.get()
    request = RefundRequest(RefundReason.GOODWILL, amount=500)

    def give(_: int) -> bool:
        try:
            refund_lines(
                order=order,
                request=request,
                seen_amount=500,
                seen_refunded=0,
                actor=cast.ama.user,
                note="",
                now=NOW + timedelta(minutes=1),
            )
        except AlreadyRefundedError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(give, range(2))) == [False, True]
    assert RefundLine.objects.get(line=line).amount == 500
    assert check_books().ok


def assert_untouched(order: Order) -> None:
    order.refresh_from_db()
    assert (order.refunded_amount, order.state) == (0, OrderState.SHIPPED)
    assert not Refund.objects.exists()
    assert not OrderRefund.objects.exists()
