"""Addresses: every country's own shape, and no real address turned away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from common.addresses import PostalAddress
from common.countries import COUNTRY_CODES
from common.postal import (
    INVALID,
    MISMATCH,
    REQUIRED,
    AddressError,
    address_fields,
    clean_address,
    format_address,
)

# The example that the data gives for Russia lies outside all its regions.
POSTCODES = {"RU": "101000"}


def plausible(country: str) -> PostalAddress:
    """An address as somebody there might have it."""
    rules = address_fields(country)
    address = PostalAddress(
        country_code=country,
        name="Ada Example",
        street_address="1 Long Road\nFlat 2",
        city="Centre",
        postal_code=POSTCODES.get(country, rules.postal_example),
    )
    for key, _ in rules.area_choices:
        within = replace(address, country_area=key)
        try:
            clean_address(within)
        except AddressError:
            continue
        return within
    assert not rules.area_choices, "no area fits the country's own example"
    return replace(address, country_area="North")


@pytest.mark.parametrize("country", COUNTRY_CODES)
def test_every_country_takes_a_plausible_address_and_writes_a_label(country: str) -> None:
    address = clean_address(plausible(country))
    for latin in (False, True):
        lines = format_address(address, latin=latin)
        assert any("Ada Example".upper() in line.upper() for line in lines)
        assert lines[-1].isupper()
    assert clean_address(address) == address  # cleaning is done once


@pytest.mark.parametrize("country", COUNTRY_CODES)
def test_no_country_asks_for_more_than_five_fields_beside_name_and_country(country: str) -> None:
    assert len(address_fields(country).required) <= 6


@pytest.mark.parametrize(
    ("country", "area", "typed", "written"),
    [
        ("JP", "Osaka", "〒５３０－０００１", "530-0001"),
        ("PL", "", "00950", "00-950"),
        ("US", "New York", "10001-1234", "10001-1234"),
        ("CA", "Ontario", "k1a 0b1", "K1A 0B1"),
        ("GB", "", "sw1a 1aa", "SW1A 1AA"),
        ("PT", "", "1250096", "1250-096"),
        ("LU", "", "L-1234", "1234"),
    ],
)
def test_postcodes_are_brought_into_the_countrys_form(
    country: str, area: str, typed: str, written: str
) -> None:
    address = PostalAddress(
        country_code=country,
        name="A",
        street_address="1 Road",
        city="Town",
        country_area=area,
        postal_code=typed,
    )
    assert clean_address(address).postal_code == written


def test_what_is_missing_or_wrong_is_named_field_by_field() -> None:
    address = PostalAddress(country_code="US", name=" ", country_area="Texass", postal_code="12")
    with pytest.raises(AddressError) as caught:
        clean_address(address)
    assert caught.value.errors == {
        "name": REQUIRED,
        "street_address": REQUIRED,
        "city": REQUIRED,
        "country_area": INVALID,
        "postal_code": INVALID,
    }


def test_a_postcode_of_another_state_is_a_mismatch() -> None:
    address = PostalAddress(
        country_code="US",
        name="Jordan",
        street_address="1 Road",
        city="Albany",
        country_area="NY",
        postal_code="90210",
    )
    with pytest.raises(AddressError) as caught:
        clean_address(address)
    assert caught.value.errors == {"postal_code": MISMATCH}


def test_areas_are_found_by_any_of_their_names() -> None:
    address = PostalAddress(
        country_code="JP",
        name="Haruka",
        street_address="北区梅田1-2-3",
        country_area="osaka",
        postal_code="530-0001",
    )
    cleaned = clean_address(address)
    assert cleaned.country_area == "大阪府"
    assert format_address(cleaned, latin=True)[-3:] == ["北区梅田1-2-3, OSAKA", "530-0001", "JAPAN"]


def test_a_territory_is_its_own_state() -> None:
    address = PostalAddress(
        country_code="AS",
        name="Sina",
        street_address="Route 1",
        city="Pago Pago",
        postal_code="96799",
    )
    assert "country_area" not in address_fields("AS").fields
    assert format_address(clean_address(address))[-2:] == ["PAGO PAGO AS 96799", "AMERICAN SAMOA"]


def test_towns_outside_the_list_are_taken() -> None:
    address = PostalAddress(
        country_code="CN",
        name="Li",
        street_address="1 Road",
        city="Shenzhen",
        country_area="Guangdong",
        postal_code="518000",
    )
    assert clean_address(address).city == "Shenzhen"


def test_what_a_country_does_not_know_is_dropped() -> None:
    address = PostalAddress(
        country_code="GH",
        name="Ama\x00",
        street_address="Oxford  Street\r\n\r\n 12",
        city="Accra",
        postal_code="",
        country_area="Texas",
    )
    cleaned = clean_address(address)
    assert cleaned.country_area == ""
    assert cleaned.name == "Ama"
    assert cleaned.street_address == "Oxford Street\n12"


def test_no_such_country() -> None:
    with pytest.raises(AddressError) as caught:
        clean_address(PostalAddress(country_code="XX", name="A"))
    assert caught.value.errors == {"country_code": INVALID}
    assert format_address(PostalAddress(country_code="XX", name="A")) == ["XX", "A"]
