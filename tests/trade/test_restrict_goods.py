"""What may not, or not simply, be sent."""

from __future__ import annotations

import datetime

import pytest

from trade.rules.restrictions import Outcome, parse_restrictions
from trade.selectors import RestrictionNotice, check_restrictions
from trade.selectors.restrictions import restriction_rows
from trade.selectors.words import RESTRICTION_CODES

TODAY = datetime.date(2026, 11, 24)


def check(
    hs: str, destination: str = "US", dispatched_from: str = "VN", description: str = ""
) -> list[RestrictionNotice]:
    return check_restrictions(
        destination=destination,
        dispatched_from=dispatched_from,
        hs_code=hs,
        description=description,
        on=TODAY,
    )


@pytest.mark.parametrize(
    ("hs", "destination", "outcome"),
    [
        ("930630", "US", Outcome.BLOCK),
        ("050710", "US", Outcome.BLOCK),
        ("960110", "FR", Outcome.BLOCK),
        ("360410", "GB", Outcome.BLOCK),
        ("240220", "DE", Outcome.BLOCK),
        ("850760", "US", Outcome.CARRIER_ONLY),
        ("220421", "US", Outcome.CARRIER_ONLY),
        ("330300", "FR", Outcome.CARRIER_ONLY),
        ("300490", "FR", Outcome.LICENCE),
        ("040690", "FR", Outcome.BLOCK),
        ("040900", "NZ", Outcome.BLOCK),
        ("040900", "FR", Outcome.LICENCE),
        ("090121", "US", Outcome.WARN),
        ("851830", "US", Outcome.WARN),
        ("711311", "US", Outcome.WARN),
        ("970690", "FR", Outcome.LICENCE),
    ],
)
def test_the_hardest_outcome(hs: str, destination: str, outcome: Outcome) -> None:
    found = check(hs, destination)
    assert found[0].outcome is outcome
    assert found[0].forbids is (outcome is Outcome.BLOCK)
    assert found[0].text


@pytest.mark.parametrize("hs", ["610910", "691200", "490199", "340600"])
def test_ordinary_goods_are_free(hs: str) -> None:
    assert check(hs, "FR") == []


def test_food_of_animal_origin_is_free_within_the_union() -> None:
    assert check("040690", "FR", dispatched_from="IT") == []
    assert check("040690", "FR", dispatched_from="GB")[0].forbids


def test_some_things_are_not_sold_even_at_home() -> None:
    assert check("930630", "VN", dispatched_from="VN")[0].forbids
    assert check("220421", "IT", dispatched_from="IT") == []


def test_words_alone_only_warn() -> None:
    [found] = check("", description="Power bank, 10,000 mAh")
    assert found.outcome is Outcome.WARN
    assert found.text.startswith("Please check")
    assert check("", description="powerful bank-holiday mug") == []


def test_nothing_goes_to_an_embargoed_country() -> None:
    assert check("610910", "KP")[0].forbids


def test_every_row_has_its_sentence() -> None:
    assert {row.code for row in restriction_rows()} <= RESTRICTION_CODES
    assert len(restriction_rows()) >= 12


def test_a_row_that_is_not_fit_is_refused() -> None:
    good = {
        "id": "x",
        "code": "weapons",
        "outcome": "block",
        "hs": ["93"],
        "valid_from": TODAY,
        "legal_ref": "Law",
        "source": "Gazette",
        "checked_on": TODAY,
    }
    assert parse_restrictions([good])
    for change in ({"source": None}, {"hs": None}, {"outcome": "perhaps"}, {"odd": "word"}):
        bad = {k: v for k, v in (good | change).items() if v is not None}
        with pytest.raises(ValueError, match=r"x|perhaps"):
            parse_restrictions([bad])
    with pytest.raises(ValueError, match="same id"):
        parse_restrictions([good, good])
