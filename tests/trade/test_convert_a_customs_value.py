"""Whose exchange rate, of which day, a destination's customs wants."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trade.parcels import day
from trade.rules.conversion import Conversion, LegalRate, legal_rate
from trade.selectors import shipped_rulebook


@pytest.mark.parametrize(
    ("conversion", "on", "source", "of"),
    [
        ("day", "2026-11-24", "", "2026-11-24"),
        ("day-before", "2026-11-24", "", "2026-11-23"),
        ("day-before", "2026-11-23", "", "2026-11-20"),  # a Monday: Friday's
        ("day-before", "2026-11-22", "", "2026-11-20"),  # a Sunday
        # Wednesdays of October 2026: 7, 14, 21, 28.
        ("ecb-month", "2026-11-01", "ECB", "2026-10-21"),
        ("ecb-month", "2026-11-30", "ECB", "2026-10-21"),
        # Of September: 2, 9, 16, 23, 30; the last day is a Wednesday itself.
        ("ecb-month", "2026-10-15", "ECB", "2026-09-23"),
        ("ecb-month", "2027-01-02", "ECB", "2026-12-23"),
        ("hmrc-month", "2026-11-24", "HMRC", "2026-11-01"),
    ],
)
def test_the_publication_that_holds(conversion: str, on: str, source: str, of: str) -> None:
    assert legal_rate(Conversion(conversion), day(on)) == LegalRate(source, day(of))


@given(st.dates(datetime.date(2020, 1, 1), datetime.date(2040, 12, 31)))
def test_it_is_never_of_a_day_to_come(on: datetime.date) -> None:
    assert all(legal_rate(conversion, on).day <= on for conversion in Conversion)


def test_what_the_books_say() -> None:
    book, on = shipped_rulebook(), day("2026-11-24")
    assert book.conversion("FR", on) is Conversion.ECB_MONTH
    assert book.conversion("GB", on) is Conversion.HMRC_MONTH
    assert book.conversion("CH", on) is Conversion.DAY_BEFORE
    assert book.conversion("US", on) is Conversion.DAY
    assert book.conversion("QQ", on) is Conversion.DAY
