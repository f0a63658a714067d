"""Money splits exactly, and reads and writes itself in every currency and many languages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.currencies import CURRENCIES
from common.money import (
    CurrencyMismatchError,
    Money,
    MoneyParseError,
    UnknownCurrencyError,
    allocate,
    allocate_refund,
)

LOCALES = ("en", "de", "fr", "fr-CH", "it", "es", "pt-BR", "ja", "vi", "ar", "ar-EG", "hi", "fa")
amounts = st.integers(-(10**12), 10**12)
currencies = st.sampled_from(sorted(CURRENCIES))
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)


# --- splitting -----------------------------------------------------------------------------------


@given(total=amounts, parts=weights)
def test_the_parts_are_the_whole(total: int, parts: list[int]) -> None:
    split = allocate(total, parts)
    assert sum(split) == total
    assert len(split) == len(parts)
    assert all(part * total >= 0 for part in split)


@given(total=amounts, parts=weights)
def test_no_part_is_a_unit_away_from_its_share(total: int, parts: list[int]) -> None:
    whole = sum(parts)
    if whole:
        for part, weight in zip(allocate(total, parts), parts, strict=True):
            assert abs(part * whole - total * weight) < whole


@pytest.mark.parametrize(
    ("total", "parts", "split"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [0, 0], [3, 2]),
        (10, [3, 0, 7], [3, 0, 7]),
        (0, [1, 2], [0, 0]),
        (1, [1, 1, 1, 1], [1, 0, 0, 0]),
    ],
)
def test_the_largest_remainder_comes_first_and_ties_go_to_the_earlier(
    total: int, parts: list[int], split: list[int]
) -> None:
    assert allocate(total, parts) == split


@pytest.mark.parametrize("parts", [[], [1, -1]])
def test_nothing_and_less_than_nothing_are_no_weights(parts: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        allocate(1, parts)


@given(parts=weights, shares=st.lists(st.integers(0, 100), max_size=10))
def test_refunds_however_cut_return_every_part(parts: list[int], shares: list[int]) -> None:
    remaining = list(parts)
    for share in (*shares, 100):
        refund = sum(remaining) * share // 100
        given_back = allocate_refund(remaining=remaining, refund=refund)
        assert sum(given_back) == refund
        assert all(0 <= back <= left for back, left in zip(given_back, remaining, strict=True))
        remaining = [left - back for left, back in zip(remaining, given_back, strict=True)]
    assert remaining == [0] * len(parts)


@pytest.mark.parametrize("refund", [-1, 11])
def test_no_more_is_refunded_than_remains(refund: int) -> None:
    with pytest.raises(ValueError, match="refund"):
        allocate_refund(remaining=[4, 6], refund=refund)


# --- reading and writing -------------------------------------------------------------------------


@given(
    amount=st.integers(0, 10**11),
    currency=currencies,
    locale=st.sampled_from(LOCALES),
)
@settings(deadline=None)
def test_what_is_written_into_a_box_is_read_back(amount: int, currency: str, locale: str) -> None:
    money = Money(amount, currency)
    assert Money.parse(money.plain(locale=locale), currency, locale=locale) == money


@given(amount=amounts, currency=currencies)
def test_major_units_and_back(amount: int, currency: str) -> None:
    money = Money(amount, currency)
    assert Money.from_decimal(money.to_decimal(), currency) == money


@given(amount=amounts, currency=currencies, locale=st.sampled_from(LOCALES))
@settings(deadline=None)
def test_every_minor_unit_is_shown(amount: int, currency: str, locale: str) -> None:
    """Digits of any script, read back as numbers, are the amount's digits."""
    shown = Money(amount, currency).format(locale=locale)
    digits = "".join(str(int(sign)) for sign in shown if sign.isdigit())
    exponent = CURRENCIES[currency].exponent
    assert digits == str(abs(amount)).rjust(exponent + 1, "0")


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "shown"),
    [
        (123450, "EUR", "de", "1.234,50\xa0€"),
        (1235, "JPY", "ja", "￥1,235"),
        (12500, "KWD", "en", "KWD\xa012.500"),
        (580000, "VND", "vi", "580.000\xa0₫"),
        (24000, "GHS", "en", "GHS\xa0240.00"),
        (-5, "USD", "en", "-$0.05"),
        (100, "RSD", "en", "RSD\xa01.00"),
    ],
)
def test_amounts_as_readers_expect_them(
    amount: int, currency: str, locale: str, shown: str
) -> None:
    assert Money(amount, currency).format(locale=locale) == shown


def test_arabic_readers_see_arabic_digits() -> None:
    shown = Money(12500, "KWD").format(locale="ar-EG")
    assert "١٢٫٥٠٠" in shown


@pytest.mark.parametrize(
    ("text", "currency", "locale", "amount"),
    [
        ("1.234,50", "EUR", "de", 123450),
        ("1,234.5", "USD", "en", 123450),
        (" 12 ", "JPY", "en", 12),
        ("0.005", "KWD", "en", 5),
        ("1 234,50", "EUR", "fr", 123450),
        ("1\u202f234,5", "EUR", "fr-FR", 123450),
        ("١٢٫٥", "KWD", "ar-EG", 12500),
        ("1'234.50", "CHF", "de-CH", 123450),
    ],
)
def test_amounts_as_people_type_them(text: str, currency: str, locale: str, amount: int) -> None:
    assert Money.parse(text, currency, locale=locale) == Money(amount, currency)


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("abc", "EUR", "number"),
        ("", "EUR", "number"),
        ("NaN", "EUR", "number"),
        ("Infinity", "EUR", "number"),
        ("1e5", "EUR", "number"),
        ("1_000", "EUR", "number"),
        ("9" * 50, "EUR", "number"),
        ("--1", "EUR", "number"),
        ("1,2,3", "EUR", "number"),
        ("-1", "EUR", "negative"),
        ("1.005", "EUR", "places"),
        ("1.5", "JPY", "places"),
    ],
)
def test_what_is_no_amount_is_refused_with_the_reason(text: str, currency: str, code: str) -> None:
    with pytest.raises(MoneyParseError) as refused:
        Money.parse(text, currency)
    assert refused.value.code == code


# --- arithmetic ----------------------------------------------------------------------------------


@given(amount=st.integers(0, 10**10), there=st.decimals("0.0001", "10000", places=8))
def test_a_conversion_is_within_half_a_unit(amount: int, there: Decimal) -> None:
    money = Money(amount, "USD")
    exact = money.to_decimal() * there
    for currency in ("JPY", "EUR", "KWD"):
        off = money.convert(there, currency).to_decimal() - exact
        assert abs(off) * 10 ** CURRENCIES[currency].exponent <= Decimal("0.5")


def test_one_rounding_at_the_end() -> None:
    assert Money(1, "USD").convert(Decimal("0.5"), "EUR") == Money(0, "EUR")  # half to even
    assert Money(3, "USD").convert(Decimal("0.5"), "EUR") == Money(2, "EUR")
    assert Money(250, "USD").convert(Decimal(160), "JPY") == Money(400, "JPY")
    assert Money(400, "JPY").convert(Decimal("0.0021875"), "KWD") == Money(875, "KWD")


@given(amount=amounts, currency=currencies, count=st.integers(-1000, 1000))
def test_counting_is_adding(amount: int, currency: str, count: int) -> None:
    money = Money(amount, currency)
    assert money * count == Money(amount * count, currency)
    assert money + -money == Money.zero(currency)
    assert money * count - money == money * (count - 1)


def test_currencies_do_not_mix() -> None:
    euro, yen = Money(1, "EUR"), Money(1, "JPY")
    for mix in (
        lambda: euro + yen,
        lambda: euro - yen,
        lambda: euro < yen,
        lambda: Money.sum([euro, yen], "EUR"),
    ):
        with pytest.raises(CurrencyMismatchError):
            mix()
    assert euro != yen


def test_there_is_no_float_and_no_unknown_currency() -> None:
    for wrong in (1.0, Decimal(1), True, "1"):
        with pytest.raises(TypeError):
            Money(wrong, "EUR")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(1, "EUR") * 1.5  # type: ignore[operator]
    with pytest.raises(UnknownCurrencyError):
        Money(1, "EURO")


def test_the_currency_table_is_of_iso_codes() -> None:
    for code, row in CURRENCIES.items():
        assert code == row.code
        assert len(code) == 3
        assert code.isupper()
        assert row.exponent in {0, 2, 3}
        assert row.provider_exponent in {0, 2, 3}
        assert row.payout_step in {1, 10, 100}
