"""What may not, or not simply, be sent."""

from __future__ import annotations

import datetime
import time
from decimal import Decimal

import pytest

from common.countries import COUNTRY_CODES
from trade.rules.restriction_rows import Confidence
from trade.rules.restrictions import Outcome, parse_restrictions
from trade.rules.un_numbers import UN_NUMBERS
from trade.selectors import (
    RestrictionNotice,
    check_goods,
    check_restrictions,
    goods_of,
    hindrances,
    watched_flags,
)
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


def ask(
    hs: str,
    destination: str = "CL",
    description: str = "",
    *,
    battery: str = "",
    un_number: str = "",
    watt_hours: Decimal | None = None,
    permit_held: bool | None = None,
    carriage: str = "",
    region: str = "",
) -> list[RestrictionNotice]:
    """To a country without rows of its own."""
    return check_restrictions(
        destination=destination,
        dispatched_from="GH",
        hs_code=hs,
        description=description,
        on=TODAY,
        battery=battery,
        un_number=un_number,
        watt_hours=watt_hours,
        permit_held=permit_held,
        carriage=carriage,
        region=region,
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


class TestBatteries:
    @pytest.mark.parametrize(
        ("battery", "watt_hours", "carriage", "outcome"),
        [
            ("loose", None, "", Outcome.CARRIER_ONLY),
            ("loose", None, "post", Outcome.BLOCK),
            ("loose", None, "courier", Outcome.CARRIER_ONLY),
            ("packed", "20", "", Outcome.CARRIER_ONLY),
            ("packed", "20", "post", Outcome.BLOCK),
            ("packed", "20", "courier", Outcome.WARN),
            ("inside", "100", "post", Outcome.WARN),
            ("inside", "100.01", "", Outcome.CARRIER_ONLY),
            ("inside", "100.01", "post", Outcome.BLOCK),
            ("inside", None, "post", Outcome.WARN),
        ],
    )
    def test_place_size_and_route_decide(
        self, battery: str, watt_hours: str | None, carriage: str, outcome: Outcome
    ) -> None:
        found = ask(
            "691200",
            battery=battery,
            watt_hours=Decimal(watt_hours) if watt_hours else None,
            carriage=carriage,
        )
        assert found[0].outcome is outcome

    def test_what_was_said_is_not_asked_again(self) -> None:
        assert [one.code for one in ask("851310")] == ["batteries_in_equipment"]
        assert ask("851310", battery="none") == []

    def test_a_power_bank_is_loose_whatever_is_said(self) -> None:
        assert ask("850760", battery="inside", carriage="post")[0].forbids
        assert ask("850760", carriage="post")[0].forbids


@pytest.mark.parametrize(
    ("un_number", "carriage", "outcome"),
    [
        ("3480", "post", Outcome.BLOCK),
        ("3090", "", Outcome.CARRIER_ONLY),
        ("3481", "post", Outcome.WARN),
        ("1266", "", Outcome.CARRIER_ONLY),
        ("1263", "post", Outcome.BLOCK),
        ("1950", "post", Outcome.BLOCK),
        ("2807", "", Outcome.WARN),
        ("0336", "", Outcome.BLOCK),
    ],
)
def test_a_un_number_decides(un_number: str, carriage: str, outcome: Outcome) -> None:
    assert ask("950300", un_number=un_number, carriage=carriage)[0].outcome is outcome


def test_every_un_number_of_a_row_is_known() -> None:
    assert {number for row in restriction_rows() for number in row.un} <= set(UN_NUMBERS)
    assert all(len(number) == 4 and number.isdigit() for number in UN_NUMBERS)


@pytest.mark.parametrize(
    ("hs", "destination", "outcome"),
    [
        ("170410", "SG", Outcome.BLOCK),
        ("170410", "MY", None),
        ("854340", "TH", Outcome.BLOCK),
        ("854340", "SG", Outcome.BLOCK),
        ("854340", "IN", Outcome.BLOCK),
        ("854340", "BR", Outcome.BLOCK),
        ("854340", "AU", Outcome.BLOCK),
        ("854340", "DE", Outcome.CARRIER_ONLY),
        ("220421", "SA", Outcome.BLOCK),
        ("220421", "AE", Outcome.LICENCE),
        ("630900", "PH", Outcome.BLOCK),
        ("630900", "DE", None),
        ("880622", "IN", Outcome.BLOCK),
        ("970610", "FR", Outcome.LICENCE),
        ("120991", "JP", Outcome.LICENCE),
        ("442019", "AU", Outcome.WARN),
        ("340111", "FR", Outcome.WARN),
        ("950300", "GB", Outcome.WARN),
        ("441510", "US", Outcome.WARN),
        ("121140", "US", Outcome.BLOCK),
    ],
)
def test_countries_have_rules_of_their_own(
    hs: str, destination: str, outcome: Outcome | None
) -> None:
    found = check(hs, destination, dispatched_from="GH")
    assert (found[0].outcome if found else None) is outcome


def test_a_union_is_one_territory_only_within() -> None:
    assert check("060290", "DE", dispatched_from="NL") == []
    assert check("060290", "US", dispatched_from="NL")[0].outcome is Outcome.LICENCE


def test_a_region_under_sanctions_is_blocked_and_the_country_warned() -> None:
    assert ask("691200", destination="UA")[0].outcome is Outcome.WARN
    assert ask("691200", destination="UA", region="UA-43")[0].forbids
    assert not ask("691200", destination="UA", region="UA-46")[0].forbids


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Handtasche, Gucci Replica", "counterfeit"),
        ("Night vision goggles", "dual_use"),
        ("Schwert, Edelstahl", "blades"),
        ("象牙の箸", "ivory"),
        ("香水 50ml", "flammable"),
        ("充电宝", "batteries_loose"),
        ("Butterfly knife", "blades_banned"),
    ],
)
def test_words_of_many_languages_only_warn(words: str, code: str) -> None:
    found = check("", description=words)
    assert code in [one.code for one in found]
    assert all(one.outcome is Outcome.WARN and one.by_words for one in found)
    assert all(one.text.startswith("Please check") for one in found)


def test_titles_are_read_too() -> None:
    goods = goods_of(hs_code="420221", description="Leather handbag", title="Bag in Gucci style")
    [found] = check_goods(goods=goods, destination="US", dispatched_from="VN", on=TODAY)
    assert found.code == "counterfeit"


@pytest.mark.parametrize("words", ["gift", "Spielzeug", "衣服", "quà tặng"])
def test_a_description_that_says_nothing_is_refused_abroad(words: str) -> None:
    [found] = check("", description=words)
    assert found.code == "vague"
    assert found.forbids
    assert "Say what it is" in found.text
    assert check("", destination="VN", dispatched_from="VN", description=words) == []


def test_a_permit_opens_what_needs_one() -> None:
    [nobody_asked] = ask("300490")
    [without] = ask("300490", permit_held=False)
    [held] = ask("300490", permit_held=True)
    assert (nobody_asked.forbids, without.forbids, held.forbids) == (False, True, False)
    assert "has not said that it holds the permit" in without.text
    # No permit opens a block.
    assert ask("930630", permit_held=True)[0].forbids


def test_each_code_is_said_once_and_at_its_hardest() -> None:
    found = ask("330300", un_number="1266", carriage="post", description="Eau de parfum")
    assert [(one.code, one.outcome) for one in found if one.code == "flammable"] == [
        ("flammable", Outcome.BLOCK)
    ]


def test_destinations_are_gathered() -> None:
    goods = goods_of(hs_code="170410", description="Mint chewing gum")
    rows = hindrances(
        goods=goods, dispatched_from="GH", destinations=["SG", "DE", "US", "KP"], on=TODAY
    )
    assert {(row.notice.code, row.destinations) for row in rows} == {
        ("chewing_gum", ("SG",)),
        ("food_notice", ("US",)),
        ("embargo", ("KP",)),
    }
    assert watched_flags(
        goods=goods, dispatched_from="GH", destinations=["SG", "DE", "KP"], on=TODAY
    ) == ["block"]


def test_rows_have_sources_and_doubts_only_warn() -> None:
    for row in restriction_rows():
        assert row.legal_ref, row.id
        assert row.source, row.id
        assert row.confidence is not Confidence.LOW or row.outcome is Outcome.WARN, row.id
        assert not row.hs or set(row.hs).isdisjoint(row.hs_not), row.id


def test_asking_about_every_country_is_quick() -> None:
    goods = goods_of(hs_code="330300", description="Rose perfume", title="Attar of roses")
    started = time.perf_counter()
    hindrances(goods=goods, dispatched_from="GH", destinations=COUNTRY_CODES, on=TODAY)
    assert time.perf_counter() - started < 0.25


def test_every_row_has_its_sentence() -> None:
    assert {row.code for row in restriction_rows()} <= RESTRICTION_CODES
    assert len(restriction_rows()) >= 60


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
