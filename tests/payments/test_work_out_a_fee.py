"""What the platform takes of a sale, to the minor unit; pure."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.currencies import CURRENCIES
from common.money import Money
from payments.rules.fee_tax import FeeTax, FeeTaxReason, FeeTaxRow, choose_fee_tax
from payments.rules.fees import (
    FeeItem,
    FeePayer,
    FeeSchedule,
    FeeTerms,
    OrderFee,
    fee_schedule,
    is_dearer,
    makes_dearer,
    order_fee,
)

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
ME = uuid.UUID(int=1)
OTHER = uuid.UUID(int=2)
GERMAN = FeeTax(FeeTaxReason.DUE, "DE", 1900, "USt", "UStG § 12")


def rate(sold: str, paid: str) -> Decimal | None:
    return {("EUR", "VND"): Decimal(30_000), ("EUR", "GHS"): Decimal("12.5")}.get((sold, paid))


def schedule(
    currency: str, *rules: FeeTerms, agreed: int | None = None, at: datetime = AT, **more: FeeTax
) -> FeeSchedule:
    payer = FeePayer(ME, "GH", currency, agreed)
    return fee_schedule(rules, payer=payer, usual_bp=600, at=at, rate=rate, **more)


def rule(key: str, percent_bp: int, **more: object) -> FeeTerms:
    terms = FeeTerms(key=key, percent_bp=percent_bp, starts_at=AT - timedelta(days=100))
    return replace(terms, **more)  # type: ignore[arg-type]


def fee(terms: FeeSchedule, *amounts: int, categories: Sequence[str] = ()) -> OrderFee:
    shelves = categories or [""] * len(amounts)
    return order_fee(
        terms,
        [FeeItem(Money(a, terms.currency), c) for a, c in zip(amounts, shelves, strict=True)],
    )


def lines(result: OrderFee) -> list[tuple[int, int]]:
    return [(line.commission.amount, line.fee_tax.amount) for line in result.lines]


def test_the_usual_percentage_line_by_line_half_up() -> None:
    # 6 % of 25.08 is 1.5048, of 0.25 exactly 0.015: half a pesewa goes up.
    result = fee(schedule("GHS"), 2508, 25)
    assert lines(result) == [(150, 0), (2, 0)]
    assert (result.commission, result.fee_tax) == (Money(152, "GHS"), Money(0, "GHS"))


def test_fixed_part_and_minimum_in_cedis() -> None:
    terms = rule("a", 600, fixed_amount=100, minimum_amount=300, currency="GHS")
    # 15.00 + 1.00 on 250.00; shared by what the goods cost.
    assert lines(fee(schedule("GHS", terms), 20_000, 5_000)) == [(1_280, 0), (320, 0)]
    # 6 % of 20.00 and 1.00 are 2.20: made up to 3.00.
    assert lines(fee(schedule("GHS", terms), 1_500, 500)) == [(225, 0), (75, 0)]
    # Three things of 10.00: 0.60 each, and 1.20 more in thirds.
    assert lines(fee(schedule("GHS", terms), 1_000, 1_000, 1_000)) == [(100, 0)] * 3
    # Never more than the goods.
    assert lines(fee(schedule("GHS", terms), 150, 50)) == [(150, 0), (50, 0)]


def test_shares_go_by_the_largest_remainder() -> None:
    terms = rule("a", 0, fixed_amount=100, currency="GHS")
    assert lines(fee(schedule("GHS", terms), 1_000, 1_000, 1_000)) == [(34, 0), (33, 0), (33, 0)]


def test_yen_have_no_decimals_and_dinars_have_three() -> None:
    yen = rule("a", 650, fixed_amount=30, minimum_amount=200, currency="JPY")
    assert lines(fee(schedule("JPY", yen), 2_399)) == [(200, 0)]  # 156 + 30 < 200
    assert lines(fee(schedule("JPY", yen), 12_345)) == [(832, 0)]  # 802.425 + 30
    dinar = rule("b", 650, fixed_amount=150, minimum_amount=1_000, currency="KWD")
    assert lines(fee(schedule("KWD", dinar), 12_345)) == [(1_000, 0)]  # 0.802 + 0.150
    assert lines(fee(schedule("KWD", dinar), 20_007)) == [(1_450, 0)]  # 1.300455 + 0.150


def test_a_fixed_part_in_euro_of_a_seller_in_dong() -> None:
    terms = rule("a", 500, fixed_amount=25, minimum_amount=100, currency="EUR")
    # 0.25 EUR are 7,500 VND, 1.00 EUR 30,000.
    assert lines(fee(schedule("VND", terms), 600_000)) == [(37_500, 0)]
    assert lines(fee(schedule("VND", terms), 200_000)) == [(30_000, 0)]


def test_without_a_rate_only_the_percentage_is_taken() -> None:
    terms = rule("a", 500, fixed_amount=25, minimum_amount=100, currency="EUR")
    assert lines(fee(schedule("JPY", terms), 10_000)) == [(500, 0)]


def test_the_most_specific_terms_hold() -> None:
    everything = rule("all", 700)
    home = rule("home", 800, category="home")
    baskets = rule("baskets", 900, category="home/baskets")
    mine = rule("mine", 400, payee_id=ME)
    mine_home = rule("mine-home", 300, payee_id=ME, category="home")
    theirs = rule("theirs", 100, payee_id=OTHER)
    every = schedule("GHS", everything, home, baskets, theirs)
    keys = [every.terms_for(c).key for c in ("toys", "home", "home/rugs", "home/baskets", "homes")]
    assert keys == ["all", "home", "home", "baskets", "all"]
    own = schedule("GHS", everything, home, baskets, mine, mine_home)
    assert [own.terms_for(c).key for c in ("toys", "home/baskets")] == ["mine", "mine-home"]


def test_what_was_agreed_stands_until_a_rule_says_otherwise() -> None:
    assert schedule("GHS", agreed=500).terms_for("toys").percent_bp == 500
    assert schedule("GHS").terms_for("toys").percent_bp == 600
    later = rule("all", 700, starts_at=AT)
    assert schedule("GHS", later, agreed=500).terms_for("toys").percent_bp == 700
    before = schedule("GHS", later, agreed=500, at=AT - timedelta(microseconds=1))
    assert before.terms_for("toys").percent_bp == 500


def test_the_rule_that_began_last_holds() -> None:
    old, new = rule("old", 700), rule("new", 650, starts_at=AT - timedelta(days=1))
    assert schedule("GHS", new, old).terms_for("").key == "new"


def test_a_promotion_holds_from_its_first_moment_until_before_its_last() -> None:
    ends = AT + timedelta(days=30)
    promotion = rule("p", 300, is_promotion=True, starts_at=AT, ends_at=ends)
    tick = timedelta(microseconds=1)
    taken = [
        fee(schedule("GHS", promotion, at=at), 10_000).commission.amount
        for at in (AT - tick, AT, ends - tick, ends)
    ]
    assert taken == [600, 300, 300, 600]


def test_a_dearer_promotion_is_not_taken() -> None:
    fixed = rule("p", 100, fixed_amount=500, currency="GHS", is_promotion=True)
    terms = schedule("GHS", fixed)
    assert fee(terms, 20_000).commission.amount == 700  # rather than 1,200
    assert fee(terms, 2_000).commission.amount == 120  # rather than 520
    assert fee(terms, 2_000).lines[0].terms.key == "usual"


def test_a_promotion_for_all_leaves_a_shelf_with_its_own_terms_alone() -> None:
    shelf = rule("home", 800, category="home")
    promotion = rule("p", 100, is_promotion=True)
    ours = rule("q", 500, is_promotion=True, category="home/baskets")
    terms = schedule("GHS", shelf, promotion, ours)
    result = fee(terms, 10_000, 10_000, 10_000, categories=["toys", "home/rugs", "home/baskets"])
    assert [line.terms.key for line in result.lines] == ["p", "home", "q"]
    assert lines(result) == [(100, 0), (800, 0), (500, 0)]


def test_two_shelves_pay_the_higher_fixed_part_once() -> None:
    first = rule("a", 600, category="a", fixed_amount=100, currency="GHS")
    second = rule("b", 1_000, category="b", fixed_amount=50, currency="GHS")
    result = fee(schedule("GHS", first, second), 10_000, 10_000, categories=["a", "b"])
    assert lines(result) == [(650, 0), (1_050, 0)]


def test_tax_on_the_fee_of_a_seller_in_germany() -> None:
    # 6 % of 89.90 are 5.39; 19 % of that are 1.0241.
    result = fee(schedule("EUR", tax=GERMAN), 8_990)
    assert lines(result) == [(539, 102)]
    # The tax is worked out on the order's fee, not line by line: 19 % of 0.09 are 0.02, not 3 x 0.01.
    three = fee(schedule("EUR", tax=GERMAN), 50, 50, 50)
    assert lines(three) == [(3, 1), (3, 1), (3, 0)]
    # Fee and tax together are never more than the goods.
    most = rule("a", 600, minimum_amount=500, currency="EUR")
    small = fee(schedule("EUR", most, tax=GERMAN), 119)
    assert (small.commission.amount, small.fee_tax.amount) == (100, 19)


ROWS = (
    FeeTaxRow("DE", "USt", 1900, date(2021, 1, 1), None, "UStG § 12"),
    FeeTaxRow("DE", "USt", 1600, date(2020, 7, 1), date(2020, 12, 31), "UStG § 28"),
    FeeTaxRow("FR", "TVA", 2000, date(2014, 1, 1), None, "CGI art. 278"),
)


@pytest.mark.parametrize(
    ("country", "vat", "registered", "reason", "rate_bp"),
    [
        ("DE", True, {"DE"}, FeeTaxReason.DUE, 1900),
        ("DE", False, {"DE"}, FeeTaxReason.DUE, 1900),
        ("FR", True, {"DE"}, FeeTaxReason.REVERSE_CHARGE, 0),
        ("FR", True, {"DE", "FR"}, FeeTaxReason.REVERSE_CHARGE, 0),
        ("FR", False, {"DE", "FR"}, FeeTaxReason.DUE, 2000),
        ("FR", False, {"DE"}, FeeTaxReason.NOT_REGISTERED, 0),
        ("GH", True, {"DE"}, FeeTaxReason.NOT_REGISTERED, 0),
        ("GB", True, {"DE", "GB"}, FeeTaxReason.NO_RATE, 0),
        ("DE", True, set(), FeeTaxReason.NOT_REGISTERED, 0),
    ],
)
def test_where_tax_on_the_fee_is_due(
    country: str, *, vat: bool, registered: set[str], reason: FeeTaxReason, rate_bp: int
) -> None:
    tax = choose_fee_tax(
        ROWS,
        country=country,
        has_vat_number=vat,
        platform_country="DE",
        registered=registered,
        on=AT.date(),
    )
    assert (tax.reason, tax.rate_bp) == (reason, rate_bp)


@pytest.mark.parametrize(
    ("on", "rate_bp"),
    [(date(2020, 12, 31), 1600), (date(2021, 1, 1), 1900), (date(2020, 6, 30), 0)],
)
def test_the_tax_of_the_day(on: date, rate_bp: int) -> None:
    tax = choose_fee_tax(
        ROWS, country="DE", has_vat_number=False, platform_country="DE", registered={"DE"}, on=on
    )
    assert tax.rate_bp == rate_bp


def test_which_terms_are_dearer() -> None:
    old = FeeTerms(key="o", percent_bp=600, fixed_amount=100, minimum_amount=300, currency="GHS")
    assert not is_dearer(old, old)
    assert not is_dearer(replace(old, percent_bp=599), old)
    assert is_dearer(replace(old, percent_bp=601, fixed_amount=0), old)
    assert is_dearer(replace(old, fixed_amount=101), old)
    assert is_dearer(replace(old, minimum_amount=301), old)
    assert is_dearer(replace(old, currency="EUR"), old)
    assert not is_dearer(FeeTerms(key="n", percent_bp=600), old)


def test_whom_a_new_rule_makes_it_dearer_for() -> None:
    def dearer(new: FeeTerms, *rules: FeeTerms, agreed: int = 600) -> bool:
        return makes_dearer(
            rules, [*rules, new], payer=FeePayer(ME, "GH", "GHS", agreed), usual_bp=600, at=AT
        )

    general = rule("new", 650, starts_at=AT)
    assert dearer(general)
    assert not dearer(general, agreed=700)
    assert not dearer(general, rule("mine", 500, payee_id=ME))
    assert dearer(rule("shelf", 650, category="home", starts_at=AT))
    assert not dearer(rule("shelf", 550, category="home", starts_at=AT))
    # One's own 6.5 % would hide the 5 % that a shelf has for all.
    assert dearer(rule("mine", 590, payee_id=ME, starts_at=AT), rule("home", 500, category="home"))


# --- what holds of every order ------------------------------------------------------------------

TERMS = st.builds(
    FeeTerms,
    key=st.sampled_from(["a", "b", "c", "d"]),
    percent_bp=st.integers(0, 5_000),
    fixed_amount=st.integers(0, 2_000),
    minimum_amount=st.integers(0, 3_000),
    currency=st.sampled_from(["GHS", "EUR"]),
    category=st.sampled_from(["", "a", "a/b"]),
    payee_id=st.sampled_from([None, ME]),
    is_promotion=st.booleans(),
    starts_at=st.just(AT),
)
TAXES = st.builds(FeeTax, st.just(FeeTaxReason.DUE), st.just("GH"), st.integers(0, 5_000))
ITEMS = st.lists(
    st.tuples(st.integers(0, 50_000) | st.integers(0, 5), st.sampled_from(["", "a", "a/b", "c"])),
    min_size=1,
    max_size=6,
)


# A busy machine is no reason to fail.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(rules=st.lists(TERMS, max_size=5), tax=TAXES, goods=ITEMS)
def test_every_order(rules: list[FeeTerms], tax: FeeTax, goods: list[tuple[int, str]]) -> None:
    terms = schedule("GHS", *rules, tax=tax)
    items = [FeeItem(Money(amount, "GHS"), shelf) for amount, shelf in goods]
    result = order_fee(terms, items)
    assert Money.sum((line.commission for line in result.lines), "GHS") == result.commission
    assert Money.sum((line.fee_tax for line in result.lines), "GHS") == result.fee_tax
    assert result.commission.amount + result.fee_tax.amount <= sum(amount for amount, _ in goods)
    for line, item in zip(result.lines, items, strict=True):
        assert min(line.commission.amount, line.fee_tax.amount) >= 0
        assert line.commission + line.fee_tax <= item.amount
    plain = order_fee(replace(terms, promotions=()), items)
    assert result.commission <= plain.commission
    assert result.fee_tax <= plain.fee_tax


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(before=st.lists(TERMS, max_size=3), new=TERMS, goods=ITEMS, agreed=st.integers(0, 1_000))
def test_what_is_not_called_dearer_is_not(
    before: list[FeeTerms], new: FeeTerms, goods: list[tuple[int, str]], agreed: int
) -> None:
    rules = [
        replace(terms, key=f"{index}", is_promotion=False, currency="GHS")
        for index, terms in enumerate(before)
    ]
    new = replace(new, key="new", is_promotion=False, currency="GHS")
    payer = FeePayer(ME, "GH", "GHS", agreed)
    if makes_dearer(rules, [*rules, new], payer=payer, usual_bp=600, at=AT):
        return
    shelf = goods[0][1]
    items = [FeeItem(Money(amount, "GHS"), shelf) for amount, _ in goods]
    old_fee, new_fee = (
        order_fee(fee_schedule(each, payer=payer, usual_bp=600, at=AT, rate=rate), items)
        for each in (rules, [*rules, new])
    )
    assert new_fee.commission <= old_fee.commission


@given(currency=st.sampled_from(sorted(CURRENCIES)), amount=st.integers(1, 10**9))
def test_every_currency(currency: str, amount: int) -> None:
    result = fee(schedule(currency), amount)
    assert abs(result.commission.amount * 100 - amount * 6) <= 50
