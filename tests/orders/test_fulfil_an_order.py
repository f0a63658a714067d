"""What a seller does with a paid order, and what it never sees."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pypdf import PdfReader

from accounts.models import User
from notifications.models import Notice
from orders.models import Deadline, Order, Purchase
from orders.services.completion import confirm_receipt
from orders.services.deadlines import sweep_deadlines
from orders.services.fulfilment import mark_delivered, mark_shipped
from orders.services.refunds import refund_order
from orders.services.settling import run_settlement
from orders.states import OrderState, PurchaseState
from payments.models import HeldPayment, Payout, Refund
from payments.selectors import balance, check_books
from payments.selectors.statements import payout_detail
from payments.services.held import freeze_held, unfreeze_held
from payments.states import AccountKind, HeldState
from sellers.states import Role
from shipping.models import Shipment
from tests.cast import NOW, Cast, Seller
from tests.orders.shopper import Response, Shopper, available

pytestmark = pytest.mark.django_db


@dataclass
class Sale:
    """A paid purchase of one thing from each seller."""

    shopper: Shopper
    purchase: Purchase
    cast: Cast

    def order(self, seller: Seller) -> Order:
        return Order.objects.select_related("purchase", "business").get(
            purchase=self.purchase, business=seller.business
        )

    def page(self, seller: Seller, what: str = "") -> str:
        return f"/sell/{seller.business.slug}/orders/{self.order(seller).number}/{what}"


@pytest.fixture
def sale(cast: Cast) -> Sale:
    shopper = Shopper("FR")
    for seller in cast.sellers:
        shopper.add(seller.variant)
    purchase = shopper.place()
    shopper.pay(purchase)
    shopper.come_back(purchase)
    purchase.refresh_from_db()
    assert purchase.state == PurchaseState.PAID
    return Sale(shopper, purchase, cast)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ship(sale: Sale, seller: Seller, **changes: str) -> Response:
    fields = {"carrier": "DHL", "tracking_number": "JD 0146 0000", **changes}
    return signed_in(seller.user).post(sale.page(seller, "ship/"), fields)


def payable(seller: Seller) -> int:
    return balance(
        kind=AccountKind.SELLER_PAYABLE,
        currency=seller.business.currency,
        reference=str(seller.business.payee_id),
    ).amount


def pdf_text(response: Response) -> str:
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(response.content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_the_order_waits_with_what_the_parcel_needs(sale: Sale) -> None:
    ama = sale.cast.ama
    client = signed_in(ama.user)
    listed = client.get(f"/sell/{ama.business.slug}/orders/").content.decode()
    assert sale.order(ama).number in listed
    shown = client.get(sale.page(ama)).content.decode()
    for words in ("12 rue Mercière", "69002", "Bolga basket", "GHS\xa0360.00", "460212"):
        assert words in shown, words
    # What other sellers sold, and the buyer's e-mail address, are none of its business.
    assert "Lacquer bowl" not in shown
    assert "guest@example.org" not in shown
    # Nor what the buyer paid in the buyer's money.
    assert "€" not in shown


@pytest.mark.parametrize("what", ["", "packing-slip.pdf", "customs.pdf"])
def test_another_seller_and_a_buyer_find_nothing(sale: Sale, what: str) -> None:
    url = sale.page(sale.cast.ama, what)
    for stranger in (sale.cast.linh.user, sale.cast.lucie):
        assert signed_in(stranger).get(url).status_code == 404
    # Under its own name, but with another seller's order number.
    number = sale.order(sale.cast.ama).number
    own = f"/sell/{sale.cast.linh.business.slug}/orders/{number}/{what}"
    assert signed_in(sale.cast.linh.user).get(own).status_code == 404
    assert Client().get(url).status_code == 302


def test_a_stranger_can_neither_ship_nor_cancel(sale: Sale) -> None:
    client = signed_in(sale.cast.linh.user)
    url = sale.page(sale.cast.ama)
    assert client.post(f"{url}ship/", {"carrier": "DHL"}).status_code == 404
    assert client.post(f"{url}cancel/", {"reason": "mine now"}).status_code == 404
    assert sale.order(sale.cast.ama).state == OrderState.PAID
    assert not Shipment.objects.exists()
    assert not Refund.objects.exists()


def test_shipping_tells_the_buyer_once(sale: Sale) -> None:
    ama = sale.cast.ama
    assert ship(sale, ama).status_code == 302
    order = sale.order(ama)
    assert order.state == OrderState.SHIPPED
    assert order.shipped_at == NOW
    parcel = Shipment.objects.get(order_ref=order.pk)
    assert parcel.tracking_number == "JD01460000"
    assert "JD01460000" in parcel.tracking_url
    told = Notice.objects.get(kind="order_shipped")
    assert told.email == "guest@example.org"
    assert "JD01460000" in told.text
    ship(sale, ama)
    assert Shipment.objects.count() == 1
    assert Notice.objects.filter(kind="order_shipped").count() == 1
    # The others' orders have not moved.
    assert sale.order(sale.cast.linh).state == OrderState.PAID


def test_a_parcel_without_a_carrier_is_asked_about(sale: Sale) -> None:
    response = ship(sale, sale.cast.ama, carrier="", tracking_number="XY1")
    assert response.status_code == 422
    assert 'value="XY1"' in response.content.decode()
    assert sale.order(sale.cast.ama).state == OrderState.PAID


def test_papers_say_what_the_order_says(sale: Sale) -> None:
    linh = sale.cast.linh
    client = signed_in(linh.user)
    order = sale.order(linh)
    line = order.lines.get()
    customs = pdf_text(client.get(sale.page(linh, "customs.pdf")))
    for words in (
        "CN 23",
        order.number,
        "Linh Lacquer",
        "FRANCE",
        "Lacquered wooden bowl",
        "442190",
        "Vietnam",
        "0.400",
        f"{line.amount / 100:.2f} EUR",
    ):
        assert words in customs, words
    slip = pdf_text(client.get(sale.page(linh, "packing-slip.pdf")))
    assert "Lacquer bowl" in slip
    assert "EUR" not in slip
    assert "VND" not in slip


def test_a_parcel_inside_the_union_has_customs_papers_only_across_a_country(sale: Sale) -> None:
    # Chiara in Florence sends to Lyon: another country, so the post still wants the form.
    assert signed_in(sale.cast.chiara.user).get(sale.page(sale.cast.chiara)).status_code == 200
    Order.objects.filter(pk=sale.order(sale.cast.chiara).pk).update(dispatched_from="FR")
    url = sale.page(sale.cast.chiara, "customs.pdf")
    assert signed_in(sale.cast.chiara.user).get(url).status_code == 404


def test_cancelling_pays_back_to_the_cent_and_touches_nobody_else(sale: Sale) -> None:
    ama = sale.cast.ama
    order = sale.order(ama)
    client = signed_in(ama.user)
    assert client.post(sale.page(ama, "cancel/"), {"reason": " "}).status_code == 422
    assert sale.order(ama).state == OrderState.PAID
    client.post(sale.page(ama, "cancel/"), {"reason": "The dye ran."})
    client.post(sale.page(ama, "cancel/"), {"reason": "Pressed twice."})
    order.refresh_from_db()
    assert (order.state, order.cancel_reason) == (OrderState.CANCELLED, "The dye ran.")
    refund = Refund.objects.get()
    assert (refund.amount, refund.currency) == (order.total_amount, "EUR")
    assert available(ama.variant) == 10
    assert available(sale.cast.linh.variant) == 9
    held = HeldPayment.objects.get(order_ref=order.pk)
    assert held.state == HeldState.REFUNDED
    account = balance(kind=AccountKind.HELD, currency="GHS", reference=str(order.pk))
    assert account.amount == 0
    assert sale.order(sale.cast.chiara).state == OrderState.PAID
    told = Notice.objects.filter(kind="order_cancelled").get()
    assert "The dye ran." in told.text
    assert check_books().ok


def test_the_buyer_confirms_and_the_seller_is_owed_its_price_less_the_fee(sale: Sale) -> None:
    ama = sale.cast.ama
    number = sale.order(ama).number
    url = f"/purchases/{sale.purchase.token}/"
    # Nothing to confirm before the parcel has left.
    sale.shopper.client.post(f"{url}{number}/received/")
    assert sale.order(ama).state == OrderState.PAID
    ship(sale, ama)
    page = sale.shopper.client.get(url).content.decode()
    action = next(part for part in page.split('"') if number in part and part.startswith(url))
    sale.shopper.client.post(action)
    sale.shopper.client.post(action)
    order = sale.order(ama)
    assert (order.state, order.completed_at) == (OrderState.COMPLETED, NOW)
    # 250.00 goods + 125.00 delivery - 6 % of 250.00.
    assert payable(ama) == 25000 + 12500 - 1500
    assert payable(sale.cast.linh) == 0
    assert Notice.objects.filter(kind="order_released").count() == 1
    assert check_books().ok


def test_without_a_word_the_order_completes_by_itself(
    sale: Sale, clock: time_machine.Traveller
) -> None:
    chiara = sale.cast.chiara
    ship(sale, chiara)
    # Two days until it is handed over, twelve on the way, and a week of grace.
    arrival = NOW + timedelta(days=2 + 12 + 7)
    sweep_deadlines(now=arrival - timedelta(minutes=1))
    assert sale.order(chiara).state == OrderState.SHIPPED
    sweep_deadlines(now=arrival)
    sweep_deadlines(now=arrival)
    assert sale.order(chiara).state == OrderState.DELIVERED
    assert payable(chiara) == 0
    sweep_deadlines(now=arrival + timedelta(days=14))
    assert sale.order(chiara).state == OrderState.COMPLETED
    # 18.00 + 9.00 - 6 % of 18.00.
    assert payable(chiara) == 1800 + 900 - 108
    assert not Deadline.objects.filter(order=sale.order(chiara), done_at__isnull=True).exists()


def test_a_frozen_order_waits_and_does_not_hold_up_the_others(sale: Sale) -> None:
    ama, linh = sale.cast.ama, sale.cast.linh
    ship(sale, ama)
    ship(sale, linh)
    freeze_held(order_ref=sale.order(ama).pk, cause="dispute:1")
    late = NOW + timedelta(days=60)
    sweep_deadlines(now=late)
    sweep_deadlines(now=late + timedelta(days=60))
    assert sale.order(ama).state == OrderState.DELIVERED
    assert payable(ama) == 0
    assert sale.order(linh).state == OrderState.COMPLETED
    assert payable(linh) == 600000 + 300000 - 36000


def test_the_payout_explains_every_line(sale: Sale) -> None:
    ama = sale.cast.ama
    ship(sale, ama)
    order = sale.order(ama)
    url = f"/purchases/{sale.purchase.token}/"
    page = sale.shopper.client.get(url).content.decode()
    action = next(p for p in page.split('"') if order.number in p and p.startswith(url))
    sale.shopper.client.post(action)
    run_settlement(now=NOW)
    run_settlement(now=NOW)
    payout = Payout.objects.get()
    assert (payout.amount, payout.currency) == (36000, "GHS")
    client = signed_in(ama.user)
    shown = client.get(f"/sell/{ama.business.slug}/payouts/{payout.number}/").content.decode()
    for words in (order.number, "GHS\xa0375.00", "GHS\xa015.00", "GHS\xa0360.00"):
        assert words in shown, words
    rows = client.get(f"/sell/{ama.business.slug}/payouts/{payout.number}/lines.csv")
    lines = rows.content.decode().strip().splitlines()
    sale_line = lines[1].split(",")
    assert sale_line[2] == order.number
    assert [sale_line[place] for place in (5, 7, -3)] == ["375.00", "-15.00", "360.00"]
    assert ",360.00,GHS" in lines[-1]
    # To everybody else there is no such payout.
    other = f"/sell/{sale.cast.linh.business.slug}/payouts/{payout.number}/"
    assert signed_in(sale.cast.linh.user).get(other).status_code == 404
    sale.cast.ama.business.memberships.update(role=Role.STAFF)
    assert client.get(f"/sell/{ama.business.slug}/payouts/").status_code == 404
    assert check_books().ok


def test_orders_that_cannot_move_do_not_keep_the_others_waiting(
    sale: Sale, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dispute may last for months; what is due after it is not kept waiting by it."""
    monkeypatch.setattr("orders.services.completion.SWEEP_BATCH", 1)
    first, second = (sale.order(seller) for seller in (sale.cast.ama, sale.cast.linh))
    for order, hours in ((first, 0), (second, 1)):
        moment = NOW + timedelta(hours=hours)
        mark_shipped(order=order, actor=None, carrier="", tracking_number="", now=moment)
        mark_delivered(order=order, actor=None, now=moment)
    freeze_held(order_ref=first.pk, cause="dispute:1")
    late = NOW + timedelta(days=30)
    for minute in range(2):
        sweep_deadlines(now=late + timedelta(minutes=minute))
    assert sale.order(sale.cast.linh).state == OrderState.COMPLETED
    assert sale.order(sale.cast.ama).state == OrderState.DELIVERED
    unfreeze_held(order_ref=first.pk, cause="dispute:1")
    sweep_deadlines(now=late + timedelta(hours=2))
    assert sale.order(sale.cast.ama).state == OrderState.COMPLETED


def test_a_sale_of_which_a_part_went_back_says_so_on_the_payout(sale: Sale) -> None:
    chiara = sale.cast.chiara
    ship(sale, chiara)
    order = sale.order(chiara)
    refund_order(
        order=order,
        amount=order.total_amount // 3,
        seen_refunded=0,
        actor=sale.cast.mira,
        reason="Bent corner.",
        now=NOW,
    )
    confirm_receipt(order=sale.order(chiara), actor=None, now=NOW)
    run_settlement(now=NOW)
    payout = Payout.objects.get()
    [line] = payout_detail(payout_id=payout.pk, payee_id=chiara.business.payee_id).lines
    given_back = HeldPayment.objects.get(order_ref=order.pk).refunded_seller_amount
    assert given_back > 0
    assert (line.gross.amount, line.refunded.amount) == (1800 + 900, given_back)
    assert line.gross - line.refunded - line.fee - line.owed == line.net
    assert line.net.amount == payout.amount
    page = signed_in(chiara.user).get(f"/sell/{chiara.business.slug}/payouts/{payout.number}/")
    assert "Refunded" in page.content.decode()
