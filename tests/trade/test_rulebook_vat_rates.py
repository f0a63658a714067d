"""Our dated VAT rates beside those that Europe's tax database publishes."""

from __future__ import annotations

import datetime
from decimal import Decimal

import eu_vat_rates_data
import pytest

from common.countries import EU
from trade.rules.rows import Row, Tax
from trade.selectors import shipped_rulebook

# The day of the package's data, "2026-09-29".
PUBLISHED = datetime.date.fromisoformat(eu_vat_rates_data.data_version)


def standard_row(country: str, on: datetime.date) -> Row[Tax]:
    snapshot = shipped_rulebook().at(country, on)
    assert snapshot is not None
    [row] = [
        row
        for row in snapshot.tax_slots["main"]
        if row.effect.band == "standard" and row.scope.regions is None
    ]
    return row


@pytest.mark.parametrize("country", sorted([*EU, "GB", "CH", "NO"]))
def test_the_standard_rate_is_the_published_one(country: str) -> None:
    published = Decimal(str(eu_vat_rates_data.get_standard_rate(country)))
    assert standard_row(country, PUBLISHED).effect.rate == published / 100


@pytest.mark.parametrize("country", sorted(EU))
def test_a_reduced_rate_of_ours_is_one_of_the_published(country: str) -> None:
    """Which goods it holds for is ours to know; that the country has such a rate is theirs."""
    rates = eu_vat_rates_data.get_rate(country)
    assert rates is not None
    known = {Decimal(str(rate)) / 100 for rate in rates["reduced"]}
    known |= {
        Decimal(str(rate)) / 100
        for rate in (rates["super_reduced"], rates["parking"])
        if rate is not None
    }
    # Zero is an exemption with refund of input tax, which the database does not list as a rate.
    known.add(Decimal(0))
    snapshot = shipped_rulebook().at(country, PUBLISHED)
    assert snapshot is not None
    for row in snapshot.tax_slots["main"]:
        if row.effect.band != "standard":
            assert row.effect.rate in known, row.id
