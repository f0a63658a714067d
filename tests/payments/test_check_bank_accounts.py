"""How accounts are written in each country, and which typing mistakes are noticed."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.rules.bank_accounts import (
    SCHEMES,
    AccountError,
    clabe_check_digit,
    nuban_check_digit,
    read_account,
    schemes_for,
)


def read(country: str, typed: Mapping[str, str], scheme: str = "") -> dict[str, str]:
    return read_account(
        scheme=scheme or schemes_for(country)[0].code, country=country, typed=typed
    )[1]


@pytest.mark.parametrize(
    ("country", "schemes"),
    [
        ("DE", ["iban"]), ("KW", ["iban"]), ("TR", ["iban"]), ("GB", ["gb", "iban"]),
        ("US", ["us"]), ("IN", ["in"]), ("AU", ["au"]), ("NZ", ["nz"]), ("CA", ["ca"]),
        ("MX", ["mx"]), ("JP", ["jp"]), ("CN", ["cn"]), ("VN", ["vn"]), ("GH", ["gh"]),
        ("KE", ["ke"]), ("NG", ["ng"]), ("ID", ["id"]), ("PH", ["ph"]), ("TH", ["th"]),
        ("ZA", ["za"]), ("SG", ["sg"]), ("HK", ["hk"]), ("KR", ["kr"]),
        ("FJ", ["other"]), ("ZZ", ["other"]),
    ],
)  # fmt: skip
def test_each_country_has_its_way(country: str, schemes: list[str]) -> None:
    assert [scheme.code for scheme in schemes_for(country)] == schemes


GOOD: dict[str, dict[str, str]] = {
    "US": {"routing": "021000021", "account": "123456789"},
    "GB": {"sort_code": "20-00-00", "account": "55779911"},
    "IN": {"ifsc": "sbin0005943", "account": "00000012345678901"},
    "AU": {"bsb": "062-000", "account": "12345678"},
    "NZ": {"account": "01-0902-0068389-00"},
    "CA": {"institution": "003", "transit": "12345", "account": "1234567"},
    "MX": {"clabe": "032180000118359719"},
    "JP": {"bank": "0005", "branch": "001", "account": "1234567"},
    "CN": {"bank": "102100099996", "account": "6222020200112233445"},
    "VN": {"bic": "BFTVVNVX", "account": "0071000123456"},
    "GH": {"bic": "ECOCGHAC", "account": "1441000123456"},
    "KE": {"bic": "KCBLKENX", "account": "1234567890"},
    "NG": {"bank": "011", "account": "0000014579"},
    "ID": {"bic": "BMRIIDJA", "account": "1234567890123"},
    "PH": {"bic": "BNORPHMM", "account": "1234567890"},
    "TH": {"bic": "KASITHBK", "account": "123-4-56789-0"},
    "ZA": {"branch": "632005", "account": "4050123456"},
    "SG": {"bank": "7171", "branch": "001", "account": "0039012345"},
    "HK": {"bank": "004", "account": "123456789012"},
    "KR": {"bic": "CZNBKRSE", "account": "12345678901234"},
    "FJ": {"bic": "ANZBFJFX", "account": "12345678"},
}


@pytest.mark.parametrize("country", GOOD)
def test_good_accounts(country: str) -> None:
    numbers = read(country, GOOD[country])
    assert all(value.isalnum() and value == value.upper() for value in numbers.values())
    assert numbers.keys() == GOOD[country].keys()
    assert SCHEMES[schemes_for(country)[0].code].shown in numbers


def test_every_scheme_has_an_example() -> None:
    assert {schemes_for(country)[0].code for country in GOOD} | {"iban"} == SCHEMES.keys()


@pytest.mark.parametrize(
    ("country", "change", "part", "code"),
    [
        ("US", {"routing": "021000022"}, "routing", "check"),
        ("US", {"account": ""}, "account", "required"),
        ("US", {"account": "12x4"}, "account", "format"),
        ("NZ", {"account": "01-0902-0068388-00"}, "account", "check"),
        ("MX", {"clabe": "032180000118359718"}, "clabe", "check"),
        ("NG", {"account": "0000014578"}, "account", "check"),
        ("IN", {"ifsc": "SBIN1005943"}, "ifsc", "format"),
        ("GB", {"sort_code": "20000"}, "sort_code", "format"),
        ("GH", {"bic": "DEUTDEFF"}, "bic", "country"),
        ("GH", {"bic": "ECOCGHA"}, "bic", "format"),
        ("JP", {"account": "１２３４５６７"}, "account", "format"),
        ("US", {"bic": "CHASGB2L"}, "bic", "country"),
    ],
)
def test_mistakes_are_said_where_they_are(
    country: str, change: dict[str, str], part: str, code: str
) -> None:
    with pytest.raises(AccountError) as refused:
        read(country, {**GOOD[country], **change})
    assert (refused.value.field, refused.value.code) == (part, code)


def test_an_iban_says_its_country_and_bank() -> None:
    typed = {"iban": "de89 3704 0044 0532 0130 00"}
    country, numbers = read_account(scheme="iban", country="FR", typed=typed)
    assert (country, numbers) == ("DE", {"iban": "DE89370400440532013000", "bic": "COBADEFFXXX"})


@pytest.mark.parametrize(
    ("iban", "code"),
    [
        ("DE89370400440532013001", "check"),
        ("DE8937040044053201300", "format"),
        ("XX89370400440532013000", "format"),
        ("89370400440532013000", "format"),
        ("", "required"),
    ],
)
def test_ibans_with_mistakes(iban: str, code: str) -> None:
    with pytest.raises(AccountError) as refused:
        read("DE", {"iban": iban})
    assert (refused.value.field, refused.value.code) == ("iban", code)


@given(at=st.integers(4, 21), digit=st.integers(1, 9))
def test_one_wrong_digit_of_an_iban_is_always_noticed(at: int, digit: int) -> None:
    good = "DE89370400440532013000"
    wrong = good[:at] + str((int(good[at]) + digit) % 10) + good[at + 1 :]
    with pytest.raises(AccountError):
        read("DE", {"iban": wrong})


@given(at=st.integers(0, 8), digit=st.integers(1, 9))
def test_one_wrong_digit_of_a_nuban_is_always_noticed(at: int, digit: int) -> None:
    serial = "000001457"
    wrong = serial[:at] + str((int(serial[at]) + digit) % 10) + serial[at + 1 :]
    assert nuban_check_digit("011", wrong) != nuban_check_digit("011", serial) == "9"


def test_published_examples_of_check_digits() -> None:
    assert clabe_check_digit("03218000011835971") == "9"
    assert nuban_check_digit("011", "000001457") == "9"
    assert nuban_check_digit("000011", "000001457") == "9"
