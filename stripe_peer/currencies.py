"""Stripe's currencies: the unit of each in the API, what may be charged, and the peer's own rates.

From docs.stripe.com/currencies. Written a second time, apart from the market's table, on purpose: a
mistake there must not be repeated here.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from stripe_peer.errors import PeerError


def _codes(words: str) -> frozenset[str]:
    return frozenset(words.split())


ZERO_DECIMAL = _codes("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf")
THREE_DECIMAL = _codes("bhd jod kwd omr tnd")
# Without decimals in life, with two in the API, which must be zeros.
HUNDREDS = _codes("isk ugx")
# Charged with two decimals, paid out without.
WHOLE_PAYOUTS = _codes("huf twd") | HUNDREDS
SUPPORTED = _codes(
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bhd bif bmd bnd bob brl bsd bwp byn bzd "
    "cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel ghs gip gmd "
    "gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak "
    "lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd "
    "omr pab pen pgk php pkr pln pyg qar ron rsd rwf sar sbd scr sek sgd shp sle sos srd std szl "
    "thb tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar "
    "zmw"
)
# The least that can be charged, in the unit of the currency in which it settles.
LEAST = {
    "usd": 50, "aed": 200, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250,
    "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200,
    "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
# What one euro buys; round figures, which the control API can replace.
PER_EURO = {
    "eur": "1", "usd": "1.15", "gbp": "0.88", "chf": "0.93", "cad": "1.61", "aud": "1.77",
    "jpy": "177", "krw": "1680", "vnd": "30300", "ghs": "12.5", "ngn": "1670", "kes": "149",
    "inr": "102", "huf": "388", "twd": "35.8", "isk": "146", "ugx": "4150", "kwd": "0.353",
    "bhd": "0.433", "jod": "0.815", "omr": "0.442", "tnd": "3.39", "aed": "4.22", "sar": "4.31",
    "sek": "11.0", "nok": "11.7", "dkk": "7.46", "pln": "4.25", "czk": "24.3", "ron": "5.09",
    "mxn": "21.3", "brl": "6.18", "clp": "1080", "thb": "37.5", "sgd": "1.50", "hkd": "8.94",
    "nzd": "2.04", "zar": "20.0", "try": "48.6", "idr": "19200", "mga": "5170", "xof": "655.957",
    "xaf": "655.957", "php": "67.7", "myr": "4.83", "ils": "3.76", "mad": "10.7", "egp": "54.5",
}  # fmt: skip


def decimals(currency: str) -> int:
    """Decimals of the API's unit, which for ISK and UGX are not those of life."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def written(amount: int, currency: str) -> str:
    """For messages: `12.34 eur`."""
    return f"{Decimal(amount).scaleb(-decimals(currency)):.{decimals(currency)}f} {currency}"


def rate(source: str, target: str, overrides: dict[str, str]) -> Decimal:
    """What one unit of `source` is in units of `target`, as Stripe's `exchange_rate` counts it."""
    given = overrides.get(f"{source}:{target}")
    if given is not None:
        per_major = Decimal(given)
    elif source == target:
        per_major = Decimal(1)
    elif source in PER_EURO and target in PER_EURO:
        per_major = Decimal(PER_EURO[target]) / Decimal(PER_EURO[source])
    else:
        raise PeerError(f"The peer has no rate from {source} to {target}.", param="currency")
    return round(per_major.scaleb(decimals(target) - decimals(source)), 8)


def convert(amount: int, by: Decimal) -> int:
    return int((amount * by).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def check_currency(currency: str, param: str = "currency") -> str:
    found = currency.lower()
    if found not in SUPPORTED:
        raise PeerError(
            f"Invalid currency: {currency}. Stripe currently supports these currencies: "
            f"{', '.join(sorted(SUPPORTED))}",
            param=param,
        )
    return found


def check_unit(amount: int, currency: str, param: str = "amount") -> None:
    """That the amount can exist in this currency at all."""
    if amount < 1:
        raise PeerError("Invalid positive integer", code="parameter_invalid_integer", param=param)
    step = 100 if currency in HUNDREDS else 10 if currency in THREE_DECIMAL else 1
    if amount % step:
        raise PeerError(
            f"Invalid amount: amounts in {currency} must be divisible by {step}.", param=param
        )


def check_charge(
    amount: int, currency: str, *, settled: int, settles_in: str, param: str = "amount"
) -> None:
    """That so much can be charged; `settled` is the amount in the currency of settlement."""
    check_unit(amount, currency, param)
    if amount >= 10 ** (12 if currency == "idr" else 8):
        raise PeerError(
            f"Amount must be no more than {written(10**8 - 1, currency)}",
            code="amount_too_large",
            param=param,
        )
    least = LEAST.get(settles_in, 1)
    if settled < least:
        raise PeerError(
            f"Amount must convert to at least {written(least, settles_in)}. "
            f"{written(amount, currency)} converts to approximately {written(settled, settles_in)}.",
            code="amount_too_small",
            param=param,
        )
