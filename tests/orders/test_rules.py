"""The rules of baskets and purchases that need nothing but values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from common.addresses import PostalAddress
from orders.rules import (
    MAX_QUANTITY,
    NUMBER_ALPHABET,
    Amounts,
    LineProblem,
    PromisedRate,
    clamp_quantity,
    destination_region,
    format_purchase_number,
    merged_quantities,
    order_number,
    promised_rates,
    stock_problem,
)
from orders.states import ORDER, PURCHASE, OrderState, PurchaseState
from payments.rules.rates import RateSource, RateTable, SourceRate


@pytest.mark.parametrize(
    ("on_sale", "available", "quantity", "problem"),
    [
        (True, 3, 3, None),
        (True, 2, 3, LineProblem.FEWER),
        (True, 0, 1, LineProblem.SOLD_OUT),
        (False, 9, 1, LineProblem.GONE),
        (False, 0, 1, LineProblem.GONE),
    ],
)
def test_what_keeps_a_line_from_being_bought(
    on_sale: bool,
    available: int,
    quantity: int,
    problem: LineProblem | None,
) -> None:
    assert stock_problem(on_sale=on_sale, available=available, quantity=quantity) is problem


def test_quantities_stay_within_bounds() -> None:
    assert [clamp_quantity(n) for n in (-1, 0, 1, MAX_QUANTITY + 1)] == [0, 0, 1, MAX_QUANTITY]


def test_the_same_cup_in_two_baskets_is_one_cup() -> None:
    merged = merged_quantities({"cup": 1, "bowl": 3}, {"cup": 2, "mat": 1})
    assert merged == {"cup": 2, "bowl": 3, "mat": 1}


def test_numbers_can_be_read_aloud() -> None:
    assert format_purchase_number(range(8)) == "2345-6789"
    assert order_number("2345-6789", 2) == "2345-6789-2"
    assert not set(NUMBER_ALPHABET) & set("01ILOU")


@pytest.mark.parametrize(
    ("address", "region"),
    [
        (PostalAddress("GB", postal_code="BT1 5GS"), "NI"),
        (PostalAddress("GB", postal_code="SW1A 1AA"), ""),
        (PostalAddress("CA", country_area="ON"), "ON"),
        (PostalAddress("US", country_area="TX"), "TX"),
        (PostalAddress("IT", country_area="FI"), "FI"),
        (PostalAddress("JP", country_area="大阪府"), "大阪府"),
        (PostalAddress("VN", country_area="Hà Nội"), ""),
        (PostalAddress("FR"), ""),
    ],
)
def test_which_subdivision_the_rules_look_at(address: PostalAddress, region: str) -> None:
    assert destination_region(address) == region


def test_amounts_add_up() -> None:
    both = Amounts(1, 2, 3, 4, 5) + Amounts(10, 20, 30, 40, 50)
    assert both == Amounts(11, 22, 33, 44, 55)
    assert both.total == 165


def test_a_promised_rate_holds_and_the_others_move() -> None:
    table = RateTable(
        on=date(2026, 11, 24),
        rates={
            code: SourceRate(code, Decimal(rate), RateSource.ECB, date(2026, 11, 24))
            for code, rate in (("USD", 2), ("JPY", 200))
        },
        spread_bp=100,
    )
    promise = PromisedRate(Decimal("1.9"), Decimal("1.95"), "ECB", date(2026, 11, 23))
    rates = promised_rates(table, {("EUR", "USD"): promise})
    assert rates.price_rate("EUR", "USD") == Decimal("1.95")
    assert rates.mid("EUR", "USD").rate == Decimal("1.9")
    assert rates.price_rate("EUR", "JPY") == Decimal(202)
    # The way back was not promised.
    assert rates.mid("USD", "EUR").rate == Decimal("0.5")


def test_money_that_came_late_has_somewhere_to_go() -> None:
    assert PURCHASE.may(PurchaseState.EXPIRED, PurchaseState.PAID)
    assert PURCHASE.may(PurchaseState.EXPIRED, PurchaseState.LATE_REFUNDED)
    assert not PURCHASE.may(PurchaseState.PAID, PurchaseState.EXPIRED)
    assert ORDER.may(OrderState.EXPIRED, OrderState.CANCELLED)
    assert not ORDER.may(OrderState.COMPLETED, OrderState.CANCELLED)
