"""Slips of the fingers that a search puts right."""

from __future__ import annotations

from catalog.rules.spelling import MOST_SPELLINGS, swapped_letters


def test_every_pair_of_neighbours_is_tried_in_every_word() -> None:
    assert swapped_letters("scraf") == ["csraf", "srcaf", "scarf", "scrfa"]
    assert "silk scarf" in swapped_letters("silk scraf")
    assert "skil scraf" not in swapped_letters("silk scraf")


def test_what_is_no_word_stays_as_it_is() -> None:
    assert swapped_letters("") == []
    assert swapped_letters("aaaa") == []
    assert swapped_letters("tea 500ml -cup") == []


def test_a_long_text_is_not_multiplied() -> None:
    assert swapped_letters("abcdefgh " * MOST_SPELLINGS) == []
