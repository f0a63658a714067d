"""Tax numbers: checked where their country has a rule, taken as text elsewhere."""

from __future__ import annotations

import pytest

from common.countries import COUNTRY_CODES
from sellers.rules import TaxNumberError, clean_tax_number, has_tax_rule, tax_number_names


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("IT", "IT 00743110157", "00743110157"),
        ("DE", "DE 136,695 976", "136695976"),
        ("VN", "0100233-488", "0100233488"),
        ("GH", "C0000803561", "C0000803561"),
        ("US", "04-2103594", "042103594"),
        ("JP", "7000012050002", "7000012050002"),
        ("FR", "732 829 320", "732829320"),
        ("BR", "16.727.230/0001-97", "16727230000197"),
        ("TG", " 1000  123456 ", "1000 123456"),
        ("AQ", "", ""),
        ("IT", "", ""),
    ],
)
def test_right_numbers(country: str, typed: str, kept: str) -> None:
    assert clean_tax_number(country, typed) == kept


@pytest.mark.parametrize(
    ("country", "typed"),
    [("IT", "00743110158"), ("DE", "136695978"), ("GH", "C0000803562"), ("US", "12"), ("JP", "1")],
)
def test_wrong_numbers(country: str, typed: str) -> None:
    with pytest.raises(TaxNumberError):
        clean_tax_number(country, typed)


def test_every_country_is_answered() -> None:
    checked = [code for code in COUNTRY_CODES if has_tax_rule(code)]
    assert len(checked) > 80
    assert all(tax_number_names(code) for code in checked)
    assert tax_number_names("US") == ["EIN", "ITIN", "SSN"]
