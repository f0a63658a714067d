"""Worked prices of parcels, to the minor unit, and which option serves which country."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from common.countries import COUNTRY_CODES, is_country
from shipping.rules import (
    CARRIERS,
    REGIONS,
    countries_served,
    delivery_price,
    offers_for,
    tracking_url,
)


@dataclass(frozen=True)
class Offer:
    name: str
    countries: tuple[str, ...] = ()
    everywhere: bool = False
    max_weight_g: int | None = None


@pytest.mark.parametrize(
    ("base", "per_kg", "weight_g", "price"),
    [
        (1200, 0, 5000, 1200),
        (1200, 300, 0, 1200),
        (1200, 300, 1, 1500),
        (1200, 300, 1000, 1500),
        (1200, 300, 1001, 1800),
        (0, 450, 2500, 1350),
        (55_000, 20_000, 640, 75_000),
    ],
)
def test_base_and_every_started_kilogram(base: int, per_kg: int, weight_g: int, price: int) -> None:
    assert delivery_price(base, per_kg, weight_g) == price


HOME = Offer("home", countries=("GH",))
EUROPE = Offer("Europe", countries=REGIONS["EU"], max_weight_g=2000)
EXPRESS = Offer("express", countries=("FR", "JP"))
WORLD = Offer("world", everywhere=True, max_weight_g=20_000)
ALL = (HOME, EUROPE, EXPRESS, WORLD)


@pytest.mark.parametrize(
    ("country", "weight_g", "names"),
    [
        ("GH", 500, ["home"]),
        ("FR", 500, ["Europe", "express"]),
        ("FR", 2000, ["Europe", "express"]),
        ("FR", 2001, ["express"]),
        ("DE", 3000, []),  # Germany is named, so the price for everywhere is not meant for it
        ("JP", 500, ["express"]),
        ("US", 500, ["world"]),
        ("US", 20_001, []),
    ],
)
def test_who_names_a_country_means_it(country: str, weight_g: int, names: list[str]) -> None:
    assert [offer.name for offer in offers_for(ALL, country, weight_g)] == names


def test_no_offer_goes_nowhere() -> None:
    assert offers_for([], "FR", 1) == []
    assert offers_for([HOME], "FR", 1) == []


def test_countries_served() -> None:
    assert countries_served([HOME, EXPRESS], COUNTRY_CODES) == ["FR", "GH", "JP"]
    assert countries_served(ALL, COUNTRY_CODES) == list(COUNTRY_CODES)


def test_regions_name_countries_once() -> None:
    named = [code for members in REGIONS.values() for code in members]
    assert all(is_country(code) for code in named)
    assert len(named) == len(set(named))
    assert len(REGIONS["EU"]) == 27


def test_where_a_parcel_is_seen() -> None:
    assert len(CARRIERS) >= 12
    assert tracking_url("dhl", "JD 01/2?") == (
        "https://www.dhl.com/global-en/home/tracking.html?tracking-id=JD%2001%2F2%3F"
    )
    assert all(tracking_url(name, "RR1GH").startswith("https://") for name in CARRIERS)
    assert all("RR1GH" in tracking_url(name, "RR1GH") for name in CARRIERS)
    assert tracking_url("Kofi's bicycle", "RR1GH") == ""
    assert tracking_url("DHL", "") == ""
