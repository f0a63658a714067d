"""What a buyer pays is converted once, held a seller, refunded exactly and released.

The rates of the examples are round on purpose: 1 EUR = 160 JPY = 0.35 KWD = 16 GHS = 29000 VND.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from common.money import Money
from common.states import TransitionError
from payments.gateways.base import SessionFacts, SessionStatus
from payments.models import Entry, HeldPayment, Payee, Payment, Posting, Quote, Refund
from payments.rules.refunds import Parts, split_refund
from payments.selectors import balance, check_books
from payments.services import (
    FactsMismatchError,
    HeldFrozenError,
    HeldPlan,
    PaymentFacts,
    PlanError,
    RefundConflictError,
    RefundTooLargeError,
    apply_payment_facts,
    create_payee,
    create_payment,
    freeze_held,
    release_held,
    request_refund,
    run_settlement,
    unfreeze_held,
)
from payments.states import AccountKind, HeldState, PaymentState

CLEARING = AccountKind.PROVIDER_CLEARING
HELD = AccountKind.HELD
FX = AccountKind.FX_POSITION
SPREAD = AccountKind.FX_SPREAD
TAX = AccountKind.TAX_PAYABLE
DUTY = AccountKind.DUTY_PAYABLE
FEES = AccountKind.FEES_PAYABLE
PAYABLE = AccountKind.SELLER_PAYABLE
OWED_BY_SELLER = AccountKind.SELLER_RECEIVABLE
REFUNDABLE = AccountKind.BUYER_REFUNDABLE
COMMISSION = AccountKind.COMMISSION


def quote(from_currency: str, to_currency: str, mid: str, now: datetime) -> Quote:
    return Quote.objects.create(
        from_currency=from_currency,
        to_currency=to_currency,
        mid=Decimal(mid),
        spread_bp=150,
        rate=Decimal(mid) * Decimal("1.015"),
        source="ECB",
        as_of=now.date(),
        created_at=now,
        expires_at=now + timedelta(minutes=30),
    )


def plan(
    payee: Payee,
    price: Quote,
    *,
    seller: int,
    commission: int,
    mid: int,
    spread: int,
    **border: int,
) -> HeldPlan:
    tax, duty, fees = (border.get(name, 0) for name in ("tax", "duty", "fees"))
    return HeldPlan(
        order_ref=uuid.uuid4(),
        payee_id=payee.pk,
        quote_id=price.pk,
        destination="JP",
        seller_amount=seller,
        seller_currency=payee.currency,
        commission_amount=commission,
        buyer_amount=mid + spread + tax + duty + fees,
        mid_amount=mid,
        spread_amount=spread,
        tax_amount=tax,
        duty_amount=duty,
        fees_amount=fees,
    )


def pay_for(plans: list[HeldPlan], currency: str, now: datetime) -> Payment:
    return create_payment(
        purchase_ref=uuid.uuid4(),
        currency=currency,
        amount=sum(one.buyer_amount for one in plans),
        description="3 orders",
        email="haruka@example.com",
        language="ja",
        success_url="http://localhost:8000/ok/",
        cancel_url="http://localhost:8000/no/",
        expires_at=now + timedelta(minutes=15),
        held=plans,
        now=now,
    )


def facts(
    payment: Payment, status: SessionStatus = SessionStatus.PAID, **other: Any
) -> PaymentFacts:
    session = SessionFacts(
        status=status,
        ref="ses_1",
        url="http://localhost:8000/sandbox/pay/ses_1/",
        charge_ref="ch_1" if status == SessionStatus.PAID else "",
        amount=payment.amount,
        currency=payment.currency,
    )
    return PaymentFacts(payment.pk, replace(session, **other))


def paid(plans: list[HeldPlan], currency: str, now: datetime) -> Payment:
    payment = pay_for(plans, currency, now)
    apply_payment_facts(facts=facts(payment), now=now)
    payment.refresh_from_db()
    return payment


def all_balances() -> dict[tuple[str, str], int]:
    """Balance of every kind and currency that is not zero."""
    sums: dict[tuple[str, str], int] = {}
    for kind, currency, amount in Posting.objects.values_list(
        "account__kind", "currency", "amount"
    ):
        sums[kind, currency] = sums.get((kind, currency), 0) + amount
    return {name: amount for name, amount in sums.items() if amount}


@pytest.fixture
def ama(db: None, now: datetime) -> Payee:
    return create_payee(name="Ama's baskets", country="GH", currency="GHS", now=now)


@pytest.fixture
def linh(db: None, now: datetime) -> Payee:
    return create_payee(name="Linh Lacquer", country="VN", currency="VND", now=now)


@pytest.fixture
def chiara(db: None, now: datetime) -> Payee:
    return create_payee(name="Chiara Carta", country="IT", currency="EUR", now=now)


@pytest.fixture
def basket_in_yen(ama: Payee, linh: Payee, chiara: Payee, now: datetime) -> list[HeldPlan]:
    """Haruka in Osaka buys for GHS 240.00, VND 580000 and EUR 50.00."""
    return [
        plan(
            ama,
            quote("GHS", "JPY", "10", now),
            seller=24000,
            commission=1440,
            mid=2400,
            spread=36,
            tax=244,
            duty=60,
        ),
        plan(
            linh,
            quote("VND", "JPY", "0.005517241379310", now),
            seller=580000,
            commission=34800,
            mid=3200,
            spread=48,
            tax=325,
        ),
        plan(
            chiara,
            quote("EUR", "JPY", "160", now),
            seller=5000,
            commission=300,
            mid=8000,
            spread=120,
            tax=812,
            duty=300,
            fees=200,
        ),
    ]


def test_three_sellers_are_paid_by_one_buyer_in_yen(
    basket_in_yen: list[HeldPlan], now: datetime
) -> None:
    paid(basket_in_yen, "JPY", now)
    assert all_balances() == {
        ("PROVIDER_CLEARING", "JPY"): -(2740 + 3573 + 9432),
        ("FX_POSITION", "JPY"): 2400 + 3200 + 8000,
        ("FX_SPREAD", "JPY"): 36 + 48 + 120,
        ("TAX_PAYABLE", "JPY"): 244 + 325 + 812,
        ("DUTY_PAYABLE", "JPY"): 60 + 300,
        ("FEES_PAYABLE", "JPY"): 200,
        ("FX_POSITION", "GHS"): -24000,
        ("HELD", "GHS"): 24000,
        ("FX_POSITION", "VND"): -580000,
        ("HELD", "VND"): 580000,
        ("FX_POSITION", "EUR"): -5000,
        ("HELD", "EUR"): 5000,
    }
    assert balance(kind=TAX, currency="JPY", reference="JP") == Money(1381, "JPY")
    assert Entry.objects.count() == 1
    assert check_books().problems == []


def test_a_buyer_in_dinar_pays_three_decimals(
    ama: Payee, linh: Payee, chiara: Payee, now: datetime
) -> None:
    """KWD 5.328, 7.105 and 17.763: GHS 240.00, VND 580000 and EUR 50.00 at 1.5 % over mid."""
    plans = [
        plan(
            ama,
            quote("GHS", "KWD", "0.021875", now),
            seller=24000,
            commission=1440,
            mid=5250,
            spread=78,
        ),
        plan(
            linh,
            quote("VND", "KWD", "0.000012068965517", now),
            seller=580000,
            commission=34800,
            mid=7000,
            spread=105,
        ),
        plan(
            chiara,
            quote("EUR", "KWD", "0.35", now),
            seller=5000,
            commission=300,
            mid=17500,
            spread=263,
        ),
    ]
    paid(plans, "KWD", now)
    assert balance(kind=CLEARING, currency="KWD") == Money(-30196, "KWD")
    assert balance(kind=FX, currency="KWD") == Money(29750, "KWD")
    assert balance(kind=SPREAD, currency="KWD") == Money(446, "KWD")
    for one in plans:
        release_held(order_ref=one.order_ref, now=now)
    assert balance(kind=PAYABLE, currency="GHS") == Money(22560, "GHS")
    assert balance(kind=PAYABLE, currency="VND") == Money(545200, "VND")
    assert balance(kind=PAYABLE, currency="EUR") == Money(4700, "EUR")
    assert balance(kind=COMMISSION, currency="VND") == Money(34800, "VND")
    assert balance(kind=HELD, currency="GHS") == Money(0, "GHS")
    assert check_books().problems == []


def test_within_one_currency_nothing_is_converted(chiara: Payee, now: datetime) -> None:
    one = plan(
        chiara,
        quote("EUR", "EUR", "1", now),
        seller=5000,
        commission=300,
        mid=5000,
        spread=0,
        tax=1000,
    )
    paid([one], "EUR", now)
    assert all_balances() == {
        ("PROVIDER_CLEARING", "EUR"): -6000,
        ("HELD", "EUR"): 5000,
        ("TAX_PAYABLE", "EUR"): 1000,
    }


def test_a_spread_below_zero_by_rounding_still_balances(ama: Payee, now: datetime) -> None:
    one = plan(ama, quote("GHS", "JPY", "10", now), seller=3, commission=0, mid=1, spread=-1)
    with pytest.raises(PlanError):  # nothing to charge
        pay_for([replace(one, buyer_amount=0, mid_amount=-1)], "JPY", now)
    one = replace(one, mid_amount=100, spread_amount=-1, buyer_amount=99, seller_amount=1000)
    paid([one], "JPY", now)
    assert balance(kind=SPREAD, currency="JPY") == Money(-1, "JPY")
    request_refund(order_ref=one.order_ref, amount=99, reason="x", key="r", now=now)
    assert set(all_balances()) == {("PROVIDER_CLEARING", "JPY"), ("BUYER_REFUNDABLE", "JPY")}


def test_plans_that_do_not_add_up_are_refused(basket_in_yen: list[HeldPlan], now: datetime) -> None:
    first = basket_in_yen[0]
    for wrong in (
        replace(first, tax_amount=first.tax_amount + 1),
        replace(first, commission_amount=first.seller_amount + 1),
        replace(first, tax_amount=-1, duty_amount=first.duty_amount + first.tax_amount + 1),
        replace(first, seller_currency="JPY"),
    ):
        with pytest.raises(PlanError):
            pay_for([wrong], "JPY", now)
    with pytest.raises(PlanError):
        create_payment(
            purchase_ref=uuid.uuid4(),
            currency="JPY",
            amount=first.buyer_amount + 1,
            description="",
            email="a@example.com",
            language="en",
            success_url="",
            cancel_url="",
            expires_at=now,
            held=[first],
            now=now,
        )
    assert not Payment.objects.exists()
    assert not HeldPayment.objects.exists()


def test_told_twice_it_is_booked_once(basket_in_yen: list[HeldPlan], now: datetime) -> None:
    payment = pay_for(basket_in_yen, "JPY", now)
    first = apply_payment_facts(facts=facts(payment), now=now)
    again = apply_payment_facts(facts=facts(payment), now=now + timedelta(seconds=5))
    assert (first.state, first.newly) == (PaymentState.PAID, True)
    assert (again.state, again.newly) == (PaymentState.PAID, False)
    assert first.purchase_ref == payment.purchase_ref
    payment.refresh_from_db()
    assert (payment.charge_ref, payment.paid_at) == ("ch_1", now)
    assert Entry.objects.count() == 1


def test_news_in_the_wrong_order_changes_nothing(
    basket_in_yen: list[HeldPlan], now: datetime
) -> None:
    payment = paid(basket_in_yen, "JPY", now)
    before = all_balances()
    for late in (SessionStatus.OPEN, SessionStatus.PROCESSING, SessionStatus.EXPIRED):
        outcome = apply_payment_facts(facts=facts(payment, late), now=now)
        assert (outcome.state, outcome.newly) == (PaymentState.PAID, False)
    assert all_balances() == before


def test_money_that_comes_after_expiry_is_booked_all_the_same(
    basket_in_yen: list[HeldPlan], now: datetime
) -> None:
    payment = pay_for(basket_in_yen, "JPY", now)
    gone = apply_payment_facts(facts=facts(payment, SessionStatus.EXPIRED), now=now)
    assert gone.state == PaymentState.EXPIRED
    assert all_balances() == {}
    late = apply_payment_facts(facts=facts(payment), now=now + timedelta(hours=1))
    assert (late.state, late.newly) == (PaymentState.PAID, True)
    for one in basket_in_yen:
        request_refund(
            order_ref=one.order_ref,
            amount=one.buyer_amount,
            reason="late",
            key=f"late:{one.order_ref}",
            now=now,
        )
    assert all_balances() == {
        ("PROVIDER_CLEARING", "JPY"): -payment.amount,
        ("BUYER_REFUNDABLE", "JPY"): payment.amount,
    }


def test_booking_takes_the_same_statements_for_any_number_of_sellers(
    ama: Payee, now: datetime
) -> None:
    counts = set()
    for sellers in (1, 2, 7):
        price = quote("GHS", "JPY", "10", now)
        plans = [
            plan(ama, price, seller=24000, commission=1440, mid=2400, spread=36)
            for _ in range(sellers)
        ]
        payment = pay_for(plans, "JPY", now)
        with CaptureQueriesContext(connection) as queries:
            apply_payment_facts(facts=facts(payment), now=now)
        counts.add(len(queries))
    assert counts == {11}


def test_another_amount_than_asked_is_not_booked(
    basket_in_yen: list[HeldPlan], now: datetime
) -> None:
    payment = pay_for(basket_in_yen, "JPY", now)
    with pytest.raises(FactsMismatchError), transaction.atomic():
        apply_payment_facts(facts=facts(payment, amount=payment.amount - 1), now=now)
    payment.refresh_from_db()
    assert payment.state == PaymentState.CREATED
    assert all_balances() == {}


def test_a_declined_card_is_told_while_the_page_is_open(
    basket_in_yen: list[HeldPlan], now: datetime
) -> None:
    payment = pay_for(basket_in_yen, "JPY", now)
    apply_payment_facts(facts=facts(payment, SessionStatus.OPEN), now=now)
    apply_payment_facts(facts=facts(payment, SessionStatus.OPEN, failure="card_declined"), now=now)
    payment.refresh_from_db()
    assert (payment.state, payment.failure) == (PaymentState.OPEN, "card_declined")


# --- release -------------------------------------------------------------------------------------


def test_release_gives_the_seller_its_price_less_the_fee(
    basket_in_yen: list[HeldPlan], now: datetime
) -> None:
    paid(basket_in_yen, "JPY", now)
    ama_order = basket_in_yen[0].order_ref
    held = release_held(order_ref=ama_order, now=now)
    release_held(order_ref=ama_order, now=now)
    assert (held.state, held.released_at) == (HeldState.RELEASED, now)
    assert balance(kind=PAYABLE, currency="GHS", reference=str(held.payee_id)) == Money(
        22560, "GHS"
    )
    assert balance(kind=COMMISSION, currency="GHS") == Money(1440, "GHS")
    assert balance(kind=HELD, currency="VND") == Money(580000, "VND")


def test_frozen_money_is_not_released(basket_in_yen: list[HeldPlan], now: datetime) -> None:
    paid(basket_in_yen, "JPY", now)
    order = basket_in_yen[0].order_ref
    before = all_balances()
    for cause in ("case:1", "dispute:1", "case:1"):
        freeze_held(order_ref=order, cause=cause)
    for cause in ("case:1", "dispute:1"):
        with pytest.raises(HeldFrozenError):
            release_held(order_ref=order, now=now)
        unfreeze_held(order_ref=order, cause=cause)
        unfreeze_held(order_ref=order, cause=cause)
    assert all_balances() == before
    assert release_held(order_ref=order, now=now).state == HeldState.RELEASED


def test_what_was_never_paid_is_neither_released_nor_refunded(
    basket_in_yen: list[HeldPlan], now: datetime
) -> None:
    pay_for(basket_in_yen, "JPY", now)
    order = basket_in_yen[0].order_ref
    with pytest.raises(TransitionError):
        release_held(order_ref=order, now=now)
    with pytest.raises(TransitionError):
        request_refund(order_ref=order, amount=1, reason="", key="r", now=now)
    assert all_balances() == {}
    assert not Refund.objects.exists()


# --- refunds -------------------------------------------------------------------------------------


def test_a_full_refund_unwinds_the_capture(basket_in_yen: list[HeldPlan], now: datetime) -> None:
    payment = paid(basket_in_yen[:1], "JPY", now)
    one = basket_in_yen[0]
    refund = request_refund(
        order_ref=one.order_ref, amount=2740, reason="Cancelled", key="r", now=now
    )
    assert all_balances() == {
        ("PROVIDER_CLEARING", "JPY"): -2740,
        ("BUYER_REFUNDABLE", "JPY"): 2740,
    }
    assert balance(kind=REFUNDABLE, currency="JPY", reference=str(payment.pk)).amount == 2740
    held = HeldPayment.objects.get(order_ref=one.order_ref)
    assert (held.state, held.refunded_seller_amount) == (HeldState.REFUNDED, 24000)
    assert refund.currency == "JPY"
    with pytest.raises(TransitionError):
        release_held(order_ref=one.order_ref, now=now)
    assert check_books().problems == []


def test_a_third_of_an_order_is_refunded_in_proportion(
    basket_in_yen: list[HeldPlan], now: datetime
) -> None:
    """JPY 914 of 2740: goods 812.6, tax 81.4, duty 20.0 by largest remainder; GHS 80.10 of 240."""
    paid(basket_in_yen[:1], "JPY", now)
    order = basket_in_yen[0].order_ref
    refund = request_refund(order_ref=order, amount=914, reason="Scratch", key="r1", now=now)
    assert (refund.mid_amount, refund.spread_amount) == (801, 12)
    assert (refund.tax_amount, refund.duty_amount, refund.fees_amount) == (81, 20, 0)
    assert (refund.seller_amount, refund.commission_amount) == (8010, 481)
    assert balance(kind=HELD, currency="GHS") == Money(15990, "GHS")
    release_held(order_ref=order, now=now)
    assert balance(kind=PAYABLE, currency="GHS") == Money(24000 - 8010 - (1440 - 481), "GHS")
    assert balance(kind=COMMISSION, currency="GHS") == Money(959, "GHS")
    assert check_books().problems == []


def test_after_release_the_seller_balance_pays_and_the_fee_goes_back(
    basket_in_yen: list[HeldPlan], now: datetime
) -> None:
    paid(basket_in_yen[:1], "JPY", now)
    order = basket_in_yen[0].order_ref
    release_held(order_ref=order, now=now)
    request_refund(order_ref=order, amount=2740, reason="Return", key="r", now=now)
    assert all_balances() == {
        ("PROVIDER_CLEARING", "JPY"): -2740,
        ("BUYER_REFUNDABLE", "JPY"): 2740,
    }
    assert HeldPayment.objects.get(order_ref=order).state == HeldState.REFUNDED


def test_after_the_payout_the_seller_owes_it(basket_in_yen: list[HeldPlan], now: datetime) -> None:
    paid(basket_in_yen[:1], "JPY", now)
    order = basket_in_yen[0].order_ref
    release_held(order_ref=order, now=now)
    run_settlement(period="2026-11-24", now=now)
    request_refund(order_ref=order, amount=2740, reason="Return", key="r", now=now)
    assert balance(kind=OWED_BY_SELLER, currency="GHS") == Money(-22560, "GHS")
    assert balance(kind=PAYABLE, currency="GHS") == Money(0, "GHS")
    assert balance(kind=COMMISSION, currency="GHS") == Money(0, "GHS")
    assert check_books().problems == []


def test_a_refund_is_made_once_for_its_key(basket_in_yen: list[HeldPlan], now: datetime) -> None:
    paid(basket_in_yen, "JPY", now)
    order = basket_in_yen[0].order_ref
    first = request_refund(order_ref=order, amount=100, reason="x", key="r", now=now)
    assert request_refund(order_ref=order, amount=100, reason="x", key="r", now=now) == first
    with pytest.raises(RefundConflictError):
        request_refund(order_ref=order, amount=101, reason="x", key="r", now=now)
    assert Refund.objects.count() == 1
    assert HeldPayment.objects.get(order_ref=order).refunded_amount == 100


@pytest.mark.parametrize("amount", [0, -1, 2641])
def test_more_than_is_left_is_refused(
    basket_in_yen: list[HeldPlan], now: datetime, amount: int
) -> None:
    paid(basket_in_yen, "JPY", now)
    order = basket_in_yen[0].order_ref
    request_refund(order_ref=order, amount=100, reason="x", key="first", now=now)
    before = all_balances()
    with pytest.raises(RefundTooLargeError):
        request_refund(order_ref=order, amount=amount, reason="x", key="second", now=now)
    assert all_balances() == before


def test_many_small_refunds_before_and_after_release_make_the_whole(
    basket_in_yen: list[HeldPlan], now: datetime
) -> None:
    payment = paid(basket_in_yen, "JPY", now)
    chiara_order = basket_in_yen[2]
    pieces = [1, 7, 999, 1, 3333, 2500, 1591, 1000]
    assert sum(pieces) == chiara_order.buyer_amount
    for number, piece in enumerate(pieces):
        if number == 4:
            release_held(order_ref=chiara_order.order_ref, now=now)
        request_refund(
            order_ref=chiara_order.order_ref,
            amount=piece,
            reason="x",
            key=f"r{number}",
            now=now,
        )
        assert check_books().problems == []
    assert balance(kind=REFUNDABLE, currency="JPY") == Money(9432, "JPY")
    assert all_balances()["PROVIDER_CLEARING", "JPY"] == -payment.amount
    assert {name for name in all_balances() if name[1] == "EUR"} == set()
    assert balance(kind=FEES, currency="JPY") == Money(0, "JPY")
    assert balance(kind=DUTY, currency="JPY") == Money(60, "JPY")


amounts = st.integers(0, 10**9)


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_however_a_refund_is_cut_the_pieces_make_the_whole(data: st.DataObject) -> None:
    mid = data.draw(amounts)
    seller = data.draw(amounts)
    whole = Parts(
        mid=mid,
        spread=data.draw(st.integers(-min(mid, 50), 10**7)),
        tax=data.draw(amounts),
        duty=data.draw(amounts),
        fees=data.draw(amounts),
        seller=seller,
        commission=(commission := data.draw(st.integers(0, seller))),
        fee_tax=data.draw(st.integers(0, seller - commission)),
    )
    done = Parts()
    for share in [*data.draw(st.lists(st.integers(0, 100), max_size=12)), 100]:
        left = whole.total - done.total
        piece = left * share // 100
        part = split_refund(whole=whole, refunded=done, amount=piece)
        assert part.total == piece
        assert min(part.mid, part.tax, part.duty, part.fees, part.goods) >= 0
        assert min(part.commission, part.fee_tax, part.seller_net) >= 0
        done += part
        assert (whole - done).seller_net >= 0
    assert done == whole or not whole.total
