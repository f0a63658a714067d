"""Placing an order: the total shown is the total charged, to the minor unit, once."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from catalog.models import StockReservation
from catalog.services.editing import VariantInput, set_variants
from common.money import Money
from orders.models import Basket, BasketLine, Deadline, Order, OrderCharge, OrderLine, Purchase
from orders.services.checkout import Buyer, place_order
from orders.services.quotes import checkout_quotes
from orders.services.screening import ask_about_buyer
from orders.states import DeadlineKind, OrderState, PurchaseState
from payments.models import HeldPayment, Quote
from payments.selectors import forget_rates
from payments.services import set_manual_rate
from shipping.models import DeliveryOption
from tests.cast import ADDRESSES, NOW, Cast, Wares, make_listing
from tests.orders.shopper import Shopper, available, hidden_fields, new_key, payment_of

pytestmark = pytest.mark.django_db


def full_basket(cast: Cast, country: str, quantity: int = 1) -> Shopper:
    shopper = Shopper(country)
    for seller in cast.sellers:
        shopper.add(seller.variant, quantity)
    return shopper


def by_seller(purchase: Purchase) -> dict[str, Order]:
    return {order.business.name: order for order in purchase.orders.select_related("business")}


def test_the_order_is_written_down_as_it_was_shown(cast: Cast) -> None:
    shopper = full_basket(cast, "FR", 2)
    accepted = int(hidden_fields(shopper.checkout())["accepted"])
    purchase = shopper.place()
    assert purchase.total_amount == accepted
    assert purchase.state == PurchaseState.AWAITING_PAYMENT
    assert purchase.currency == "EUR"
    assert purchase.email == "guest@example.org"
    assert purchase.ship_to["city"] == "LYON" or purchase.ship_to["city"] == "Lyon"
    orders = by_seller(purchase)
    ama = orders["Ama Weaves"]
    # 2 × 250.00 GH₵; 12.5 GH₵ a euro and 2 %: 20.40 € each; post 125.00 GH₵ is 10.20 €.
    assert (ama.seller_goods_amount, ama.seller_delivery_amount) == (50000, 12500)
    assert (ama.goods_amount, ama.delivery_amount) == (4080, 1020)
    # 6 % of the goods, not of the delivery.
    assert ama.commission_amount == 3000
    # At mid 625 GH₵ are 50.00 €; the buyer pays 51.00 €: 1.00 € is the price of the promise.
    assert ama.spread_amount == 100
    linh = orders["Linh Lacquer"]
    assert (linh.seller_goods_amount, linh.goods_amount) == (1200000, 4080)
    chiara = orders["Chiara Carta"]
    assert (chiara.goods_amount, chiara.delivery_amount, chiara.spread_amount) == (3600, 900, 0)
    assert {order.state for order in orders.values()} == {OrderState.AWAITING_PAYMENT}


def test_duty_and_tax_of_a_french_buyer(cast: Cast) -> None:
    """Parcels up to 150 € from outside the EU, since 2026-07-01: 3 € a kind of goods, then 20 %.

    20.40 + 10.20 + 3.00 is 33.60; 20 % of it 6.72; with 2 € for handling (since 2026-11-01)
    42.32. Florence is inside: 27.00.
    """
    purchase = full_basket(cast, "FR").place()
    orders = by_seller(purchase)
    for name in ("Ama Weaves", "Linh Lacquer"):
        order = orders[name]
        assert (order.duty_amount, order.tax_amount, order.total_amount) == (300, 672, 4232)
    chiara = orders["Chiara Carta"]
    assert (chiara.duty_amount, chiara.tax_amount, chiara.total_amount) == (0, 0, 2700)
    assert purchase.total_amount == 4232 + 4232 + 2700


def test_what_is_due_at_the_door_is_told_and_not_charged(cast: Cast) -> None:
    purchase = full_basket(cast, "US").place()
    told = OrderCharge.objects.filter(order__purchase=purchase).exclude(collected_by="platform")
    assert any(charge.amount for charge in told)
    charged = OrderCharge.objects.filter(order__purchase=purchase, collected_by="platform")
    borders = purchase.duty_amount + purchase.tax_amount + purchase.fees_amount
    assert borders == sum(charge.amount for charge in charged)
    assert purchase.total_amount == purchase.goods_amount + purchase.delivery_amount + borders


def test_a_buyer_in_yen(cast: Cast) -> None:
    """12.8 ¥ a cedi and 2 %: 250 GH₵ are 3,264 ¥; 18 € are 2,937.6, so 2,938 ¥; 9 € are 1,469 ¥."""
    purchase = full_basket(cast, "JP").place()
    orders = by_seller(purchase)
    assert (orders["Ama Weaves"].goods_amount, orders["Ama Weaves"].delivery_amount) == (3264, 1632)
    assert orders["Linh Lacquer"].goods_amount == 3264
    assert orders["Linh Lacquer"].delivery_amount == 1632
    chiara = orders["Chiara Carta"]
    assert (chiara.goods_amount, chiara.delivery_amount) == (2938, 1469)
    # At mid 27 € are 4,320 ¥; charged 4,407 ¥.
    assert chiara.spread_amount == 87
    assert purchase.goods_amount == 3264 + 3264 + 2938
    assert purchase.delivery_amount == 1632 + 1632 + 1469
    assert purchase.currency == "JPY"
    # Each parcel is worth less than 10,000 ¥: Japan asks nothing.
    assert purchase.total_amount == 4896 + 4896 + 4407
    assert payment_of(purchase).amount == purchase.total_amount


def test_a_buyer_in_dinars_with_three_decimals(cast: Cast) -> None:
    """0.32 KWD a euro and 2 %, in steps of 0.010: 18 € are 5.8752, so 5.880; 9 € 2.9376, so 2.940."""
    purchase = full_basket(cast, "KW").place()
    orders = by_seller(purchase)
    assert (orders["Chiara Carta"].goods_amount, orders["Chiara Carta"].delivery_amount) == (
        5880,
        2940,
    )
    assert (orders["Ama Weaves"].goods_amount, orders["Ama Weaves"].delivery_amount) == (6530, 3260)
    assert purchase.total_amount == 9790 + 9790 + 8820
    # No rule in force covers Kuwait: nothing is charged and nothing is claimed to be nothing.
    assert purchase.duty_amount == purchase.tax_amount == 0
    assert {order.certainty for order in orders.values()} == {"unknown"}
    assert all(order.unknowns for order in orders.values())


@pytest.mark.parametrize("country", ["FR", "JP", "US", "KW"])
def test_parts_add_up_everywhere(cast: Cast, country: str) -> None:
    purchase = full_basket(cast, country, 3).place()
    orders = list(purchase.orders.all())
    for part in ("goods", "delivery", "duty", "tax", "fees", "total"):
        name = f"{part}_amount"
        assert getattr(purchase, name) == sum(getattr(order, name) for order in orders)
    for order in orders:
        lines = order.lines.all()
        assert order.goods_amount == sum(line.amount for line in lines)
        assert order.seller_goods_amount == sum(line.seller_amount for line in lines)
        assert order.commission_amount == sum(line.commission_amount for line in lines)
        charged = order.charges.filter(collected_by="platform")
        duty = sum(charge.amount for charge in charged if charge.kind == "duty")
        tax = sum(charge.amount for charge in charged if charge.kind == "tax")
        assert (order.duty_amount, order.tax_amount) == (duty, tax)
        held = HeldPayment.objects.get(order_ref=order.pk)
        assert held.buyer_amount == order.total_amount
        assert held.seller_amount == order.seller_goods_amount + order.seller_delivery_amount
    assert payment_of(purchase).amount == purchase.total_amount


def test_lines_and_charges_are_snapshots(cast: Cast) -> None:
    purchase = full_basket(cast, "FR").place()
    line = OrderLine.objects.get(order__purchase=purchase, variant=cast.ama.variant)
    assert (line.title, line.hs_code, line.origin_country) == ("Bolga basket", "460212", "GH")
    assert (line.weight_g, line.quantity, line.seller_unit_amount) == (900, 1, 25000)
    assert line.picture.startswith("listings/")
    for charge in OrderCharge.objects.filter(order__purchase=purchase):
        assert charge.row_id
        assert charge.assessed_currency == "EUR"


def test_goods_are_kept_and_the_clock_runs(cast: Cast) -> None:
    purchase = full_basket(cast, "FR", 4).place()
    assert [available(seller.variant) for seller in cast.sellers] == [6, 6, 6]
    assert StockReservation.objects.filter(purchase_ref=purchase.pk).count() == 3
    deadline = Deadline.objects.get(purchase=purchase, kind=DeadlineKind.PAYMENT)
    assert deadline.due_at == NOW + timedelta(minutes=15)
    assert not BasketLine.objects.exists()


def test_a_changed_price_must_be_accepted(cast: Cast) -> None:
    shopper = full_basket(cast, "FR")
    fields = shopper.filled(shopper.checkout())
    set_variants(
        listing=cast.chiara.listing,
        rows=[VariantInput(price=Money(2000, "EUR"), weight_g=200)],
        now=NOW,
    )
    response = shopper.send(fields)
    page = response.content.decode()
    assert response.status_code == 409
    assert "The total has changed" in page
    old, new = int(fields["accepted"]), int(hidden_fields(page)["accepted"])
    assert new > old
    assert Money(old, "EUR").format(locale="en_FR") in page
    assert Money(new, "EUR").format(locale="en_FR") in page
    assert not Purchase.objects.exists()
    assert available(cast.ama.variant) == 10
    # The new total is in the page's form: pressing the button again accepts it.
    assert shopper.send(shopper.filled(page)).status_code == 302
    assert Purchase.objects.get().total_amount == new


def test_moved_rates_leave_the_promise_alone(cast: Cast) -> None:
    shopper = full_basket(cast, "FR")
    fields = shopper.filled(shopper.checkout())
    set_manual_rate(currency="GHS", rate=Decimal("12.0"), as_of=NOW.date(), now=NOW)
    forget_rates()
    assert shopper.send(fields).status_code == 302
    assert Purchase.objects.get().total_amount == int(fields["accepted"])


def test_an_expired_promise_is_asked_about(cast: Cast, clock: time_machine.Traveller) -> None:
    shopper = full_basket(cast, "FR")
    fields = shopper.filled(shopper.checkout())
    clock.shift(timedelta(minutes=31))
    set_manual_rate(currency="GHS", rate=Decimal("12.0"), as_of=NOW.date(), now=NOW)
    forget_rates()
    response = shopper.send(fields)
    assert response.status_code == 409
    assert not Purchase.objects.exists()
    page = response.content.decode()
    assert shopper.send(shopper.filled(page)).status_code == 302
    purchase = Purchase.objects.get()
    assert purchase.total_amount == int(hidden_fields(page)["accepted"])
    assert purchase.total_amount > int(fields["accepted"])
    order = by_seller(purchase)["Ama Weaves"]
    assert order.quote.created_at == NOW + timedelta(minutes=31)


def test_an_expired_promise_that_holds_needs_no_question(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    shopper = full_basket(cast, "FR")
    fields = shopper.filled(shopper.checkout())
    clock.shift(timedelta(minutes=31))
    assert shopper.send(fields).status_code == 302
    assert Quote.objects.count() == 6


@pytest.mark.parametrize("accepted", ["", "0", "-5", "nonsense", "99999999999999999999"])
def test_a_forged_total_buys_nothing(cast: Cast, accepted: str) -> None:
    shopper = full_basket(cast, "FR")
    response = shopper.send(shopper.filled(shopper.checkout(), accepted=accepted))
    assert response.status_code == 409
    assert not Purchase.objects.exists()


def test_a_total_in_another_currency_buys_nothing(cast: Cast) -> None:
    shopper = full_basket(cast, "FR")
    fields = shopper.filled(shopper.checkout(), currency="VND")
    assert shopper.send(fields).status_code == 409
    assert not Purchase.objects.exists()


def test_a_double_click_is_one_purchase(cast: Cast) -> None:
    shopper = full_basket(cast, "FR")
    fields = shopper.filled(shopper.checkout())
    first, second = shopper.send(fields), shopper.send(fields)
    assert first["Location"] == second["Location"]
    assert Purchase.objects.count() == 1
    assert available(cast.ama.variant) == 9


def test_an_old_page_after_its_purchase_has_ended_is_a_new_click(cast: Cast) -> None:
    shopper = full_basket(cast, "FR")
    fields = shopper.filled(shopper.checkout())
    shopper.send(fields)
    first = Purchase.objects.get()
    shopper.client.post(f"/checkout/give-up/{first.token}/")
    assert "/sandbox/pay/" in shopper.send(fields)["Location"]
    assert Purchase.objects.exclude(pk=first.pk).get().state == PurchaseState.AWAITING_PAYMENT


def test_two_tabs_are_one_purchase(cast: Cast) -> None:
    shopper = full_basket(cast, "FR")
    one, other = shopper.filled(shopper.checkout()), shopper.filled(shopper.checkout())
    assert one["key"] != other["key"]
    first, second = shopper.send(one), shopper.send(other)
    assert first["Location"] == second["Location"]
    assert Purchase.objects.count() == 1


def test_a_tab_that_showed_less_is_not_led_to_pay_more(cast: Cast) -> None:
    """Another tab bought two; the total that this one shows is not the total that would be charged."""
    shopper = full_basket(cast, "FR")
    old = shopper.filled(shopper.checkout())
    shopper.client.post("/basket/", {f"quantity-{cast.ama.variant.pk}": "2"})
    shopper.add(cast.ama.variant)
    purchase = shopper.place()
    assert purchase.total_amount > int(old["accepted"])
    answer = shopper.send(old)
    assert answer["Location"] == f"/checkout/return/{purchase.token}/"
    assert Purchase.objects.count() == 1


def test_another_address_on_a_page_from_the_history_is_not_passed_over(cast: Cast) -> None:
    """The page comes back from the browser's history with its key; what was typed anew counts."""
    shopper = full_basket(cast, "FR")
    fields = shopper.filled(shopper.checkout())
    shopper.send(fields)
    purchase = Purchase.objects.get()
    answer = shopper.send({**fields, "street_address": "1 place Bellecour"})
    assert answer["Location"] == f"/checkout/return/{purchase.token}/"
    assert Purchase.objects.get().ship_to["street_address"] == "12 rue Mercière"


def test_more_than_anybody_can_be_charged_is_refused_in_words(cast: Cast) -> None:
    row = VariantInput(price=Money(10**15, "EUR"), stock_change=989, weight_g=1)
    set_variants(listing=cast.chiara.listing, rows=[row], now=NOW)
    shopper = Shopper("JP")
    shopper.add(cast.chiara.variant, 999)
    answer = shopper.send(shopper.filled(shopper.checkout()))
    assert answer.status_code == 409
    assert "This is more than can be paid at once" in answer.content.decode()
    assert not Purchase.objects.exists()


def test_a_way_of_delivery_that_went_away_is_not_replaced_unasked(cast: Cast) -> None:
    """At the same price something slower would travel, and the total would not tell."""
    chiara = cast.chiara
    shopper = Shopper("FR")
    shopper.add(chiara.variant)
    fields = shopper.filled(shopper.checkout())
    DeliveryOption.objects.filter(pk=chiara.option.pk).update(id=uuid.uuid4(), max_days=40)
    answer = shopper.send(fields)
    assert answer.status_code == 409
    assert not Purchase.objects.exists()
    assert "/sandbox/pay/" in shopper.send(shopper.filled(answer.content.decode()))["Location"]
    assert Order.objects.get().delivery_max_days >= 40


def test_another_baskets_key_opens_nothing(cast: Cast) -> None:
    purchase = full_basket(cast, "FR").place()
    thief = full_basket(cast, "FR")
    fields = thief.filled(thief.checkout(), key=new_key())
    thief.send(fields)
    assert Purchase.objects.count() == 2
    assert Purchase.objects.exclude(pk=purchase.pk).get().basket_ref != purchase.basket_ref


def test_placing_asks_a_fixed_number_of_questions(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    many = Shopper("FR")
    for number in range(8):
        wares = Wares(f"Paper {number}", 1000 + number, 100, "482090", "Decorated paper", 900)
        listing = make_listing(cast.chiara.business, wares, moderator=cast.mira, now=NOW)
        many.add(listing.variants.get())
    counts = []
    # A process reads the sanctions lists once.
    buyer = Buyer(None, "guest@example.org", "en", "EUR", ADDRESSES["FR"])
    ask_about_buyer(user=None, email=buyer.email, address=buyer.address, business_name="", now=NOW)
    for shopper in (Shopper("FR"), many):
        for seller in cast.sellers:
            shopper.add(seller.variant)
        total = int(hidden_fields(shopper.checkout())["accepted"])
        basket = Basket.objects.get(pk=shopper.client.cookies["basket"].value)
        quotes = checkout_quotes(basket=basket, currency="EUR", now=NOW)
        with django_assert_max_num_queries(26) as asked:
            place_order(
                basket=basket,
                buyer=buyer,
                options={},
                quotes=quotes,
                accepted_total=Money(total, "EUR"),
                checkout_key=uuid.uuid4(),
                now=NOW,
            )
        counts.append(len(asked.captured_queries))
    assert counts[0] == counts[1]
