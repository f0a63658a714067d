"""Item numbers of the post, standard S10."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trade.papers.barcode import modules
from trade.rules.s10 import ItemNumber, S10Error, Service, check_digit, parse_item_number


@pytest.mark.parametrize(("serial", "digit"), [(47312482, 9)])
def test_the_example_of_the_standard(serial: int, digit: int) -> None:
    assert check_digit(serial) == digit
    assert str(ItemNumber("RR", serial, "GB")) == "RR473124829GB"


@pytest.mark.parametrize(("rest", "digit"), [(0, 5), (1, 0), (2, 9), (10, 1)])
def test_ten_becomes_nought_and_eleven_five(rest: int, digit: int) -> None:
    weights = (8, 6, 4, 2, 3, 5, 9, 7)
    serial = next(
        number
        for number in range(1, 1000)
        if sum(w * int(d) for w, d in zip(weights, f"{number:08d}", strict=True)) % 11 == rest
    )
    assert check_digit(serial) == digit


@given(st.integers(0, 99_999_999), st.integers(0, 7), st.integers(1, 9))
def test_every_mistyped_digit_is_found(serial: int, place: int, more: int) -> None:
    right = str(ItemNumber("CP", serial, "GH"))
    assert parse_item_number(right.lower()) == ItemNumber("CP", serial, "GH")
    digit = (int(right[2 + place]) + more) % 10
    wrong = f"{right[: 2 + place]}{digit}{right[3 + place :]}"
    expected = check_digit(int(wrong[2:10]))
    if expected == check_digit(serial):
        return  # the remainders 0 and 6 share the digit 5: the standard does not see these
    with pytest.raises(S10Error) as caught:
        parse_item_number(wrong)
    assert (caught.value.code, caught.value.expected) == ("check", expected)


@pytest.mark.parametrize(
    "text", ["", "RR47312482GB", "RR4731248299GB", "4R473124829GB", "RR٤73124829GB"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(S10Error) as caught:
        parse_item_number(text)
    assert caught.value.code == "shape"


@pytest.mark.parametrize(
    ("prefix", "service"),
    [("RR", Service.LETTER), ("LX", Service.LETTER), ("CP", Service.PARCEL), ("EE", Service.EMS), ("ZZ", Service.UNKNOWN)],
)  # fmt: skip
def test_the_first_letter_says_the_service(prefix: str, service: Service) -> None:
    assert ItemNumber(prefix, 1, "GH").service is service


def test_the_barcode_is_code_128_of_the_number() -> None:
    bars = modules(parse_item_number("RR473124829GB"))
    assert set(bars) == {"0", "1"}
    # Start and stop signs of code 128, the first in set B or C; every sign is 11 wide, the stop 13.
    assert bars[:11] in {"11010010000", "11010011100"}
    assert bars.endswith("1100011101011")
    assert (len(bars) - 13) % 11 == 0
