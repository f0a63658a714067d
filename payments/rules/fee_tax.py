"""The tax on what the platform takes: whether it is due, how much, and why; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from common.countries import EU


class FeeTaxReason(StrEnum):
    """Why tax on the fee is due or is not."""

    DUE = "DUE"
    NOT_REGISTERED = "NOT_REGISTERED"  # the platform owes that country no such tax
    REVERSE_CHARGE = "REVERSE_CHARGE"  # the seller accounts for it at home
    NO_RATE = "NO_RATE"  # registered there, but no rule gives a rate for the day


@dataclass(frozen=True, slots=True)
class FeeTaxRow:
    """What a country wants on our fee; from valid_from to valid_to, both days included."""

    country: str
    name: str
    rate_bp: int
    valid_from: date
    valid_to: date | None
    legal_reference: str


@dataclass(frozen=True, slots=True)
class FeeTax:
    """The tax on a seller's fees: rate_bp hundredths of a percent of the fee, and why."""

    reason: FeeTaxReason
    country: str = ""
    rate_bp: int = 0
    name: str = ""
    legal_reference: str = ""


NO_FEE_TAX = FeeTax(FeeTaxReason.NOT_REGISTERED)


def choose_fee_tax(
    rows: Iterable[FeeTaxRow],
    *,
    country: str,
    has_vat_number: bool,
    platform_country: str,
    registered: Iterable[str],
    on: date,
) -> FeeTax:
    """The tax on the fee of a seller in `country` on a day.

    registered: the countries where the platform has to charge it; without any it charges none.
    has_vat_number: whether the seller has a valid number of its own country. Between two countries
    of the European Union it then accounts for the tax itself (Directive 2006/112/EC, article 196).
    """
    where = frozenset(registered)
    if not where:
        return FeeTax(FeeTaxReason.NOT_REGISTERED, country)
    crosses = country != platform_country and {country, platform_country} <= EU
    if crosses and has_vat_number:
        return FeeTax(FeeTaxReason.REVERSE_CHARGE, country)
    if country not in where:
        return FeeTax(FeeTaxReason.NOT_REGISTERED, country)
    valid = [
        row
        for row in rows
        if row.country == country
        and row.valid_from <= on
        and (row.valid_to is None or on <= row.valid_to)
    ]
    if not valid:
        return FeeTax(FeeTaxReason.NO_RATE, country)
    row = max(valid, key=lambda found: found.valid_from)
    return FeeTax(FeeTaxReason.DUE, country, row.rate_bp, row.name, row.legal_reference)
