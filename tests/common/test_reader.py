"""Figures and dates are written for whoever reads them."""

from __future__ import annotations

from django.utils import translation

from common.reader import reader_locale, reading_as


def test_without_a_visitor_the_language_decides() -> None:
    with translation.override("en"):
        assert reader_locale() == "en"


def test_while_a_visitor_is_served_its_locale_decides_and_no_longer() -> None:
    with reading_as(lambda: "en_DE"):
        assert reader_locale() == "en_DE"
        with reading_as(lambda: "ja_JP"):
            assert reader_locale() == "ja_JP"
        assert reader_locale() == "en_DE"
    assert reader_locale() == "en"
