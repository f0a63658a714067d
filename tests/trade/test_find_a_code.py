"""A seller types what the thing is and finds its six-digit code."""

from __future__ import annotations

import csv
import re

import pytest
from django.test import Client

from trade.rules.classification import is_vague
from trade.selectors import describe_hs, find_hs_codes
from trade.selectors.classification import HS_FILE


def best(text: str, count: int = 3) -> list[str]:
    return [match.code for match in find_hs_codes(text=text, limit=count)]


def test_the_list_is_long_and_well_formed() -> None:
    with HS_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    codes = [row["code"] for row in rows]
    assert len(codes) >= 700
    assert codes == sorted(set(codes))
    assert all(re.fullmatch(r"\d{6}", code) and "01" <= code[:2] <= "97" for code in codes)
    assert all(row["heading"] for row in rows)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("cotton t-shirt", "610910"),
        ("coton tshirt", "610910"),
        ("stoneware mug", "691200"),
        ("leather wallet", "420231"),
        ("lether walet", "420231"),
        ("silk scarf", "621410"),
        ("silk scarves", "621410"),
        ("wooden spoon", "441990"),
        ("handmade soap bar", "340111"),
        ("beaded necklace", "711790"),
        ("headfones", "851830"),
        ("kalimba", "920890"),
        ("olive oil", "150920"),
        ("woven basket", "460219"),
        ("shea butter", "151590"),
        ("art print", "491191"),
        ("table lamp", "940529"),
        ("honey", "040900"),
        ("roasted coffee beans", "090121"),
        ("plush toy", "950300"),
        ("persian rug", "570110"),
        ("scented candle", "340600"),
        ("djembe drum", "920600"),
        ("kitchen knife", "821192"),
        ("phone case", "392690"),
    ],
)
def test_the_code_is_among_the_first_three(typed: str, code: str) -> None:
    assert code in best(typed)


def test_digits_find_codes_that_begin_with_them() -> None:
    assert best("6109", 8) == ["610910", "610990"]
    assert best("6109.10") == ["610910"]


def test_nothing_near_finds_nothing() -> None:
    assert best("xqzzyv") == []
    assert best("") == []


def test_a_match_gives_reasons_and_a_score() -> None:
    [match] = find_hs_codes(text="silk scarf", limit=1)
    assert match.score == 100
    assert set(match.matched) >= {"silk", "scarf"}
    assert match.dotted == "6214.10"


def test_a_code_is_described_with_or_without_dots_and_national_digits() -> None:
    expected = describe_hs("691200")
    assert expected
    assert "ceramic" in expected
    assert describe_hs("6912.00") == describe_hs("6912002300") == expected
    assert describe_hs("999999") is None


@pytest.mark.parametrize("text", ["gift", "sample", "accessories", "Various items", "3", ""])
def test_vague_words_are_refused(text: str) -> None:
    assert is_vague(text)


def test_a_thing_is_not_vague() -> None:
    assert not is_vague("gift box")
    assert not is_vague("cotton T-shirt")


@pytest.mark.django_db
class TestPage:
    def test_page_fragment_and_json(self, client: Client) -> None:
        page = client.get("/trade/hs", {"q": "silk scarf"})
        assert page.status_code == 200
        assert b"6214.10" in page.content
        assert b"<html" in page.content
        fragment = client.get("/trade/hs", {"q": "silk scarf"}, headers={"HX-Request": "true"})
        assert b"6214.10" in fragment.content
        assert b"<html" not in fragment.content
        data = client.get(
            "/trade/hs", {"q": "silk scarf"}, headers={"Accept": "application/json"}
        ).json()
        assert data["matches"][0]["code"] == "621410"

    def test_vague_and_unknown_words_get_advice(self, client: Client) -> None:
        assert "Customs refuse words" in client.get("/trade/hs", {"q": "gift"}).content.decode()
        assert "Nothing found" in client.get("/trade/hs", {"q": "xqzzyv"}).content.decode()

    def test_words_are_escaped(self, client: Client) -> None:
        page = client.get("/trade/hs", {"q": "<script>alert(1)</script>"})
        assert b"<script>alert" not in page.content

    def test_only_reading_is_allowed(self, client: Client) -> None:
        assert client.post("/trade/hs").status_code == 405
