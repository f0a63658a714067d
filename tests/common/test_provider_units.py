"""Every currency goes to the provider and back exactly, and nothing that can't be is let through."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.currencies import CURRENCIES
from common.money import (
    Money,
    NotChargeableError,
    charge_ceil,
    charge_floor,
    charge_round,
    from_provider,
    is_chargeable,
    to_provider,
)
from payments.rules.payouts import payout_floor, payout_in_provider_units, payout_step

ALL = sorted(CURRENCIES)
amounts = st.integers(-(10**12), 10**12)
few = settings(max_examples=20)  # for each of 160 currencies


@pytest.mark.parametrize("currency", ALL)
@few
@given(amount=amounts)
def test_there_and_back_is_exact(currency: str, amount: int) -> None:
    money = charge_floor(Money(amount, currency))
    theirs = to_provider(money)
    row = CURRENCIES[currency]
    assert Decimal(theirs) == money.to_decimal().scaleb(row.provider_exponent)
    assert from_provider(theirs, currency) == money


@pytest.mark.parametrize("currency", ALL)
@few
@given(amount=amounts)
def test_what_cannot_be_charged_exactly_is_refused_and_never_changed(
    currency: str, amount: int
) -> None:
    money = Money(amount, currency)
    step = CURRENCIES[currency].charge_step
    if amount % step == 0:
        assert is_chargeable(money)
        assert charge_floor(money) == charge_ceil(money) == charge_round(money) == money
        return
    with pytest.raises(NotChargeableError) as refused:
        to_provider(money)
    assert (refused.value.money, refused.value.step) == (money, Money(step, currency))
    assert not is_chargeable(money)
    assert charge_floor(money) < money < charge_ceil(money)
    assert charge_ceil(money) - charge_floor(money) == Money(step, currency)
    assert charge_round(money) in {charge_floor(money), charge_ceil(money)}
    assert 2 * abs((charge_round(money) - money).amount) <= step


@pytest.mark.parametrize("currency", ALL)
@few
@given(balances=st.lists(st.integers(0, 10**9), min_size=1, max_size=6))
def test_what_a_payout_leaves_over_goes_into_the_next(currency: str, balances: list[int]) -> None:
    """Residues are carried: in the end what came in is what was paid and what waits."""
    waiting, paid = Money.zero(currency), Money.zero(currency)
    for earned in balances:
        waiting += Money(earned, currency)
        payout = payout_floor(waiting)
        theirs = payout_in_provider_units(payout)
        assert theirs % CURRENCIES[currency].payout_step == 0
        assert from_provider(theirs, currency) == payout
        waiting, paid = waiting - payout, paid + payout
        assert 0 <= waiting.amount < payout_step(currency)
    assert paid + waiting == Money(sum(balances), currency)


@pytest.mark.parametrize(
    ("currency", "amount", "theirs"),
    [
        ("EUR", 1234, 1234),
        ("ISK", 5, 500),  # no decimals, sent as if it had two
        ("UGX", 5, 500),
        ("UGX", 150_000, 15_000_000),
        ("HUF", 1045, 1045),  # charged with both decimals
        ("TWD", 80_045, 80_045),
        ("KWD", 5120, 5120),
        ("BHD", 10, 10),
        ("JOD", 1_500, 1_500),
        ("JPY", 500, 500),
        ("KRW", 12_900, 12_900),
        ("VND", 600_000, 600_000),
        ("CLP", 9_990, 9_990),
        ("MGA", 500_000, 5_000),  # two decimals here, none there
        ("IQD", 1_234, 1_234),  # not charged at all; its own three decimals
        ("LYD", 1_234, 1_234),
    ],
)
def test_worked_examples_of_charges(currency: str, amount: int, theirs: int) -> None:
    assert to_provider(Money(amount, currency)) == theirs
    assert from_provider(theirs, currency) == Money(amount, currency)


@pytest.mark.parametrize(
    ("currency", "amount", "below", "above"),
    [
        ("KWD", 5124, 5120, 5130),
        ("BHD", 1, 0, 10),
        ("OMR", 12_345, 12_340, 12_350),
        ("TND", 999, 990, 1_000),
        ("MGA", 123_456, 123_400, 123_500),
    ],
)
def test_worked_examples_of_what_is_too_fine(
    currency: str, amount: int, below: int, above: int
) -> None:
    money = Money(amount, currency)
    with pytest.raises(NotChargeableError, match="multiple of"):
        to_provider(money)
    assert charge_floor(money) == Money(below, currency)
    assert charge_ceil(money) == Money(above, currency)


@pytest.mark.parametrize(
    ("currency", "balance", "theirs", "carried"),
    [
        ("HUF", 1_045, 1_000, 45),  # 10.45: 10.00 is paid, 0.45 waits
        ("TWD", 80_045, 80_000, 45),
        ("ISK", 7, 700, 0),
        ("UGX", 3, 300, 0),
        ("KWD", 5_124, 5_120, 4),
        ("BHD", 9, 0, 9),
        ("JPY", 1, 1, 0),
        ("KRW", 1_001, 1_001, 0),
        ("VND", 25_001, 25_001, 0),
        ("CLP", 13, 13, 0),
        ("MGA", 12_345, 123, 45),
        ("IQD", 5_124, 5_124, 0),
        ("LYD", 5_124, 5_124, 0),
    ],
)
def test_worked_examples_of_payouts(currency: str, balance: int, theirs: int, carried: int) -> None:
    payout = payout_floor(Money(balance, currency))
    assert payout_in_provider_units(payout) == theirs
    assert (Money(balance, currency) - payout).amount == carried


def test_a_payout_that_is_no_whole_step_is_refused() -> None:
    with pytest.raises(ValueError, match="no multiple"):
        payout_in_provider_units(Money(1_045, "HUF"))


@pytest.mark.parametrize("currency", ["ISK", "UGX"])
def test_fractions_of_a_currency_without_any_are_not_taken_in(currency: str) -> None:
    with pytest.raises(NotChargeableError):
        from_provider(501, currency)


@pytest.mark.parametrize(
    ("rate", "currency", "step", "amount"),
    [
        ("0.51249", "KWD", 10, 510),
        ("0.515", "KWD", 10, 520),
        ("0.5149999", "KWD", 10, 510),  # rounding twice would make 0.515 and then 0.520
        ("5149.5", "MGA", 100, 515_000),
        ("1.005", "EUR", 1, 101),
    ],
)
def test_a_conversion_is_rounded_once_to_the_step(
    rate: str, currency: str, step: int, amount: int
) -> None:
    one = Money(100, "USD")
    converted = one.convert(Decimal(rate), currency, rounding=ROUND_HALF_UP, step=step)
    assert converted == Money(amount, currency)


def test_the_table_agrees_with_itself() -> None:
    for code, row in CURRENCIES.items():
        # The smallest charge is a whole number of the provider's unit, and payouts are no finer.
        smallest = Money(row.charge_step, code)
        theirs = to_provider(smallest)
        assert theirs >= 1
        assert row.payout_step % theirs == 0 or theirs == row.payout_step, code
        assert row.least is None or (row.is_chargeable and row.least % row.charge_step == 0)
        assert row.digits == (12 if code == "IDR" else 8)
