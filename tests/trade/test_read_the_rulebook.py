"""The rulebook's files: complete as shipped, and refused when they are not fit for use."""

from __future__ import annotations

import copy
import datetime
import tomllib
from pathlib import Path
from typing import Any

import pytest

from trade.rules import RulebookError, parse_rulebook
from trade.rules.rows import Doubt, NoBorder
from trade.selectors import read_rulebook, shipped_rulebook
from trade.selectors.words import NAMES, UNKNOWN_CODES

EU = {
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
}  # fmt: skip

BOOK = """
name = "Testland"
checked_on = 2026-11-24
[currencies]
US = "USD"
[[row]]
id = "t-domestic"
kind = "no_border"
name = "Within Testland"
inside = ["US"]
valid_from = 2020-01-01
legal_ref = "Law"
source = "Gazette"
confidence = "high"
[[row]]
id = "t-import"
kind = "import"
name = "Import"
collector = "carrier"
duty_base = "cif"
tax_delivery = true
duty_slots = ["base"]
tax_slots = ["main"]
valid_from = 2020-01-01
legal_ref = "Law"
source = "Gazette"
confidence = "high"
[[row]]
id = "t-duty"
kind = "duty"
rate = "5%"
hs = ["61"]
valid_from = 2020-01-01
legal_ref = "Law"
source = "Gazette"
confidence = "high"
"""


def book() -> dict[str, Any]:
    return tomllib.loads(BOOK)


def test_the_shipped_rulebook_covers_what_it_promises() -> None:
    rulebook = shipped_rulebook()
    expected = EU | {"GB", "US", "AU", "CA", "NZ", "SG", "NO", "CH", "LI", "JP"}
    expected |= {"MX", "AE", "SA", "KE", "NG", "VN", "ID", "PH"}
    expected |= {"KR", "CN", "MY", "TH", "IN", "TR", "ZA", "BR"}
    assert set(rulebook.destinations) == expected
    assert rulebook.currency("SE") == "SEK"
    assert rulebook.currency("BG") == "EUR"
    assert rulebook.currency("PE") is None
    assert rulebook.row("gb-vat-20") is not None
    assert rulebook.row("no-such-row") is None


def test_every_row_has_a_source_and_a_law_and_short_id() -> None:
    rows = [row for one in shipped_rulebook().books for row in one.rows]
    assert len(rows) > 250
    for row in rows:
        assert row.source, row.id
        assert row.legal_ref, row.id
        assert len(row.id) <= 80


def test_every_destination_knows_its_tax_and_import_today() -> None:
    today = datetime.date(2026, 11, 24)
    rulebook = shipped_rulebook()
    for destination in rulebook.destinations:
        snapshot = rulebook.at(destination, today)
        assert snapshot is not None
        assert snapshot.imports, destination
        assert snapshot.tax_slots.get("main"), destination
        assert any(destination in row.effect.inside for row in snapshot.no_borders)


def test_rates_follow_each_other_without_a_gap_since_the_schemes_began() -> None:
    rulebook = shipped_rulebook()
    for destination in sorted(EU):
        day = datetime.date(2021, 7, 1)
        while day < datetime.date(2026, 12, 1):
            snapshot = rulebook.at(destination, day)
            assert snapshot is not None
            standard = [
                row
                for row in snapshot.tax_slots["main"]
                if row.effect.band == "standard" and row.scope.regions is None
            ]
            assert len(standard) == 1, (destination, day)
            day += datetime.timedelta(days=29)


def test_every_row_of_the_united_states_chapter_99_ends() -> None:
    rows = [row for one in shipped_rulebook().books if one.key == "us" for row in one.rows]
    volatile = [row for row in rows if row.slot == "additional"]
    assert volatile
    assert all(row.valid_to is not None for row in volatile)


def test_every_name_and_doubt_can_be_said() -> None:
    for one in shipped_rulebook().books:
        for row in one.rows:
            if isinstance(row.effect, Doubt):
                assert row.effect.code in UNKNOWN_CODES, row.id
            else:
                assert row.effect.name in NAMES, row.id


def test_no_border_is_declared_by_every_book() -> None:
    for one in shipped_rulebook().books:
        inside = [row for row in one.rows if isinstance(row.effect, NoBorder)]
        assert inside, one.key


def test_a_book_that_is_fit() -> None:
    assert parse_rulebook({"t": book()}).destinations == ("US",)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": ""}, "t: t-duty: source is missing"),
        ({"source": None}, "t: t-duty: source is missing"),
        ({"legal_ref": None}, "legal_ref is missing"),
        ({"valid_from": None}, "valid_from is missing"),
        ({"valid_from": "2020-01-01"}, "valid_from is a date"),
        ({"valid_to": datetime.date(2019, 1, 1)}, "valid_to is before valid_from"),
        ({"confidence": "sure"}, "confidence is one of high, medium, low"),
        ({"rate": "0.05"}, "rate is written as a percentage"),
        ({"rate": None}, "a duty is one of rate, per_item, per_unit"),
        ({"per_item": "3 EUR"}, "a duty is one of rate, per_item, per_unit"),
        ({"hs": ["61.09"]}, "is not a tariff prefix"),
        ({"origins": ["China"]}, "is not a two-letter country"),
        ({"channels": ["pigeon"]}, "channels are some of"),
        ({"vat": "20%"}, "unknown word vat"),
        ({"kind": "bribe"}, "kind 'bribe' is none of"),
        ({"id": "t import"}, "a row without an id"),
        ({"value": {"basis": "cif", "per": "item"}}, "a value band needs"),
        ({"value": {"basis": "cif", "per": "item", "at_most": "5 XXX"}}, "not a currency"),
    ],
)
def test_a_row_that_is_not_fit_is_refused_by_name(change: dict[str, Any], message: str) -> None:
    content = book()
    row = content["row"][2]
    for key, value in change.items():
        if value is None:
            row.pop(key, None)
        else:
            row[key] = value
    with pytest.raises(RulebookError, match=message.replace("(", r"\(")):
        parse_rulebook({"t": content})


def test_two_rows_for_one_sale_are_refused() -> None:
    content = book()
    other = copy.deepcopy(content["row"][2]) | {"id": "t-duty-2", "rate": "6%"}
    content["row"].append(other)
    with pytest.raises(RulebookError, match="t-duty and t-duty-2 could both decide"):
        parse_rulebook({"t": content})


@pytest.mark.parametrize(
    "apart",
    [
        {"valid_from": datetime.date(2021, 1, 1)},
        {"hs": ["6109"]},
        {"origins": ["VN"]},
        {"slot": "additional"},
    ],
)
def test_rows_that_can_be_told_apart_are_accepted(apart: dict[str, Any]) -> None:
    content = book()
    other = copy.deepcopy(content["row"][2]) | {"id": "t-duty-2", "rate": "6%"} | apart
    content["row"].append(other)
    if "valid_from" in apart:
        content["row"][2]["valid_to"] = datetime.date(2020, 12, 31)
    assert parse_rulebook({"t": content}) is not None


def test_value_bands_that_touch_are_accepted_and_that_overlap_are_refused() -> None:
    def with_bands(first: str, second: str) -> dict[str, Any]:
        content = book()
        row = content["row"].pop()
        band = {"basis": "goods", "per": "consignment"}
        content["row"] += [
            row | {"id": "low", "value": band | {"at_most": first}},
            row | {"id": "high", "value": band | {"over": second, "at_most": "900 USD"}},
        ]
        return content

    assert parse_rulebook({"t": with_bands("40 USD", "40 USD")}) is not None
    with pytest.raises(RulebookError, match="low and high"):
        parse_rulebook({"t": with_bands("40.01 USD", "40 USD")})


def test_a_destination_and_an_id_belong_to_one_book() -> None:
    with pytest.raises(RulebookError, match="already has the book"):
        parse_rulebook({"t": book(), "u": book()})
    other = book()
    other["currencies"] = {"MX": "USD"}
    with pytest.raises(RulebookError, match="is also in"):
        parse_rulebook({"t": book(), "u": other})


def test_a_book_needs_its_border_and_its_import() -> None:
    for index, message in ((0, "no_border"), (1, "import")):
        content = book()
        del content["row"][index]
        with pytest.raises(RulebookError, match=message):
            parse_rulebook({"t": content})


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "xx.toml").write_text("name = ", encoding="utf-8")
    with pytest.raises(RulebookError, match=r"xx\.toml"):
        read_rulebook(folder=tmp_path)
    with pytest.raises(RulebookError, match="no rulebook file"):
        read_rulebook(folder=tmp_path / "empty")
