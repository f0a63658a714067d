"""Adding up a tax return: what goes back of which charge, and one rounding over all lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.rules.scheme_reports import (
    Charged,
    ChargesLeft,
    GivenBack,
    Movement,
    Rate,
    Section,
    fit,
    report_lines,
    spread,
)

VAT = Charged(1, 10, "ioss", "FR", "VAT", "20 %", "EUR", 600, 3000, 3000)
FOOD = replace(VAT, key=2, line=11, rate_text="5.5 %", amount=55, base=1000, weight=1000)
NOTHING = replace(VAT, key=3, line=12, rate_text="0 %", amount=0, base=500, weight=500)
DAY = date(2026, 11, 2)


def test_a_line_named_gives_back_its_own_tax() -> None:
    left = ChargesLeft([VAT, FOOD])
    returned = left.give_back(GivenBack(200, 1000, {10: 200}, {10: 1000}))
    assert [(part.key, part.amount, part.base) for part in returned.parts] == [(1, 200, 1000)]


def test_a_refund_that_names_no_line_takes_from_all_by_what_is_left() -> None:
    assert spread([VAT, FOOD], {1: 600, 2: 55}, 131, None) == {1: 120, 2: 11}


def test_more_than_is_left_is_an_error_not_a_guess() -> None:
    with pytest.raises(ValueError, match="left"):
        ChargesLeft([VAT]).give_back(GivenBack(601, 0))


def test_goods_at_a_rate_of_zero_take_their_base_back() -> None:
    left = ChargesLeft([VAT, NOTHING])
    returned = left.give_back(GivenBack(0, 250, {12: 0}, {12: 250}))
    assert [(part.key, part.amount, part.base) for part in returned.parts] == [(3, 0, 250)]
    rest = left.give_back(GivenBack(0, 250, {12: 0}, {12: 250}))
    assert [part.base for part in rest.parts] == [250]


@given(st.lists(st.integers(0, 400), max_size=8), st.randoms(use_true_random=False))
def test_many_refunds_give_back_the_whole_and_no_more(amounts: list[int], dice: object) -> None:
    charges = [VAT, FOOD]
    left = ChargesLeft(charges)
    parts: list[Charged] = []
    total = sum(one.amount for one in charges)
    for amount in amounts:
        amount = min(amount, sum(left.left.values()))
        is_told = dice.random() < 0.5  # type: ignore[attr-defined]
        by_line: dict[int | None, int] | None = {10: amount} if is_told else None
        before = dict(left.left)
        returned = left.give_back(GivenBack(amount, 0, by_line))
        assert sum(part.amount for part in returned.parts) == amount
        if dice.random() < 0.3:  # type: ignore[attr-defined]
            left.undo(returned)
            assert left.left == before
        else:
            parts += returned.parts
    rest = left.give_back(GivenBack(sum(left.left.values()), 0))
    parts += rest.parts
    assert sum(part.amount for part in parts) == total
    assert sum(part.base for part in parts) == VAT.base + FOOD.base


@given(st.lists(st.fractions(-1000, 1000), max_size=12))
def test_lines_are_near_what_they_are_and_add_up_to_the_rounded_sum(exact: list[Fraction]) -> None:
    lines = fit(exact)
    total = sum(exact, Fraction(0))
    assert abs(sum(lines) - total) <= Fraction(1, 2)
    assert all(abs(line - value) < 1 for line, value in zip(lines, exact, strict=True))


def test_conversion_rounds_once_over_all_lines() -> None:
    rate = Rate(Fraction(1, 3), "ECB 2026-11-30 0.333333", "ECB", DAY)
    sales = [
        Movement(Section.SALES, n, DAY, replace(VAT, currency="USD", rate_text=f"{n} %", amount=1))
        for n in range(3)
    ]
    lines = report_lines(sales, period_name={DAY: "2026-11"}, rates={("USD", DAY): rate})
    assert [line.declared_amount for line in lines] == [1, 0, 0]
    assert {line.rates for line in lines} == {("ECB 2026-11-30 0.333333",)}


def test_without_a_rate_nothing_is_declared_for_the_line_and_it_is_not_zero() -> None:
    sale = Movement(Section.SALES, 1, DAY, replace(VAT, currency="KWD"))
    (line,) = report_lines([sale], period_name={DAY: "2026-11"}, rates={("KWD", DAY): None})
    assert (line.amount, line.declared_amount, line.declared_base) == (600, None, None)
