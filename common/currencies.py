"""One table of currencies: ISO 4217's unit, the card provider's, and what each can charge and pay.

The numbers differ. Stripe takes ISK and UGX as if they had two decimals although they have none,
MGA as if it had none although it has two, pays HUF and TWD out only in whole units, and wants the
last decimal of three-decimal currencies to be zero. docs/currencies.md works each of them out.
Source: Stripe, "Supported currencies" (presentment list, special cases, minimum and maximum
amounts), read as stored on 2026-11-24; that page must be read again before real money moves.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Currency:
    """What code must know of a currency.

    exponent: decimals of the minor unit by ISO 4217; every stored amount is in this unit.
    provider_exponent: decimals of the unit that the card provider's interface takes.
    payout_step: a payout, in the provider's unit, must be a multiple of this.
    charge_step: an amount that is charged or refunded, in minor units, must be a multiple of this.
    least: the least that the provider charges, in minor units, where the money is kept in this
    currency; None where nobody can keep it. digits: how long an amount in the provider's unit may
    be. is_chargeable: whether the card provider takes the currency; whoever shops in another one
    has to pay in one that it takes.
    """

    code: str
    exponent: int
    provider_exponent: int
    payout_step: int
    charge_step: int
    least: int | None
    digits: int
    is_chargeable: bool


def _two(code: str, least: int | None = None, payout_step: int = 1, digits: int = 8) -> Currency:
    return Currency(code, 2, 2, payout_step, 1, least, digits, is_chargeable=True)


def _none(code: str, least: int | None = None) -> Currency:
    return Currency(code, 0, 0, 1, 1, least, 8, is_chargeable=True)


def _none_sent_as_two(code: str) -> Currency:
    return Currency(code, 0, 2, 100, 1, None, 8, is_chargeable=True)


def _two_sent_as_none(code: str) -> Currency:
    return Currency(code, 2, 0, 1, 100, None, 8, is_chargeable=True)


def _three(code: str) -> Currency:
    return Currency(code, 3, 3, 10, 10, None, 8, is_chargeable=True)


def _not_charged(code: str, exponent: int = 2) -> Currency:
    """Sellers can ask and be paid in it; the provider's numbers are then the currency's own."""
    return Currency(code, exponent, exponent, 1, 1, None, 8, is_chargeable=False)


_TABLE = (
    _two("AED", least=200),
    _two("AFN"),
    _two("ALL"),
    _two("AMD"),
    _two("AOA"),
    _two("ARS"),
    _two("AUD", least=50),
    _two("AWG"),
    _two("AZN"),
    _two("BAM"),
    _two("BBD"),
    _two("BDT"),
    _three("BHD"),
    _none("BIF"),
    _two("BMD"),
    _two("BND"),
    _two("BOB"),
    _two("BRL", least=50),
    _two("BSD"),
    _not_charged("BTN"),
    _two("BWP"),
    _two("BYN"),
    _two("BZD"),
    _two("CAD", least=50),
    _two("CDF"),
    _two("CHF", least=50),
    _none("CLP"),
    _two("CNY"),
    _two("COP"),
    _two("CRC"),
    _not_charged("CUP"),
    _two("CVE"),
    _two("CZK", least=1_500),
    _none("DJF"),
    _two("DKK", least=250),
    _two("DOP"),
    _two("DZD"),
    _two("EGP"),
    _not_charged("ERN"),
    _two("ETB"),
    _two("EUR", least=50),
    _two("FJD"),
    _two("FKP"),
    _two("GBP", least=30),
    _two("GEL"),
    _not_charged("GHS"),
    _two("GIP"),
    _two("GMD"),
    _none("GNF"),
    _two("GTQ"),
    _two("GYD"),
    _two("HKD", least=400),
    _two("HNL"),
    _two("HTG"),
    _two("HUF", least=17_500, payout_step=100),
    _two("IDR", digits=12),
    _two("ILS"),
    _two("INR", least=50),
    _not_charged("IQD", 3),
    _not_charged("IRR"),
    _none_sent_as_two("ISK"),
    _two("JMD"),
    _three("JOD"),
    _none("JPY", least=50),
    _two("KES"),
    _two("KGS"),
    _two("KHR"),
    _none("KMF"),
    _not_charged("KPW"),
    _none("KRW"),
    _three("KWD"),
    _two("KYD"),
    _two("KZT"),
    _two("LAK"),
    _two("LBP"),
    _two("LKR"),
    _two("LRD"),
    _two("LSL"),
    _not_charged("LYD", 3),
    _two("MAD"),
    _two("MDL"),
    _two_sent_as_none("MGA"),
    _two("MKD"),
    _two("MMK"),
    _two("MNT"),
    _two("MOP"),
    _not_charged("MRU"),
    _two("MUR"),
    _two("MVR"),
    _two("MWK"),
    _two("MXN", least=1_000),
    _two("MYR", least=200),
    _two("MZN"),
    _two("NAD"),
    _two("NGN"),
    _two("NIO"),
    _two("NOK", least=300),
    _two("NPR"),
    _two("NZD", least=50),
    _three("OMR"),
    _two("PAB"),
    _two("PEN"),
    _two("PGK"),
    _two("PHP"),
    _two("PKR"),
    _two("PLN", least=200),
    _none("PYG"),
    _two("QAR"),
    _two("RON", least=200),
    _two("RSD"),
    _two("RUB"),
    _none("RWF"),
    _two("SAR"),
    _two("SBD"),
    _two("SCR"),
    _not_charged("SDG"),
    _two("SEK", least=300),
    _two("SGD", least=50),
    _two("SHP"),
    _two("SLE"),
    _two("SOS"),
    _two("SRD"),
    _not_charged("SSP"),
    _not_charged("STN"),
    _not_charged("SVC"),
    _not_charged("SYP"),
    _two("SZL"),
    _two("THB", least=1_000),
    _two("TJS"),
    _not_charged("TMT"),
    _three("TND"),
    _two("TOP"),
    _two("TRY"),
    _two("TTD"),
    _two("TWD", payout_step=100),
    _two("TZS"),
    _two("UAH"),
    _none_sent_as_two("UGX"),
    _two("USD", least=50),
    _two("UYU"),
    _two("UZS"),
    _not_charged("VES"),
    _none("VND"),
    _none("VUV"),
    _two("WST"),
    _none("XAF"),
    _two("XCD"),
    _two("XCG"),
    _none("XOF"),
    _none("XPF"),
    _two("YER"),
    _two("ZAR"),
    _two("ZMW"),
    _not_charged("ZWG"),
)

CURRENCIES: dict[str, Currency] = {row.code: row for row in _TABLE}
