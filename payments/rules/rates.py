"""Which rate holds between two currencies, and when it is too old to promise anything with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum

from common.money import Money, currency_of
from payments.rules.spreads import Pair, pair_spread

BASE = "EUR"
RATE_STEP = Decimal(1).scaleb(-15)
JUMP_LIMIT = Decimal("0.10")
JUMP_MEMORY = timedelta(days=45)
PEG_TOLERANCE = Decimal("0.02")
PRECISION = 50


class RateSource(StrEnum):
    """Who published a rate, in the order in which they are believed."""

    LIVE = "LIVE"
    ECB = "ECB"
    HMRC = "HMRC"
    PEG = "PEG"
    MANUAL = "MANUAL"


FRESH_DAYS: Mapping[RateSource, int] = {
    RateSource.LIVE: 1,  # asked several times a day
    RateSource.ECB: 4,  # daily on working days; covers a long week-end
    RateSource.HMRC: 45,  # published once a month for the month
    RateSource.PEG: 45,
    RateSource.MANUAL: 45,
}
# A monthly rate is older on average than a daily one, so promising with it costs more.
EXTRA_SPREAD_BP: Mapping[RateSource, int] = {
    RateSource.LIVE: 0,
    RateSource.ECB: 0,
    RateSource.HMRC: 50,
    RateSource.PEG: 50,
    RateSource.MANUAL: 50,
}


@dataclass(frozen=True, slots=True)
class Peg:
    """A currency that is worth a fixed number of units of another by law or treaty."""

    currency: str
    anchor: str
    units: Decimal
    since: date
    basis: str


PEGS = (
    Peg("FKP", "GBP", Decimal(1), date(1966, 1, 1), "Falkland Islands Currency Ordinance"),
    Peg("GIP", "GBP", Decimal(1), date(1934, 1, 1), "Gibraltar Currency Notes Act"),
    Peg("SHP", "GBP", Decimal(1), date(1976, 1, 1), "St Helena Currency Ordinance"),
    Peg("NAD", "ZAR", Decimal(1), date(1993, 9, 15), "Common Monetary Area bilateral agreement"),
    Peg(
        "XCG", "USD", Decimal("1.79"), date(2025, 3, 31), "Centrale Bank van Curaçao en St Maarten"
    ),
    Peg("STN", "EUR", Decimal("24.5"), date(2018, 1, 1), "Cooperation agreement with Portugal"),
)
# Publications have these; a rate that strays from them is held back until a person has looked.
CHECKED_PEGS = (
    *PEGS,
    Peg("AED", "USD", Decimal("3.6725"), date(1997, 11, 1), "Central Bank of the UAE"),
    Peg("SAR", "USD", Decimal("3.75"), date(1986, 6, 1), "Saudi Central Bank"),
    Peg("QAR", "USD", Decimal("3.64"), date(2001, 7, 1), "Emiri decree 34 of 2001"),
    Peg("OMR", "USD", Decimal("0.3845"), date(1986, 1, 1), "Central Bank of Oman"),
    Peg("BHD", "USD", Decimal("0.376"), date(2001, 12, 25), "Decree 48 of 2001"),
    Peg("JOD", "USD", Decimal("0.709"), date(1995, 10, 23), "Central Bank of Jordan"),
    Peg("PAB", "USD", Decimal(1), date(1904, 1, 1), "Monetary agreement with the United States"),
    Peg("BBD", "USD", Decimal(2), date(1975, 7, 5), "Central Bank of Barbados"),
    Peg("BZD", "USD", Decimal(2), date(1976, 5, 1), "Central Bank of Belize"),
    Peg("XCD", "USD", Decimal("2.7"), date(1976, 7, 7), "Eastern Caribbean Central Bank"),
    Peg("XOF", "EUR", Decimal("655.957"), date(1999, 1, 1), "Council decision 98/683/EC"),
    Peg("XAF", "EUR", Decimal("655.957"), date(1999, 1, 1), "Council decision 98/683/EC"),
    Peg("KMF", "EUR", Decimal("491.96775"), date(1999, 1, 1), "Council decision 98/683/EC"),
    Peg("CVE", "EUR", Decimal("110.265"), date(1999, 1, 4), "Council decision 98/744/EC"),
    Peg("XPF", "EUR", Decimal("119.33174"), date(1999, 1, 1), "Ministerial order of 1998-12-31"),
    Peg("BAM", "EUR", Decimal("1.95583"), date(1999, 1, 1), "Law on the Central Bank"),
)


class RateUnavailableError(LookupError):
    """No source has a rate that is fresh enough for the pair: it is not quoted."""

    def __init__(self, currency: str) -> None:
        super().__init__(f"there is no current exchange rate for {currency}")
        self.currency = currency


@dataclass(frozen=True, slots=True)
class SourceRate:
    """Units of `currency` for one euro, as a source published it for the day `as_of`.

    fetched_at: when we took it in, where that is known.
    """

    currency: str
    rate: Decimal
    source: RateSource
    as_of: date
    fetched_at: datetime | None = None

    def is_fresh(self, on: date) -> bool:
        return on - self.as_of <= timedelta(days=FRESH_DAYS[self.source])


@dataclass(frozen=True, slots=True)
class MidRate:
    """Units of the second currency for one of the first, between buying and selling.

    source names every publication behind it ("ECB+HMRC"), as_of is the older one's day, fetched_at
    the earlier of the moments at which they came in. stale: too old to be promised in earnest; only
    a demonstration quotes it, and says so.
    """

    rate: Decimal
    source: str
    as_of: date
    stale: bool = False
    fetched_at: datetime | None = None


def jumps(new: Decimal, old: Decimal) -> bool:
    """Whether a rate moved so far that a person must look before it is used."""
    return abs(new - old) > old * JUMP_LIMIT


def strays_from_peg(rate: SourceRate, per_euro: Mapping[str, Decimal]) -> bool:
    """Whether a currency with a fixed worth is published at another one.

    per_euro: what the same source says of the currencies that others are fixed to.
    """
    for peg in CHECKED_PEGS:
        anchor = Decimal(1) if peg.anchor == BASE else per_euro.get(peg.anchor)
        if peg.currency == rate.currency and anchor is not None:
            fixed = anchor * peg.units
            return abs(rate.rate - fixed) > fixed * PEG_TOLERANCE
    return False


def choose_rates(
    published: Iterable[SourceRate], *, on: date, allow_stale: bool
) -> dict[str, SourceRate]:
    """The one rate a currency that holds on a day: the first source that is fresh enough.

    With allow_stale the newest of what is too old stands in where nothing is fresh.
    """
    order = list(RateSource)
    best: dict[str, tuple[tuple[bool, int, int], SourceRate]] = {}
    for rate in published:
        age = (on - rate.as_of).days
        fresh = rate.is_fresh(on)
        if age < 0 or not (fresh or allow_stale):
            continue
        believed = order.index(rate.source)
        rank = (not fresh, believed if fresh else age, age if fresh else believed)
        if rate.currency not in best or rank < best[rate.currency][0]:
            best[rate.currency] = (rank, rate)
    return {currency: rate for currency, (_, rate) in best.items()}


@dataclass(frozen=True, slots=True)
class RateTable:
    """All rates of one day: converts between any two currencies without asking anybody.

    `spread_bp`: what the platform takes for promising a rate, in hundredths of a percent of mid;
    `spreads`: the same for pairs that a rule names (payments.rules.spreads).
    """

    on: date
    rates: Mapping[str, SourceRate]
    spread_bp: int
    spreads: Mapping[Pair, int] = field(default_factory=dict)

    @property
    def currencies(self) -> list[str]:
        """Every currency that can be converted, in alphabetical order."""
        return sorted({BASE, *self.rates})

    @property
    def stale(self) -> bool:
        """Whether any rate is older than its source allows (a demonstration only)."""
        return any(not rate.is_fresh(self.on) for rate in self.rates.values())

    def mid(self, from_currency: str, to_currency: str) -> MidRate:
        """Raises RateUnavailableError."""
        if from_currency == to_currency:
            return MidRate(Decimal(1), "", self.on)
        sides = [
            self._side(currency) for currency in (from_currency, to_currency) if currency != BASE
        ]
        with localcontext() as context:
            context.prec = PRECISION
            rate = (self._per_euro(to_currency) / self._per_euro(from_currency)).quantize(
                RATE_STEP, rounding=ROUND_HALF_EVEN
            )
        if not rate:
            raise RateUnavailableError(from_currency)
        return MidRate(
            rate=rate,
            source="+".join(dict.fromkeys(side.source.value for side in sides)),
            as_of=min(side.as_of for side in sides),
            stale=any(not side.is_fresh(self.on) for side in sides),
            fetched_at=min((side.fetched_at for side in sides if side.fetched_at), default=None),
        )

    def spread(self, from_currency: str, to_currency: str) -> int:
        """Hundredths of a percent on top of mid for this pair; none within one currency."""
        if from_currency == to_currency:
            return 0
        sides = [
            self._side(currency) for currency in (from_currency, to_currency) if currency != BASE
        ]
        ruled = pair_spread(self.spreads, from_currency, to_currency)
        basis = self.spread_bp if ruled is None else ruled
        return basis + max(EXTRA_SPREAD_BP[side.source] for side in sides)

    def price_rate(self, from_currency: str, to_currency: str) -> Decimal:
        """What prices are converted at: mid and the spread. Raises RateUnavailableError."""
        mid = self.mid(from_currency, to_currency).rate
        return with_spread(mid, self.spread(from_currency, to_currency))

    def convert(self, money: Money, to_currency: str) -> Money:
        """A price into the buyer's currency, spread included, rounded half up."""
        if money.currency == to_currency:
            return money
        return convert_price(money, self.price_rate(money.currency, to_currency), to_currency)

    def convert_mid(
        self, money: Money, to_currency: str, *, rounding: str = ROUND_HALF_UP
    ) -> Money:
        """An amount at mid market, as customs and the books convert, rounded once."""
        if money.currency == to_currency:
            return money
        return money.convert(
            self.mid(money.currency, to_currency).rate, to_currency, rounding=rounding
        )

    def _side(self, currency: str) -> SourceRate:
        try:
            return self.rates[currency]
        except KeyError:
            raise RateUnavailableError(currency) from None

    def _per_euro(self, currency: str) -> Decimal:
        return Decimal(1) if currency == BASE else self._side(currency).rate


def with_spread(mid: Decimal, spread_bp: int) -> Decimal:
    with localcontext() as context:
        context.prec = PRECISION
        return (mid * (10_000 + spread_bp) / 10_000).quantize(RATE_STEP, rounding=ROUND_HALF_EVEN)


def convert_price(money: Money, rate: Decimal, to_currency: str) -> Money:
    """A price at a quoted rate, rounded half up to what can be charged."""
    step = currency_of(to_currency).charge_step
    return money.convert(rate, to_currency, rounding=ROUND_HALF_UP, step=step)
