"""Which tax and customs numbers can exist, and when they hold."""

from __future__ import annotations

from datetime import date

import pytest

from trade.rules.registrations import (
    SCHEME_NUMBERS,
    Held,
    NumberError,
    NumberKind,
    clean_buyer_number,
    clean_number,
    numbers_of_scheme,
    overlaps,
    scheme_numbers,
)

GOOD = (
    (NumberKind.IOSS, "EU", "im 372 000 1234", "IM3720001234"),
    (NumberKind.VAT, "GB", "GB 980 7806 84", "GB980780684"),
    (NumberKind.VAT, "GB", "980780684", "GB980780684"),
    (NumberKind.VAT, "XI", "XI 980 7806 84", "XI980780684"),
    (NumberKind.VAT, "DE", "DE 136 695 976", "DE136695976"),
    (NumberKind.VAT, "GR", "EL 094259216", "EL094259216"),
    (NumberKind.VAT, "NO", "NO 995 525 828 MVA", "995525828MVA"),
    (NumberKind.VAT, "CH", "CHE-107.787.577 MWST", "CHE107787577MWST"),
    (NumberKind.VAT, "JP", "T5835678256246", "T5835678256246"),
    (NumberKind.GST, "AU", "ABN 83 914 571 673", "83914571673"),
    (NumberKind.ARN, "AU", "ARN 3000 1234 5678", "300012345678"),
    (NumberKind.GST, "NZ", "49-091-850", "49091850"),
    (NumberKind.GST, "SG", "M9-1234567X", "M91234567X"),
    (NumberKind.GST, "SG", "200312345A", "200312345A"),
    (NumberKind.GST, "CA", "12302 6635 RT0001", "123026635RT0001"),
    (NumberKind.GST, "IN", "27AAPFU0939F1ZV", "27AAPFU0939F1ZV"),
    (NumberKind.VOEC, "NO", "VOEC 2021234", "2021234"),
    (NumberKind.LVG, "MY", "W10-1808-32000001", "W10180832000001"),
    (NumberKind.EORI, "DE", "DE 1234567", "DE1234567"),
    (NumberKind.EORI, "GB", "GB 980780684000", "GB980780684000"),
    (NumberKind.EORI, "XI", "XI980780684000", "XI980780684000"),
)
BAD = (
    (NumberKind.IOSS, "EU", "EU372022452", "format"),
    (NumberKind.IOSS, "EU", "IM3720001", "format"),
    (NumberKind.IOSS, "EU", "IM9990001234", "format"),
    (NumberKind.VAT, "GB", "GB980780683", "check"),
    (NumberKind.VAT, "DE", "DE136695978", "check"),
    (NumberKind.VAT, "NO", "995525829MVA", "check"),
    (NumberKind.VAT, "CH", "CHE107787578MWST", "check"),
    (NumberKind.VAT, "LA", "C0001234567", "country"),
    (NumberKind.GST, "AU", "99999999999", "check"),
    (NumberKind.ARN, "AU", "30001234567", "format"),
    (NumberKind.ARN, "NZ", "300012345678", "country"),
    (NumberKind.GST, "NZ", "136410133", "check"),
    (NumberKind.VOEC, "NO", "1021234", "format"),
    (NumberKind.EORI, "GB", "GB98078068400", "format"),
    (NumberKind.EORI, "DE", "DE1234567890123456", "format"),
    (NumberKind.EORI, "GH", "GH1234567", "country"),
    (NumberKind.VAT, "DE", " - ", "empty"),
)


@pytest.mark.parametrize(("kind", "country", "typed", "kept"), GOOD)
def test_a_number_is_kept_as_its_authority_writes_it(
    kind: NumberKind, country: str, typed: str, kept: str
) -> None:
    assert clean_number(kind, country, typed) == kept
    assert clean_number(kind, country, kept) == kept


@pytest.mark.parametrize(("kind", "country", "typed", "code"), BAD)
def test_a_number_that_cannot_exist_is_refused_with_the_reason(
    kind: NumberKind, country: str, typed: str, code: str
) -> None:
    with pytest.raises(NumberError) as refused:
        clean_number(kind, country, typed)
    assert refused.value.code == code


def test_a_buyer_writes_its_own_countrys_number() -> None:
    assert clean_buyer_number("FR", "fr 40 303 265 045") == "FR40303265045"
    assert clean_buyer_number("AU", "83 914 571 673") == "83914571673"
    # No form is known: what looks like a number is taken as it is.
    assert clean_buyer_number("LA", "C000-1234567") == "C0001234567"
    with pytest.raises(NumberError):
        clean_buyer_number("FR", "FR 40 303 265 046")


def test_a_scheme_without_a_known_form_takes_any_number_of_its_country() -> None:
    assert numbers_of_scheme("ioss") == SCHEME_NUMBERS["ioss"]
    (other,) = numbers_of_scheme("br-rc", ["BR"])
    assert (other.kind, other.country) == (NumberKind.OTHER, "BR")


def test_a_number_holds_from_its_first_to_its_last_day() -> None:
    held = Held(NumberKind.IOSS, "EU", "IM3720001234", "ioss", date(2026, 1, 1), date(2026, 6, 30))
    assert [held.holds(day) for day in (date(2025, 12, 31), date(2026, 1, 1))] == [False, True]
    assert [held.holds(day) for day in (date(2026, 6, 30), date(2026, 7, 1))] == [True, False]
    assert scheme_numbers([held], date(2026, 3, 1)) == {"ioss": "IM3720001234"}
    assert scheme_numbers([held], date(2026, 7, 1)) == {}


def test_periods_that_share_a_day_overlap() -> None:
    new_year, spring = date(2026, 1, 1), date(2026, 4, 1)
    assert overlaps((new_year, None), (spring, None))
    assert overlaps((new_year, spring), (spring, None))
    assert not overlaps((new_year, date(2026, 3, 31)), (spring, None))
    # Withdrawn before it began.
    assert not overlaps((spring, date(2026, 3, 31)), (new_year, None))
